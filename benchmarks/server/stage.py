"""The stand-ins, a database and reviewers, each a process of its own; all gone after the block."""

import contextlib
import http.client
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from benchmarks.server.load import Sample
from benchmarks.server.records import Records
from benchmarks.server.town import read_deliveries
from benchmarks.server.usage import cpu_seconds, resident_mb
from tests.crash.fleet import free_port
from tests.webhooks.builders import SECRET, encoded, headers
from tests.webhooks.postgres import PostgresServer

COMMAND = Path(sys.executable).parent / "pr-reviewer"
_PATIENCE = 1800.0  # seconds: five hundred reviews on a busy machine
_POLL = 0.02


@dataclass(frozen=True, slots=True)
class Town:
    """What is to be reviewed, and how long GitHub and the model take for an answer, in seconds."""

    pulls: int
    teams: int = 10
    files: int = 1
    github: float = 0.0
    model: float = 0.0
    spread: float = 0.0


class Process:
    """One that runs until the block ends; `line` is the next line of its standard output, read as JSON."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=log, start_new_session=True, bufsize=0
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told_in_time, _, _ = select.select([self._process.stdout], [], [], _PATIENCE)
        line = self._process.stdout.readline() if told_in_time else b""
        assert line, f"it says nothing:\n{self.log[-4000:]}"
        told: dict[str, Any] = json.loads(line)
        return told

    def end(self) -> None:
        """Ask it to."""
        self._process.terminate()

    def kill(self) -> None:
        """With all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Stage:
    """Reviewers are started by `start`; deliveries go to the first that serves."""

    def __init__(self, stack: ExitStack, folder: Path, town: Town, postgres: PostgresServer | None) -> None:
        self._stack = stack
        self._folder = folder
        self._town = town
        self._postgres = postgres
        url = postgres.new_database() if postgres else ""
        self.records = Records(folder / "state-1", url)
        self.model = self._standin("model", f"--seconds={town.model}", f"--spread={town.spread}")
        sizes = (f"--teams={town.teams}", f"--pulls={town.pulls}", f"--files={town.files}")
        self.github = self._standin("github", f"--seconds={town.github}", f"--folder={folder}", *sizes)
        self.reviewers: list[Process] = []
        app, model = self.github.line(), self.model.line()
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": model["url"],
            "GITHUB_API_URL": app["api_url"],
            "GITHUB_SERVER_URL": app["url"],
            "PR_REVIEWER_GITHUB__APP_ID": str(app["app"]),
            "PR_REVIEWER_GITHUB__PRIVATE_KEY": app["key"],
            "PR_REVIEWER_GITHUB__WEBHOOK_SECRET": SECRET,
            "PR_REVIEWER_GITHUB__ALLOWED_OWNERS": json.dumps(app["owners"]),
            "PR_REVIEWER_MODELS__REVIEW": "gpt-x",
            **({"PR_REVIEWER_SERVER__DATABASE_URL": url} if url else {}),
        }
        self.port = 0

    def spawn(self, *arguments: str, **settings: str) -> Process:
        """`pr-reviewer …`, just started. With `serve`, it is the one that deliveries go to."""
        number = len(self.reviewers) + 1
        own = {"PR_REVIEWER_SERVER__DATA_DIR": str(self._folder / f"state-{number}")}
        if arguments[0] == "serve":
            self.port = free_port()
            arguments = (*arguments, "--port", str(self.port))
        command = [str(COMMAND), *arguments]
        made = Process(command, self._folder / f"reviewer-{number}", self._environ | own | settings)
        self._stack.callback(made.kill)
        self.reviewers.append(made)
        return made

    def start(self, *arguments: str, **settings: str) -> Process:
        """The same, ready and knowing who it is."""
        made = self.spawn(*arguments, **settings)
        self.wait(lambda: '"event": "ready"' in made.log or not made.is_alive)
        if arguments[0] == "serve":
            self.wait(lambda: self.is_ready() or not made.is_alive)
        assert made.is_alive, made.log
        return made

    def is_ready(self) -> bool:
        """Whether the server says that it takes deliveries."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def deliveries(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """Those that the pull requests have, by the file's name."""
        return read_deliveries(self._folder / name)

    def deliver(self, event: str, payload: Mapping[str, Any]) -> str:
        """Send one, and wait for its answer: its job."""
        body = encoded(dict(payload))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/webhooks/github", body, headers(event, body))
            answer = connection.getresponse()
            assert answer.status == HTTPStatus.ACCEPTED, answer.status
            return str(json.loads(answer.read())["job"])
        finally:
            connection.close()

    def load(self, file: Path, count: int, rate: float = 0.0) -> tuple[Sample, dict[str, float]]:
        """Let another process send so many; what it found, and how many cores each had meanwhile."""
        options = [f"--port={self.port}", f"--deliveries={file}", f"--count={count}", f"--rate={rate}"]
        sender = Process(
            [sys.executable, "-P", "-m", "benchmarks.server.load", *options], self._folder / "load", os.environ
        )
        try:
            sender.line()  # all is prepared, and the first goes out
            with self.shares() as cores:
                sample = Sample(**sender.line())
        finally:
            sender.kill()
        return sample, cores | {"load": round(sample.cpu / sample.seconds, 2)}

    @contextmanager
    def shares(self) -> Iterator[dict[str, float]]:
        """How many cores each had within the block; filled when it ends."""
        cores: dict[str, float] = {}
        before, began = self._cpu(), time.perf_counter()
        yield cores
        seconds = time.perf_counter() - began
        cores.update({name: round((cpu - before[name]) / seconds, 2) for name, cpu in self._cpu().items()})

    def wait(self, condition: Callable[[], bool], seconds: float = _PATIENCE) -> None:
        """Until it is so."""
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, "\n".join(each.log[-4000:] for each in self.reviewers)
            time.sleep(_POLL)

    def resident_mb(self) -> float:
        """Of the first reviewer."""
        return resident_mb(self.reviewers[0].pid)

    def _cpu(self) -> dict[str, float]:
        reviewers = sum(cpu_seconds(each.pid) for each in self.reviewers)
        database = {"Postgres": cpu_seconds(self._postgres.pid)} if self._postgres else {}
        standins = {"GitHub": cpu_seconds(self.github.pid), "model": cpu_seconds(self.model.pid)}
        return {"pr-reviewer": reviewers, **database, **standins}

    def _standin(self, kind: str, *options: str) -> Process:
        command = [sys.executable, "-P", "-m", "benchmarks.server.standins", kind, *options]
        made = Process(command, self._folder / kind, os.environ)
        self._stack.callback(made.kill)
        return made


@contextmanager
def staged(folder: Path, town: Town, postgres: PostgresServer | None = None) -> Iterator[Stage]:
    """All of it, in a new folder below this one. A mistake of the stand-in for GitHub, or made to it, is an error."""
    folder = folder / f"stage-{len(list(folder.iterdir()))}"
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        stage = Stage(stack, folder, town, postgres)
        yield stage
        for each in stage.reviewers:
            each.kill()
        stage.github.end()
        told = stage.github.line()
        assert told["violations"] == [], told["violations"][:3]
