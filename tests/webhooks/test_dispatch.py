"""What is accepted is on record and in the queue; what a crash left between the two is put there by a sweep."""

import asyncio
import json

import pytest

from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.triggers import Identity
from tests.webhooks.builders import give_slots
from webhooks.deliveries import Delivery, StoredDelivery
from webhooks.dispatch import Dispatcher
from webhooks.durable import Known
from webhooks.jobs import Jobs, JobState

US = Identity(("acme-reviewer[bot]",), {CommandName.REVIEW: CommandHelp(CommandName.REVIEW, "Review.")}, app_id=7)


class FakeQueue:
    """Keeps what it is given."""

    def __init__(self):
        self.runs = {}

    async def enqueue(self, job):
        self.runs.setdefault(job.run_id, Known.WAITING_OR_RUNNING)

    async def cancel(self, job):
        self.runs.pop(job.run_id, None)

    async def known(self, job):
        return self.runs.get(job.run_id, Known.NOTHING)


@pytest.fixture
def jobs(store):
    return Jobs(store)


@pytest.fixture
def queue():
    return FakeQueue()


@pytest.fixture
def dispatcher(jobs, queue):
    return Dispatcher(jobs, queue, US, debounce=5)


def delivery(id_, event, payload):
    body = json.dumps(payload).encode()
    return StoredDelivery(1, Delivery("github", id_, event, "", body, 0.0))


def account(login, kind="User"):
    return {"login": login, "id": 1, "type": kind}


REPOSITORY = {
    "id": 5,
    "full_name": "acme/shop",
    "name": "shop",
    "owner": account("acme"),
    "html_url": "https://github.com/acme/shop",
}
BASE = {"repository": REPOSITORY, "sender": account("ann"), "installation": {"id": 9}}


def pull(id_, action, head="a" * 40, updated_at="2026-01-31T12:00:00Z", **more):
    side = {"repo": REPOSITORY, "user": account("ann"), "label": "x"}
    body = {
        "number": 3,
        "title": "Title",
        "user": account("ann"),
        "state": "closed" if action == "closed" else "open",
        "draft": False,
        "merged": False,
        "updated_at": updated_at,
        "labels": [],
        "base": {"ref": "main", "sha": "b" * 40, **side},
        "head": {"ref": "topic", "sha": head, **side},
        "changed_files": 1,
        "additions": 1,
        "deletions": 1,
    }
    return delivery(id_, "pull_request", {**BASE, "action": action, "number": 3, "pull_request": body, **more})


def comment(id_, text, number=12, login="ann"):
    issue = {"number": 3, "pull_request": {"url": "https://api.github.com/repos/acme/shop/pulls/3"}}
    written = {"id": number, "body": text, "user": account(login)}
    return delivery(id_, "issue_comment", {**BASE, "action": "created", "issue": issue, "comment": written})


async def test_an_opened_pull_request_is_a_job_that_waits_for_a_further_push(dispatcher, jobs, queue):
    id_ = await dispatcher.accept(pull("1", "opened"))

    job = await jobs.get(id_)
    assert (job.title, job.is_waiting, job.due_at - job.accepted_at) == (
        "acme/shop#3 opened",
        True,
        pytest.approx(5, abs=0.1),
    )
    assert queue.runs == {}, "it has no slot yet"


async def test_who_gives_slots_is_told_of_what_waits(jobs, queue):
    rung = []
    dispatcher = Dispatcher(jobs, queue, US, wake=lambda: rung.append(len(rung)))

    await dispatcher.accept(pull("1", "opened"))
    await jobs.finish("github-1", JobState.FAILED, "no model")
    await dispatcher.retry("github-1")

    assert len(rung) == 2


async def test_a_delivery_that_is_handed_over_twice_is_one_job(dispatcher, jobs):
    first = await dispatcher.accept(pull("1", "opened"))
    await jobs.finish(first, JobState.DONE)

    assert await dispatcher.accept(pull("1", "opened")) == first
    assert [job.state for job in await jobs.listed()] == [JobState.DONE]


async def test_a_comment_that_is_sent_again_under_another_delivery_runs_once(dispatcher, jobs):
    first = await dispatcher.accept(comment("1", "/review"))
    again = await dispatcher.accept(comment("2", "/review"))

    assert first == again == "github.com/5#3/conversation:12"
    (job,) = await jobs.unfinished()
    assert (job.id, job.due_at) == (first, pytest.approx(job.accepted_at, abs=0.1))


