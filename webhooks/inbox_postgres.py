"""The inbox in a table of Postgres, shared by any number of servers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.errors import InternalError_, OperationalError, ProgrammingError

from pr_reviewer.model.errors import SettingsError
from webhooks.deliveries import Delivery, StoredDelivery
from webhooks.group_commit import StoreUnavailable
from webhooks.inbox import Backlog, Claim
from webhooks.inbox_rows import row_of, stored, within

_VERSION = 1
_LOCK = 7281930  # several servers start at once
_CONNECT_SECONDS = 5
_TABLES = """
CREATE SCHEMA IF NOT EXISTS pr_reviewer;
CREATE TABLE IF NOT EXISTS pr_reviewer.inbox (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  id text NOT NULL,
  event text NOT NULL,
  kind text NOT NULL,
  installation bigint,
  body bytea NOT NULL,
  size bigint NOT NULL,
  received_at double precision NOT NULL,
  handed_over_at double precision,
  next_try_at double precision NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  last_error text NOT NULL DEFAULT '',
  UNIQUE (provider, id)
);
ALTER TABLE pr_reviewer.inbox ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS inbox_waiting ON pr_reviewer.inbox (number) WHERE handed_over_at IS NULL;
CREATE INDEX IF NOT EXISTS inbox_done ON pr_reviewer.inbox (handed_over_at) WHERE handed_over_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS inbox_installations ON pr_reviewer.inbox (installation);
CREATE TABLE IF NOT EXISTS pr_reviewer.inbox_state (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version integer NOT NULL,
  alive_at double precision
);
"""
_PUT = """
INSERT INTO pr_reviewer.inbox (provider, id, event, kind, installation, body, size, received_at)
SELECT * FROM unnest(
  %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::bytea[], %b::bigint[], %b::float8[]
)
ON CONFLICT (provider, id) DO NOTHING RETURNING provider, id
"""
_DUE = """
SELECT number, size FROM pr_reviewer.inbox
WHERE handed_over_at IS NULL AND (next_try_at <= %s OR next_try_at > %s) ORDER BY number LIMIT %s
FOR UPDATE SKIP LOCKED
"""
_TAKE = """
UPDATE pr_reviewer.inbox SET next_try_at = %s WHERE number = ANY(%s)
RETURNING number, provider, id, event, kind, body, received_at, installation, attempts
"""
_PRUNE = """
DELETE FROM pr_reviewer.inbox
WHERE number IN (SELECT number FROM pr_reviewer.inbox WHERE handed_over_at < %s LIMIT %s FOR UPDATE SKIP LOCKED)
"""


class PostgresTable:
    """One connection, opened at the first use and again after a failure."""

    def __init__(self, url: str, *, is_durable: bool) -> None:
        """`url` is libpq's: postgresql://user:password@host/database."""
        self._url = url
        self._synchronous = "on" if is_durable else "off"
        self._connection: psycopg.Connection[Any] | None = None

    def put(self, deliveries: Sequence[Delivery], alive_at: float) -> Sequence[bool]:
        """Whether each was new."""
        rows = [row_of(each) for each in deliveries]
        with self._transaction() as connection:
            columns = [list(column) for column in zip(*rows, strict=True)]
            new = set(connection.execute(_PUT, columns).fetchall()) if rows else set()
            connection.execute("UPDATE pr_reviewer.inbox_state SET alive_at = %s", (alive_at,))
        return [_take_out((each.provider, each.id), new) for each in deliveries]

    def claim(self, claim: Claim) -> tuple[StoredDelivery, ...]:
        """The oldest that are due and that no other server is looking at."""
        with self._transaction() as connection:
            due = connection.execute(_DUE, (claim.now, claim.horizon, claim.limit)).fetchall()
            rows = connection.execute(_TAKE, (claim.until, within(due, claim.max_bytes)), binary=True).fetchall()
        return tuple(stored(row) for row in sorted(rows))

    def hand_over(self, numbers: Sequence[int], now: float) -> None:
        """They are a job engine's."""
        with self._transaction() as connection:
            query = "UPDATE pr_reviewer.inbox SET handed_over_at = %s, last_error = '' WHERE number = ANY(%s)"
            connection.execute(query, (now, list(numbers)))

    def postpone(self, number: int, until: float, reason: str) -> None:
        """Not before `until`."""
        query = (
            "UPDATE pr_reviewer.inbox SET next_try_at = %s, attempts = attempts + 1, last_error = %s WHERE number = %s"
        )
        with self._transaction() as connection:
            connection.execute(query, (until, reason.replace("\0", ""), number))

    def backlog(self) -> Backlog:
        """What is not handed over."""
        with self._transaction() as connection:
            query = "SELECT count(*), min(received_at) FROM pr_reviewer.inbox WHERE handed_over_at IS NULL"
            count, oldest = connection.execute(query).fetchone() or (0, None)
        return Backlog(count, oldest)

    def alive_at(self) -> float | None:
        """When anybody last wrote."""
        with self._transaction() as connection:
            row = connection.execute("SELECT alive_at FROM pr_reviewer.inbox_state").fetchone()
        return row[0] if row else None

    def prune(self, before: float, limit: int) -> int:
        """Forget up to `limit` that are done."""
        with self._transaction() as connection:
            return connection.execute(_PRUNE, (before, limit)).rowcount

    def purge(self, installation: int) -> int:
        """Forget all of an installation."""
        with self._transaction() as connection:
            query = "DELETE FROM pr_reviewer.inbox WHERE installation = %s"
            return connection.execute(query, (installation,)).rowcount

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            connection = self._connection = self._connection or self._open()
            with connection.transaction():
                yield connection
        except BaseException as exc:
            self.close()
            if isinstance(exc, OperationalError | InternalError_ | ProgrammingError | psycopg.InterfaceError):
                why = str(exc).partition("\n")[0] or type(exc).__name__
                raise StoreUnavailable(f"Postgres: {why}") from exc
            raise

    def _open(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            application_name="pr-reviewer inbox",
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
            options=f"-c synchronous_commit={self._synchronous} -c statement_timeout=20000 -c lock_timeout=10000",
        )
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        (is_there,) = connection.execute("SELECT to_regclass('pr_reviewer.inbox_state') IS NOT NULL").fetchone() or (
            False,
        )
        if not is_there:
            connection.execute(_TABLES)
            connection.execute("INSERT INTO pr_reviewer.inbox_state (version) VALUES (%s)", (_VERSION,))
        (version,) = connection.execute("SELECT version FROM pr_reviewer.inbox_state").fetchone() or (_VERSION,)
    if version > _VERSION:
        raise SettingsError(
            f"the database was written by a newer release (inbox {version}; this one knows {_VERSION})",
            hint="Go on with the newer release, or restore the backup that was made before the upgrade.",
        )


def _take_out(key: tuple[str, str], new: set[tuple[str, str]]) -> bool:
    """Whether it is there; of two with one id in a batch, one is new."""
    is_new = key in new
    new.discard(key)
    return is_new
