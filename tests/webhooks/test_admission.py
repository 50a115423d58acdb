"""Who is given a slot: no more than there are, none beyond a limit, and everybody in turn."""

import asyncio
import random
import time
from collections import Counter

import pytest
import sqlalchemy as sa

from pr_reviewer.model.commands import Command, CommandName
from pr_reviewer.model.events import Account, PullState, Repository, Scene
from pr_reviewer.model.pull import PullRequestRef, Revision
from pr_reviewer.model.triggers import AnswerMergeGroup, Forget, Occasion, RunAutomatic, RunCommanded
from webhooks.admission import Admission
from webhooks.executors import Heartbeat
from webhooks.fair_order import Hold, Limits
from webhooks.jobs import Jobs, JobState, NewJob
from webhooks.tables import executors
from webhooks.tables import jobs as table

ANN = Account("ann", 1)


def scene(repository, installation=9):
    return Scene("github.com", Repository(repository, f"acme/{repository}"), ANN, installation)


def automatic(repository, number, installation=9, lane="", **more):
    """A job of a pull request of a repository: `5#1`."""
    ref = PullRequestRef("github.com", f"acme/{repository}", number)
    pull = PullState(ref, "Title", ANN, Revision("main", "b" * 40), Revision("topic", "a" * 40))
    trigger = RunAutomatic(scene(repository, installation), pull, Occasion.OPENED)
    id_ = f"{repository}#{number}"
    return NewJob(id_, lane or id_, id_, trigger, "delivery", **more)


def commanded(repository, number, installation=9, lane=""):
    ref = PullRequestRef("github.com", f"acme/{repository}", number)
    command = (Command(CommandName.REVIEW, 1),)
    trigger = RunCommanded(scene(repository, installation), ref, "line:4", ANN, command)
    id_ = f"{repository}#{number}/command"
    return NewJob(id_, lane or id_, id_, trigger, "delivery")


class Hall:
    """Jobs and the processes that could run them."""

    def __init__(self, store):
        self.store = store
        self.jobs = Jobs(store)

    async def has_slots(self, count, executor="one"):
        heartbeat = Heartbeat(self.store, executor, patience=30, slots=count)
        await heartbeat.start()
        return heartbeat

    async def admit(self, limits=None, after=0.0):
        """The ids that were let in, `after` so many seconds."""
        return (await self.look(limits, after)).admitted

    async def look(self, limits=None, after=0.0):
        return await Admission(self.store, limits or Limits(), lambda: time.time() + after).admit()

    async def pass_time(self, seconds):
        """For the hours that count what began."""
        earlier = table.update().values(admitted_at=table.c.admitted_at - seconds)
        await self.store.run(lambda connection: connection.execute(earlier))

    async def is_waiting_for(self, **reasons):
        return await self.jobs.waiting() == reasons

    async def is_over(self):
        return not await self.jobs.unfinished()

    async def end(self, *ids, state=JobState.DONE):
        for id_ in ids:
            await self.jobs.finish(id_, state)


@pytest.fixture
def hall(store):
    return Hall(store)


async def test_no_more_are_let_in_than_the_living_processes_have_slots(hall):
    await hall.jobs.add([automatic(5, number) for number in range(10)])
    assert await hall.admit() == (), "nobody works"

    await hall.has_slots(2)
    other = await hall.has_slots(1, "other")
    await hall.has_slots(0, "accepts only")
    assert await hall.admit() == ("5#0", "5#1", "5#2")
    assert await hall.admit() == ()
    await hall.end("5#1")
    assert await hall.admit() == ("5#3",)
    await other.take_no_more()
    await hall.end("5#0")
    assert await hall.admit() == (), "its job still runs, and is no slot of anybody else's"
    await hall.end("5#2")
    assert await hall.admit() == ("5#4",)


async def test_a_process_that_is_declared_dead_has_no_slots_and_what_it_ran_still_has_its_own(hall):
    await hall.jobs.add([automatic(5, number) for number in range(4)])
    dead = await hall.has_slots(1, "dead")
    assert await hall.admit() == ("5#0",)
    await dead.abandon()
    await hall.has_slots(2)

    assert await hall.admit() == ("5#1",)


async def test_one_of_another_repository_goes_before_two_hundred_that_came_first(hall):
    await hall.jobs.add([automatic(5, number) for number in range(200)])
    await hall.has_slots(1)
    assert await hall.admit() == ("5#0",)
    await hall.jobs.add([automatic(6, 1)])
    await hall.end("5#0")

    assert await hall.admit() == ("6#1",)


