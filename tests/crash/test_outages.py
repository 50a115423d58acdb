"""The database, the disk or the clock fail while a review runs: what was accepted ends well, the rest is refused."""

import contextlib
import os
import resource
import sqlite3
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.crash.oracle import assert_reviewed_once
from tests.crash.shop import MODEL_CALLS
from tests.webhooks.postgres import running_postgres

pytestmark = [pytest.mark.e2e, pytest.mark.long]

GONE_SECONDS = 33  # a little longer than the patience with a silent process, and than SQLite's with a lock
SOON = {"PR_REVIEWER_SERVER__RETRY_SECONDS": "[1, 2, 4, 8, 16, 16, 16, 16]"}
_FILES = ("reviewer", "queue", "inbox")


class Meanwhile:
    """Does something when the model is asked for the n-th time, and the model waits for it."""

    def __init__(self, script, number, act) -> None:
        self._number = number
        self._act = act
        self.is_done = threading.Event()
        script.before_answer = self

    def __call__(self, request) -> None:
        if request.number == self._number:
            self._act()
            self.is_done.set()


def assert_both_reviewed(stage, fleet, second, refused):
    """What was refused with 503 is accepted when it is sent again."""
    assert refused.status_code == 503
    fleet.wait(lambda: fleet.deliver_again(refused).status_code == 202)
    assert fleet.settle(2, seconds=240) == ["done", "done"]
    assert_reviewed_once(stage.shop)
    assert_reviewed_once(stage.shop, second)
    assert len(stage.model.requests) <= 2 * MODEL_CALLS + 1  # one was under way


@pytest.mark.parametrize("kinds", [("serve",), ("serve", "worker", "worker")], ids=["alone", "three"])
def test_a_postgres_that_is_gone_for_half_a_minute(stage, kinds):
    second = stage.shop.open_pull("stamps")
    with running_postgres(durable=True) as server:
        stage.database = server.new_database()
        fleet = stage.fleet(PR_REVIEWER_MODELS__MAX_CONCURRENCY="1", **SOON)
        gone = Meanwhile(stage.script, 3, server.stop)
        fleet.start(*kinds)
        fleet.deliver(stage.shop.opened())
        assert gone.is_done.wait(60)
        back = time.monotonic() + GONE_SECONDS
        refused = fleet.deliver(stage.shop.opened(second))
        time.sleep(max(0.0, back - time.monotonic()))
        server.start()
        fleet.restart()
        assert_both_reviewed(stage, fleet, second, refused)


def test_sqlite_files_that_are_locked_for_half_a_minute(stage):
    second = stage.shop.open_pull("stamps")
    fleet = stage.fleet(PR_REVIEWER_MODELS__MAX_CONCURRENCY="1", **SOON)
    with contextlib.ExitStack() as locks:
        data = stage.folder / "data-1"
        gone = Meanwhile(stage.script, 3, lambda: [_lock(locks, data / f"{name}.sqlite3") for name in _FILES])
        fleet.start("serve")
        fleet.deliver(stage.shop.opened())
        assert gone.is_done.wait(60)
        back = time.monotonic() + GONE_SECONDS
        refused = fleet.deliver(stage.shop.opened(second))
        time.sleep(max(0.0, back - time.monotonic()))
    assert_both_reviewed(stage, fleet, second, refused)


def _lock(locks, path):
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    locks.callback(connection.close)
    connection.execute("BEGIN IMMEDIATE")


class SmallDisk:
    """A file system of its own for the data folder, as root may make one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self):
        self.folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def fill(self, _):
        with (self.folder / "ballast").open("wb") as ballast, contextlib.suppress(OSError):
            while True:
                os.write(ballast.fileno(), bytes(4096))

    def free(self, _):
        (self.folder / "ballast").unlink()


class NoLargerFiles:
    """The process may write no file beyond its first bytes: what a quota does, and anybody may set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Goes with the process."""

    def fill(self, pid):
        self._limit(pid, 0)

    def free(self, pid):
        self._limit(pid, resource.RLIM_INFINITY)

    def _limit(self, pid, size):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@pytest.mark.parametrize("disk_of", [SmallDisk, NoLargerFiles])
def test_a_disk_that_is_full_for_a_while(stage, disk_of):
    second = stage.shop.open_pull("stamps")
    with disk_of(stage.folder / "data-1") as disk:
        fleet = stage.fleet(PR_REVIEWER_MODELS__MAX_CONCURRENCY="1", **SOON)
        full = Meanwhile(stage.script, 3, lambda: disk.fill(fleet.nodes[0].pid))
        try:
            (node,) = fleet.start("serve")
            fleet.deliver(stage.shop.opened())
            assert full.is_done.wait(60)
            refused = fleet.deliver(stage.shop.opened(second))
            assert node.is_alive
            disk.free(node.pid)
            assert_both_reviewed(stage, fleet, second, refused)
        finally:
            fleet.nodes[0].kill()


class Clock:
    """A library that makes the clock of a process wrong, and by how much."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(0)
        library = folder / "clock.so"
        source = Path(__file__).parent / "clock.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.environ = {"LD_PRELOAD": str(library), "CLOCK_FILE": str(self._file)}

    def set(self, seconds: int) -> None:
        with self._file.open("r+b" if self._file.exists() else "w+b") as file:
            file.write(struct.pack("q", seconds))


@pytest.mark.parametrize("jump", [3600, -3600, 86_400, -86_400])
@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_a_clock_that_is_set_while_jobs_wait_and_run(stage, jump):
    """It was wrong until then: GitHub's is right before and after, but its tokens' hours have begun at other times."""
    clock = Clock(stage.folder)
    second = stage.shop.open_pull("stamps")
    fleet = stage.fleet(PR_REVIEWER_SERVER__DEBOUNCE_SECONDS="2", **SOON)

    def set_clocks():
        clock.set(jump)
        stage.github.advance(jump)

    Meanwhile(stage.script, 3, set_clocks)
    fleet.start("serve", **clock.environ)
    fleet.deliver(stage.shop.opened())
    fleet.wait(lambda: len(stage.model.requests) >= 2)
    fleet.deliver(stage.shop.opened(second))
    assert fleet.settle(2) == ["done", "done"]
    assert_reviewed_once(stage.shop)
    assert_reviewed_once(stage.shop, second)


@pytest.mark.parametrize("wrong_by", [600, -600])
def test_a_clock_that_is_wrong_for_a_while(stage, wrong_by):
    clock = Clock(stage.folder)
    times = {3: wrong_by, 6: 0}
    stage.script.before_answer = lambda request: clock.set(times[request.number]) if request.number in times else None
    fleet = stage.fleet(PR_REVIEWER_MODELS__MAX_CONCURRENCY="1", **SOON)
    fleet.start("serve", **clock.environ)
    fleet.deliver(stage.shop.opened())
    assert fleet.settle() == ["done"]
    assert_reviewed_once(stage.shop)
    assert len(stage.model.requests) == MODEL_CALLS
