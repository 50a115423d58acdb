"""Locks between processes, as files: they end with their holder, however it ends."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pr_reviewer.git.run import pause
from pr_reviewer.model.errors import GitError

_LONGEST_WAIT = 900.0
_STEP = 0.05


class FileLock:
    """A lock on a file that is made when it is first needed, and that stays. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self, *, is_shared: bool = False) -> bool:
        """Take the lock if nobody holds it (if `is_shared`: if nobody holds it alone)."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self.give()
        self._file = file
        return True

    def wait(self, *, is_shared: bool = False, wait: Callable[[float], None] = pause) -> None:
        """Take the lock as soon as it is free. Raises GitError after a quarter of an hour."""
        waited = 0.0
        while not self.take(is_shared=is_shared):
            if waited > _LONGEST_WAIT:
                raise GitError(f"another process has held {self._path} for {_LONGEST_WAIT:.0f} seconds")
            wait(_STEP)
            waited += _STEP

    def give(self) -> None:
        """Give it back, if it is held."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it alone for a while."""
        self.wait()
        try:
            yield
        finally:
            self.give()
