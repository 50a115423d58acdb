"""A job is on record once, whoever sends it; what has ended stays ended, until somebody retries it."""

import time

import pytest

from pr_reviewer.model.commands import Command, CommandName, Mistake
from pr_reviewer.model.events import Account, Comment, CommentPlace, PullState, Repository, Scene
from pr_reviewer.model.llm import Reply, Usage
from pr_reviewer.model.pull import PullRequestRef, Revision
from pr_reviewer.model.triggers import (
    AnswerMergeGroup,
    Cancel,
    Forget,
    Nothing,
    Occasion,
    RunAgain,
    RunAutomatic,
    RunCommanded,
)
from tests.webhooks.builders import give_slots
from webhooks.dispatch import jobs_of
from webhooks.jobs import Jobs, JobState, NewJob, trigger_from_json, trigger_to_json
from webhooks.journal import Journal, JournaledLLM

ANN = Account("ann", 1)
SCENE = Scene("github.com", Repository(5, "acme/shop"), ANN, 9)
REF = PullRequestRef("github.com", "acme/shop", 3)
PULL = PullState(REF, "Title \ud800", ANN, Revision("main", "b" * 40), Revision("topic", "a" * 40), labels=("x",))
TRIGGERS = [
    RunAutomatic(SCENE, PULL, Occasion.SYNCHRONIZE),
    RunCommanded(
        SCENE,
        REF,
        "line:4",
        ANN,
        (Command(CommandName.REVIEW, 1, (("only", "a"),)), Mistake(2, "x", "no")),
        Comment(4, CommentPlace.LINE, "/review", ANN, 3),
    ),
    RunAgain(SCENE, "a" * 40, "external", (3,)),
    Cancel(SCENE, REF),
    AnswerMergeGroup(SCENE, "a" * 40),
    Forget("github.com", 9, (5,)),
    Nothing("a test"),
]


def automatic(id_, lane="lane"):
    return NewJob(id_, lane, id_, TRIGGERS[0], "delivery", is_replaceable=True)


@pytest.fixture
def jobs(store):
    return Jobs(store)


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda each: type(each).__name__)
def test_a_trigger_is_the_same_after_a_restart(trigger):
    assert trigger_from_json(trigger_to_json(trigger)) == trigger


@pytest.mark.parametrize("text", ['{"type": "Enum"}', '{"type": "Scene"}', "{}", '{"type": null}'])
def test_what_is_no_trigger_is_refused(text):
    with pytest.raises(ValueError, match="no trigger"):
        trigger_from_json(text)


async def test_a_job_is_on_record_once(jobs):
    first = await jobs.add([automatic("a"), automatic("b")])
    again = await jobs.add([automatic("b"), automatic("c")])

    assert [job.id for job in first] == ["a", "b"]
    assert [job.id for job in again] == ["c"]
    assert [job.number for job in (*first, *again)] == [1, 2, 3]
    assert (await jobs.get("a")).trigger == TRIGGERS[0]
    assert [job.id for job in await jobs.listed()] == ["c", "b", "a"]


async def test_a_job_that_is_on_no_record_is_a_key_error(jobs):
    with pytest.raises(KeyError):
        await jobs.get("a")


async def test_a_job_begins_when_it_has_a_slot_goes_its_way_and_stays_where_it_ended(store, jobs):
    await jobs.add([automatic("a")])
    assert await jobs.start("a") is None
    await give_slots(store)
    started = await jobs.start("a")
    again = await jobs.start("a")
    await jobs.finish("a", JobState.DONE, url="https://x")
    await jobs.finish("a", JobState.FAILED, "too late")

    ended = await jobs.get("a")
    assert started.state is JobState.RUNNING
    assert again == started
    assert (ended.state, ended.reason, ended.url) == (JobState.DONE, "", "https://x")
    assert ended.state.is_final
    assert await jobs.start("a") is None
    assert await jobs.unfinished() == ()


async def test_a_reason_that_no_database_takes_does_not_keep_a_job_from_its_end(jobs):
    await jobs.add([automatic("a")])
    await jobs.finish("a", JobState.FAILED, "it said \0 and \ud800")

    ended = await jobs.get("a")
    assert (ended.state, ended.reason) == (JobState.FAILED, "it said \N{REPLACEMENT CHARACTER} and ?")


async def test_only_a_failed_job_is_retried_and_runs_under_another_name(jobs):
    await jobs.add([automatic("a")])
    assert await jobs.retry("a") is None
    await jobs.finish("a", JobState.FAILED, "no model")
    assert [job.reason for job in await jobs.listed(JobState.FAILED)] == ["no model"]

    retried = await jobs.retry("a")

    assert (retried.state, retried.reason, retried.run_id) == (JobState.QUEUED, "", "a~2")
    assert await jobs.unfinished() == (retried,)


