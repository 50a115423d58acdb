"""Where the server keeps what it must not lose: a folder with SQLite files, or a Postgres."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pr_reviewer.model.errors import ReviewerError, SettingsError
from pr_reviewer.settings.schema.sections import ServerSettings
from webhooks.group_commit import StoreUnavailable
from webhooks.inbox import Inbox, Table

_SCHEMES = ("postgresql", "postgres")
INBOX_FILE = "inbox.sqlite3"


def data_folder(server: ServerSettings, environ: Mapping[str, str]) -> Path:
    """`server.data_dir`, else the folder for state of the XDG base directories."""
    if server.data_dir:
        return Path(server.data_dir).expanduser()
    top = environ.get("XDG_STATE_HOME") or ""
    base = Path(top) if Path(top).is_absolute() else Path(environ.get("HOME") or Path.home()) / ".local" / "state"
    return base / "pr-reviewer"


def database_url(server: ServerSettings) -> str:
    """The address of the Postgres; "" where SQLite files are used. Raises SettingsError for what is no such address."""
    url = server.database_url.get_secret_value() if server.database_url else ""
    if url and urlsplit(url).scheme not in _SCHEMES:
        raise SettingsError(
            "server.database_url is not the address of a Postgres",
            hint="Use postgresql://USER:PASSWORD@HOST/NAME, or leave it empty for SQLite files in server.data_dir.",
        )
    return url


async def open_inbox(server: ServerSettings, environ: Mapping[str, str]) -> Inbox:
    """The inbox, ready to take deliveries. Raises SettingsError, and ReviewerError where it cannot be written."""
    durable, relaxed = _tables(server, environ)
    try:
        await asyncio.to_thread(durable.put, (), time.time())
    except StoreUnavailable as exc:
        where = "server.database_url" if database_url(server) else "server.data_dir"
        raise ReviewerError(f"the inbox cannot be written: {exc}", hint=f"Look at {where}.") from exc
    inbox = Inbox(durable, relaxed)
    inbox.start()
    return inbox


def _tables(server: ServerSettings, environ: Mapping[str, str]) -> tuple[Table, Table]:
    url = database_url(server)
    if url:
        from webhooks.inbox_postgres import PostgresTable

        return PostgresTable(url, is_durable=True), PostgresTable(url, is_durable=False)
    from webhooks.inbox_sqlite import SqliteTable

    path = data_folder(server, environ) / INBOX_FILE
    return SqliteTable(path, is_durable=True), SqliteTable(path, is_durable=False)
