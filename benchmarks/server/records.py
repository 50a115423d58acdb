"""What the server has on record, asked from outside in small queries, so that asking costs it little."""

from pathlib import Path

import sqlalchemy as sa

FINAL = frozenset({"done", "skipped", "superseded", "cancelled", "failed"})


class Records:
    """Of one database: `url` is a Postgres's; else the files lie in `folder`."""

    def __init__(self, folder: Path, url: str) -> None:
        if url:
            address = url.replace("postgresql://", "postgresql+psycopg://", 1)
            self._jobs = self._inbox = sa.create_engine(address, poolclass=sa.NullPool)
        else:
            self._jobs, self._inbox = (_file(folder / f"{name}.sqlite3") for name in ("reviewer", "inbox"))
        self._schema = "pr_reviewer." if url else ""
        self._deliveries = "pr_reviewer.inbox" if url else "deliveries"

    def states(self) -> dict[str, int]:
        """How many jobs are in each state."""
        query = f"SELECT state, count(*) FROM {self._schema}jobs GROUP BY state"  # noqa: S608 our own names
        with self._jobs.connect() as connection:
            return dict(map(tuple, connection.execute(sa.text(query))))

    def ended(self) -> int:
        """How many jobs have ended, whatever became of them."""
        return sum(count for state, count in self.states().items() if state in FINAL)

    def times(self, id_: str) -> tuple[float | None, float | None]:
        """When a job began and ended, in seconds since 1970; None for what is yet to come."""
        query = f"SELECT started_at, finished_at FROM {self._schema}jobs WHERE id = :id"  # noqa: S608
        with self._jobs.connect() as connection:
            row = connection.execute(sa.text(query), {"id": id_}).first()
        return (row[0], row[1]) if row else (None, None)

    def last_end(self) -> float:
        """When the last job ended."""
        with self._jobs.connect() as connection:
            query = f"SELECT max(finished_at) FROM {self._schema}jobs"  # noqa: S608
            return float(connection.execute(sa.text(query)).scalar_one())

    def replies(self) -> int:
        """How many answers of the model are in the journal."""
        with self._jobs.connect() as connection:
            query = f"SELECT count(*) FROM {self._schema}journal WHERE kind = 'reply'"  # noqa: S608
            return int(connection.execute(sa.text(query)).scalar_one())

    def waiting(self) -> int:
        """How many deliveries no job engine has."""
        with self._inbox.connect() as connection:
            query = f"SELECT count(*) FROM {self._deliveries} WHERE handed_over_at IS NULL"  # noqa: S608
            return int(connection.execute(sa.text(query)).scalar_one())


def _file(path: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", poolclass=sa.NullPool)
