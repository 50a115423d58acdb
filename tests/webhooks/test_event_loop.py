"""Nothing blocking runs on the event loop: asyncio itself names a callback that did, while disk and log are slow."""

import asyncio
import io
import logging
import time

from tests.webhooks.builders import KeepingEngine, SlowTable, delivery, encoded, payload, running_site
from webhooks.handover import Handover
from webhooks.inbox import Inbox
from webhooks.inbox_sqlite import SqliteTable
from webhooks.logs import logging_to

DISK_SECONDS = 0.4


class SlowStream(io.StringIO):
    def write(self, text):
        time.sleep(DISK_SECONDS / 4)
        return super().write(text)


def blocked_callbacks(caplog):
    """What asyncio's debug mode complains of: `Executing <…> took 0.412 seconds`."""
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith("Executing ")]


async def run_everything(tmp_path):
    """Every way to the disk at once: acknowledging, handing over, probing, counting, pruning, logging."""
    asyncio.get_running_loop().set_debug(True)
    asyncio.get_running_loop().slow_callback_duration = DISK_SECONDS / 2
    path = tmp_path / "inbox.sqlite3"
    tables = [SlowTable(SqliteTable(path, is_durable=each), DISK_SECONDS) for each in (True, False)]
    engine = KeepingEngine()
    async with running_site(Inbox(*tables)) as site:
        handover = asyncio.create_task(Handover(site.inbox, engine, site.metrics, sweep_seconds=0.01).run())
        body = encoded(payload("pull_request", "opened"))
        answers = await asyncio.gather(
            *(site.send("pull_request", body) for _ in range(10)),
            site.client.get("/readyz"),
            site.client.get("/metrics"),
            site.inbox.put(delivery(1)),
            site.inbox.prune(0.0),
            site.inbox.purge(99),
        )
        handover.cancel()
        await asyncio.gather(handover, return_exceptions=True)
    return [answer.status_code for answer in answers[:12]]


def test_a_slow_disk_and_a_slow_log_block_no_callback(tmp_path, caplog):
    with logging_to(SlowStream()):
        logging.getLogger().addHandler(caplog.handler)
        logging.getLogger("asyncio").setLevel("WARNING")
        statuses = asyncio.run(run_everything(tmp_path))
    assert statuses == [202] * 10 + [200] * 2
    assert blocked_callbacks(caplog) == []


def test_what_blocks_would_be_noticed(caplog):
    async def block():
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        loop.slow_callback_duration = 0.05
        loop.call_soon(time.sleep, 0.1)
        await asyncio.sleep(0.2)

    asyncio.run(block())
    assert len(blocked_callbacks(caplog)) == 1
