"""The inbox in a SQLite file of its own: write-ahead log, and an fsync for each commit where it is durable."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pr_reviewer.model.errors import SettingsError
from webhooks.deliveries import Delivery, StoredDelivery
from webhooks.group_commit import StoreUnavailable
from webhooks.inbox import Backlog, Claim
from webhooks.inbox_rows import Row, row_of, stored, within
from webhooks.private_files import private_file

_VERSION = 1
_BUSY_SECONDS = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL,
  id TEXT NOT NULL,
  event TEXT NOT NULL,
  kind TEXT NOT NULL,
  installation INTEGER,
  body BLOB NOT NULL,
  size INTEGER NOT NULL,
  received_at REAL NOT NULL,
  handed_over_at REAL,
  next_try_at REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  UNIQUE (provider, id)
);
CREATE INDEX IF NOT EXISTS waiting ON deliveries (number) WHERE handed_over_at IS NULL;
CREATE INDEX IF NOT EXISTS done ON deliveries (handed_over_at) WHERE handed_over_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS installations ON deliveries (installation);
CREATE TABLE IF NOT EXISTS alive (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), at REAL NOT NULL);
"""
_PUT = """
INSERT INTO deliveries (provider, id, event, kind, installation, body, size, received_at, next_try_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (provider, id) DO NOTHING
"""
_DUE = """
SELECT number, size FROM deliveries
WHERE handed_over_at IS NULL AND (next_try_at <= ? OR next_try_at > ?) ORDER BY number LIMIT ?
"""
_CLAIM = "UPDATE deliveries SET next_try_at = ? WHERE number = ?"
_READ = """
SELECT number, provider, id, event, kind, body, received_at, installation, attempts FROM deliveries WHERE number = ?
"""
_PRUNE = """
DELETE FROM deliveries WHERE number IN (SELECT number FROM deliveries WHERE handed_over_at < ? LIMIT ?)
"""


class SqliteTable:
    """One connection, opened at the first use and again after a failure."""

    def __init__(self, path: Path, *, is_durable: bool) -> None:
        """`path` is the file; it is made when it is missing, readable for its owner alone."""
        self._path = path
        self._synchronous = "FULL" if is_durable else "NORMAL"
        self._connection: sqlite3.Connection | None = None

    def put(self, deliveries: Sequence[Delivery], alive_at: float) -> Sequence[bool]:
        """Whether each was new."""
        rows = [row_of(each) for each in deliveries]
        with self._transaction() as connection:
            answers = [connection.execute(_PUT, row).rowcount == 1 for row in rows]
            connection.execute("INSERT OR REPLACE INTO alive VALUES (1, ?)", (alive_at,))
        return answers

    def claim(self, claim: Claim) -> tuple[StoredDelivery, ...]:
        """The oldest that are due."""
        with self._transaction() as connection:
            due = connection.execute(_DUE, (claim.now, claim.horizon, claim.limit)).fetchall()
            numbers = within(due, claim.max_bytes)
            connection.executemany(_CLAIM, [(claim.until, number) for number in numbers])
            rows: list[Row] = [connection.execute(_READ, (number,)).fetchone() for number in numbers]
        return tuple(map(stored, rows))

    def hand_over(self, numbers: Sequence[int], now: float) -> None:
        """They are a job engine's."""
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE deliveries SET handed_over_at = ?, last_error = '' WHERE number = ?",
                [(now, number) for number in numbers],
            )

    def postpone(self, number: int, until: float, reason: str) -> None:
        """Not before `until`."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET next_try_at = ?, attempts = attempts + 1, last_error = ? WHERE number = ?",
                (until, reason, number),
            )

    def backlog(self) -> Backlog:
        """What is not handed over."""
        with self._transaction() as connection:
            query = "SELECT count(*), min(received_at) FROM deliveries WHERE handed_over_at IS NULL"
            return Backlog(*connection.execute(query).fetchone())

    def alive_at(self) -> float | None:
        """When anybody last wrote."""
        with self._transaction() as connection:
            row = connection.execute("SELECT at FROM alive").fetchone()
        return row[0] if row else None

    def prune(self, before: float, limit: int) -> int:
        """Forget up to `limit` that are done."""
        with self._transaction() as connection:
            return connection.execute(_PRUNE, (before, limit)).rowcount

    def purge(self, installation: int) -> int:
        """Forget all of an installation."""
        with self._transaction() as connection:
            return connection.execute("DELETE FROM deliveries WHERE installation = ?", (installation,)).rowcount

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction from its start: one that reads first could fail when it comes to write."""
        try:
            connection = self._connection = self._connection or self._open()
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException as exc:
            self.close()  # which rolls back; a broken connection is not used again
            if isinstance(exc, sqlite3.OperationalError | sqlite3.InternalError | OSError):
                raise StoreUnavailable(f"{self._path.name}: {exc}") from exc
            raise

    def _open(self) -> sqlite3.Connection:
        file = private_file(self._path)
        connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise SettingsError(
                f"{self._path} was written by a newer release (version {version}; this one knows {_VERSION})",
                hint="Go on with the newer release, or restore the backup that was made before the upgrade.",
            )
        if version < _VERSION:
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT")