async def test_a_run_that_is_lost_waits_for_a_slot_again_unless_it_has_ended(store, jobs):
    await jobs.add([automatic("a")])
    await give_slots(store)
    first = await jobs.start("a")
    second = await jobs.begin_again(first)
    assert (second.run_id, second.is_waiting) == ("a~2", True)
    assert await jobs.begin_again(first) is None, "whoever looked before it began again"
    await jobs.finish("a", JobState.DONE)
    assert await jobs.begin_again(second) is None


async def test_a_newer_job_of_the_lane_replaces_an_older_one_and_never_the_other_way(jobs):
    command = NewJob("c", "lane", "c", TRIGGERS[1])
    old, new, other, commanded = await jobs.add([automatic("a"), automatic("b"), automatic("x", "other"), command])

    assert await jobs.is_replaced(old)
    assert not await jobs.is_replaced(new)
    assert not await jobs.is_replaced(other)
    assert not await jobs.is_replaced(commanded)
    await jobs.finish("b", JobState.SKIPPED, "a draft")
    assert not await jobs.is_replaced(old)


async def test_a_closed_pull_request_cancels_what_came_before_it_alone(jobs):
    before, closed, after, other = await jobs.add(
        [automatic("a"), automatic("closed"), automatic("b"), automatic("x", "other")]
    )

    cancelled = await jobs.cancel("lane", before=closed.number)

    assert [job.id for job in cancelled] == ["a"]
    assert (await jobs.get(before.id)).state is JobState.CANCELLED
    assert (await jobs.get(after.id)).state is JobState.QUEUED
    assert (await jobs.get(other.id)).state is JobState.QUEUED
    assert await jobs.counts() == {JobState.CANCELLED: 1, JobState.QUEUED: 3}


async def _answered(store, job):
    class Model:
        def __init__(self):
            self.asked = 0

        async def complete(self, _):
            self.asked += 1
            return Reply("text", "m", Usage())

    model = Model()
    await JournaledLLM(model, Journal(store, job)).complete({"a": "prompt"})
    return model.asked


async def test_what_ended_long_ago_is_deleted_with_its_journal(store, jobs):
    await jobs.add([automatic("a"), automatic("b")])
    await jobs.finish("a", JobState.DONE)
    assert [await _answered(store, name) for name in ("a", "b")] == [1, 1]

    assert await jobs.prune(time.time() + 1) == 1

    assert [job.id for job in await jobs.listed()] == ["b"]
    assert [await _answered(store, name) for name in ("a", "b")] == [1, 0]


async def test_what_an_installation_left_is_deleted_all_or_by_repository(store, jobs):
    elsewhere = RunAgain(Scene("github.com", Repository(6, "acme/other"), ANN, 9), "a" * 40, "", ())
    stranger = RunAgain(Scene("github.com", Repository(7, "b/c"), ANN, 10), "a" * 40, "", ())
    await jobs.add([automatic("a"), NewJob("b", "b", "b", elsewhere), NewJob("c", "c", "c", stranger)])
    await _answered(store, "a")

    assert await jobs.forget("github.com", 9, [5]) == 1
    assert await _answered(store, "a") == 1
    assert await jobs.forget("ghe.example", 9) == 0
    assert await jobs.forget("github.com", 9) == 1
    assert [job.id for job in await jobs.listed()] == ["c"]


@pytest.mark.parametrize(
    ("trigger", "id_", "lane", "title"),
    [
        (TRIGGERS[0], "d", "github.com/5#3", "acme/shop#3 synchronize"),
        (TRIGGERS[1], "github.com/5#3/line:4", "github.com/5#3", "acme/shop#3 /review by ann"),
        (TRIGGERS[2], "d", "github.com/5#3", "acme/shop#3 check rerun"),
        (RunAgain(SCENE, "abc", "", ()), "d", "github.com/5@abc", "acme/shop check rerun"),
        (TRIGGERS[3], "d", "github.com/5#3", "acme/shop#3 closed"),
        (AnswerMergeGroup(SCENE, "abc"), "d", "github.com/5@abc", "acme/shop merge queue"),
        (Forget("github.com", 9), "d", "github.com/installation/9", "installation 9 removed"),
        (
            Forget("github.com", 9, (5,), ("acme/shop",)),
            "d",
            "github.com/installation/9",
            "acme/shop removed from installation 9",
        ),
    ],
)
def test_a_trigger_is_a_job_in_the_lane_of_what_it_is_about(trigger, id_, lane, title):
    (job,) = jobs_of(trigger, "d")

    assert (job.id, job.lane, job.title, job.trigger) == (id_, lane, title, trigger)


def test_nothing_is_no_job_and_only_mistakes_are_one():
    assert jobs_of(Nothing("a test"), "d") == []
    (job,) = jobs_of(RunCommanded(SCENE, REF, "review:4", ANN, (Mistake(1, "x", "no"),)), "d")
    assert job.title == "acme/shop#3 a mistake by ann"
