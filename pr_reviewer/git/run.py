"""The one place that starts git.

Rules of this module: never a shell; an environment made from a short list, not inherited; every setting that
could start a program or change an output pinned on the command line; a time limit and an output limit; a cancelled
caller leaves no child behind.
"""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Container, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event, Lock, Timer
from typing import Self, TypeVar

from pr_reviewer.git.failures import failure
from pr_reviewer.model.errors import GitError

T = TypeVar("T")

OLDEST_GIT = (2, 32)
BIG_FILE = 20 * 1024 * 1024
"""Bytes from which on git calls a file binary, so that no file makes a diff endless."""

_MAX_OUTPUT = 256 * 1024 * 1024
_SECONDS = 300.0
_CHUNK = 1024 * 1024

_INHERITED = (
    *("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "USER", "LOGNAME", "GIT_EXEC_PATH"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP"),
)
_INHERITED_WITH_USER_SETTINGS = re.compile(
    r"GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|GIT_CEILING_DIRECTORIES"
    r"|GIT_DISCOVERY_ACROSS_FILESYSTEM|SUDO_UID"
)
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_WITHOUT_ANY_SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
}
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.attributesFile": os.devnull,
    "core.quotePath": "true",
    "core.safecrlf": "false",
    "core.bigFileThreshold": str(BIG_FILE),
    "credential.helper": "",
    # A lazy fetch of older gits, which do not know GIT_NO_LAZY_FETCH, finds every transport shut.
    "protocol.allow": "never",
    "protocol.ext.allow": "never",
    "diff.suppressBlankEmpty": "false",
    "diff.ignoreSubmodules": "none",
    "i18n.logOutputEncoding": "UTF-8",
    "log.showSignature": "false",
    "submodule.recurse": "false",
    "safe.bareRepository": "all",
    "gc.auto": "0",
    "maintenance.auto": "false",
}


@dataclass(frozen=True, slots=True)
class Git:
    """How to call git for one repository."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    seconds: float = _SECONDS

    @classmethod
    def alone(cls, git_dir: Path) -> Self:
        """Git in a repository of our own: nobody's settings, attributes or hooks apply."""
        environment = _inherited() | _ENVIRONMENT | _WITHOUT_ANY_SETTINGS
        return cls(_command(), environment | {"GIT_DIR": str(git_dir)})

    @classmethod
    def within(cls, folder: Path) -> Self:
        """Git as the user would call it in `folder`, their settings included; for questions only.

        Nothing that the settings name is started by the commands that are called this way.
        """
        given = {name: value for name, value in os.environ.items() if _INHERITED_WITH_USER_SETTINGS.fullmatch(name)}
        return cls((*_command(), "-C", str(folder)), _inherited() | given | _ENVIRONMENT)

    def set(self, **environment: str) -> Self:
        """The same with more environment variables."""
        return replace(self, environment={**self.environment, **environment})

    def with_options(self, *options: str) -> Self:
        """The same with more of git's own options (`-c`, `-C`); later ones win."""
        return replace(self, command=(*self.command, *options))

    def run(
        self, *arguments: str, stdin: bytes = b"", accept: Container[int] = (0,), max_output: int = _MAX_OUTPUT
    ) -> bytes:
        """What the command prints.

        Raises `GitError`, or `UsageError` where the folder is no repository, for every exit code outside `accept`.
        """
        with TemporaryFile() as given, TemporaryFile() as said:
            given.write(stdin)
            given.seek(0)
            with _started([*self.command, *arguments], self.environment, given.fileno(), said.fileno()) as child:
                output = _read(child, arguments[0], self.seconds, max_output)
            said.seek(0)
            if child.returncode not in accept:
                raise failure(arguments[0], said.read(_CHUNK).decode("utf-8", "replace"))
        return output


async def in_thread(work: Callable[[], T]) -> T:
    """Do work that calls git off the event loop. Cancelling it kills the running git and lets no other start."""
    children = _Children()
    token = _children.set(children)
    try:
        return await asyncio.to_thread(work)
    except asyncio.CancelledError:
        children.stop()
        raise
    finally:
        _children.reset(token)


def pause(seconds: float) -> None:
    """Wait, in a thread that calls git. Raises GitError as soon as the caller is cancelled."""
    children = _children.get() or _Children()
    if children.stopped.wait(seconds):
        raise GitError("git was stopped")


def dotted(version: tuple[int, ...]) -> str:
    """`(2, 32)` → `2.32`."""
    return ".".join(map(str, version))


class _Children:
    """The git processes that one piece of work has running."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self.stopped = Event()

    def add(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._running.add(child)
            if self.stopped.is_set():
                _kill(child)

    def remove(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._running.discard(child)

    def stop(self) -> None:
        with self._lock:
            self.stopped.set()
            for child in self._running:
                _kill(child)


_children: ContextVar[_Children | None] = ContextVar("children", default=None)


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}


def _command() -> tuple[str, ...]:
    return ("git", "--no-pager", *(word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")))


@contextlib.contextmanager
def _started(
    command: list[str], environment: Mapping[str, str], stdin: int, stderr: int
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        # A session of its own: no terminal to prompt on, and one signal reaches whatever git itself starts.
        child = subprocess.Popen(  # noqa: S603 a list, never a shell
            command, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, start_new_session=True
        )
    except FileNotFoundError as exc:
        hint = f"Install git {dotted(OLDEST_GIT)} or newer and see that it is on the PATH."
        raise GitError("git is not installed", hint=hint) from exc
    except (OSError, ValueError) as exc:
        raise GitError(f"git cannot be started: {exc}") from exc
    children = _children.get() or _Children()
    children.add(child)
    try:
        with child:
            yield child
    finally:
        children.remove(child)


def _read(child: subprocess.Popen[bytes], name: str, seconds: float, max_output: int) -> bytes:
    """All that the child prints. Afterwards it has ended, whatever happened."""
    is_late = Event()

    def stop() -> None:
        is_late.set()
        _kill(child)

    timer = Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        output = _drain(child, max_output)
    finally:
        timer.cancel()
        _kill(child)
    if is_late.is_set():
        raise GitError(f"git {name} took longer than {seconds:g} seconds and was stopped")
    if len(output) > max_output:
        raise GitError(f"git {name} printed more than {max_output:,} bytes", hint="Review a smaller range.")
    return output


def _drain(child: subprocess.Popen[bytes], max_output: int) -> bytes:
    """What it prints until it ends, or until that is too much."""
    assert child.stdout is not None  # noqa: S101 it is a pipe
    output = bytearray()
    while len(output) <= max_output:
        chunk = child.stdout.read(_CHUNK)
        if not chunk:
            child.wait()
            break
        output += chunk
    return bytes(output)


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
