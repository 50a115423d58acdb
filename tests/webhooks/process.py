"""`pr-reviewer serve` as a process of its own, asked over a real socket."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2

from tests.webhooks.builders import SECRET, encoded, headers

COMMAND = Path(sys.executable).parent / "pr-reviewer"


class ServeProcess:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self._process = process
        self.port = port
        self._log = log
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def send(self, event: str, body: dict[str, Any], **told: str) -> httpx2.Response:
        content = encoded(body)
        return self.client.post("/webhooks/github", content=content, headers=headers(event, content, **told))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code."""
        self.client.close()
        self._process.send_signal(number)
        return self._process.wait()

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged."""
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").split("\n") if line]


@contextlib.contextmanager
def serving(folder: Path, *, environ: Mapping[str, str] | None = None) -> Iterator[ServeProcess]:
    """A server whose files lie in `folder`; it is gone after the block, however it went."""
    port = free_port()
    own = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PR_REVIEWER_GITHUB__WEBHOOK_SECRET": SECRET,
        "PR_REVIEWER_SERVER__DATA_DIR": str(folder / "state"),
        "GITHUB_TOKEN": "ghp_of_nobody",
        "GITHUB_API_URL": f"http://127.0.0.1:{free_port()}",  # GitHub is away: deliveries are taken all the same
    }
    log = folder / "log"
    with log.open("ab") as sink:
        process = subprocess.Popen([COMMAND, "serve", "--port", str(port)], env={**own, **(environ or {})}, stderr=sink)
    server = ServeProcess(process, port, log)
    try:
        wait_until_ready(server, process)
        yield server
    finally:
        server.client.close()
        process.kill()
        process.wait()


def wait_until_ready(server: ServeProcess, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(httpx2.TransportError):
            if server.client.get("/readyz").status_code == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(server._log.read_text(encoding="utf-8"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
