"""Jobs: what there is to do, in which order, and what became of it.

What belongs here: the record of a job, on whatever database. What does not: when it has a slot (`admission.py`), and
running it (`durable.py`, `work.py`).

    queued ─ running ┬ done
                     ├ skipped      nothing was to be done, and why
                     ├ superseded   something newer does it
                     ├ cancelled    the pull request was closed
                     └ failed       for good, with its reason; `jobs retry` makes it queued again
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from pr_reviewer.model import triggers
from pr_reviewer.model.triggers import AnswerMergeGroup, Cancel, Forget, RunAgain, RunCommanded, Trigger
from webhooks.fair_order import Hold, Rank
from webhooks.store import Store, lock_writers
from webhooks.tables import jobs, journal


class JobState(StrEnum):
    """Where a job is on its way."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self not in _OPEN


_OPEN = (JobState.QUEUED, JobState.RUNNING)

REASONS = ("turn", "time", *Hold)
"""What a job may wait for: its turn, time to pass (`due_at`), or a limit to let it go."""

is_waiting = (jobs.c.state == JobState.QUEUED) & ~jobs.c.is_admitted
"""Of a row: it has no slot, and is not known to the engine."""
has_slot = (jobs.c.state == JobState.RUNNING) | ((jobs.c.state == JobState.QUEUED) & jobs.c.is_admitted)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be. One `id` is one job, whoever sends it and however often.

    Jobs of one `lane` (a pull request) run one after the other. A replaceable one need not run where a newer one of its
    lane waits. `title` is for people (`acme/shop#3 opened`). It waits for `delay` seconds at least.
    """

    id: str
    lane: str
    title: str
    trigger: Trigger
    delivery: str = ""
    is_replaceable: bool = False
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is on record. Times are seconds since 1970, None for what did not happen yet."""

    id: str
    lane: str
    title: str
    trigger: Trigger
    delivery: str
    state: JobState
    reason: str
    url: str
    tries: int
    number: int
    accepted_at: float
    started_at: float | None
    finished_at: float | None
    is_replaceable: bool
    due_at: float | None = None
    is_admitted: bool = False
    held: Hold | None = None

    @property
    def run_id(self) -> str:
        """The name of this try; a retried job runs under another."""
        return f"{self.id}~{self.tries}"

    @property
    def is_waiting(self) -> bool:
        """Whether it has no slot, and shall have one."""
        return self.state is JobState.QUEUED and not self.is_admitted


