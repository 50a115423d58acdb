"""Reviewers as real processes on one database: started, killed with all their children, started again."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from tests.crash.records import Records
from tests.crash.shop import SECRET, SETTINGS, Shop
from tests.e2e.conftest import BIN
from tests.fakes.github.state import Delivery

# Two wait for each other's heartbeat: with the true half minute, a matrix of them would be a matter of hours.
IMPATIENT = "webhooks.working:_PATIENCE_SECONDS=6 webhooks.working:_BEAT_SECONDS=0.5 webhooks.working:_SWEEP_SECONDS=1"

INSIDE = Path(__file__).parent / "inside"
_SECONDS = 120.0


class Node:
    """One process: `pr-reviewer serve` or `pr-reviewer worker`."""

    def __init__(self, kind: str, folder: Path, environ: Mapping[str, str], data: Path) -> None:
        self.kind = kind
        self.data = data
        self.port = free_port()
        self.environ = dict(environ) | {"PR_REVIEWER_SERVER__DATA_DIR": str(data)}
        self._folder = folder
        self.log_path = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **environ: str) -> None:
        """As the leader of a session of its own: what it starts dies with it."""
        options = ["--port", str(self.port)] if self.kind == "serve" else []
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [str(BIN / "pr-reviewer"), self.kind, *options]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=self.environ | environ,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
            )
        self._ready = self.log.count('"event": "ready"')

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether it listens, and knows who it is."""
        if self.log.count('"event": "ready"') <= self._ready:
            return False
        return self.kind != "serve" or _listens(self.port)

    @property
    def log(self) -> str:
        return self.log_path.read_text() if self.log_path.exists() else ""

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged."""
        return [json.loads(line) for line in self.log.split("\n") if line.startswith("{")]

    def signal(self, number: signal.Signals) -> None:
        """To it and all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """`kill -9`; it is gone when this returns."""
        if self._process is not None:
            self.signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(_SECONDS)

    def ended(self) -> int:
        """The exit code of a process that ends by itself."""
        assert self._process is not None
        return self._process.wait(_SECONDS)


class Fleet:
    """All processes on one database. Gone after the block, however it went."""

    def __init__(self, shop: Shop, model_url: str, folder: Path, database_url: str = "", **settings: str) -> None:
        self.shop = shop
        self.folder = folder
        self.database_url = database_url
        self.nodes: list[Node] = []
        self.records = Records(folder / "data-1", database_url)
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(INSIDE),
            "OPENAI_API_KEY": "sk-test-key",
            "OPENAI_BASE_URL": model_url,
            "GITHUB_API_URL": shop.github.api_url,
            "GITHUB_SERVER_URL": shop.github.url,
            "PR_REVIEWER_GITHUB__APP_ID": str(shop.app.id),
            "PR_REVIEWER_GITHUB__PRIVATE_KEY": shop.app.private_key,
            "PR_REVIEWER_GITHUB__WEBHOOK_SECRET": SECRET,
            "PR_REVIEWER_SERVER__DEBOUNCE_SECONDS": "0",
            **({"PR_REVIEWER_SERVER__DATABASE_URL": database_url} if database_url else {}),
            **SETTINGS,
            **settings,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.kill()

    def start(self, *kinds: str, **environ: str) -> list[Node]:
        """Further processes, all ready. On Postgres each has a data folder of its own, as on another machine."""
        made = [self._new(kind) for kind in kinds]
        for node in made:
            node.start(**environ)
        self.wait(lambda: all(node.is_ready or not node.is_alive for node in made))
        assert all(node.is_alive for node in made), self.told
        return made

    def restart(self, **environ: str) -> None:
        """What has died comes back, as whoever supervises it does."""
        dead = [node for node in self.nodes if not node.is_alive]
        for node in dead:
            node.start(**environ)
        self.wait(lambda: all(node.is_ready or not node.is_alive for node in dead))

    def busy(self) -> Node:
        """The one that runs a job; without any, the first that lives."""
        alive = [node for node in self.nodes if node.is_alive]
        at_work = self.records.at_work() if len(alive) > 1 else []
        ids = {id_: node for node in alive for id_ in _ids(node)}
        return next((ids[id_] for id_ in at_work if id_ in ids), alive[0])

    def deliver(self, told: tuple[str, dict[str, Any]]) -> Delivery:
        """To the first that lives."""
        return self.shop.deliver(told, self._listener.port)

    def deliver_again(self, delivery: Delivery) -> Delivery:
        return self.shop.deliver_again(delivery, self._listener.port)

    def settle(self, count: int = 1, seconds: float = _SECONDS) -> list[str]:
        """The states of all jobs, once so many have ended and nothing is left to be done."""
        self.wait(lambda: self.records.is_quiet(count), seconds)
        return [job["state"] for job in self.records.jobs()]

    def wait(self, condition: Callable[[], bool], seconds: float = _SECONDS) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"it did not come to pass:\n{self.told}"
            time.sleep(0.05)

    @property
    def told(self) -> str:
        """All logs, and the jobs."""
        logs = "\n".join(f"--- {node.kind} {node.port}\n{node.log[-6000:]}" for node in self.nodes)
        try:
            return f"{logs}\n{json.dumps(self.records.jobs(), indent=1)}\n{self.records.runs()}"
        except Exception as error:  # noqa: BLE001 it only explains a failure
            return f"{logs}\n{error}"

    @property
    def _listener(self) -> Node:
        return next(node for node in self.nodes if node.kind == "serve" and node.is_alive)

    def _new(self, kind: str) -> Node:
        number = len(self.nodes) + 1
        data = self.folder / (f"data-{number}" if self.database_url else "data-1")
        node = Node(kind, self.folder / f"node-{number}", self.environ, data)
        self.nodes.append(node)
        return node


def _ids(node: Node) -> set[str]:
    """What this process may call itself in the queue. Those of one machine take the first that is free."""
    lines = (node.data / "executors").glob("*")
    return {path.read_text().strip() for path in lines if _holds(node.pid, path)}


def _holds(pid: int, path: Path) -> bool:
    """Whether the process has this file open."""
    with contextlib.suppress(OSError):
        return any(each.exists() and path.samefile(each) for each in Path(f"/proc/{pid}/fd").iterdir())
    return False


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
