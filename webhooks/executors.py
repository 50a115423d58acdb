"""Processes that work on jobs: who they are, which are alive, and who takes over what a dead one left.

A process has an id that no other has, and has it again after a restart: the engine then goes on with its own work at
once. It counts up in the database while it lives. Whoever sees a count stand still for too long declares the other
dead and recovers its work; a process that finds itself declared dead (it was frozen) must stop before its next write.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import sqlalchemy as sa

from pr_reviewer.model.errors import ReviewerError
from webhooks.store import Store
from webhooks.tables import executors

_MOST_SLOTS = 1_000


class DeclaredDead(ReviewerError):
    """This process was silent for so long that others have taken over its work."""


class Slot:
    """An id that this process holds for as long as it lives."""

    def __init__(self, id_: str, descriptor: int) -> None:
        self.id = id_
        self._descriptor = descriptor

    @classmethod
    def claim(cls, folder: Path) -> "Slot":
        """The first id in this folder that no living process holds; a new one where all are held."""
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(_MOST_SLOTS):
            descriptor = os.open(folder / str(number), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                continue
            return cls(_id_in(descriptor), descriptor)
        raise ReviewerError(f"{_MOST_SLOTS} processes work with {folder} already")

    def release(self) -> None:
        """Let another process have the id."""
        os.close(self._descriptor)


def _id_in(descriptor: int) -> str:
    """The id that the file holds; one that was never written wholly is made anew."""
    text = os.read(descriptor, 100).decode("ascii", "replace").strip()
    try:
        return str(uuid.UUID(text))
    except ValueError:
        made = str(uuid.uuid4())
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, made.encode(), 0)
        os.fsync(descriptor)
        return made


class Heartbeat:
    """One process among those that share the database. Call `beat` every few seconds.

    `patience` is how long, in seconds, another's count may stand still before it is declared dead. Only silence that
    was watched counts: while the database was away, nobody could be heard, and nobody is dead for that. `slots` is how
    many jobs this process runs at once.
    """

    def __init__(
        self, store: Store, id_: str, *, patience: float, slots: int = 0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._id = id_
        self._patience = patience
        self._slots = slots
        self._now = now
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked_at = float("-inf")

    async def start(self) -> None:
        """Be known as alive."""
        row = {"id": self._id, "beats": 0, "is_dead": False, "slots": self._slots}

        def act(connection: sa.Connection) -> None:
            connection.execute(executors.delete().where(executors.c.id == self._id))
            connection.execute(executors.insert().values(row))

        await self._store.run(act)

    async def beat(self) -> None:
        """Say that we live. Raises DeclaredDead."""
        alive = (executors.c.id == self._id) & ~executors.c.is_dead
        step = executors.update().where(alive).values(beats=executors.c.beats + 1)
        if not await self._store.run(lambda c: c.execute(step).rowcount):
            raise _declared_dead()

    async def check(self) -> None:
        """Look whether our work is still ours; to be called before each write. Raises DeclaredDead."""
        alive = sa.select(executors.c.id).where(executors.c.id == self._id, ~executors.c.is_dead)
        if await self._store.run(lambda c: c.execute(alive).first()) is None:
            raise _declared_dead()

    async def reap(self, recover: Callable[[Sequence[str]], Awaitable[None]]) -> tuple[str, ...]:
        """Declare dead whose count stands still, and hand their ids to `recover`; the ids.

        A crash on the way loses nothing: the declared are recovered by whoever looks next, and recovering twice is
        the engine's to bear.
        """
        rows = await self._store.run(lambda c: c.execute(sa.select(executors)).all())
        self._forget_unwatched()
        others = {row.id: row for row in rows if row.id != self._id}
        silent = [row for row in others.values() if row.is_dead or self._is_silent(row.id, row.beats)]
        self._seen = {id_: seen for id_, seen in self._seen.items() if id_ in others}
        dead = [row.id for row in silent if row.is_dead or await self._declare(row.id, row.beats)]
        if dead:
            await recover(dead)
            gone = executors.delete().where(executors.c.id.in_(dead), executors.c.is_dead)
            await self._store.run(lambda c: c.execute(gone))
        return tuple(dead)

    async def take_no_more(self) -> None:
        """Give up the slots: what runs here may end, nothing more is to begin."""
        ours = executors.c.id == self._id
        await self._store.run(lambda c: c.execute(executors.update().where(ours).values(slots=0)))

    async def slots(self) -> int:
        """How many jobs all living processes run at once."""
        living = sa.select(sa.func.sum(executors.c.slots)).where(~executors.c.is_dead)
        return await self._store.run(lambda c: c.execute(living).scalar()) or 0

    async def stop(self) -> None:
        """Leave in good order: nothing of ours runs any more."""
        await self._store.run(lambda c: c.execute(executors.delete().where(executors.c.id == self._id)))

    async def abandon(self) -> None:
        """Leave with work undone: it is recovered by whoever looks next."""
        ours = executors.c.id == self._id
        await self._store.run(lambda c: c.execute(executors.update().where(ours).values(is_dead=True)))

    def _forget_unwatched(self) -> None:
        before, self._looked_at = self._looked_at, self._now()
        if self._looked_at - before > self._patience / 2:
            self._seen.clear()

    def _is_silent(self, id_: str, beats: int) -> bool:
        known, since = self._seen.get(id_, (-1, 0.0))
        if beats != known:
            self._seen[id_] = (beats, self._now())
            return False
        return self._now() - since >= self._patience

    async def _declare(self, id_: str, beats: int) -> bool:
        """Whether it did not beat since we looked."""
        still = (executors.c.id == id_) & (executors.c.beats == beats)
        step = executors.update().where(still).values(is_dead=True)
        return bool(await self._store.run(lambda c: c.execute(step).rowcount))


def _declared_dead() -> DeclaredDead:
    return DeclaredDead(
        "this process was silent for so long that others have taken over its work",
        hint="Was the machine suspended, or is it overloaded? Start the process again.",
    )
