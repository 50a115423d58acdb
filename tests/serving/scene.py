"""A repository on the stand-in, the App installed on it, a scripted model, and `pr-reviewer serve` as a process."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.e2e.conftest import BIN
from tests.e2e.test_github import AFTER, BEFORE
from tests.fakes.github import GitHubServer
from tests.fakes.github.state import CheckRun, IssueComment, ReviewComment
from tests.fakes.github.webhooks import redeliver
from tests.fakes.model_server import ModelRequest, ModelServer

BOTH = pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True)
SECRET = "it's a secret to everybody"
PERMISSIONS = {"checks": "write", "contents": "read", "pull_requests": "write"}
FINAL = ("done", "skipped", "superseded", "cancelled", "failed")
_SECONDS = 60.0


class Scene:
    """A pull request that nobody has heard of yet."""

    def __init__(self, github: GitHubServer, files: Mapping[str, str] | None = None) -> None:
        self.github = github
        self.repository = github.repository("octo/shop", files={"shop.py": BEFORE, **(files or {})})
        self.repository.commit("discounts", {"shop.py": AFTER})
        self.pull = self.repository.open_pull("discounts", title="Discounts")
        self.repository.grant("ann", "write")
        self.repository.grant("rob", "read")
        self.app = github.app("Reviewer", permissions=PERMISSIONS, webhook_secret=SECRET)
        self.installation = self.app.install("octo")

    @property
    def check(self) -> CheckRun:
        """The one that GitHub shows."""
        return max(self.pull.checks(), key=lambda run: run.id)

    @property
    def said(self) -> list[str]:
        """The files of the comments on lines that everybody sees."""
        return [each.thread.place.path for each in self.pull.review_comments() if each.review.state != "PENDING"]

    @property
    def replies(self) -> list[str]:
        """What the reviewer wrote into the conversation, but for its summary."""
        return [each.body for each in self.pull.comments() if "pr-reviewer:reply" in each.body]

    @property
    def summaries(self) -> list[str]:
        return [each.body for each in self.pull.comments() if "pr-reviewer:summary" in each.body]


class Held(ModelServer):
    """A model that holds the review of a command until it is let go: what comes after it waits in its lane."""

    def __init__(self, answer: Callable[[ModelRequest], Any]) -> None:
        self._go_on, self._asked = threading.Event(), threading.Event()
        super().__init__(self._waiting)
        self._answer = answer

    def hold(self, server: "Server") -> None:
        """From now on a job runs."""
        server.commented(server.scene.pull.comment("ann", "/review"))
        assert self._asked.wait(_SECONDS), server.log

    def let_go(self, server: "Server", count: int) -> None:
        """Once so many jobs are on record."""
        server.wait(lambda: len(server.jobs()) == count)
        self._go_on.set()

    def _waiting(self, request: ModelRequest) -> Any:
        self._asked.set()
        self._go_on.wait(_SECONDS)
        return self._answer(request)


class Server:
    """`pr-reviewer serve`, and what is sent to it."""

    def __init__(self, scene: Scene, model: ModelServer, folder: Path, **settings: str) -> None:
        self.scene = scene
        self.folder = folder / "data"
        self.port = free_port()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "OPENAI_API_KEY": "sk-test-key",
            "OPENAI_BASE_URL": model.url,
            "GITHUB_API_URL": scene.github.api_url,
            "GITHUB_SERVER_URL": scene.github.url,
            "PR_REVIEWER_GITHUB__APP_ID": str(scene.app.id),
            "PR_REVIEWER_GITHUB__PRIVATE_KEY": scene.app.private_key,
            "PR_REVIEWER_GITHUB__WEBHOOK_SECRET": SECRET,
            "PR_REVIEWER_SERVER__DATA_DIR": str(self.folder),
            "PR_REVIEWER_SERVER__DEBOUNCE_SECONDS": "0",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *, knows_us: bool = True, options: Sequence[str] = ()) -> None:
        """Until it listens, and knows who it is."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        before = self._log.stat().st_size if self._log.exists() else 0
        command = [str(BIN / "pr-reviewer"), "serve", "--port", str(self.port), *options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, cwd=self._log.parent)
        process = self._process
        self.wait(lambda: self._answers() or process.poll() is not None)
        assert process.poll() is None, self.log
        if knows_us:
            self.wait(lambda: '"event": "ready"' in self.log[before:])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(_SECONDS)
        self._process = None
        return code

    @contextmanager
    def worker(self, *options: str) -> Iterator[None]:
        """A worker beside the server."""
        with self._log.open("ab") as log:
            command = [str(BIN / "pr-reviewer"), "worker", *options]
            process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, cwd=self._log.parent)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(_SECONDS) == 0, self.log

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def ended(self) -> int:
        """The exit code of a process that ends by itself, or was killed."""
        assert self._process is not None
        code = self._process.wait(_SECONDS)
        self._process = None
        return code

    def tell(self, event: str, payload: Mapping[str, Any]) -> int:
        """Deliver a webhook; the status of the answer."""
        url = f"http://127.0.0.1:{self.port}/webhooks/github"
        self.last = self.scene.github.deliver(event, payload, url, SECRET, self.scene.app)
        return self.last.status_code

    def tell_again(self) -> int:
        """GitHub delivers the last webhook once more, under the same id."""
        return redeliver(self.scene.github.world, self.scene.app.record, self.last).status_code

    def happened(self, action: str, **more: Any) -> int:
        """Something happened to the pull request."""
        return self.tell("pull_request", self.scene.pull.event(action, "ann", self.scene.installation) | more)

    def pushed(self, files: Mapping[str, str]) -> int:
        """A new head."""
        before = self.scene.pull.head_sha
        self.scene.repository.commit("discounts", files)
        return self.happened("synchronize", before=before, after=self.scene.pull.head_sha)

    def commented(self, comment: IssueComment | ReviewComment, action: str = "created") -> int:
        return self.tell(*self.scene.pull.comment_event(comment, action, self.scene.installation))

    def jobs(self) -> list[dict[str, Any]]:
        """All on record, the oldest first."""
        with self._database().connect() as connection:
            return [dict(row) for row in connection.execute(sa.text("SELECT * FROM jobs ORDER BY number")).mappings()]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._database().connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]

    def numbers(self) -> dict[str, float]:
        """Every sample of `/metrics` by its name and labels, as a scraper reads them."""
        text = httpx2.get(f"http://127.0.0.1:{self.port}/metrics").raise_for_status().text
        families = text_string_to_metric_families(text)
        return {_name(sample): sample.value for family in families for sample in family.samples}

    def finished(self, count: int = 1) -> list[str]:
        """The states of the first jobs, once so many have ended."""

        def all_ended() -> bool:
            found = self.jobs()
            return len(found) >= count and all(job["state"] in FINAL for job in found[:count])

        self.wait(all_ended)
        return [job["state"] for job in self.jobs()]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same program beside the server."""
        command = [str(BIN / "pr-reviewer"), *arguments]
        return subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=60, check=False, cwd=self._log.parent
        )

    def wait(self, condition: Callable[[], bool], seconds: float = _SECONDS) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"it did not come to pass:\n{self.log}\n{self._told()}"
            time.sleep(0.05)

    def _told(self) -> str:
        try:
            return json.dumps(self.jobs(), indent=1)
        except sa.exc.SQLAlchemyError as error:
            return str(error)

    def _database(self) -> sa.Engine:
        """Read from outside."""
        url = self.env.get("PR_REVIEWER_SERVER__DATABASE_URL", "").replace("postgresql://", "postgresql+psycopg://")
        if url:
            schema = {"options": "-c search_path=pr_reviewer"}
            return sa.create_engine(url, poolclass=sa.NullPool, connect_args=schema)
        file = f"sqlite:///file:{self.folder / 'reviewer.sqlite3'}?mode=ro&uri=true"
        return sa.create_engine(file, poolclass=sa.NullPool, connect_args={"timeout": 10})

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _name(sample: Sample) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
    return f"{sample.name}{{{labels}}}" if labels else sample.name
