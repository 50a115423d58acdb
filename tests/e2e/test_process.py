"""A command as a process: pipes that close, disks that are full, signals. Never a traceback, never anything left."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import BIN, Repo
from tests.fakes.model_replies import Hang
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.e2e

CLOSED = "exec {}; exec {} review {}"


@pytest.fixture
def work(repo: Repo) -> Repo:
    repo.commit({"a.py": "def f():\n    return 1\n"})
    repo.branch("work")
    repo.commit({"a.py": "def f():\n    try:\n        return 1\n    except:\n        return 2\n"})
    return repo


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def environment(temporary: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(temporary), "TMPDIR": str(temporary), **more}


@pytest.mark.parametrize(
    ("closing", "code"), [(">&-", 1), ("2>&-", 1), ("<&-", 1), (">&- 2>&- <&-", 1), (">/dev/full", 3)]
)
def test_standard_streams_that_are_closed_or_full_end_in_no_traceback(
    work: Repo, temporary: Path, closing: str, code: int
):
    call = CLOSED.format(closing, BIN / "pr-reviewer", "--fail-on warning")
    done = subprocess.run(
        ["sh", "-c", call], cwd=work.path, env=environment(temporary), capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
    assert list(temporary.iterdir()) == []


def test_a_diff_from_a_closed_standard_input_is_empty(work: Repo, temporary: Path):
    call = CLOSED.format("<&-", BIN / "pr-reviewer", "--diff -")
    done = subprocess.run(
        ["sh", "-c", call], cwd=work.path, env=environment(temporary), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "the diff is empty" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"), [(["review"], 0), (["review", "--fail-on", "warning"], 1), (["config", "schema"], 0)]
)
def test_a_reader_that_left_does_not_change_the_exit_code(work: Repo, temporary: Path, arguments: list[str], code: int):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [BIN / "pr-reviewer", *arguments],
        cwd=work.path,
        env=environment(temporary),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.fixture
def asked() -> threading.Event:
    return threading.Event()


@pytest.fixture
def silent(asked: threading.Event) -> Iterator[ModelServer]:
    """A model that never answers."""

    def hang(_request: object) -> Hang:
        asked.set()
        return Hang()

    with ModelServer(hang) as server:
        yield server


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
def test_a_signal_ends_a_review_and_nothing_is_left(
    work: Repo, temporary: Path, silent: ModelServer, asked: threading.Event, number: int, code: int
):
    run = subprocess.Popen(
        [BIN / "pr-reviewer", "review"],
        cwd=work.path,
        env=environment(temporary, OPENAI_BASE_URL=silent.url, OPENAI_API_KEY="k"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_signals,  # noqa: PLW1509 nothing here is waiting for a lock
    )
    assert asked.wait(30)
    children = children_of(run.pid)
    run.send_signal(number)
    out, err = run.communicate(timeout=30)
    assert (run.returncode, out, err.strip()) == (code, "", "stopped")
    assert children
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert list(temporary.iterdir()) == []


def heed_signals() -> None:
    """As at a terminal: what runs under nohup or in the background of a shell is started with these ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
