"""Until when deliveries have been reconciled, kept in the database that all servers and workers share."""

from dataclasses import dataclass

import sqlalchemy as sa

from webhooks.store import Store, lock_writers
from webhooks.tables import reconciliation as table


@dataclass(frozen=True, slots=True)
class Mark:
    """Seconds since 1970: when the server was first started here, and until when nothing is left to look for."""

    begun_at: float
    done_until: float


class Marks:
    """One pass at a time, whoever makes it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def claim(self, now: float, seconds: float, *, due_before: float) -> Mark | None:
        """The next pass is ours, for so long at most; None while it is another process's.

        None also where one was made whole at `due_before` or later. The first start of all begins here. A claim that
        lies further ahead than any can was made by a clock that has been set back since.
        """

        def act(connection: sa.Connection) -> Mark | None:
            lock_writers(connection, "reconciliation")
            row = connection.execute(sa.select(table)).one_or_none()
            until = now + seconds
            if row is None:
                connection.execute(table.insert().values(only_row=1, begun_at=now, done_until=now, claimed_until=until))
                return Mark(now, now)
            if now < row.claimed_until <= until or due_before <= row.done_until <= now:
                return None
            connection.execute(table.update().values(claimed_until=until))
            return Mark(row.begun_at, min(row.done_until, now))

        return await self._store.run(act)

    async def done(self, until: float) -> None:
        """Nothing is left to look for before that time."""
        await self._store.run(lambda connection: connection.execute(table.update().values(done_until=until)))

    async def release(self) -> None:
        """The pass has ended, whole or not."""
        await self._store.run(lambda connection: connection.execute(table.update().values(claimed_until=0.0)))