class Jobs:
    """The record of all jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, new: Sequence[NewJob]) -> tuple[Job, ...]:
        """Record jobs as queued; those that were not on record yet. All or none."""

        def act(connection: sa.Connection) -> list[str]:
            lock_writers(connection, jobs.name)
            return [each.id for each in new if _insert(connection, each)]

        added = set(await self._store.run(act))
        return tuple([await self.get(each.id) for each in new if each.id in added])

    async def get(self, id_: str) -> Job:
        """The job. Raises KeyError."""
        row = await self._store.run(lambda c: c.execute(sa.select(jobs).where(jobs.c.id == id_)).mappings().first())
        if row is None:
            raise KeyError(id_)
        return _job(row)

    async def start(self, id_: str) -> Job | None:
        """Say that it runs; None where it has ended already, or waits for a slot again (an older try is started).

        Starting again what was cut short is no new try.
        """
        open_ = (jobs.c.id == id_) & has_slot
        values = {"state": JobState.RUNNING, "started_at": sa.func.coalesce(jobs.c.started_at, time.time())}
        started = await self._store.run(lambda c: c.execute(jobs.update().where(open_).values(values)).rowcount)
        return await self.get(id_) if started else None

    async def finish(self, id_: str, state: JobState, reason: str = "", url: str = "") -> None:
        """Say how it ended. What has ended stays as it ended."""
        open_ = (jobs.c.id == id_) & jobs.c.state.in_(_OPEN)
        values = {"state": state, "reason": _storable(reason), "url": url, "finished_at": time.time()}
        await self._store.run(lambda c: c.execute(jobs.update().where(open_).values(values)))

    async def retry(self, id_: str) -> Job | None:
        """Queue a failed job again, under another run id; None where it has not failed."""
        return await self._queue_again(id_, [JobState.FAILED])

    async def begin_again(self, job: Job, delay: float = 0.0) -> Job | None:
        """Queue an unfinished job whose run is lost or was put off, under another run id, after so many seconds.

        None where it has ended meanwhile, or began again.
        """
        return await self._queue_again(job.id, _OPEN, jobs.c.tries == job.tries, delay=delay)

    async def _queue_again(
        self, id_: str, states: Sequence[JobState], *conditions: sa.ColumnElement[bool], delay: float = 0.0
    ) -> Job | None:
        chosen = sa.and_(jobs.c.id == id_, jobs.c.state.in_(states), *conditions)
        values: dict[str, Any] = {"state": JobState.QUEUED, "reason": "", "finished_at": None, "started_at": None}
        values |= {"tries": jobs.c.tries + 1, "is_admitted": False, **_from_now(delay)}
        queued = await self._store.run(lambda c: c.execute(jobs.update().where(chosen).values(values)).rowcount)
        return await self.get(id_) if queued else None

    async def cancel(self, lane: str, before: int, at: str = "") -> tuple[Job, ...]:
        """Cancel what is queued or runs in a lane and was accepted before the job of this number.

        Not what is about a later state than that of `at`: deliveries come late, and the pull request is open again.
        """
        open_ = (jobs.c.lane == lane) & jobs.c.state.in_(_OPEN) & (jobs.c.number < before)

        def act(connection: sa.Connection) -> list[str]:
            rows = connection.execute(sa.select(jobs.c.id, jobs.c.trigger).where(open_)).all()
            ids = [row.id for row in rows if not _is_later(row.trigger, at)]
            values = {"state": JobState.CANCELLED, "reason": "the pull request was closed", "finished_at": time.time()}
            connection.execute(jobs.update().where(jobs.c.id.in_(ids)).values(values))
            return ids

        return tuple([await self.get(id_) for id_ in await self._store.run(act)])

    async def is_replaced(self, job: Job) -> bool:
        """Whether a newer job of its lane makes this one needless."""
        if not job.is_replaceable:
            return False
        newer = (jobs.c.lane == job.lane) & jobs.c.is_replaceable & (jobs.c.number > job.number)
        waiting = sa.select(jobs.c.id).where(newer, jobs.c.state.in_(_OPEN)).limit(1)
        return await self._store.run(lambda c: c.execute(waiting).first()) is not None

    async def replaced_by(self, job: Job) -> tuple[Job, ...]:
        """The jobs that this one took the place of, the oldest first: what they were to do is now its own.

        Those since the last replaceable one of the lane that was not superseded itself.
        """
        if not job.is_replaceable:
            return ()
        before = (jobs.c.lane == job.lane) & jobs.c.is_replaceable & (jobs.c.number < job.number)
        last = sa.select(sa.func.max(jobs.c.number)).where(before, jobs.c.state != JobState.SUPERSEDED)
        chosen = sa.select(jobs).where(before, jobs.c.number > sa.func.coalesce(last.scalar_subquery(), 0))
        rows = await self._store.run(lambda c: c.execute(chosen.order_by(jobs.c.number)).mappings().all())
        return tuple(_job(row) for row in rows)

    async def repositories(self, host: str, installation: int) -> tuple[int, ...]:
        """The ids of all repositories of an installation that any job on record was about."""
        theirs = (jobs.c.host == host) & (jobs.c.installation == installation) & jobs.c.repository.is_not(None)
        chosen = sa.select(jobs.c.repository).where(theirs).distinct()
        return tuple(await self._store.run(lambda c: c.execute(chosen).scalars().all()))

    async def oldest_queued(self) -> float | None:
        """When the oldest queued job was accepted; None where none waits."""
        chosen = sa.select(sa.func.min(jobs.c.accepted_at)).where(jobs.c.state == JobState.QUEUED)
        at: float | None = await self._store.run(lambda c: c.execute(chosen).scalar())
        return at

    async def unfinished(self) -> tuple[Job, ...]:
        """All that is queued or runs, the oldest first."""
        return await self._found(jobs.c.state.in_(_OPEN))

    async def begun(self) -> tuple[Job, ...]:
        """All that has a slot, the oldest first: the engine must know of it."""
        return await self._found(has_slot)

    async def waiting(self) -> dict[str, int]:
        """How many jobs wait for which of `REASONS`."""
        is_early = sa.func.coalesce(jobs.c.due_at, 0) > time.time()
        kind = sa.case((is_early, "time"), (jobs.c.held != "", jobs.c.held), else_="turn").label("kind")
        counted = sa.select(kind, sa.func.count()).where(is_waiting).group_by(kind)
        rows = await self._store.run(lambda c: c.execute(counted).all())
        return {reason: count for reason, count in rows}  # noqa: C416 rows are tuples of their own kind

    async def _found(self, which: sa.ColumnElement[bool]) -> tuple[Job, ...]:
        chosen = sa.select(jobs).where(which).order_by(jobs.c.number)
        return tuple(_job(row) for row in await self._store.run(lambda c: c.execute(chosen).mappings().all()))

    async def listed(self, state: JobState | None = None, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs, of one state or all."""
        chosen = sa.select(jobs).order_by(jobs.c.number.desc()).limit(limit)
        if state is not None:
            chosen = chosen.where(jobs.c.state == state)
        return tuple(_job(row) for row in await self._store.run(lambda c: c.execute(chosen).mappings().all()))

    async def counts(self) -> dict[JobState, int]:
        """How many jobs there are in each state."""
        counted = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
        rows = await self._store.run(lambda c: c.execute(counted).all())
        return {JobState(state): count for state, count in rows}

    async def prune(self, before: float) -> int:
        """Delete what ended before this time, with its journal; how many jobs."""
        return await self._delete((jobs.c.finished_at < before) & ~jobs.c.state.in_(_OPEN))

    async def forget(self, host: str, installation: int, repositories: Sequence[int] | None = None) -> int:
        """Delete every job of an installation or of some of its repositories, with its journal; how many."""
        theirs = (jobs.c.host == host) & (jobs.c.installation == installation)
        if repositories is not None:
            theirs &= jobs.c.repository.in_(repositories)
        return await self._delete(theirs)

    async def _delete(self, which: sa.ColumnElement[bool]) -> int:
        def act(connection: sa.Connection) -> int:
            chosen = sa.select(jobs.c.id).where(which)
            connection.execute(journal.delete().where(journal.c.job.in_(chosen)))
            return connection.execute(jobs.delete().where(which)).rowcount

        return await self._store.run(act)


