"""Who tells of a job: whoever announces it while it waits, the job itself once it runs, never both at once.

GitHub shows the check run that was made last. An announcement that arrived after what the job shows would hide that,
and stay. So it is on record first that somebody announces, which is possible only as long as the job waits; and a job
that begins waits until nothing is being announced in its lane.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import sqlalchemy as sa

from webhooks.jobs import Job, JobState
from webhooks.journal import digest_of
from webhooks.store import Store, lock_writers
from webhooks.tables import jobs, journal

LONGEST = 15.0  # seconds; whoever takes longer is dead or cut off, and looks again when it goes on

_KIND = "announcement"
_DIGEST = digest_of(_KIND, None)
_POLL_SECONDS = 0.05
_OPEN = (JobState.QUEUED, JobState.RUNNING)


class Announcements:
    """What is being announced, by any process. Nobody waits longer than `seconds` for one."""

    def __init__(self, store: Store, *, seconds: float = LONGEST, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._seconds = seconds
        self._clock = clock

    @asynccontextmanager
    async def making(self, job: Job) -> AsyncIterator[bool]:
        """Within, the job and others of its lane tell nothing. False where it has begun, or something newer tells."""
        is_ours = await self._claimed(job)
        try:
            yield is_ours
        finally:
            if is_ours:
                await self._store.run(lambda c: c.execute(journal.delete().where(*_entry(job))))

    async def over(self, lane: str) -> None:
        """Wait until nothing is being announced in this lane. What a crash left unfinished is not waited for long."""
        until = time.monotonic() + self._seconds
        while await self._store.run(lambda c: self._is_any(c, lane)) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)

    async def is_late(self, job: Job) -> bool:
        """Whether the job has begun, so that an announcement may have come after what it shows."""
        return not await self._store.run(lambda connection: _waits(connection, job))

    async def _claimed(self, job: Job) -> bool:
        until = time.monotonic() + self._seconds
        while (answer := await self._store.run(lambda connection: self._claim(connection, job))) is None:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return answer

    def _claim(self, connection: sa.Connection, job: Job) -> bool | None:
        """Whether it is ours; None while another one is being made."""
        lock_writers(connection, job.lane)
        if not _waits(connection, job) or _is_at_work_again(connection, job):
            return False
        if self._is_any(connection, job.lane):
            return None
        connection.execute(journal.delete().where(*_entry(job)))
        values = {"job": job.id, "digest": _DIGEST, "attempt": 0, "kind": _KIND, "value": "null", "at": self._clock()}
        connection.execute(journal.insert().values(values))
        return True

    def _is_any(self, connection: sa.Connection, lane: str) -> bool:
        lock_writers(connection, lane)
        theirs = (journal.c.job == jobs.c.id) & (jobs.c.lane == lane) & (journal.c.digest == _DIGEST)
        fresh = sa.select(journal.c.job).where(theirs, journal.c.at > self._clock() - self._seconds).limit(1)
        return connection.execute(fresh).first() is not None


def _entry(job: Job) -> tuple[sa.ColumnElement[bool], ...]:
    return (journal.c.job == job.id, journal.c.digest == _DIGEST)


def _waits(connection: sa.Connection, job: Job) -> bool:
    """Queued, or cancelled before it began."""
    chosen = sa.select(jobs.c.state, jobs.c.started_at).where(jobs.c.id == job.id)
    row = connection.execute(chosen).first()
    if row is None:
        return False
    return bool(row.state == JobState.QUEUED or (row.state == JobState.CANCELLED and row.started_at is None))


def _is_at_work_again(connection: sa.Connection, job: Job) -> bool:
    """Whether a pull request that was closed is open again: then its newer job tells of it."""
    newer = (jobs.c.lane == job.lane) & (jobs.c.number > job.number) & jobs.c.is_replaceable
    chosen = sa.select(jobs.c.id).where(newer, jobs.c.state.in_(_OPEN)).limit(1)
    was_cancelled = sa.select(jobs.c.id).where(jobs.c.id == job.id, jobs.c.state == JobState.CANCELLED)
    return bool(connection.execute(was_cancelled).first() and connection.execute(chosen).first())
