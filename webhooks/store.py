"""One database for what the server must remember: a SQLite file, or Postgres."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from pr_reviewer.model.errors import ReviewerError, SettingsError
from webhooks import tables
from webhooks.private_files import private_file
from webhooks.upgrades import upgrade

T = TypeVar("T")

_SCHEMA = "pr_reviewer"
_BUSY_SECONDS = 30
_IDLE = "15s"
_LOCK = sa.text(
    "SELECT set_config('idle_in_transaction_session_timeout', :idle, true), pg_advisory_xact_lock(hashtext(:name))"
)
_TURN_SECONDS = 2.0
_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")


class Store:
    """Runs short transactions off the event loop. Safe for many tasks; several processes may share the database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        # One at a time within a process. SQLite has one writer, and who finds it busy looks again after longer and
        # longer pauses, where a lock wakes the next one at once. Postgres would take more, but threads share Python's
        # interpreter lock: with several, the event loop acknowledged deliveries five times as late.
        self._turn = threading.Lock()

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Connect, and make the tables that are missing.

        Raises SettingsError for an address that is none, and for a database that a newer release has written;
        ReviewerError where it cannot be reached or written.
        """
        with told_in_a_sentence(url):
            store = cls(engine_for(url))
            await asyncio.to_thread(_prepare, store._engine)
        return store

    async def run(self, act: Callable[[sa.Connection], T]) -> T:
        """The result of `act` in a transaction of its own, which an exception rolls back."""
        return await asyncio.to_thread(self._run, act)

    async def close(self) -> None:
        """Let go of every connection."""
        await asyncio.to_thread(self._engine.dispose)

    def _run(self, act: Callable[[sa.Connection], T]) -> T:
        with self._in_turn(), self._engine.begin() as connection:
            return act(connection)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """After what came before, or after a while: a connection that hangs must not keep the others from theirs."""
        is_ours = self._turn.acquire(timeout=_TURN_SECONDS)
        try:
            yield
        finally:
            if is_ours:
                self._turn.release()


@contextmanager
def told_in_a_sentence(url: str) -> Iterator[None]:
    """Within, a database that cannot be opened is a ReviewerError. For the start; later it is waited for."""
    where = "server.data_dir" if url.startswith("sqlite") else "server.database_url"
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error, OSError) as exc:
        why = str(getattr(exc, "orig", exc)).partition("\n")[0]
        raise ReviewerError(f"the database cannot be opened: {why}", hint=f"Look at {where}.") from exc


def engine_for(url: str) -> sa.Engine:
    """An engine for `sqlite:///path` or `postgresql://…`. Raises SettingsError."""
    scheme = urlsplit(url).scheme
    if scheme in _POSTGRES:
        address = url.replace(f"{scheme}://", "postgresql+psycopg://", 1)
        engine = sa.create_engine(address, pool_pre_ping=True)
        return engine.execution_options(schema_translate_map={None: _SCHEMA})
    if scheme != "sqlite":
        hint = "Use postgresql://user@host/database, or leave it empty for a SQLite file in server.data_dir."
        raise SettingsError(f"server.database_url names `{scheme}`, which is no database that is known here", hint=hint)
    private_file(Path(sa.make_url(url).database or ""))
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    sa.event.listen(engine, "connect", _set_pragmas)
    sa.event.listen(engine, "begin", _begin_writing)
    return engine


def lock_writers(connection: sa.Connection, name: str) -> None:
    """Let no other transaction that asks for this name go on before this one ends. SQLite has one writer anyway.

    A process that stands still within (it was frozen) loses the lock, and its transaction with it.
    """
    if connection.dialect.name == "postgresql":
        values = {"name": f"{_SCHEMA}.{name}", "idle": _IDLE}
        connection.execute(_LOCK, values)


def _set_pragmas(connection: object, _: ConnectionPoolEntry) -> None:
    """WAL lets readers go on while one writes; FULL keeps what was committed when the power goes."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_writing(connection: sa.Connection) -> None:
    """Take the lock at once: a transaction that reads first and writes later can fail instead of waiting."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        lock_writers(connection, "schema")  # several processes start at once
        if engine.dialect.name == "postgresql":
            connection.execute(sa.schema.CreateSchema(_SCHEMA, if_not_exists=True))
        tables.version.create(connection, checkfirst=True)
        found = connection.execute(sa.select(sa.func.max(tables.version.c.number))).scalar()
        if found is not None and found > tables.SCHEMA_VERSION:
            known = tables.SCHEMA_VERSION
            raise SettingsError(
                f"the database was written by a newer release (version {found}, this one knows {known})",
                hint="Go on with the newer release, or restore the backup that was made before the upgrade.",
            )
        tables.metadata.create_all(connection)
        if found != tables.SCHEMA_VERSION:
            if found is not None:
                upgrade(connection, found)
            connection.execute(tables.version.delete())
            connection.execute(tables.version.insert().values(number=tables.SCHEMA_VERSION))
