"""With which check a job ended, so that whoever tells an older state after that can put it right.

A process that stands still after it asked whether a job is its own, and before it writes, writes when others have
concluded the check long since. GitHub has no fence for that: the check would wait for ever. So a conclusion is on
record before it is shown, and after each other state that is shown the question is asked once more.
"""

import json
import time

import sqlalchemy as sa
from pydantic import TypeAdapter

from pr_reviewer.model.posting import Check
from webhooks.journal import digest_of
from webhooks.store import Store, lock_writers
from webhooks.tables import jobs, journal

_KIND = "check"
_CHECK = TypeAdapter(Check)


class Conclusions:
    """Of one job, in its journal. `tries` is which try of it this is."""

    def __init__(self, store: Store, job: str, tries: int) -> None:
        self._store = store
        self._job = job
        self._tries = tries

    async def keep(self, check: Check) -> None:
        """This is how it ends; it replaces what was kept before in this try."""
        value = json.dumps(_CHECK.dump_python(check))
        key = {"job": self._job, "digest": digest_of(_KIND, check.head_sha), "attempt": self._tries}
        same = sa.and_(*(journal.c[name] == part for name, part in key.items()))

        def act(connection: sa.Connection) -> None:
            lock_writers(connection, self._job)
            connection.execute(journal.delete().where(same))
            connection.execute(journal.insert().values(**key, kind=_KIND, value=value, at=time.time()))

        await self._store.run(act)

    async def last(self, head_sha: str) -> Check | None:
        """How this try or a later one ended for that head; None where none has."""
        ours = (journal.c.job == self._job) & (journal.c.digest == digest_of(_KIND, head_sha))
        chosen = sa.select(journal.c.value).where(ours, journal.c.attempt >= self._tries)
        newest = chosen.order_by(journal.c.attempt.desc()).limit(1)
        text = await self._store.run(lambda c: c.execute(newest).scalar())
        return None if text is None else _CHECK.validate_python(json.loads(text))


async def last_of_lane(store: Store, lane: str, head_sha: str) -> Check | None:
    """How the last job of a lane that concluded anything for that head did so; None where none has."""
    theirs = (journal.c.job == jobs.c.id) & (jobs.c.lane == lane) & (journal.c.digest == digest_of(_KIND, head_sha))
    chosen = sa.select(journal.c.value).where(theirs).order_by(journal.c.at.desc()).limit(1)
    text = await store.run(lambda c: c.execute(chosen).scalar())
    return None if text is None else _CHECK.validate_python(json.loads(text))
