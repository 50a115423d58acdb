"""Whoever announces a job and the job itself do not tell at once, and what came too late is put right."""

import asyncio
import json
import threading

import pytest

from pr_reviewer.model.posting import Check, CheckState
from tests.fakes.github import GitHubServer
from tests.webhooks.builders import give_slots
from tests.webhooks.shop import Yard, opened_shop
from tests.webhooks.test_jobs import automatic
from webhooks.announcements import Announcements
from webhooks.announcing import Announcer
from webhooks.fair_order import Hold
from webhooks.jobs import Jobs, JobState
from webhooks.store import Store
from webhooks.tables import jobs as jobs_table


@pytest.fixture
async def file_store(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path / 'db'}")
    yield store
    await store.close()


@pytest.fixture
def yard():
    with GitHubServer() as github:
        yield Yard(github)
        assert github.violations == []


async def test_a_job_that_begins_waits_for_its_announcement(store):
    announcements, jobs = Announcements(store), Jobs(store)
    (job,) = await jobs.add([automatic("a")])
    async with announcements.making(job) as is_ours:
        assert is_ours
        await give_slots(store)
        await jobs.start("a")
        waiting = asyncio.create_task(Announcements(store).over(job.lane))
        other = asyncio.create_task(Announcements(store).over("another lane"))
        await other
        assert not waiting.done()
    await waiting
    assert await announcements.is_late(job)


async def test_a_job_that_has_begun_is_not_announced(store):
    jobs = Jobs(store)
    (job,) = await jobs.add([automatic("a")])
    assert not await Announcements(store).is_late(job)
    await give_slots(store)
    await jobs.start("a")
    async with Announcements(store).making(job) as is_ours:
        assert not is_ours


async def test_two_announce_one_after_the_other(store):
    announcements, said = Announcements(store), []
    first, second = await Jobs(store).add([automatic("a"), automatic("b")])

    async def announce(job):
        async with announcements.making(job) as is_ours:
            said.append(("begins", job.id, is_ours))
            await asyncio.sleep(0.1)
            said.append(("ends", job.id, is_ours))

    await asyncio.gather(announce(first), announce(second))
    assert sorted(said) == [(what, id_, True) for what in ("begins", "ends") for id_ in ("a", "b")]
    assert [what for what, *_ in said] == ["begins", "ends"] * 2


async def test_what_a_crash_left_is_not_waited_for_long(store):
    jobs = Jobs(store)
    (job,) = await jobs.add([automatic("a")])
    left = Announcements(store, clock=lambda: 1_000.0).making(job)
    await left.__aenter__()
    async with asyncio.timeout(10):
        await Announcements(store, clock=lambda: 1_020.0).over(job.lane)
        await Announcements(store, seconds=0.1, clock=lambda: 900.0).over(job.lane)  # whose clock is another
        async with Announcements(store, clock=lambda: 1_020.0).making(job) as is_ours:
            assert is_ours
    await left.__aexit__(None, None, None)


async def test_that_a_job_was_cancelled_is_told_unless_its_lane_is_at_work_again(store):
    announcements, jobs = Announcements(store), Jobs(store)
    await jobs.add([automatic("a")])
    (cancelled,) = await jobs.cancel("lane", before=100)
    async with announcements.making(cancelled) as is_ours:
        assert is_ours
    await jobs.add([automatic("b")])
    async with announcements.making(cancelled) as is_ours:
        assert not is_ours


async def test_an_announcement_that_github_held_back_for_too_long_ends_with_the_job(yard, file_store, tmp_path):
    is_asked, go_on = threading.Event(), threading.Event()

    def hold(_request):
        is_asked.set()
        assert go_on.wait(60)

    yard.github.on(is_announcement, hold)
    async with opened_shop(yard, file_store, tmp_path, announcement_seconds=0.2) as shop:
        announcer = Announcer(shop, look_seconds=0.01)
        (job,) = await shop.jobs.add([yard.new_job()])
        async with asyncio.timeout(60), announcer.speaking():
            announcer.announce(job)
            await asyncio.to_thread(is_asked.wait, 60)
            await give_slots(file_store)
            await shop.jobs.start(job.id)
            await shop.announcements.over(job.lane)
            done = Check(yard.pull.head_sha, CheckState.SUCCESS, "No problems found.")
            async with shop.open(job, job.trigger.scene, 1) as bench:
                await bench.tell(done)
            assert [run.title for run in yard.pull.checks()] == ["No problems found."]
            go_on.set()
            await until(lambda: len(yard.pull.checks()) == 2)
            await shop.jobs.finish(job.id, JobState.DONE)
            await until(lambda: shown(yard).status == "completed")
    assert (shown(yard).title, shown(yard).conclusion) == ("No problems found.", "success")


async def test_a_head_that_has_a_check_gets_no_other_one(yard, file_store, tmp_path):
    async with opened_shop(yard, file_store, tmp_path) as shop:
        announcer = Announcer(shop)
        jobs = await shop.jobs.add([yard.new_job(), yard.new_job("second", "reopened")])
        async with asyncio.timeout(60), announcer.speaking():
            for job in jobs:
                announcer.announce(job)
            await until(lambda: yard.looks == 2)
            async with shop.announcements.making(jobs[0]):
                pass
    assert [run.title for run in yard.pull.checks()] == ["Queued"]


@pytest.mark.parametrize("before", ["nothing", "queued"])
async def test_that_a_rate_limit_holds_a_job_is_told_in_the_place_of_its_being_queued(
    yard, file_store, tmp_path, before
):
    async with opened_shop(yard, file_store, tmp_path) as shop:
        (job,) = await shop.jobs.add([yard.new_job()])
        announcer = Announcer(shop)
        async with asyncio.timeout(60), announcer.speaking():
            if before == "queued":
                announcer.announce(job)
                await until(lambda: [run.title for run in yard.pull.checks()] == ["Queued"])
            await hold(file_store, Hold.REPOSITORY_RATE)
            announcer.announce(job)
            await until(lambda: [run.title[:14] for run in yard.pull.checks()] == ["Rate limited: "])
    (check,) = yard.pull.checks()
    assert check.status == "queued"
    assert "this repository has had as many reviews within an hour as it may" in check.title


async def test_a_rate_limit_leaves_what_a_review_has_concluded(yard, file_store, tmp_path):
    async with opened_shop(yard, file_store, tmp_path) as shop:
        (job,) = await shop.jobs.add([yard.new_job()])
        async with shop.open(job, job.trigger.scene, 1) as bench:
            await bench.tell(Check(yard.pull.head_sha, CheckState.SUCCESS, "No problems found."))
        await hold(file_store, Hold.INSTALLATION_RATE)
        looks = yard.looks
        announcer = Announcer(shop)
        async with asyncio.timeout(60), announcer.speaking():
            announcer.announce(job)
            await until(lambda: yard.looks > looks)
            async with shop.announcements.making(job):
                pass
    assert [run.title for run in yard.pull.checks()] == ["No problems found."]


async def hold(store, limit):
    await store.run(lambda connection: connection.execute(jobs_table.update().values(held=limit)))


async def until(condition):
    while not condition():  # noqa: ASYNC110 the stand-in tells no event
        await asyncio.sleep(0.01)


def shown(yard):
    return max(yard.pull.checks(), key=lambda run: run.id)


def is_announcement(request):
    is_new = request.method == "POST" and request.path.endswith("/check-runs")
    return is_new and json.loads(request.body)["status"] == "queued"