@pytest.mark.parametrize("slots", [1, 3])
async def test_repositories_take_turns_and_so_do_installations(hall, slots):
    await hall.jobs.add([automatic(5, number) for number in range(6)])
    await hall.jobs.add([automatic(6, number) for number in range(6)])
    await hall.jobs.add([automatic(7, number, 10) for number in range(6)])
    await hall.has_slots(slots)

    order = []
    while let_in := await hall.admit():
        order += [id_.partition("#")[0] for id_ in let_in]
        await hall.end(*let_in)

    assert Counter(order[:12]) == {"7": 6, "5": 3, "6": 3}, "half for each installation"
    assert Counter(order[12:]) == {"5": 3, "6": 3}


async def test_within_a_repository_people_go_first_and_a_merge_queue_before_everybody(hall):
    await hall.jobs.add([automatic(5, 1), automatic(5, 2), commanded(5, 3), automatic(6, 1)])
    await hall.jobs.add([NewJob("merge", "m", "m", AnswerMergeGroup(scene(5), "a" * 40))])
    await hall.jobs.add([NewJob("forget", "f", "f", Forget("github.com", 9))])
    await hall.has_slots(9)

    let_in = await hall.admit()
    assert set(let_in[:2]) == {"merge", "forget"}
    assert let_in[2:] == ("6#1", "5#3/command", "5#1", "5#2")


async def test_a_pull_requests_jobs_have_one_slot_and_go_in_their_order(hall):
    await hall.jobs.add([automatic(5, 1, lane="x"), commanded(5, 2, lane="x"), automatic(5, 3, lane="x")])
    await hall.has_slots(9)

    for id_ in ("5#1", "5#2/command", "5#3"):
        assert await hall.admit() == (id_,)
        assert await hall.admit() == ()
        assert (await hall.jobs.start(id_)).id == id_
        assert await hall.admit() == ()
        await hall.end(id_)


async def test_what_is_put_off_waits_for_its_time_and_others_of_its_lane_go_before_it(hall):
    await hall.jobs.add([automatic(5, 1, lane="x", delay=60.0)])
    await hall.has_slots(9)
    round_ = await hall.look()
    assert (round_.admitted, round_.next_due) == ((), pytest.approx(time.time() + 60, abs=5))

    await hall.jobs.add([automatic(5, 2, lane="x")])
    assert await hall.admit() == ("5#2",)
    await hall.end("5#2")
    assert await hall.admit(after=59) == ()
    assert await hall.admit(after=61) == ("5#1",)


async def test_a_clock_that_goes_back_makes_nobody_wait_longer(hall):
    await hall.jobs.add([automatic(5, 1, delay=60.0)])
    await hall.has_slots(1)

    assert await hall.admit(after=-3600) == ("5#1",)


async def test_a_job_that_is_tried_again_waits_its_turn_without_a_slot(hall):
    await hall.jobs.add([automatic(5, 1), automatic(5, 2)])
    await hall.has_slots(1)
    await hall.admit()
    job = await hall.jobs.start("5#1")
    await hall.jobs.begin_again(job, 60.0)

    assert await hall.admit() == ("5#2",)
    await hall.end("5#2")
    assert await hall.admit() == ()
    assert await hall.admit(after=61) == ("5#1",)


@pytest.mark.parametrize(
    ("limits", "let_in"),
    [
        (Limits(repository_slots=1), {"5": 1, "6": 1, "7": 1}),
        (Limits(installation_slots=3), {"5": 2, "6": 1, "7": 3}),
        (Limits(repository_slots=2, installation_slots=3), {"5": 2, "6": 1, "7": 2}),
        (Limits(hourly_repository=2), {"5": 2, "6": 2, "7": 2}),
        (Limits(hourly_installation=3), {"5": 2, "6": 1, "7": 3}),
    ],
)
async def test_a_limit_holds_while_slots_are_free(hall, limits, let_in):
    await hall.jobs.add([automatic(5, number) for number in range(4)])
    await hall.jobs.add([automatic(6, number) for number in range(4)])
    await hall.jobs.add([automatic(7, number, 10) for number in range(4)])
    await hall.has_slots(20)

    assert Counter(id_[0] for id_ in await hall.admit(limits)) == let_in
    assert await hall.admit(limits) == ()


async def test_a_slot_that_a_limit_held_is_free_when_its_job_ends(hall):
    await hall.jobs.add([automatic(5, number) for number in range(3)])
    await hall.has_slots(20)
    limits = Limits(repository_slots=1)
    assert await hall.admit(limits) == ("5#0",)

    await hall.end("5#0", state=JobState.FAILED)
    assert await hall.admit(limits) == ("5#1",)