def _insert(connection: sa.Connection, new: NewJob) -> bool:
    if connection.execute(sa.select(jobs.c.id).where(jobs.c.id == new.id)).first():
        return False
    newest = connection.execute(sa.select(sa.func.max(jobs.c.number))).scalar() or 0
    scene = getattr(new.trigger, "scene", None)
    row = {
        "id": new.id,
        "lane": new.lane,
        "host": scene.host if scene else getattr(new.trigger, "host", ""),
        "installation": scene.installation if scene else getattr(new.trigger, "installation", None),
        "repository": scene.repository.id if scene else None,
        "title": new.title,
        "trigger": trigger_to_json(new.trigger),
        "is_replaceable": new.is_replaceable,
        "delivery": new.delivery,
        "state": JobState.QUEUED,
        "reason": "",
        "url": "",
        "tries": 1,
        "number": newest + 1,
        "accepted_at": time.time(),
        "rank": rank_of(new.trigger),
        **_from_now(new.delay),
    }
    connection.execute(jobs.insert().values(row))
    return True


def _is_later(trigger: str, at: str) -> bool:
    told = trigger_from_json(trigger)
    return bool(at) and isinstance(told, triggers.RunAutomatic) and told.pull.updated_at > at


def _storable(text: str) -> str:
    """An endpoint's words may hold what no database takes as text: a job whose end cannot be written never ends."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _from_now(delay: float) -> dict[str, Any]:
    """The columns that say how long a job waits at least."""
    now = time.time()
    return {"queued_at": now, "due_at": now + delay, "held": ""}


def rank_of(trigger: Trigger) -> Rank:
    """What goes before what: see `Rank`."""
    match trigger:
        case AnswerMergeGroup() | Forget() | Cancel():
            return Rank.URGENT
        case RunCommanded() | RunAgain():
            return Rank.ASKED
        case _:
            return Rank.AUTOMATIC


def _job(row: Any) -> Job:  # noqa: ANN401 a row of SQLAlchemy's
    values = {name: row[name] for name in Job.__dataclass_fields__}
    values |= {"state": JobState(row["state"]), "trigger": trigger_from_json(row["trigger"])}
    return Job(**values | {"held": Hold(row["held"]) if row["held"] else None})


def trigger_to_json(trigger: Trigger) -> str:
    """A trigger as JSON that names its type."""
    return json.dumps({"type": type(trigger).__name__, **asdict(trigger)})


def trigger_from_json(text: str) -> Trigger:
    """The trigger again. Raises ValueError for what no release of ours has written."""
    values = json.loads(text)
    type_ = getattr(triggers, str(values.pop("type", "")), None)
    if type_ is None or type_ not in Trigger.__args__:
        raise ValueError("this is no trigger")
    trigger: Trigger = _adapter(type_).validate_python(values)
    return trigger


@cache
def _adapter(type_: type[Trigger]) -> TypeAdapter[Trigger]:
    """Made once for each type: that takes milliseconds on the event loop, and every job that is read needs one."""
    return TypeAdapter(type_)
