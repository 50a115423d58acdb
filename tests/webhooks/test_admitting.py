"""From the record to the engine: real processes, a real engine, SQLite and Postgres."""

import asyncio
import signal
import time
from collections import Counter

import pytest

from tests.webhooks.test_admission import Hall, automatic
from tests.webhooks.workers import begun, ended, notes, until, worker
from webhooks.admission import Admission, Round
from webhooks.admitting import Admitter, Bell
from webhooks.fair_order import Limits
from webhooks.jobs import Jobs, JobState
from webhooks.store import Store


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    is_file = request.param == "sqlite"
    return f"sqlite:///{tmp_path}/jobs.sqlite" if is_file else request.getfixturevalue("postgres_url")


@pytest.fixture
async def hall(url):
    store = await Store.open(url)
    yield Hall(store)
    await store.close()


async def wait(holds):
    await asyncio.to_thread(until, holds)


async def test_one_of_another_repository_begins_among_the_next_though_two_hundred_wait(tmp_path, url, hall):
    (tmp_path / "hold").touch()
    with worker(tmp_path, "one", url, slots=2), worker(tmp_path, "other", url, slots=2):
        await hall.jobs.add([automatic(5, number) for number in range(200)])
        await wait(lambda: len(begun(tmp_path)) == 4)
        await hall.jobs.add([automatic(6, 1)])
        (tmp_path / "hold").unlink()
        await wait(lambda: "6#1" in ended(tmp_path))

    assert begun(tmp_path).index("6#1") < 12, "of those that had slots already, each process may be one ahead"


async def test_limits_hold_over_two_processes(tmp_path, url, hall):
    limits = {"repository_slots": 2, "installation_slots": 3}
    with worker(tmp_path, "one", url, **limits), worker(tmp_path, "other", url, **limits):
        for repository, installation in ((5, 9), (6, 9), (7, 10)):
            await hall.jobs.add([automatic(repository, number, installation) for number in range(8)])
        await wait(lambda: len(ended(tmp_path)) == 24)

    most = Counter()
    running = Counter()
    for line in notes(tmp_path):
        what, _, rest = line.partition(" ")
        if what == "ready":
            continue
        repository = rest.partition("#")[0]
        for owner in (repository, "9" if repository in "56" else "10"):
            running[owner] += 1 if what == "begin" else -1
            most[owner] = max(most[owner], running[owner])
    assert most.keys() == {"5", "6", "7", "9", "10"}
    assert max(most["5"], most["6"], most["7"]) <= 2
    assert max(most["9"], most["10"]) <= 3
    assert len({line.split()[2] for line in notes(tmp_path) if line.startswith("begin")}) == 2, "both have worked"


@pytest.mark.parametrize("takes_over", ["another", "itself"])
async def test_a_kill_between_the_slot_and_the_engine_loses_nothing(tmp_path, url, hall, takes_over):
    await hall.jobs.add([automatic(5, number) for number in range(6)])
    with worker(tmp_path, "one", url, slots=4, kill=3) as process:
        await asyncio.to_thread(process.wait)
    assert process.returncode == -signal.SIGKILL
    assert len(await hall.jobs.begun()) + len(set(ended(tmp_path))) >= 4, "all four have slots, whoever knows of it"

    with worker(tmp_path, "one" if takes_over == "itself" else "other", url, slots=2):
        await wait(lambda: set(ended(tmp_path)) == {f"5#{number}" for number in range(6)})
        await settled(hall)
    assert {job.state for job in await hall.jobs.listed()} == {JobState.DONE}


async def test_a_rate_limit_lets_the_rest_wait_and_time_lets_it_go_on(tmp_path, url, hall):
    with worker(tmp_path, "one", url, hourly_repository=2):
        await hall.jobs.add([automatic(5, number) for number in range(4)])
        await hall.jobs.add([automatic(6, 1)])
        await wait(lambda: len(ended(tmp_path)) == 3)
        await eventually(hall.is_waiting_for, repository_rate=2)
        await hall.pass_time(3600)
        await wait(lambda: len(ended(tmp_path)) == 5)
        await settled(hall)

    assert {job.held for job in await hall.jobs.listed()} == {None}


async def test_a_delayed_job_waits_and_another_of_its_lane_goes_before_it(tmp_path, url, hall):
    with worker(tmp_path, "one", url):
        await hall.jobs.add([automatic(5, 1, lane="x", delay=2.0)])
        await hall.jobs.add([automatic(5, 2, lane="x")])
        await wait(lambda: len(ended(tmp_path)) == 2)

    assert ended(tmp_path) == ["5#2", "5#1"]


async def settled(hall):
    """Each job notes its end before that is on record."""
    await eventually(hall.is_over)


async def eventually(holds, **arguments):
    async with asyncio.timeout(30):
        while not await holds(**arguments):  # noqa: ASYNC110 a database tells no event
            await asyncio.sleep(0.02)


class Scripted:
    """Decisions that were made before; an exception is raised."""

    def __init__(self, *rounds):
        self.rounds = list(rounds)
        self.made = 0

    async def admit(self):
        self.made += 1
        answer = self.rounds.pop(0) if self.rounds else Round()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def were_made(self, count):
        return self.made >= count


class Entrance:
    def __init__(self):
        self.came = []

    async def enqueue(self, job):
        self.came.append(job.id)


@pytest.fixture
async def file_hall(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/db")
    yield Hall(store)
    await store.close()


async def test_who_is_let_in_comes_in_that_order_and_who_is_held_is_told(file_hall):
    await file_hall.jobs.add([automatic(5, number) for number in range(3)])
    entrance, held = Entrance(), []
    decisions = Scripted(Round(("5#1", "gone", "5#0"), ("5#2", "gone")))
    await Admitter(decisions, file_hall.jobs, entrance, Bell(), held.append).look()

    assert entrance.came == ["5#1", "5#0"]
    assert [job.id for job in held] == ["5#2"]


@pytest.mark.parametrize("what", ["a ring", "a ring from a thread", "an error", "a job that is due"])
async def test_it_looks_again(file_hall, what):
    first = {"an error": OSError("gone"), "a job that is due": Round(next_due=time.time() + 0.05)}.get(what, Round())
    decisions, bell = Scripted(first), Bell()
    seconds = 0.05 if what == "an error" else 3600.0
    bell.ring()  # nobody listens yet, and it is no harm
    admitter = Admitter(decisions, file_hall.jobs, Entrance(), bell, poll_seconds=seconds)
    task = asyncio.create_task(admitter.run())
    await eventually(decisions.were_made, count=1)
    if what == "a ring":
        bell.ring()
    elif what == "a ring from a thread":
        await asyncio.to_thread(bell.ring)
    await eventually(decisions.were_made, count=2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_ring_while_it_looks_is_not_lost(file_hall):
    bell = Bell()

    class Ringing(Scripted):
        async def admit(self):
            if not self.made:
                bell.ring()
            return await super().admit()

    decisions = Ringing()
    task = asyncio.create_task(Admitter(decisions, file_hall.jobs, Entrance(), bell, poll_seconds=3600.0).run())
    await eventually(decisions.were_made, count=2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_bell_whose_listener_is_gone_rings_for_nobody():
    bell = Bell()

    async def listen():
        bell.listen()

    asyncio.run(listen())
    bell.ring()


async def test_real_decisions_reach_the_entrance(file_hall):
    await file_hall.jobs.add([automatic(5, 1)])
    await file_hall.has_slots(1)
    entrance = Entrance()
    await Admitter(Admission(file_hall.store, Limits()), Jobs(file_hall.store), entrance, Bell()).look()
    assert entrance.came == ["5#1"]