async def test_the_hour_of_a_rate_passes_and_what_was_needless_does_not_count(hall):
    await hall.jobs.add([automatic(5, number) for number in range(4)])
    await hall.has_slots(20)
    limits = Limits(hourly_repository=1)
    assert await hall.admit(limits) == ("5#0",)
    await hall.end("5#0", state=JobState.SUPERSEDED)
    assert await hall.admit(limits) == ("5#1",)
    await hall.end("5#1")

    assert await hall.admit(limits, after=3590) == ()
    assert await hall.admit(limits, after=3610) == ("5#2",)


async def test_what_people_ask_for_counts_and_does_not_wait_not_even_behind_what_does(hall):
    await hall.jobs.add([automatic(5, 1), automatic(5, 2, lane="x"), commanded(5, 3, lane="x"), commanded(5, 4)])
    await hall.has_slots(20)

    assert set(await hall.admit(Limits(hourly_repository=1))) == {"5#4/command", "5#3/command"}
    await hall.end("5#4/command", "5#3/command")
    assert await hall.admit(Limits(hourly_repository=1)) == ()


async def test_who_is_held_is_told_once_and_on_record_until_it_may_go_on(hall):
    await hall.jobs.add([automatic(5, number) for number in range(3)])
    await hall.has_slots(2)
    limits = Limits(hourly_repository=1)

    round_ = await hall.look(limits)
    assert (round_.admitted, set(round_.held)) == (("5#0",), {"5#1", "5#2"})
    assert (await hall.look(limits)).held == ()
    assert (await hall.jobs.get("5#1")).held is Hold.REPOSITORY_RATE
    assert await hall.jobs.waiting() == {"repository_rate": 2}

    await hall.jobs.add([automatic(5, 9, delay=60.0)])
    await hall.end("5#0")
    await hall.has_slots(1)
    assert (await hall.look(limits, after=3610)).admitted == ("5#1",)
    await hall.has_slots(2)
    await hall.look(Limits(repository_slots=1), after=3610)
    assert (await hall.jobs.get("5#2")).held is Hold.REPOSITORY_SLOTS
    await hall.look(Limits(), after=3610)
    assert (await hall.jobs.get("5#2")).is_admitted
    assert (await hall.jobs.get("5#2")).held is None
    assert await hall.jobs.waiting() == {"time": 1}


async def test_a_limit_that_no_longer_holds_is_off_the_record_while_the_job_waits_for_its_lane(hall):
    await hall.jobs.add([automatic(5, 1, lane="x")])
    await hall.has_slots(9)
    await hall.look(Limits(repository_slots=1))
    await hall.jobs.add([automatic(5, 2, lane="x")])
    assert (await hall.look(Limits(repository_slots=1))).held == (), "it waits for its lane"
    assert await hall.jobs.waiting() == {"turn": 1}


@pytest.mark.parametrize("seed", range(3))
async def test_many_processes_at_once_never_let_in_too_many(hall, store, seed):
    chance = random.Random(seed)  # noqa: S311 nothing is kept secret by it
    limits = Limits(repository_slots=2, installation_slots=3)
    await hall.has_slots(5)
    await hall.jobs.add(
        [automatic(repository, number, repository % 2) for repository in range(4) for number in range(8)]
    )

    async def work():
        while await hall.jobs.unfinished():
            await hall.admit(limits)
            running = await hall.jobs.begun()
            owners = Counter(job.trigger.scene.repository.id for job in running)
            tops = Counter(job.trigger.scene.installation for job in running)
            assert (len(running) <= 5, max(owners.values(), default=0) <= 2) == (True, True)
            assert max(tops.values(), default=0) <= 3
            for job in running[: chance.randint(0, 2)]:
                await hall.jobs.start(job.id)
                await hall.end(job.id)

    await asyncio.gather(*(work() for _ in range(4)))
    turns = await store.run(lambda c: c.execute(sa.select(table.c.turn)).scalars().all())
    assert sorted(turns) == list(range(1, 33)), "one at a time, each once"


async def test_who_has_no_installation_takes_turns_with_those_who_have_one(hall):
    await hall.jobs.add([automatic(5, number, None) for number in range(3)])
    await hall.jobs.add([automatic(6, number, None) for number in range(3)])
    await hall.jobs.add([automatic(7, number, 10) for number in range(6)])
    await hall.has_slots(1)

    order = ""
    while let_in := await hall.admit():
        order += let_in[0][0]
        await hall.end(*let_in)

    assert order == "576757675767"[: len(order)]
    assert len(order) == 12


async def test_slots_of_the_living_are_summed(hall, store):
    one = await hall.has_slots(3)
    await hall.has_slots(4, "other")
    assert await one.slots() == 7
    await store.run(lambda c: c.execute(executors.update().where(executors.c.id == "other").values(is_dead=True)))
    assert await one.slots() == 3
