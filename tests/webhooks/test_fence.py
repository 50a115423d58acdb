"""Work that is no longer ours is left before its next write."""

import itertools

import pytest

from pr_reviewer.model.events import Account, PullState, Repository, Scene
from pr_reviewer.model.pull import PullRequestRef, Revision
from pr_reviewer.model.triggers import Occasion, RunAutomatic
from tests.webhooks.builders import give_slots
from webhooks.ending import Superseded, Withdrawn
from webhooks.executors import DeclaredDead, Heartbeat
from webhooks.fence import Fence
from webhooks.jobs import Jobs, JobState, NewJob

SCENE = Scene("github.com", Repository(5, "octo/shop"), Account("ann", 1), 9)
PULL = PullState(
    PullRequestRef("github.com", "octo/shop", 3), "T", Account("ann", 1), Revision("main", "b"), Revision("t", "a")
)


def new(id_, *, is_replaceable=True):
    return NewJob(id_, "lane", id_, RunAutomatic(SCENE, PULL, Occasion.OPENED), is_replaceable=is_replaceable)


@pytest.fixture
def jobs(store):
    return Jobs(store)


@pytest.fixture
async def heartbeat(store):
    alive = Heartbeat(store, "me", patience=30)
    await alive.start()
    return alive


@pytest.fixture
async def fence(heartbeat, store, jobs):
    await jobs.add([new("one")])
    await give_slots(store)
    return Fence(heartbeat, jobs, await jobs.start("one"))


async def test_what_is_ours_may_go_on(fence):
    await fence()


async def test_a_newer_job_of_the_lane_takes_its_place(fence, jobs):
    await jobs.add([new("two")])
    with pytest.raises(Superseded):
        await fence()


async def test_a_job_that_replaces_nothing_does_not(fence, jobs):
    await jobs.add([new("two", is_replaceable=False)])
    await fence()


async def test_a_closed_pull_request_ends_it(fence, jobs):
    await jobs.cancel("lane", before=2)
    with pytest.raises(Withdrawn, match="closed"):
        await fence()


@pytest.mark.parametrize("what", ["another try", "another's end", "nothing"])
async def test_what_others_have_taken_over_is_left(fence, jobs, what):
    if what == "another try":
        await jobs.begin_again(await jobs.get("one"))
    elif what == "another's end":
        await jobs.finish("one", JobState.DONE)
    else:
        await jobs.forget("github.com", 9)
    with pytest.raises(Withdrawn):
        await fence()


@pytest.mark.parametrize("how", ["silent", "abandoned"])
async def test_who_is_declared_dead_writes_nothing_more(fence, heartbeat, store, how):
    if how == "abandoned":
        await heartbeat.abandon()
    else:
        clock = itertools.count(0.0, 2.0)  # looked at often: only silence that was watched counts
        other = Heartbeat(store, "other", patience=30, now=lambda: next(clock))

        async def nothing(_ids):
            return None

        for _ in range(20):
            await other.reap(nothing)
    with pytest.raises(DeclaredDead):
        await fence()


async def test_what_was_replaced_is_told_to_what_took_its_place(jobs):
    for id_ in ("old", "first", "second", "label", "third"):
        await jobs.add([new(id_, is_replaceable=id_ != "label")])
    await jobs.finish("old", JobState.DONE)
    for id_ in ("first", "second"):
        await jobs.finish(id_, JobState.SUPERSEDED)
    assert [job.id for job in await jobs.replaced_by(await jobs.get("third"))] == ["first", "second"]
    assert await jobs.replaced_by(await jobs.get("label")) == ()
    assert await jobs.replaced_by(await jobs.get("old")) == ()
