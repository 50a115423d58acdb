"""What is accepted is on record and in the queue; what a crash left between the two is put there by a sweep."""

import asyncio
import json

import pytest

from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.triggers import Identity
from webhooks.deliveries import Delivery, StoredDelivery
from webhooks.dispatch import Dispatcher
from webhooks.durable import Known
from webhooks.jobs import Jobs, JobState
from webhooks.store import Store

US = Identity(("acme-reviewer[bot]",), {CommandName.REVIEW: CommandHelp(CommandName.REVIEW, "Review.")}, app_id=7)


class FakeQueue:
    """Keeps what it is given; `fail` makes the next enqueueing a crash."""

    def __init__(self):
        self.runs = {}
        self.fail = False

    async def enqueue(self, job, delay=0):
        if self.fail:
            self.fail = False
            raise OSError("gone")
        self.runs.setdefault(job.run_id, delay)

    async def cancel(self, job):
        self.runs.pop(job.run_id, None)

    async def known(self, job):
        known = self.runs.get(job.run_id, Known.NOTHING)
        return Known.WAITING_OR_RUNNING if not isinstance(known, Known) else known


@pytest.fixture
async def jobs(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/reviewer.sqlite")
    yield Jobs(store)
    await store.close()


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


def pull(id_, action, head="a" * 40, **more):
    side = {"repo": REPOSITORY, "user": account("ann"), "label": "x"}
    body = {
        "number": 3,
        "title": "Title",
        "user": account("ann"),
        "state": "closed" if action == "closed" else "open",
        "draft": False,
        "merged": False,
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
    job = await dispatcher.accept(pull("1", "opened"))

    assert queue.runs == {f"{job}~1": 5}
    assert (await jobs.get(job)).title == "acme/shop#3 opened"


async def test_a_delivery_that_is_handed_over_twice_is_one_job(dispatcher, jobs, queue):
    first = await dispatcher.accept(pull("1", "opened"))
    await jobs.finish(first, JobState.DONE)
    queue.runs.clear()

    assert await dispatcher.accept(pull("1", "opened")) == first
    assert queue.runs == {}
    assert len(await jobs.listed()) == 1


async def test_a_comment_that_is_sent_again_under_another_delivery_runs_once(dispatcher, queue):
    first = await dispatcher.accept(comment("1", "/review"))
    again = await dispatcher.accept(comment("2", "/review"))

    assert first == again == "github.com/5#3/conversation:12"
    assert queue.runs == {f"{first}~1": 0}


async def test_what_asks_nothing_is_no_job(dispatcher, jobs, queue):
    assert await dispatcher.accept(comment("1", "Looks good.")) == "github-1"
    assert await dispatcher.accept(comment("2", "/review", login="acme-reviewer[bot]")) == "github-2"
    assert await jobs.listed() == ()
    assert queue.runs == {}


async def test_a_crash_between_record_and_queue_loses_nothing(dispatcher, queue):
    queue.fail = True
    with pytest.raises(OSError, match="gone"):
        await dispatcher.accept(pull("1", "opened"))

    await dispatcher.accept(pull("1", "opened"))

    assert list(queue.runs) == ["github-1~1"]


async def test_a_sweep_queues_what_the_queue_does_not_know(dispatcher, queue):
    await dispatcher.accept(pull("1", "opened"))
    await dispatcher.accept(comment("2", "/review"))
    queue.runs.pop("github-1~1")

    assert await dispatcher.sweep() == 1
    assert await dispatcher.sweep() == 0
    assert set(queue.runs) == {"github-1~1", "github.com/5#3/conversation:12~1"}


async def test_a_sweep_tries_again_what_ended_without_saying_how(dispatcher, jobs, queue):
    await dispatcher.accept(pull("1", "opened"))
    await jobs.start("github-1")
    queue.runs["github-1~1"] = Known.ENDED

    assert await dispatcher.sweep() == 1
    assert "github-1~2" in queue.runs


async def test_a_sweep_takes_what_was_lost_out_of_its_lane_and_tries_it_again(dispatcher, jobs, queue):
    """The database took neither its end nor its failure: it would keep its lane for ever."""
    await dispatcher.accept(pull("1", "opened"))
    await jobs.start("github-1")
    queue.runs["github-1~1"] = Known.LOST

    assert await dispatcher.sweep() == 1
    assert set(queue.runs) == {"github-1~2"}


async def test_closing_cancels_what_waits_and_a_late_redelivery_of_it_cancels_nothing_more(dispatcher, jobs, queue):
    await dispatcher.accept(pull("1", "opened"))
    await dispatcher.accept(pull("2", "closed"))
    assert (await jobs.get("github-1")).state is JobState.CANCELLED
    assert (await jobs.get("github-2")).state is JobState.DONE
    assert queue.runs == {}

    await dispatcher.accept(pull("3", "reopened"))
    await dispatcher.accept(pull("2", "closed"))

    assert (await jobs.get("github-3")).state is JobState.QUEUED
    assert list(queue.runs) == ["github-3~1"]


async def test_a_failed_job_is_queued_again_and_no_other(dispatcher, jobs, queue):
    await dispatcher.accept(pull("1", "opened"))
    assert await dispatcher.retry("github-1") is None
    await jobs.finish("github-1", JobState.FAILED, "no model")

    assert (await dispatcher.retry("github-1")).run_id == "github-1~2"
    assert "github-1~2" in queue.runs


async def test_deliveries_of_one_pull_request_are_queued_in_the_order_in_which_they_came(jobs):
    class Uneven(FakeQueue):
        """The first enqueueing takes the longest."""

        async def enqueue(self, job, delay=0):
            await asyncio.sleep(0.05 if not self.runs else 0)
            await super().enqueue(job, delay)

    queue = Uneven()
    dispatcher = Dispatcher(jobs, queue, US)

    await asyncio.gather(*(dispatcher.accept(pull(str(number), "opened")) for number in range(8)))

    assert list(queue.runs) == [f"github-{number}~1" for number in range(8)]
    assert [job.id for job in await jobs.unfinished()] == [f"github-{number}" for number in range(8)]
