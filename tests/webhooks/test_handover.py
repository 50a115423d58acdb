import asyncio
import contextlib
import time

import pytest
from structlog.testing import capture_logs

from tests.webhooks.builders import KeepingEngine, delivery, sqlite_inbox
from webhooks.group_commit import StoreUnavailable
from webhooks.handover import Handover, keep_tidy
from webhooks.metrics import Metrics


@pytest.fixture
async def inbox(tmp_path):
    made = sqlite_inbox(tmp_path)
    made.start()
    yield made
    await made.close()


@contextlib.asynccontextmanager
async def handing_over(inbox, engine, metrics=None):
    task = asyncio.create_task(Handover(inbox, engine, metrics or Metrics(), sweep_seconds=0.05).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds):
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 the inbox is another thread's
            await asyncio.sleep(0.01)


async def test_what_comes_is_handed_over_once(inbox):
    engine, metrics = KeepingEngine(), Metrics()

    async def all_done():
        return (await inbox.backlog()).count == 0

    async with handing_over(inbox, engine, metrics):
        for number in range(30):
            await inbox.put(delivery(number % 20))
        await until(all_done)
    assert sorted(engine.ids) == sorted(f"id-{number}" for number in range(20))
    assert metrics.registry.get_sample_value("pr_reviewer_handovers_total", {"outcome": "taken"}) == 20


async def test_what_a_crash_left_is_handed_over_at_the_next_start(tmp_path):
    first = sqlite_inbox(tmp_path)
    first.start()
    await first.put(delivery(1))
    await first.close()
    engine, again = KeepingEngine(), sqlite_inbox(tmp_path)
    again.start()

    async def taken():
        return engine.ids == ["id-1"]

    async with handing_over(again, engine):
        await until(taken)
    await again.close()


async def test_what_the_engine_refuses_is_offered_again_and_said_in_the_log(inbox):
    engine, metrics = KeepingEngine(), Metrics()
    engine.refusals = 1

    async def taken():
        return len(engine.taken) == 2

    with capture_logs() as logged:
        async with handing_over(inbox, engine, metrics):
            await inbox.put(delivery(1))
            await inbox.put(delivery(2))
            await until(taken)
    (failure,) = (each for each in logged if each["event"] == "delivery not handed over")
    assert (failure["attempt"], failure["next_try_in"]) == (1, 1.0)
    assert metrics.registry.get_sample_value("pr_reviewer_handovers_total", {"outcome": "failed"}) == 1


async def test_one_that_is_never_taken_holds_up_no_other(inbox):
    class Choosy(KeepingEngine):
        async def accept(self, event):
            if event.delivery.id == "id-0":
                raise RuntimeError("never")
            return await super().accept(event)

    engine = Choosy()

    async def others_taken():
        return len(engine.taken) == 50

    for number in range(51):
        await inbox.put(delivery(number))
    async with handing_over(inbox, engine):
        await until(others_taken)
    assert (await inbox.backlog()).count == 1


async def test_an_inbox_that_is_away_for_a_while_ends_nothing(inbox):
    engine, times = KeepingEngine(), iter([StoreUnavailable("away")] * 3)
    plain = inbox.pending

    async def pending(limit=100):
        for error in times:
            raise error
        return await plain(limit)

    inbox.pending = pending

    async def taken():
        return engine.ids == ["id-1"]

    with capture_logs() as logged:
        async with handing_over(inbox, engine):
            await inbox.put(delivery(1))
            await until(taken)
    assert [each["event"] for each in logged] == ["the inbox is not available"] * 3


async def test_old_deliveries_are_forgotten_by_themselves(inbox):
    await inbox.put(delivery(1))
    (found,) = await inbox.pending()
    inbox._relaxed.hand_over([found.number], time.time() - 8 * 86_400)

    async def forgotten():
        return await inbox.put(delivery(1))

    task = asyncio.create_task(keep_tidy(inbox, 7))
    await until(forgotten)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
