"""What an installation leaves behind goes on every machine, whichever of them hears of its removal."""

import pytest

from pr_reviewer.git.cache import GitCache
from pr_reviewer.git.locks import FileLock
from webhooks.forgetting import Forgotten
from webhooks.recording import Recorded, Recorder

HOST = "github.test"
KEYS = ("5", "6", "octo+.pr-reviewer", "other+rules")


class Machine:
    """A machine with the code of some repositories and the deliveries of two installations."""

    def __init__(self, store, folder):
        self.folder = folder
        for key in KEYS:
            self.fetch(key)
        self.recorder = Recorder(folder / "deliveries")
        self.start(store)

    def start(self, store, **options):
        self.forgotten = Forgotten(store, GitCache(self.folder / "git"), self.recorder, **options)

    def fetch(self, key):
        (self.folder / "git" / HOST / f"{key}.git").mkdir(parents=True)

    def read(self, key):
        lock = FileLock(self.folder / "git" / HOST / f"{key}.use")
        assert lock.take(is_shared=True)
        return lock

    async def record(self):
        for installation in (9, 10):
            await self.recorder.keep(Recorded("ping", f"d{installation}", b"{}"), installation)

    @property
    def kept(self):
        return [key for key in KEYS if (self.folder / "git" / HOST / f"{key}.git").exists()]

    @property
    def deliveries(self):
        return sorted(path.stem.rpartition("-")[2] for path in (self.folder / "deliveries").glob("*"))


@pytest.fixture
def machines(store, tmp_path):
    return Machine(store, tmp_path / "one"), Machine(store, tmp_path / "two")


async def test_each_machine_deletes_its_own_files(machines):
    for machine in machines:
        await machine.record()
    hears, other = machines
    await hears.forgotten.add(HOST, (5,), ("octo",), 9)
    await hears.forgotten.purge()
    assert (hears.kept, hears.deliveries) == (["6", "other+rules"], ["d10"])
    assert (other.kept, other.deliveries) == (list(KEYS), ["d10", "d9"])
    await other.forgotten.purge()
    assert (other.kept, other.deliveries) == (["6", "other+rules"], ["d10"])


async def test_what_is_read_goes_when_it_is_read_no_more(machines):
    machine, _ = machines
    lock = machine.read("5")
    await machine.forgotten.add(HOST, (5, 6), ())
    await machine.forgotten.purge()
    assert machine.kept == ["5", "octo+.pr-reviewer", "other+rules"]
    lock.give()
    await machine.forgotten.purge()
    assert "5" not in machine.kept


async def test_what_is_fetched_again_after_that_stays_until_it_is_to_be_forgotten_again(machines):
    machine, _ = machines
    await machine.forgotten.add(HOST, (5,), ())
    await machine.forgotten.purge()
    machine.fetch("5")
    await machine.forgotten.purge()
    assert "5" in machine.kept
    await machine.forgotten.add(HOST, (5,), ())
    await machine.forgotten.purge()
    assert "5" not in machine.kept


async def test_a_machine_that_was_off_deletes_at_its_start_unless_that_is_too_long_ago(machines, store):
    hears, other = machines
    hears.start(store, clock=lambda: 1_000.0)
    await hears.forgotten.add(HOST, (5,), ())
    hears.start(store, clock=lambda: 2_000.0)
    await hears.forgotten.add(HOST, (6,), ())
    await hears.forgotten.prune(1_500.0)
    other.start(store)
    await other.forgotten.purge()
    assert other.kept == ["5", "octo+.pr-reviewer", "other+rules"]
