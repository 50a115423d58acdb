"""Whoever stands still with a lock keeps nobody else from going on."""

import asyncio
import time

import pytest
import sqlalchemy as sa

from webhooks.store import Store, engine_for, lock_writers


@pytest.fixture
async def store(postgres_url):
    store = await Store.open(postgres_url)
    yield store
    await store.close()


def patience(connection):
    return connection.execute(sa.text("SHOW idle_in_transaction_session_timeout")).scalar()


async def test_postgres_ends_a_transaction_that_holds_a_lock_and_does_nothing_and_no_other(store):
    def locked(connection):
        lock_writers(connection, "a test")
        return patience(connection)

    assert await store.run(locked) == "15s"
    assert await store.run(patience) == "0"


async def test_one_waits_for_the_other_of_the_same_name(store):
    order = []
    loop, is_locked, go_on = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def first(connection):
        lock_writers(connection, "a test")
        loop.call_soon_threadsafe(is_locked.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(30)
        order.append("first")

    def second(connection):
        lock_writers(connection, "a test")
        order.append("second")

    one = asyncio.create_task(store.run(first))
    await is_locked.wait()
    other = asyncio.create_task(store.run(second))
    await store.run(lambda connection: lock_writers(connection, "another name"))
    go_on.set()
    await asyncio.gather(one, other)
    assert order == ["first", "second"]


async def test_on_postgres_the_transactions_of_a_process_take_turns(store):
    at_work = []

    def act(_):
        at_work.append("in")
        time.sleep(0.02)
        at_work.append("out")

    await asyncio.gather(*(store.run(act) for _ in range(4)))
    assert at_work == ["in", "out"] * 4


async def test_on_sqlite_the_transactions_of_a_process_take_turns_and_never_find_the_file_busy(tmp_path):
    engine = engine_for(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=0"))
    store = Store(engine)
    at_work = []

    def act(_):
        at_work.append("in")
        time.sleep(0.02)
        at_work.append("out")

    await asyncio.gather(*(store.run(act) for _ in range(4)))
    await store.close()
    assert at_work == ["in", "out"] * 4
