"""Each process has an id of its own; what a silent one left is taken over, and it stops when it wakes."""

import subprocess
import sys

import pytest

from webhooks.executors import DeclaredDead, Heartbeat, Slot


class Clock:
    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


class Recovered:
    def __init__(self, *errors):
        self.ids = []
        self.errors = list(errors)

    async def __call__(self, ids):
        self.ids.extend(ids)
        if self.errors:
            raise self.errors.pop(0)


async def watch(one, clock, seconds):
    """Look every ten seconds, but not at the end."""
    until = clock.at + seconds
    while clock.at + 10 < until:
        clock.at += 10
        await one.reap(Recovered())
    clock.at = until


@pytest.fixture
def clock():
    return Clock()


def test_an_id_stays_and_is_one_processes_alone(tmp_path):
    first, second = Slot.claim(tmp_path / "slots"), Slot.claim(tmp_path / "slots")
    assert first.id != second.id

    first.release()
    assert Slot.claim(tmp_path / "slots").id == first.id
    assert Slot.claim(tmp_path / "slots").id not in (first.id, second.id)


def test_a_killed_process_gives_its_id_back(tmp_path):
    code = f"""
import sys, time
from pathlib import Path
from webhooks.executors import Slot
print(Slot.claim(Path({str(tmp_path)!r})).id, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        held = process.stdout.readline().strip()
        other = Slot.claim(tmp_path)
        process.kill()
        process.wait()

    assert other.id != held
    assert Slot.claim(tmp_path).id == held


def test_a_file_that_was_never_written_wholly_gets_a_new_id(tmp_path):
    (tmp_path / "0").write_text("d3b07384-d9")

    made = Slot.claim(tmp_path)
    made.release()

    assert len(made.id) == 36
    assert Slot.claim(tmp_path).id == made.id


async def test_who_beats_is_left_alone_and_who_is_silent_is_recovered(store, clock):
    one, other = (Heartbeat(store, name, patience=30, now=clock) for name in ("one", "other"))
    await one.start()
    await other.start()
    recovered = Recovered()

    for _ in range(5):
        clock.at += 10
        await one.beat()
        await other.beat()
        assert await one.reap(recovered) == ()
    await watch(one, clock, 29)
    assert await one.reap(recovered) == ()
    clock.at += 1
    assert await one.reap(recovered) == ("other",)

    assert recovered.ids == ["other"]
    assert await one.reap(recovered) == ()


async def test_who_was_declared_dead_stops_before_its_next_write(store, clock):
    one, frozen = (Heartbeat(store, name, patience=30, now=clock) for name in ("one", "frozen"))
    await one.start()
    await frozen.start()
    await frozen.check()
    await one.reap(Recovered())
    await watch(one, clock, 30)
    await one.reap(Recovered())

    with pytest.raises(DeclaredDead, match="others have taken over"):
        await frozen.check()
    with pytest.raises(DeclaredDead):
        await frozen.beat()


async def test_a_clock_that_jumps_kills_nobody(store, clock):
    """Only a count that stood still between two looks of one process counts."""
    one, other = (Heartbeat(store, name, patience=30, now=clock) for name in ("one", "other"))
    await one.start()
    await other.start()
    clock.at += 1_000_000

    assert await one.reap(Recovered()) == ()
    clock.at -= 2_000_000
    assert await one.reap(Recovered()) == ()


async def test_one_alone_never_declares_itself_dead(store, clock):
    """A laptop that slept."""
    one = Heartbeat(store, "one", patience=30, now=clock)
    await one.start()
    await one.reap(Recovered())
    clock.at += 100_000

    assert await one.reap(Recovered()) == ()
    await one.check()


async def test_a_crash_while_recovering_leaves_the_dead_to_the_next(store, clock):
    one, other, dead = (Heartbeat(store, name, patience=30, now=clock) for name in ("one", "other", "dead"))
    for each in (one, other, dead):
        await each.start()
    await one.reap(Recovered())
    await watch(one, clock, 25)
    await other.beat()
    clock.at += 5
    with pytest.raises(OSError, match="gone"):
        await one.reap(Recovered(OSError("gone")))

    await one.beat()
    recovered = Recovered()
    assert await other.reap(recovered) == ("dead",)
    assert recovered.ids == ["dead"]


async def test_a_restarted_process_is_alive_again_and_one_that_left_is_nobody(store, clock):
    one, dead = (Heartbeat(store, name, patience=30, now=clock) for name in ("one", "dead"))
    await one.start()
    await dead.start()
    await one.reap(Recovered())
    await watch(one, clock, 30)
    await one.reap(Recovered())

    await dead.start()
    await dead.check()
    await dead.stop()

    clock.at += 1_000
    assert await one.reap(Recovered()) == ()


async def test_nobody_is_dead_for_having_been_silent_while_nobody_could_be_heard(store, clock):
    """The database was away: none of them could beat, and the first to reach it again must not bury the others."""
    one, other = (Heartbeat(store, name, patience=30, now=clock) for name in ("one", "other"))
    await one.start()
    await other.start()
    await one.reap(Recovered())
    clock.at += 33
    assert await one.reap(Recovered()) == ()
    await other.beat()
    await watch(one, clock, 29)
    assert await one.reap(Recovered()) == ()
