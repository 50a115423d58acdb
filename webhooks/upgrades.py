"""Brings the tables of an older release to their shape of today. Upgrades only add: the older one may still run."""

import sqlalchemy as sa

from webhooks.tables import jobs, metadata

_UNADMITTED = 1
"""The last version in which every job that was not over had a place in the engine's queue at once."""


def upgrade(connection: sa.Connection, version: int) -> None:
    """From this version on; within the caller's transaction. Tables that were missing are there already."""
    inspector = sa.inspect(connection)
    for table in metadata.tables.values():
        schema = connection.get_execution_options().get("schema_translate_map", {}).get(None)
        columns = {each["name"] for each in inspector.get_columns(table.name, schema)}
        for column in table.columns:
            if column.name not in columns:
                _add(connection, table, column, schema)
        indexes = {each["name"] for each in inspector.get_indexes(table.name, schema)}
        for index in table.indexes:
            if index.name not in indexes:
                index.create(connection)
    if version <= _UNADMITTED:
        unfinished = jobs.c.state.in_(("queued", "running"))
        connection.execute(jobs.update().where(unfinished).values(is_admitted=True))


def _add(connection: sa.Connection, table: sa.Table, column: sa.Column[object], schema: str | None) -> None:
    what = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
    where = f"{schema}.{table.name}" if schema else table.name
    connection.exec_driver_sql(f"ALTER TABLE {where} ADD COLUMN {what}")
