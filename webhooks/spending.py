"""What a day may cost, for each repository and each installation. Days are UTC's.

A cap is looked at before each call. Calls that are under way then are let end, so tokens and dollars may go beyond it
by as much as those use; the number of calls may not.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pr_reviewer.model.errors import BudgetSpent
from pr_reviewer.model.events import Scene
from pr_reviewer.model.llm import Usage
from pr_reviewer.settings.schema.sections import ServerSettings
from webhooks.store import Store, lock_writers
from webhooks.tables import spending


@dataclass(frozen=True, slots=True)
class Caps:
    """The most of a day; None: no limit."""

    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a cap is on: `key` in the table, `name` for people."""

    key: str
    name: str
    caps: Caps


class Purse:
    """What may be spent for one repository and its installation."""

    def __init__(self, store: Store, scopes: Sequence[Scope], clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._scopes = scopes
        self._clock = clock

    async def refusal(self) -> str | None:
        """Why nothing more may be spent today; None: something may."""
        return await self._store.run(self._refusal)

    async def take(self) -> None:
        """One call more. Raises BudgetSpent where a cap forbids it."""

        def act(connection: sa.Connection) -> str | None:
            lock_writers(connection, spending.name)
            refusal = self._refusal(connection)
            if refusal is None:
                self._add(connection, 1, 0, 0.0)
            return refusal

        refusal = await self._store.run(act)
        if refusal is not None:
            hint = "It ends at midnight UTC; the operator may raise it (server.max_daily_…)."
            raise BudgetSpent(refusal, hint=hint, usage=Usage())

    async def give_back(self) -> None:
        """The call was refused, and cost nothing."""
        await self._store.run(lambda connection: self._add(connection, -1, 0, 0.0))

    async def book(self, usage: Usage, usd: float) -> None:
        """What a call has used."""
        tokens = usage.input_tokens + usage.output_tokens
        await self._store.run(lambda connection: self._add(connection, 0, tokens, usd))

    def _refusal(self, connection: sa.Connection) -> str | None:
        for scope in self._scopes:
            row = connection.execute(sa.select(spending).where(*self._row(scope))).first()
            if row is not None and (reached := _reached(scope.caps, row.calls, row.tokens, row.usd)):
                return f"the daily cap of {reached} for {scope.name} is reached"
        return None

    def _add(self, connection: sa.Connection, calls: int, tokens: int, usd: float) -> None:
        lock_writers(connection, spending.name)
        for scope in self._scopes:
            more = {
                "calls": spending.c.calls + calls,
                "tokens": spending.c.tokens + tokens,
                "usd": spending.c.usd + usd,
            }
            if not connection.execute(spending.update().where(*self._row(scope)).values(more)).rowcount:
                first = {"day": self._day(), "scope": scope.key, "calls": calls, "tokens": tokens, "usd": usd}
                connection.execute(spending.insert().values(first))

    def _row(self, scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
        return (spending.c.day == self._day(), spending.c.scope == scope.key)

    def _day(self) -> str:
        return time.strftime("%Y-%m-%d", time.gmtime(self._clock()))


def scopes_of(scene: Scene, server: ServerSettings) -> tuple[Scope, ...]:
    """What is spent on a repository counts for it, and for its installation if there is one."""
    repository = Scope(
        f"repository {scene.host}/{scene.repository.id}",
        scene.repository.project,
        Caps(
            server.max_daily_repository_calls,
            server.max_daily_repository_tokens,
            server.max_daily_repository_usd,
        ),
    )
    if scene.installation is None:
        return (repository,)
    caps = Caps(
        server.max_daily_installation_calls,
        server.max_daily_installation_tokens,
        server.max_daily_installation_usd,
    )
    name = f"all repositories of {scene.repository.owner}"
    return (repository, Scope(f"installation {scene.host}/{scene.installation}", name, caps))


async def prune(store: Store, before: float) -> None:
    """Forget the days before this time."""
    day = time.strftime("%Y-%m-%d", time.gmtime(before))
    await store.run(lambda c: c.execute(spending.delete().where(spending.c.day < day)))


async def forget(store: Store, host: str, installation: int, repositories: Sequence[int]) -> None:
    """Forget what was spent for an installation and these repositories of it."""
    keys = [f"installation {host}/{installation}", *(f"repository {host}/{each}" for each in repositories)]
    await store.run(lambda c: c.execute(spending.delete().where(spending.c.scope.in_(keys))))


def _reached(caps: Caps, calls: int, tokens: int, usd: float) -> str:
    if caps.calls is not None and calls >= caps.calls:
        return _counted(caps.calls, "model call")
    if caps.tokens is not None and tokens >= caps.tokens:
        return _counted(caps.tokens, "token")
    if caps.usd is not None and usd >= caps.usd:
        return "$" + f"{caps.usd:,.6f}".rstrip("0").rstrip(".")
    return ""


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
