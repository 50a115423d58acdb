"""A database of an older release is brought to the shape of today, and what it had under way goes on."""

import pytest
import sqlalchemy as sa

from tests.webhooks.test_admission import Hall, automatic
from webhooks.jobs import Jobs, JobState
from webhooks.store import Store
from webhooks.tables import version

_NEW = {
    "jobs": ("rank", "queued_at", "due_at", "held", "is_admitted", "admitted_at", "turn"),
    "executors": ("slots",),
}


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    is_file = request.param == "sqlite"
    return f"sqlite:///{tmp_path}/db" if is_file else request.getfixturevalue("postgres_url")


async def aged(url):
    """A database as the first release left it, with a job that waits and one that ended."""
    store = await Store.open(url)
    jobs = Jobs(store)
    await jobs.add([automatic(5, 1), automatic(5, 2)])
    await jobs.finish("5#2", JobState.DONE)

    def act(connection):
        prefix = "pr_reviewer." if connection.dialect.name == "postgresql" else ""
        schema = prefix.rstrip(".") or None
        names = {each["name"] for each in sa.inspect(connection).get_indexes("jobs", schema)}
        for index in names & {"ix_jobs_waiting", "ix_jobs_turns", "ix_jobs_turns_of_installations"}:
            connection.exec_driver_sql(f"DROP INDEX {prefix}{index}")
        for index in names & {"ix_jobs_turn", "ix_jobs_admitted_at"}:
            connection.exec_driver_sql(f"DROP INDEX {prefix}{index}")
        for table, columns in _NEW.items():
            for column in columns:
                connection.exec_driver_sql(f"ALTER TABLE {prefix}{table} DROP COLUMN {column}")
        connection.execute(version.update().values(number=1))

    await store.run(act)
    await store.close()


async def test_columns_and_indexes_are_added_once_and_what_was_queued_is_the_engines(url):
    await aged(url)

    for _ in range(2):
        store = await Store.open(url)
        hall = Hall(store)
        assert [(job.id, job.is_admitted) for job in await hall.jobs.begun()] == [("5#1", True)]
        assert (await hall.jobs.get("5#2")).state is JobState.DONE
        assert await store.run(lambda c: c.execute(sa.select(version.c.number)).scalars().all()) == [2]
        await store.close()

    store = await Store.open(url)
    hall = Hall(store)
    await hall.jobs.add([automatic(5, 3)])
    await hall.has_slots(2)
    assert await hall.admit() == ("5#3",), "one slot is the old job's"
    await store.close()
