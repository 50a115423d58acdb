"""The tables of the durable half that are ours; the job engine keeps its own beside them.

What belongs here: shapes. What is done with them stands in `journal.py`, `executors.py`, `spending.py` and `runs.py`.
"""

import sqlalchemy as sa

# Raised when a table changes its shape; `store.py` refuses a database that a newer release has written.
SCHEMA_VERSION = 2

metadata = sa.MetaData()

version = sa.Table("version", metadata, sa.Column("number", sa.Integer, primary_key=True))

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
)

# A process that works on jobs, `slots` of them at once. `beats` is a counter and not a time: clocks jump, and differ
# from machine to machine.
executors = sa.Table(
    "executors",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("beats", sa.BigInteger, nullable=False),
    sa.Column("is_dead", sa.Boolean, nullable=False),
    sa.Column("slots", sa.Integer, nullable=False, server_default="0"),
)

# What there is to do and what became of it. The engine runs jobs; this table says which, and is what people list.
jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("installation", sa.BigInteger),
    sa.Column("repository", sa.BigInteger),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("is_replaceable", sa.Boolean, nullable=False),
    sa.Column("delivery", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False, index=True),
    sa.Column("accepted_at", sa.Float, nullable=False),
    sa.Column("started_at", sa.Float),
    sa.Column("finished_at", sa.Float, index=True),
    # How a job gets its slot (admission.py): which kind goes first, from when on it may, which limit keeps it waiting,
    # whether it has one, and when and as the how manieth of all it got the last one.
    sa.Column("rank", sa.Integer, nullable=False, server_default="2"),
    sa.Column("queued_at", sa.Float),
    sa.Column("due_at", sa.Float),
    sa.Column("held", sa.Text, nullable=False, server_default=""),
    sa.Column("is_admitted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("admitted_at", sa.Float, index=True),
    sa.Column("turn", sa.BigInteger, index=True),
    sa.Index("ix_jobs_in_lane", "lane", "state", "number"),
    sa.Index("ix_jobs_waiting", "state", "is_admitted", "rank", "host", "repository", "number"),
    sa.Index("ix_jobs_turns", "host", "repository", "turn"),
    sa.Index("ix_jobs_turns_of_installations", "host", "installation", "turn"),
)

# Reviews that were published completely: what was reviewed, as whom, under which settings.
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("repository", sa.BigInteger, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True),
    sa.Column("head", sa.Text, primary_key=True),
    sa.Column("base", sa.Text, primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("installation", sa.BigInteger),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
)

# What was spent on a day (UTC, as 2026-01-31) for a repository or an installation.
spending = sa.Table(
    "spending",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("calls", sa.BigInteger, nullable=False),
    sa.Column("tokens", sa.BigInteger, nullable=False),
    sa.Column("usd", sa.Float, nullable=False),
)

# What every machine is to delete of its own files, and since when: `repository 5`, `named octo/app`, `installation 9`.
forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
)

# Until when it was looked for what GitHub could not deliver; one row. `claimed_until` keeps two processes from looking
# at once, `begun_at` is the first start: nothing older is anybody's here.
reconciliation = sa.Table(
    "reconciliation",
    metadata,
    sa.Column("only_row", sa.Integer, primary_key=True),
    sa.Column("begun_at", sa.Float, nullable=False),
    sa.Column("done_until", sa.Float, nullable=False),
    sa.Column("claimed_until", sa.Float, nullable=False),
)
