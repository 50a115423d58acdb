"""`pr-reviewer setup` as a process of its own, and the link that it prints."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2

from tests.webhooks.process import COMMAND, free_port

_LINK = re.compile(r"http://\S+/setup\?token=\S+")


class SetupProcess:
    """A running set-up."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, port: int) -> None:
        self.process = process
        self.folder = folder
        self.port = port
        self.stored = folder / "state" / "github-app.toml"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """What it has written to the terminal."""
        return (self.folder / "said").read_text(encoding="utf-8")

    @property
    def printed(self) -> str:
        """What it has written to its output."""
        return (self.folder / "printed").read_text(encoding="utf-8")

    @property
    def link(self) -> str:
        """The link, once it is printed."""
        while self.process.poll() is None:
            if found := _LINK.search(self.said):
                return found[0]
            time.sleep(0.05)
        raise RuntimeError(self.said)

    def wait_until_serving(self) -> None:
        """Until the server that it goes on as is ready."""
        while self.process.poll() is None:
            with contextlib.suppress(httpx2.TransportError):
                if httpx2.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError(self.said)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait()


@contextlib.contextmanager
def setting_up(
    folder: Path, *arguments: str, environ: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[SetupProcess]:
    """A set-up whose files lie in `folder`; it is gone after the block, however it went."""
    port = port or free_port()
    own = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PR_REVIEWER_SERVER__DATA_DIR": str(folder / "state"),
    }
    call = [COMMAND, "setup", "--port", str(port), *arguments]
    with (folder / "said").open("wb") as said, (folder / "printed").open("wb") as printed:
        process = subprocess.Popen(call, env={**own, **(environ or {})}, stdout=printed, stderr=said)
    try:
        yield SetupProcess(process, folder, port)
    finally:
        process.kill()
        process.wait()
