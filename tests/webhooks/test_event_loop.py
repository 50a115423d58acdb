"""Nothing blocking runs on the event loop: asyncio itself names a callback that did, while disk and log are slow."""

import asyncio
import io
import logging
import sys
import time

import pytest

from pr_reviewer.model.events import InstallationChange
from tests.webhooks.builders import KeepingEngine, SlowTable, delivery, encoded, headers, payload, running_site
from webhooks.handover import Handover
from webhooks.inbox import Inbox
from webhooks.inbox_sqlite import SqliteTable
from webhooks.logs import logging_to
from webhooks.reading import Unread, read_event
from webhooks.strict_json import Malformed

DISK_SECONDS = 0.4


class SlowStream(io.StringIO):
    def write(self, text):
        time.sleep(DISK_SECONDS / 4)
        return super().write(text)


def blocked_callbacks(caplog):
    """What asyncio's debug mode complains of: `Executing <…> took 0.412 seconds`."""
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith("Executing ")]


def huge():
    """As much as GitHub sends: an App comes to an owner with 189,000 repositories."""
    body = payload("installation", "created")
    (each, *_) = body["repositories"]
    return encoded(body | {"repositories": [each | {"id": number} for number in range(189_000)]})


async def run_everything(tmp_path, large):
    """Every way to the disk at once: acknowledging, handing over, probing, counting, pruning, logging."""
    asyncio.get_running_loop().set_debug(True)
    asyncio.get_running_loop().slow_callback_duration = DISK_SECONDS / 2
    path = tmp_path / "inbox.sqlite3"
    tables = [SlowTable(SqliteTable(path, is_durable=each), DISK_SECONDS) for each in (True, False)]
    engine = KeepingEngine()
    async with running_site(Inbox(*tables)) as site:
        handover = asyncio.create_task(Handover(site.inbox, engine, site.metrics, sweep_seconds=0.01).run())
        body = encoded(payload("pull_request", "opened"))
        signed = headers("installation", large)
        answers = await asyncio.gather(
            *(site.send("pull_request", body) for _ in range(10)),
            site.client.post("/webhooks/github", content=large, headers=signed),
            site.client.get("/readyz"),
            site.client.get("/metrics"),
            site.inbox.put(delivery(1)),
            site.inbox.prune(0.0),
            site.inbox.purge(99),
        )
        handover.cancel()
        await asyncio.gather(handover, return_exceptions=True)
    return [answer.status_code for answer in answers[:13]]


def test_a_slow_disk_and_a_slow_log_block_no_callback(tmp_path, caplog):
    large = huge()
    with logging_to(SlowStream()):
        logging.getLogger().addHandler(caplog.handler)
        logging.getLogger("asyncio").setLevel("WARNING")
        statuses = asyncio.run(run_everything(tmp_path, large))
    assert statuses == [202] * 11 + [200] * 2
    assert blocked_callbacks(caplog) == []


def test_reading_the_largest_delivery_keeps_the_interpreter_for_nobody_s_harm():
    """A thread would not do: reading JSON keeps the interpreter's lock, and asyncio notices nothing of that."""
    body = huge()
    assert len(body) > 22 * 2**20

    async def read():
        before = time.process_time()
        event = await read_event("installation", body)
        return event, time.process_time() - before

    event, seconds = asyncio.run(read())
    assert event.change is InstallationChange.CREATED
    assert seconds < 0.1  # of this process, its threads included; it would be 0.25


@pytest.mark.parametrize(
    ("text", "why"), [(b"[1,", "not acceptable JSON"), (b'{"installation": {"id": 1}, "x": ', "not acceptable JSON")]
)
def test_what_another_process_finds_malformed_is_malformed(text, why):
    with pytest.raises(Malformed, match=why):
        asyncio.run(read_event("installation", text + b" " * 2**20))


def test_a_process_that_comes_to_nothing_is_told_and_may_be_tried_again(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(Unread, match=r"1,048,600 bytes could not be read: FileNotFoundError"):
        asyncio.run(read_event("installation", b"{}" + b" " * 1_048_598))


def test_what_blocks_would_be_noticed(caplog):
    async def block():
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        loop.slow_callback_duration = 0.05
        loop.call_soon(time.sleep, 0.1)
        await asyncio.sleep(0.2)

    asyncio.run(block())
    assert len(blocked_callbacks(caplog)) == 1
