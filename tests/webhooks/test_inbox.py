"""One contract, two tables: everything here holds for SQLite and for Postgres."""

import asyncio
import time

import pytest

from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.events import Opened
from tests.webhooks.builders import delivery, encoded, payload
from webhooks.deliveries import Delivery
from webhooks.group_commit import StoreUnavailable
from webhooks.inbox import LEASE, LONGEST_PAUSE, Backlog, Claim, Inbox
from webhooks.inbox_postgres import PostgresTable
from webhooks.inbox_sqlite import SqliteTable


@pytest.fixture(params=["sqlite", "postgres"])
def tables(request, tmp_path):
    """Opens a table, durable or not; all that are opened share one store, and are closed at the end."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    opened = []

    def open_table(*, is_durable=True):
        table = (
            PostgresTable(url, is_durable=is_durable)
            if url
            else SqliteTable(tmp_path / "inbox.sqlite3", is_durable=is_durable)
        )
        opened.append(table)
        return table

    yield open_table
    for table in opened:
        table.close()


@pytest.fixture
async def inbox(tables):
    made = Inbox(tables(), tables(is_durable=False))
    made.start()
    yield made
    await made.close()


def claim(now, limit=100, max_bytes=10**9):
    return Claim(limit, max_bytes, now, now + LEASE, now + 2 * LONGEST_PAUSE)


def ids(stored):
    return [each.delivery.id for each in stored]


async def test_what_was_put_comes_out_as_it_was(inbox):
    put = Delivery("github", "one", "pull_request", "Opened", bytes(range(256)) * 100, 1234.5, None)
    assert await inbox.put(put)
    (found,) = await inbox.pending()
    assert (found.delivery, found.attempts, found.job) == (put, 0, "github-one")


async def test_an_event_can_be_read_out_of_what_is_stored(inbox):
    body = encoded(payload("pull_request", "opened"))
    await inbox.put(delivery(body=body))
    (found,) = await inbox.pending()
    assert isinstance(await found.read_event(), Opened)


async def test_the_same_id_is_stored_once_whatever_its_body(inbox):
    assert [
        await inbox.put(delivery(1)),
        await inbox.put(delivery(1, body=b"other")),
        await inbox.put(delivery(2)),
    ] == [
        True,
        False,
        True,
    ]
    assert [each.delivery.body for each in await inbox.pending()] == [b'{"a":1}', b'{"a":1}']


async def test_one_id_of_two_providers_are_two(inbox):
    one = delivery(1)
    other = Delivery("gitlab", one.id, one.event, one.kind, one.body, one.received_at)
    assert [await inbox.put(one), await inbox.put(other)] == [True, True]


async def test_many_at_once_are_each_stored_once(inbox):
    deliveries = [delivery(number % 150) for number in range(300)]
    answers = await asyncio.gather(*map(inbox.put, deliveries))
    assert sum(answers) == 150
    found = await inbox.pending(limit=1000)
    assert sorted(ids(found)) == sorted({each.id for each in deliveries})


async def test_a_stored_delivery_outlives_the_inbox(tables):
    first = Inbox(tables(), tables())
    first.start()
    await first.put(delivery(1))
    await first.close()
    again = Inbox(tables(), tables())
    again.start()
    assert ids(await again.pending()) == ["id-1"]
    assert not await again.put(delivery(1))
    await again.close()


async def test_the_oldest_come_first_and_no_more_than_asked_for(inbox):
    for number in range(5):
        await inbox.put(delivery(number))
    assert ids(await inbox.pending(limit=2)) == ["id-0", "id-1"]
    assert ids(await inbox.pending(limit=2)) == ["id-2", "id-3"]


async def test_what_was_handed_over_never_comes_again(inbox):
    await inbox.put(delivery(1))
    await inbox.handed_over(await inbox.pending())
    assert await inbox.pending() == ()
    assert await inbox.backlog() == Backlog(0, None)


async def test_what_waits_is_counted_with_its_age(inbox):
    await inbox.put(delivery(1, at=500.0))
    await inbox.put(delivery(2, at=400.0))
    assert await inbox.backlog() == Backlog(2, 400.0)


async def test_a_try_that_failed_comes_again_later_and_says_how_often(inbox):
    await inbox.put(delivery(1))
    (found,) = await inbox.pending()
    assert await inbox.postpone(found, "no room \0") == 1.0
    assert await inbox.pending() == ()
    await asyncio.sleep(1.05)
    (again,) = await inbox.pending()
    assert again.attempts == 1
    assert await inbox.postpone(again, "no room") == 2.0


def test_a_batch_stays_within_its_bytes_and_takes_one_at_least(tables):
    table = tables()
    table.put([delivery(number, body=b"x" * 100) for number in range(3)], 1.0)
    assert ids(table.claim(claim(10.0, max_bytes=250))) == ["id-0", "id-1"]
    assert ids(table.claim(claim(10.0, max_bytes=1))) == ["id-2"]


def test_a_claimed_delivery_is_nobody_elses_until_the_lease_is_over(tables):
    one, other = tables(), tables()
    one.put([delivery(1)], 1.0)
    assert ids(one.claim(claim(100.0))) == ["id-1"]
    assert other.claim(claim(100.0 + LEASE - 1)) == ()
    assert ids(other.claim(claim(100.0 + LEASE))) == ["id-1"]


def test_a_clock_that_was_set_back_holds_up_nothing(tables):
    table = tables()
    table.put([delivery(1)], 1.0)
    table.claim(claim(1_000_000.0))
    assert ids(table.claim(claim(5.0))) == ["id-1"]


def test_two_servers_share_what_waits(tables):
    one, other = tables(), tables()
    one.put([delivery(number) for number in range(10)], 1.0)
    found = [*ids(one.claim(claim(5.0, limit=5))), *ids(other.claim(claim(5.0, limit=5)))]
    assert sorted(found) == sorted(f"id-{number}" for number in range(10))


def test_one_id_twice_in_a_batch_is_new_once(tables):
    assert list(tables().put([delivery(1), delivery(1), delivery(2)], 1.0)) == [True, False, True]


def test_every_write_says_that_somebody_is_alive(tables):
    table = tables()
    assert table.alive_at() is None
    table.put([], 41.0)
    table.put([delivery(1)], 42.0)
    assert tables().alive_at() == 42.0


async def test_a_probe_writes(inbox):
    before = time.time()
    await inbox.probe()
    assert (await inbox.alive_at()) >= before


async def test_old_deliveries_are_forgotten_and_none_that_waits(inbox):
    for number in range(3):
        await inbox.put(delivery(number))
    await inbox.handed_over(await inbox.pending(limit=2))
    assert await inbox.prune(time.time() - 60) == 0
    assert await inbox.prune(time.time() + 60) == 2
    assert (await inbox.backlog()).count == 1


async def test_all_of_an_installation_can_be_forgotten(inbox):
    for number, installation in enumerate([7, 8, 7, None]):
        await inbox.put(delivery(number, installation=installation))
    assert await inbox.purge(7) == 2
    assert ids(await inbox.pending()) == ["id-1", "id-3"]


async def test_whoever_waits_for_more_is_woken_by_it(inbox):
    await inbox.pending()
    waiting = asyncio.create_task(inbox.wait_for_more(3600))
    await inbox.put(delivery(1))
    await waiting


async def test_whoever_waits_in_vain_goes_on(inbox):
    await inbox.wait_for_more(0.01)


async def test_a_closed_inbox_has_written_what_was_waiting(tables):
    inbox = Inbox(tables(), tables())
    inbox.start()
    waiting = [asyncio.create_task(inbox.put(delivery(number))) for number in range(50)]
    await asyncio.sleep(0)
    await inbox.close()
    assert all(await asyncio.gather(*waiting))
    assert len(tables().claim(claim(time.time()))) == 50


async def test_what_comes_after_the_end_is_told_so(tables):
    inbox = Inbox(tables(), tables())
    inbox.start()
    await inbox.close()
    with pytest.raises(StoreUnavailable):
        await inbox.put(delivery(1))


def test_the_file_is_its_owners_alone(tmp_path):
    folder = tmp_path / "deep" / "state"
    table = SqliteTable(folder / "inbox.sqlite3", is_durable=True)
    table.put([delivery(1)], 1.0)
    modes = {each.name: each.stat().st_mode & 0o777 for each in (folder, *folder.iterdir())}
    table.close()
    assert modes == {
        "state": 0o700,
        "inbox.sqlite3": 0o600,
        "inbox.sqlite3-wal": 0o600,
        "inbox.sqlite3-shm": 0o600,
    }


@pytest.mark.parametrize(("is_durable", "expected"), [(True, 2), (False, 1)])
def test_a_durable_file_is_synced_at_every_commit(tmp_path, is_durable, expected):
    table = SqliteTable(tmp_path / "inbox.sqlite3", is_durable=is_durable)
    with table._transaction() as connection:
        modes = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    table.close()
    assert modes == ["wal", expected]


@pytest.mark.parametrize(("is_durable", "expected"), [(True, "on"), (False, "off")])
def test_a_durable_row_is_synced_at_every_commit(postgres_url, is_durable, expected):
    table = PostgresTable(postgres_url, is_durable=is_durable)
    with table._transaction() as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == (expected,)
    table.close()


def test_a_newer_releases_file_is_left_alone(tmp_path):
    table = SqliteTable(tmp_path / "inbox.sqlite3", is_durable=True)
    with table._transaction() as connection:
        connection.execute("COMMIT")
        connection.execute("PRAGMA user_version = 99")
        connection.execute("BEGIN")
    table.close()
    with pytest.raises(SettingsError, match="newer release"):
        table.put([], 1.0)


def test_a_newer_releases_database_is_left_alone(postgres_url):
    table = PostgresTable(postgres_url, is_durable=True)
    with table._transaction() as connection:
        connection.execute("UPDATE pr_reviewer.inbox_state SET version = 99")
    table.close()
    with pytest.raises(SettingsError, match="newer release"):
        table.put([], 1.0)
