"""Gives slots to jobs: no more than the living processes have, none beyond a limit, in the order of `fair_order.py`.

What waits is in our own table alone; what has a slot is in the engine's queue, whose partitions keep a pull request's
jobs apart and whose own order is by chance. Every process admits, one at a time: the decision is one transaction, and
everything that it rests on is counted in the rows of jobs and executors. So there is no account that a crash could
leave wrong. What it leaves between the decision and the queue, a sweep puts there (`dispatch.py`).
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webhooks.fair_order import Hold, Limits, Owner, Rank, Shares
from webhooks.jobs import JobState, has_slot, is_waiting
from webhooks.store import Store, lock_writers
from webhooks.tables import executors, jobs

_HOUR = 3600.0
_UNCOUNTED = (JobState.SKIPPED, JobState.SUPERSEDED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Round:
    """What one look has changed: ids of the jobs that have a slot now, in order, and of those that a limit holds now.

    `next_due` is when the next job may be due by itself, in seconds since 1970.
    """

    admitted: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    next_due: float | None = None


class Admission:
    """The one door to the slots. Any number of processes may ask at it."""

    def __init__(self, store: Store, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._limits = limits
        self._clock = clock

    async def admit(self) -> Round:
        """Give away the slots that are free."""
        return await self._store.run(lambda connection: _Look(connection, self._limits, self._clock()).round())


@dataclass(frozen=True, slots=True)
class _Group:
    """Jobs that wait, are alike in all that counts, and are due: the oldest of them stands for them."""

    owner: Owner
    rank: Rank
    held: str
    oldest: int


class _Look:
    """One decision, within a transaction."""

    def __init__(self, connection: sa.Connection, limits: Limits, now: float) -> None:
        self._connection = connection
        self._limits = limits
        self._now = now

    def round(self) -> Round:
        lock_writers(self._connection, "admission")
        running = self._connection.execute(
            sa.select(jobs.c.lane, jobs.c.host, jobs.c.installation, jobs.c.repository).where(has_slot)
        ).all()
        free = self._slots() - len(running)
        if free <= 0:
            return Round()
        rows = self._waiting()
        next_due = min((row.due_at for row in rows if not row.is_due), default=None)
        groups = [_Group(_owner(row), Rank(row.rank), row.held, row.oldest) for row in rows if row.is_due]
        if not groups:
            return Round(next_due=next_due)
        self._lanes = {row.lane for row in running}
        began = self._began() if self._limits.has_rates else {}
        self._shares = Shares.of([_owner(row) for row in running], began, self._turns(rows))
        admitted = tuple(self._admit(free, groups))
        return Round(admitted, tuple(self._tell_held(groups)), next_due)

    def _slots(self) -> int:
        living = sa.select(sa.func.sum(executors.c.slots)).where(~executors.c.is_dead)
        return self._connection.execute(living).scalar() or 0

    def _waiting(self) -> Sequence[sa.Row[Any]]:
        """All that waits, put together where it is alike, with the last turns of whose it is; also what is not due."""
        is_due = sa.case((_is_due(jobs, self._now), 1), else_=0).label("is_due")
        alike = (jobs.c.host, jobs.c.installation, jobs.c.repository, jobs.c.rank, jobs.c.held, is_due)
        least = (sa.func.min(jobs.c.number).label("oldest"), sa.func.min(jobs.c.due_at).label("due_at"))
        groups = sa.select(*alike, *least).where(is_waiting).group_by(*alike).subquery()
        ours, theirs = jobs.alias(), jobs.alias()
        turn = sa.select(sa.func.max(ours.c.turn)).where(
            ours.c.host == groups.c.host, ours.c.repository == groups.c.repository
        )
        turn_of_all = sa.select(sa.func.max(theirs.c.turn)).where(
            theirs.c.host == groups.c.host, theirs.c.installation == groups.c.installation
        )
        turns = (turn.scalar_subquery().label("turn"), turn_of_all.scalar_subquery().label("turn_of_all"))
        return self._connection.execute(sa.select(groups, *turns)).all()

    def _turns(self, rows: Sequence[sa.Row[Any]]) -> dict[Owner, int]:
        """The last turns of repositories and of whole installations."""
        turns = {_owner(row): row.turn for row in rows} | {_owner(row).top: row.turn_of_all for row in rows}
        for top in {_owner(row).top for row in rows if row.installation is None}:
            alone = (jobs.c.host == top.host) & jobs.c.installation.is_(None)
            turns[top] = self._connection.execute(sa.select(sa.func.max(jobs.c.turn)).where(alone)).scalar()
        return {owner: turn for owner, turn in turns.items() if turn is not None}

    def _began(self) -> dict[Owner, int]:
        """How many jobs of each repository began within the hour, and were not needless."""
        owner = (jobs.c.host, jobs.c.installation, jobs.c.repository)
        within = jobs.c.admitted_at.between(self._now - _HOUR, self._now)
        counting = within & (jobs.c.rank != Rank.URGENT) & jobs.c.state.not_in(_UNCOUNTED)
        rows = self._connection.execute(sa.select(*owner, sa.func.count()).where(counting).group_by(*owner)).all()
        return {_owner(row): row[3] for row in rows}

    def _admit(self, free: int, groups: Sequence[_Group]) -> list[str]:
        turn = self._connection.execute(sa.select(sa.func.max(jobs.c.turn))).scalar() or 0
        admitted: list[str] = []
        left = list(groups)
        while left and len(admitted) < free:
            # What is urgent goes first of all; an owner's people go first among its own.
            group = min(left, key=self._place)
            head = None if self._hold(group) else self._head(group)
            if head is None:
                left.remove(group)
                continue
            id_, lane = head
            turn += 1
            self._take(id_, turn)
            self._lanes.add(lane)
            self._shares.took(group.owner, turn, group.rank)
            admitted.append(id_)
        return admitted

    def _place(self, group: _Group) -> tuple[object, ...]:
        return group.rank is not Rank.URGENT, self._shares.place(group.owner), group.rank, group.oldest

    def _hold(self, group: _Group) -> Hold | None:
        return self._shares.hold(group.owner, group.rank, self._limits)

    def _head(self, group: _Group) -> tuple[str, str] | None:
        """The oldest job of a group that is the first of its lane, if nothing of the lane has a slot; and the lane."""
        is_free = jobs.c.lane.not_in(self._lanes) & ~self._earlier(group)
        chosen = sa.select(jobs.c.id, jobs.c.lane).where(self._in(group), is_free)
        row = self._connection.execute(chosen.order_by(jobs.c.number).limit(1)).first()
        return (row.id, row.lane) if row else None

    def _earlier(self, group: _Group) -> sa.ColumnElement[bool]:
        """Something of the lane that goes first. What only time lets go does not: a person need not wait for that."""
        other = jobs.alias()
        waits = (other.c.state == JobState.QUEUED) & ~other.c.is_admitted & _is_due(other, self._now)
        earlier = sa.exists().where(other.c.lane == jobs.c.lane, other.c.number < jobs.c.number, waits)
        hold = self._shares.hold(group.owner, Rank.AUTOMATIC, self._limits)
        return earlier.where(other.c.rank != Rank.AUTOMATIC) if hold and hold.is_rate else earlier

    def _in(self, group: _Group) -> sa.ColumnElement[bool]:
        owner = group.owner
        return sa.and_(
            is_waiting,
            jobs.c.rank == group.rank,
            jobs.c.host == owner.host,
            _is(jobs.c.repository, owner.repository),
            _is(jobs.c.installation, owner.installation),
            jobs.c.held == group.held,
            _is_due(jobs, self._now),
        )

    def _take(self, id_: str, turn: int) -> None:
        values = {"is_admitted": True, "admitted_at": self._now, "turn": turn, "held": ""}
        self._connection.execute(jobs.update().where(jobs.c.id == id_).values(values))

    def _tell_held(self, groups: Sequence[_Group]) -> list[str]:
        """Write down which limit holds what waits; the ids of those that did not know it yet."""
        told: dict[Hold, list[str]] = defaultdict(list)
        for group in groups:
            hold = self._hold(group)
            if (hold or "") == group.held:
                continue
            which = self._in(group) & jobs.c.lane.not_in(self._lanes)
            changed = jobs.update().where(which).values(held=hold or "").returning(jobs.c.id)
            ids = self._connection.execute(changed).scalars()
            if hold is not None:
                told[hold] += ids
        return [id_ for ids in told.values() for id_ in ids]


def _owner(row: Any) -> Owner:  # noqa: ANN401 rows are tuples of their own kind
    return Owner(row.host, row.installation, row.repository)


def _is(column: "sa.Column[int]", value: int | None) -> sa.ColumnElement[bool]:
    """Equal, or both nothing; Postgres finds no index for IS NOT DISTINCT FROM."""
    return column.is_(None) if value is None else column == value


def _is_due(table: sa.FromClause, now: float) -> sa.ColumnElement[bool]:
    """A job that says it was queued in the future shows that the clock went back: it has waited long enough."""
    return (sa.func.coalesce(table.c.due_at, 0) <= now) | (sa.func.coalesce(table.c.queued_at, 0) > now)