async def test_what_asks_nothing_is_no_job(dispatcher, jobs, queue):
    assert await dispatcher.accept(comment("1", "Looks good.")) == "github-1"
    assert await dispatcher.accept(comment("2", "/review", login="acme-reviewer[bot]")) == "github-2"
    assert await jobs.listed() == ()
    assert queue.runs == {}


async def test_a_sweep_queues_what_has_a_slot_and_is_not_known_to_the_queue(dispatcher, store, queue):
    await dispatcher.accept(pull("1", "opened"))
    await dispatcher.accept(comment("2", "/review"))
    assert await dispatcher.sweep() == 0, "nothing has a slot"
    await give_slots(store)
    queue.runs["github-1~1"] = Known.WAITING_OR_RUNNING

    assert await dispatcher.sweep() == 1
    assert await dispatcher.sweep() == 0
    assert set(queue.runs) == {"github-1~1", "github.com/5#3/conversation:12~1"}


async def test_a_sweep_tries_again_what_ended_without_saying_how(dispatcher, store, jobs, queue):
    await dispatcher.accept(pull("1", "opened"))
    await give_slots(store)
    await jobs.start("github-1")
    queue.runs["github-1~1"] = Known.ENDED

    assert await dispatcher.sweep() == 1
    assert [(job.run_id, job.is_waiting) for job in await jobs.unfinished()] == [("github-1~2", True)]


async def test_a_sweep_takes_what_was_lost_out_of_its_lane_and_tries_it_again(dispatcher, store, jobs, queue):
    """The database took neither its end nor its failure: it would keep its lane for ever."""
    await dispatcher.accept(pull("1", "opened"))
    await give_slots(store)
    await jobs.start("github-1")
    queue.runs["github-1~1"] = Known.LOST

    assert await dispatcher.sweep() == 1
    assert queue.runs == {}
    assert [(job.run_id, job.is_waiting) for job in await jobs.unfinished()] == [("github-1~2", True)]


async def test_closing_cancels_what_waits_and_a_late_redelivery_of_it_cancels_nothing_more(dispatcher, jobs):
    await dispatcher.accept(pull("1", "opened"))
    await dispatcher.accept(pull("2", "closed"))
    assert (await jobs.get("github-1")).state is JobState.CANCELLED
    assert (await jobs.get("github-2")).state is JobState.DONE

    await dispatcher.accept(pull("3", "reopened"))
    await dispatcher.accept(pull("2", "closed"))

    assert (await jobs.get("github-3")).state is JobState.QUEUED


async def test_closing_that_is_told_late_cancels_nothing_of_the_pull_request_that_is_open_again(dispatcher, jobs):
    """GitHub could not hand it over at first, and is asked for it again."""
    await dispatcher.accept(pull("1", "opened", updated_at="2026-01-31T12:00:00Z"))
    await dispatcher.accept(pull("3", "reopened", updated_at="2026-01-31T12:00:09Z"))
    await dispatcher.accept(pull("2", "closed", updated_at="2026-01-31T12:00:05Z"))

    assert (await jobs.get("github-1")).state is JobState.CANCELLED
    assert (await jobs.get("github-3")).state is JobState.QUEUED


async def test_closing_takes_out_of_the_queue_what_has_not_begun(dispatcher, store, queue):
    await dispatcher.accept(pull("1", "opened"))
    await give_slots(store)
    await dispatcher.sweep()
    assert list(queue.runs) == ["github-1~1"]

    await dispatcher.accept(pull("2", "closed"))

    assert queue.runs == {}


async def test_a_failed_job_waits_again_and_no_other(dispatcher, jobs):
    await dispatcher.accept(pull("1", "opened"))
    assert await dispatcher.retry("github-1") is None
    await jobs.finish("github-1", JobState.FAILED, "no model")

    again = await dispatcher.retry("github-1")
    assert (again.run_id, again.is_waiting) == ("github-1~2", True)


async def test_deliveries_of_one_pull_request_are_on_record_in_the_order_in_which_they_came(store, queue):
    class Uneven(Jobs):
        """The first takes the longest."""

        async def add(self, new):
            await asyncio.sleep(0.05 if not await self.unfinished() else 0)
            return await super().add(new)

    jobs = Uneven(store)
    dispatcher = Dispatcher(jobs, queue, US)

    await asyncio.gather(*(dispatcher.accept(pull(str(number), "opened")) for number in range(8)))

    assert [job.id for job in await jobs.unfinished()] == [f"github-{number}" for number in range(8)]
