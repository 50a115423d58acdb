"""What the reviewers have on record, read from outside: two SQLite files, or a Postgres."""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

FINAL = ("done", "skipped", "superseded", "cancelled", "failed")
_OPEN_RUNS = ("PENDING", "ENQUEUED", "DELAYED")


class Records:
    """Of one database. `url` is a Postgres's; else the files lie in `folder`."""

    def __init__(self, folder: Path, url: str = "") -> None:
        if url:
            address = url.replace("postgresql://", "postgresql+psycopg://", 1)
            self._ours = self._queue = self._inbox = sa.create_engine(address, poolclass=sa.NullPool)
        else:
            names = ("reviewer", "queue", "inbox")
            self._ours, self._queue, self._inbox = (_file(folder / f"{name}.sqlite3") for name in names)
        self._schema, self._engine_schema = ("pr_reviewer", "dbos") if url else (None, None)
        self._deliveries = sa.table("inbox" if url else "deliveries", schema=self._schema)

    def jobs(self) -> list[dict[str, Any]]:
        """The oldest first."""
        return self._rows(self._ours, self._select("jobs", self._schema).order_by(sa.text("number")))

    def answers(self) -> list[int]:
        """The numbers of the model's answers that are recorded; see `Model`."""
        rows = self._rows(self._ours, self._select("journal", self._schema).where(sa.text("kind = 'reply'")))
        return sorted(json.loads(row["value"])["usage"]["output_tokens"] for row in rows)

    def waiting(self) -> int:
        """How many deliveries no job engine has."""
        waiting = sa.select(sa.func.count()).select_from(self._deliveries).where(sa.text("handed_over_at IS NULL"))
        with self._inbox.connect() as connection:
            return int(connection.execute(waiting).scalar_one())

    def deliveries(self) -> int:
        """How many are in the inbox, whatever became of them."""
        with self._inbox.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(self._deliveries)).scalar_one())

    def runs(self) -> list[dict[str, Any]]:
        """What the queue knows of."""
        return self._rows(self._queue, self._select("workflow_status", self._engine_schema))

    def at_work(self) -> list[str]:
        """The ids of the executors that run something."""
        return [row["executor_id"] for row in self.runs() if row["status"] == "PENDING"]

    def is_quiet(self, count: int = 1) -> bool:
        """Whether so many jobs have ended, and nothing is left to be done."""
        try:
            jobs = self.jobs()
            is_over = len(jobs) >= count and all(job["state"] in FINAL for job in jobs)
            return is_over and not self.waiting() and not self._open_runs()
        except sa.exc.OperationalError:  # another writes, or is away
            return False

    def _open_runs(self) -> bool:
        return any(row["status"] in _OPEN_RUNS for row in self.runs())

    def _select(self, table: str, schema: str | None) -> sa.Select[Any]:
        return sa.select(sa.text("*")).select_from(sa.table(table, schema=schema))

    def _rows(self, engine: sa.Engine, query: sa.Select[Any]) -> list[dict[str, Any]]:
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _file(path: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", poolclass=sa.NullPool)
