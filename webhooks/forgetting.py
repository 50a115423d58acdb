"""What is to be forgotten of the files that each machine keeps for itself: code, and recorded deliveries.

One machine hears that an installation was removed; any may have its code. So it is written down what is to go, and
every process deletes that of its own machine, at its start and ever after, until it is gone.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa
import structlog

from pr_reviewer.git.cache import GitCache
from webhooks.recording import Recorder
from webhooks.store import Store, lock_writers
from webhooks.tables import forgotten

_REPOSITORY, _NAMED, _INSTALLATION = "repository", "named", "installation"

log = structlog.get_logger("webhooks")


class Forgotten:
    """What is to go, for all machines, and the files of this one."""

    def __init__(
        self,
        store: Store,
        cache: GitCache,
        recorder: Recorder | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._cache = cache
        self._recorder = recorder
        self._clock = clock
        self._done: dict[tuple[str, str], float] = {}

    async def add(
        self, host: str, repositories: Sequence[int], names: Sequence[str], installation: int | None = None
    ) -> None:
        """Let every machine delete what it keeps of these: repositories by id, by name, and deliveries."""
        whats = [f"{_REPOSITORY} {each}" for each in repositories] + [f"{_NAMED} {each}" for each in names]
        whats += [f"{_INSTALLATION} {installation}"] if installation is not None else []
        at = self._clock()

        def act(connection: sa.Connection) -> None:
            lock_writers(connection, forgotten.name)
            for what in whats:
                same = (forgotten.c.host == host) & (forgotten.c.what == what)
                connection.execute(forgotten.delete().where(same))
                connection.execute(forgotten.insert().values(host=host, what=what, at=at))

        await self._store.run(act)

    async def purge(self) -> None:
        """Delete what this machine has of it. What somebody reads is left for the next time."""
        rows = await self._store.run(lambda c: c.execute(sa.select(forgotten)).all())
        self._done = {(row.host, row.what): at for row in rows if (at := self._done.get((row.host, row.what)))}
        for row in rows:
            if self._done.get((row.host, row.what)) == row.at:
                continue
            if await asyncio.to_thread(self._delete, row.host, row.what):
                self._done[row.host, row.what] = row.at
            else:
                log.info("what is to be forgotten is in use", host=row.host, what=row.what)

    async def prune(self, before: float) -> None:
        """Forget what every machine has deleted by now: nothing is kept for so long."""
        await self._store.run(lambda c: c.execute(forgotten.delete().where(forgotten.c.at < before)))

    def _delete(self, host: str, what: str) -> bool:
        kind, _, name = what.partition(" ")
        if kind == _REPOSITORY:
            return self._cache.purge(host, name)
        if kind == _NAMED:
            return self._cache.purge_named(host, name)
        if self._recorder is not None:
            self._recorder.purge(int(name))
        return True
