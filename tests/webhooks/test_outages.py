"""A store that goes away and comes back."""

import asyncio
import signal
import sqlite3

import pytest

from tests.webhooks.builders import delivery, sqlite_inbox
from tests.webhooks.postgres import running_postgres
from webhooks.group_commit import Limits, StoreUnavailable
from webhooks.inbox import Inbox
from webhooks.inbox_postgres import PostgresTable


def postgres_inbox(url, limits=None):
    return Inbox(PostgresTable(url, is_durable=True), PostgresTable(url, is_durable=False), limits)


async def test_a_postgres_that_crashes_and_returns_in_time_costs_no_delivery():
    with running_postgres(durable=True) as server:
        inbox = postgres_inbox(server.new_database(), Limits(patience=60, pause=0.05))
        inbox.start()
        assert await inbox.put(delivery(1))
        server.stop(signal.SIGQUIT)
        waiting = [asyncio.create_task(inbox.put(delivery(number))) for number in range(20)]
        await asyncio.sleep(0.3)
        assert not any(task.done() for task in waiting)
        await asyncio.to_thread(server.start)
        assert sorted(await asyncio.gather(*waiting)) == [False] + [True] * 19
        assert len(await inbox.pending()) == 20
        await inbox.close()


async def test_a_postgres_that_stays_away_is_told_after_the_patience():
    with running_postgres() as server:
        inbox = postgres_inbox(server.new_database(), Limits(patience=0.2, pause=0.05))
        inbox.start()
        await inbox.probe()
        server.stop()
        with pytest.raises(StoreUnavailable, match="Postgres: "):
            await inbox.put(delivery(1))
        with pytest.raises(StoreUnavailable):
            await inbox.pending()
        await asyncio.to_thread(server.start)
        assert await inbox.put(delivery(1))
        await inbox.close()


async def test_a_full_disk_refuses_what_it_cannot_keep_and_recovers(tmp_path):
    inbox = sqlite_inbox(tmp_path, Limits(patience=0.1, pause=0.02))
    inbox.start()
    assert await inbox.put(delivery(1))
    limit_pages(inbox, to=1)
    with pytest.raises(StoreUnavailable, match="full"):
        await inbox.put(delivery(2, body=bytes(range(256)) * 4000))
    limit_pages(inbox, to=10**9)
    assert await inbox.put(delivery(2))
    assert [each.delivery.id for each in await inbox.pending()] == ["id-1", "id-2"]
    await inbox.close()


def limit_pages(inbox, *, to):
    """SQLite's own way to say that the disk is full; it holds for connections that are opened from now on."""
    table = inbox._durable
    table.close()
    plain = type(table)._open

    def opened():
        connection = plain(table)
        connection.execute(f"PRAGMA max_page_count = {to}")
        return connection

    table._open = opened


async def test_a_file_that_another_process_holds_for_a_while_is_waited_for(tmp_path):
    inbox = sqlite_inbox(tmp_path, Limits(patience=30))
    inbox.start()
    await inbox.probe()
    other = sqlite3.connect(tmp_path / "inbox.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(inbox.put(delivery(1)))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    assert await waiting
    await inbox.close()
