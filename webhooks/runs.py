"""Which reviews were published completely, so that the same one is not made again by itself."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pr_reviewer.settings.schema.sections import Settings
from webhooks.store import Store
from webhooks.tables import runs

_SECTIONS = {"models", "review", "paths", "rules", "check"}


@dataclass(frozen=True, slots=True)
class Run:
    """A review: of which pull request, which two ends of its diff, and under which settings (`digest`).

    `base` names the branch, too: what rules and settings say is that branch's.
    """

    host: str
    repository: int
    number: int
    head: str
    base: str
    digest: str


class Runs:
    """The record of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def url_of(self, run: Run) -> str | None:
        """Where the summary of such a review stands; None where there was none."""
        found = sa.select(runs.c.url).where(*(runs.c[name] == getattr(run, name) for name in Run.__slots__))
        url: str | None = await self._store.run(lambda c: c.execute(found).scalar())
        return url

    async def record(self, run: Run, installation: int | None, url: str) -> None:
        """It is published, whole."""
        key = {name: getattr(run, name) for name in Run.__slots__}
        row = {**key, "installation": installation, "url": url, "at": time.time()}

        def act(connection: sa.Connection) -> None:
            connection.execute(runs.delete().where(*(runs.c[name] == value for name, value in key.items())))
            connection.execute(runs.insert().values(row))

        await self._store.run(act)

    async def prune(self, before: float) -> None:
        """Forget those of before this time."""
        await self._store.run(lambda c: c.execute(runs.delete().where(runs.c.at < before)))

    async def forget(self, host: str, installation: int, repositories: Sequence[int] | None = None) -> None:
        """Forget those of an installation, or of some of its repositories."""
        theirs = (runs.c.host == host) & (runs.c.installation == installation)
        if repositories is not None:
            theirs &= runs.c.repository.in_(repositories)
        await self._store.run(lambda c: c.execute(runs.delete().where(theirs)))


def settings_digest(settings: Settings) -> str:
    """SHA-256 of all settings that change what a review says."""
    told = settings.model_dump(mode="json", include=_SECTIONS)
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
