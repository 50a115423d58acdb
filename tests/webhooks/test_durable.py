"""Jobs run serially in their lane, side by side elsewhere, and again after a crash: seen on real processes."""

import asyncio
import signal
import time

import pytest

from pr_reviewer.model.triggers import Nothing
from tests.webhooks.builders import give_slots
from tests.webhooks.workers import begun, ended, notes, until, worker
from webhooks.durable import DurableQueue, Json, Known
from webhooks.jobs import Jobs, JobState, NewJob
from webhooks.store import Store


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/jobs.sqlite"


async def enqueued(url, *ids):
    """Record jobs, give all of them slots and hand them to the queue, without working on them here."""
    store = await Store.open(url)
    jobs = Jobs(store)
    new = [NewJob(id_, f"lane {id_.partition('.')[0]}", id_, Nothing("a test")) for id_ in ids]
    added = await jobs.add(new)
    await give_slots(store)
    queue = DurableQueue(url, "accepts-only", _nobody, concurrency=0)
    await queue.start()
    for job in added:
        await queue.enqueue(job)
        await queue.enqueue(job)
    known = [await queue.known(job) for job in added]
    await queue.stop(0)
    await store.close()
    return known


async def _nobody(job_id):
    raise AssertionError(f"{job_id} was run by a process that only accepts")


async def states(url):
    store = await Store.open(url)
    found = {job.id: job.state for job in await Jobs(store).listed()}
    await store.close()
    return found


async def test_a_lane_is_serial_and_lanes_run_side_by_side(tmp_path, url):
    (tmp_path / "hold").touch()
    with worker(tmp_path, "one", url):
        known = await enqueued(url, "a.1", "a.2", "b.1")
        await asyncio.to_thread(until, lambda: set(begun(tmp_path)) == {"a.1", "b.1"})
        (tmp_path / "hold").unlink()
        await asyncio.to_thread(until, lambda: len(ended(tmp_path)) == 3)

    assert known == [Known.WAITING_OR_RUNNING] * 3
    assert sorted(begun(tmp_path)) == ["a.1", "a.2", "b.1"]
    lines = [line for line in notes(tmp_path) if " a." in line]
    assert [line.split()[:2] for line in lines] == [["begin", "a.1"], ["end", "a.1"], ["begin", "a.2"], ["end", "a.2"]]


async def test_what_a_killed_process_did_is_done_again_when_it_comes_back(tmp_path, url):
    (tmp_path / "hold").touch()
    with worker(tmp_path, "one", url) as process:
        await enqueued(url, "a.1", "a.2")
        await asyncio.to_thread(until, lambda: begun(tmp_path) == ["a.1"])
        process.send_signal(signal.SIGKILL)
        process.wait()
    (tmp_path / "hold").unlink()
    (tmp_path / "notes").unlink()

    with worker(tmp_path, "one", url):
        await asyncio.to_thread(until, lambda: len(ended(tmp_path)) == 2)

    assert ended(tmp_path) == ["a.1", "a.2"]
    assert await states(url) == {"a.1": JobState.DONE, "a.2": JobState.DONE}


async def test_what_a_killed_process_did_is_taken_over_by_another(tmp_path, url):
    (tmp_path / "hold").touch()
    with worker(tmp_path, "one", url) as process:
        await enqueued(url, "a.1", "a.2")
        await asyncio.to_thread(until, lambda: begun(tmp_path) == ["a.1"])
        process.send_signal(signal.SIGKILL)
        process.wait()
    with worker(tmp_path, "other", url):
        await asyncio.to_thread(until, lambda: begun(tmp_path) == ["a.1", "a.1"])
        (tmp_path / "hold").unlink()
        await asyncio.to_thread(until, lambda: len(ended(tmp_path)) == 2)

    assert [line for line in notes(tmp_path) if line.startswith("end")] == ["end a.1 other", "end a.2 other"]


@pytest.mark.parametrize("name", ["one", "other"])
async def test_what_another_release_began_is_begun_afresh_by_it_or_by_another_process(tmp_path, url, name):
    (tmp_path / "hold").touch()
    with worker(tmp_path, "one", url, shape=7) as process:
        await enqueued(url, "a.1", "a.2")
        await asyncio.to_thread(until, lambda: begun(tmp_path) == ["a.1"])
        process.send_signal(signal.SIGKILL)
        process.wait()
    (tmp_path / "hold").unlink()

    with worker(tmp_path, name, url):
        await asyncio.to_thread(until, lambda: len(ended(tmp_path)) == 2)

    assert [line for line in notes(tmp_path) if line.startswith("end")] == [f"end a.1 {name}", f"end a.2 {name}"]


async def test_a_cancelled_job_that_waits_never_begins_and_its_record_is_pruned(url):
    store = await Store.open(url)
    (job,) = await Jobs(store).add([NewJob("a.1", "a", "a", Nothing("a test"))])
    queue = DurableQueue(url, "accepts-only", _nobody, concurrency=0)
    await queue.start()

    assert await queue.known(job) is Known.NOTHING
    await queue.cancel(job)
    await queue.enqueue(job)
    await queue.cancel(job)
    assert await queue.known(job) is Known.ENDED
    await queue.prune(time.time() + 60)
    assert await queue.known(job) is Known.NOTHING

    await queue.stop(0)
    await store.close()


def test_what_is_stored_is_json():
    stored = Json().serialize({"a": [1, ValueError("no")]})

    assert Json().deserialize(stored) == {"a": [1, "ValueError('no')"]}
    assert Json().name() == "json"
