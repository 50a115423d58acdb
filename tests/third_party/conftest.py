"""Servers that nobody here wrote, started for the tests of this folder."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
AIMOCK = HERE / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"


@pytest.fixture
def aimock(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start aimock with these fixtures (its own format) and options; returns its OPENAI_BASE_URL."""
    node = shutil.which("node")
    if node is None or not AIMOCK.exists():
        pytest.fail(f"aimock is missing: run `npm ci` in {HERE} (`make test` does), with node on the PATH")
    with ExitStack() as running:

        def start(*fixtures: dict[str, Any], options: tuple[str, ...] = ()) -> str:
            path = tmp_path / "fixtures.json"
            path.write_text(json.dumps({"fixtures": fixtures}))
            command = [node, str(AIMOCK), "-h", "127.0.0.1", "-p", "0", "-f", str(path), *options]
            process = running.enter_context(_running(command))
            return f"{_address(process)}/v1"

        yield start


class _running:  # noqa: N801 used like a function
    """The process, ended with the block."""

    def __init__(self, command: list[str]) -> None:
        self._command = command

    def __enter__(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)


def _address(process: subprocess.Popen[str]) -> str:
    """Where it says that it listens."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "listening on " in line:
            return line.split("listening on ")[1].strip()
    raise AssertionError(f"aimock did not start: {''.join(said)}")
