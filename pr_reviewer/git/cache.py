"""Repositories of a provider, kept between reviews: bare, without history, with the files that were read.

    FOLDER/HOST/KEY.git     the repository; by its id, because names change hands
    FOLDER/HOST/KEY.fetch   held while objects arrive: two shallow fetches at once break each other
    FOLDER/HOST/KEY.use     held, shared, while somebody reads; its time is that of the last use

Where no id is known, OWNER+NAME is the key: then only commits may be read that the server has just named as a tip.

Nothing of a credential is ever written there. What is broken is thrown away and fetched again.
"""

import os
import re
import shutil
import weakref
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from pr_reviewer.git.admission import Renew, let_in, nobody_renews
from pr_reviewer.git.fetch import (
    Forbidden,
    IdsRefused,
    Named,
    Remote,
    fetch_blobs,
    fetch_commits,
    fetch_named,
    find_named,
    read_tip,
)
from pr_reviewer.git.locks import FileLock
from pr_reviewer.git.repository import MAX_FILE_BYTES, Choice, Repository, choose_none, create_bare
from pr_reviewer.git.run import Git, in_thread, pause
from pr_reviewer.model.errors import GitError, ProviderUnavailable, UsageError

T = TypeVar("T")

MAX_BYTES = 5 * 1024**3

_HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII)
_KEY = re.compile(r"\d+|[\w.-]+(?:\+[\w.-]+)+", re.ASCII)
_KEPT = "refs/pr-reviewer/"
_MOST_KEPT = 200
_WAITS = (1.0, 3.0, 9.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a review reads first: three commits, and of the files at the tip of the base the chosen ones.

    `new_ref` and `base_ref` are the server's names for two of them, for servers that give no commit for its id alone.
    """

    old: str
    new: str
    base: str
    choose: Choice = choose_none
    new_ref: str = ""
    base_ref: str = ""

    @property
    def commits(self) -> tuple[str, ...]:
        """Each once."""
        return tuple(dict.fromkeys((self.old, self.new, self.base)))

    @property
    def named(self) -> Named | None:
        """The same by name; None where no name is known."""
        return Named(self.new, self.new_ref, self.base_ref, self.commits) if self.new_ref else None


class GitCache:
    """A folder of repositories, shared by any number of processes."""

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = MAX_BYTES,
        max_file_bytes: int = MAX_FILE_BYTES,
        wait: Callable[[float], None] = pause,
    ) -> None:
        """Above `max_bytes`, the repositories that were not used for longest go, unless they are in use."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_file_bytes = max_file_bytes
        self._wait = wait

    async def open(
        self,
        host: str,
        key: int | str,
        remote: Callable[[], Awaitable[Remote]],
        wanted: Wanted,
        renew: Renew = nobody_renews,
    ) -> "CachedRepository":
        """A repository that has what is wanted. `remote` is asked again before each use: credentials end.

        Where the server accepts one no longer, `renew` is asked for another. Raises ProviderRefused,
        ProviderUnavailable or GitError.
        """
        place = _Place(self._folder, host, str(key))
        opened = CachedRepository(place, remote, wanted, renew, max_file_bytes=self._max_file_bytes, wait=self._wait)
        await in_thread(lambda: self._evict(self._max_bytes))
        try:
            await opened.prepare()
        except BaseException:
            opened.close()
            raise
        return opened

    async def tip(self, remote: Callable[[], Awaitable[Remote]], renew: Renew = nobody_renews) -> str:
        """The commit at the tip of a repository's default branch, asked of the server; "" where there is none yet.

        Raises ProviderRefused, ProviderUnavailable or GitError.
        """
        git = Git.alone(self._folder)  # there need be no repository

        async def ask() -> str:
            now = await remote()
            return await in_thread(lambda: _patiently(lambda: read_tip(git, now), self._wait))

        return await let_in(ask, renew, partial(_waited, self._wait))

    def purge(self, host: str, key: int | str) -> bool:
        """Remove a repository, if it is there; False while somebody reads it."""
        return _gone(_Place(self._folder, host, str(key)))

    def purge_named(self, host: str, name: str) -> bool:
        """Remove what is kept by that name, OWNER/NAME, or by any of an OWNER; False while somebody reads any of it."""
        owner, _, repository = name.lower().partition("/")
        begins = f"{owner}+{repository}"
        places = [place for place in self._places() if place.host == host and place.key.startswith(begins)]
        in_use = [place for place in places if (not repository or place.key == begins) and not _gone(place)]
        return not in_use

    def prune(self, before: float) -> int:
        """Remove what was last used before that time (seconds since 1970), unless it is in use; how many there were."""
        return sum(_removed(place) for place in list(self._places()) if place.last_used < before)

    def _evict(self, max_bytes: int) -> None:
        places = sorted(self._places(), key=lambda place: place.last_used)
        sizes = {place: place.size() for place in places}
        total = sum(sizes.values())
        for place in places:
            if total <= max_bytes:
                return
            if _removed(place):
                total -= sizes[place]

    def _places(self) -> Iterator["_Place"]:
        for path in self._folder.glob("*/*.git"):
            if _KEY.fullmatch(path.stem):
                yield _Place(self._folder, path.parent.name, path.stem)


class CachedRepository:
    """Code of one repository; a `CodeReader`. Files that it lacks are fetched, all of one question at once."""

    def __init__(
        self,
        place: "_Place",
        remote: Callable[[], Awaitable[Remote]],
        wanted: Wanted,
        renew: Renew,
        *,
        max_file_bytes: int,
        wait: Callable[[float], None],
    ) -> None:
        self.fetches = 0
        self._place = place
        self._remote = remote
        self._wanted = wanted
        self._renew = renew
        self._wait = wait
        self._max_file_bytes = max_file_bytes
        self._is_healed = False
        self._is_named = False
        self._use = FileLock(place.use)
        self._release = weakref.finalize(self, self._use.give)
        self._repository = self._fresh()

    async def prepare(self) -> None:
        """Fetch what is wanted and not there yet."""

        async def fetch() -> None:
            remote = await self._remote()
            await self._healing(lambda: in_thread(lambda: self._prepare(remote)))

        await self._let_in(fetch)

    async def diff(self, old: str, new: str) -> str:
        """See `CodeReader`."""
        return await self._ask(lambda repository: repository.diff(old, new), old, new)

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:
        """See `CodeReader`."""
        return await self._ask(lambda repository: repository.read_files(revision, paths), revision)

    async def list_files(self, revision: str) -> tuple[str, ...]:
        """See `CodeReader`."""
        return await self._ask(lambda repository: repository.list_files(revision), revision)

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:
        """See `CodeReader`."""
        return await self._ask(lambda repository: repository.generated(revision, paths), revision)

    def close(self) -> None:
        """Let the repository be evicted."""
        self._release()

    async def _ask(self, question: Callable[[Repository], Awaitable[T]], *revisions: str) -> T:
        async def ask() -> T:
            self._now = await self._remote()
            if not set(revisions) <= set(self._wanted.commits):
                return await question(self._repository)  # an error there would say nothing of the repository's health
            return await self._healing(lambda: question(self._repository))

        return await self._let_in(ask)

    async def _let_in(self, work: Callable[[], Awaitable[T]]) -> T:
        """A server that knew us a moment ago, and does not say why it lets us in no more, may do so later."""
        try:
            return await let_in(work, self._renew, partial(_waited, self._wait))
        except Forbidden as exc:
            raise ProviderUnavailable(exc.message, hint=exc.hint) from exc

    async def _healing(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do the work; if git fails, do it once more in a repository that is fetched afresh."""
        try:
            return await work()
        except (GitError, UsageError):  # the latter: what is left is no repository at all
            if self._is_healed:
                raise
            self._is_healed = True
        remote = await self._remote()
        await in_thread(lambda: self._rebuild(remote))
        return await work()

    def _fresh(self) -> Repository:
        return Repository(self._place.git_dir, max_file_bytes=self._max_file_bytes, bring=self._bring)

    def _prepare(self, remote: Remote) -> None:
        self._now = remote
        self._place.make_folder()
        self._use.wait(is_shared=True)
        self._place.touch()
        with FileLock(self._place.fetch).held():
            self._complete(remote)
        wanted = self._wanted
        self._repository.prefetch(wanted.old, wanted.new, wanted.base, wanted.choose)

    def _rebuild(self, remote: Remote) -> None:
        """Throw the repository away. Whoever else reads it will find it broken, and do the same, once."""
        with FileLock(self._place.fetch).held():
            self._place.remove()
            self._is_named = False
            self._repository = self._fresh()
            self._complete(remote)

    def _complete(self, remote: Remote) -> None:
        """Have all wanted commits; the lock is held."""
        self._place.create()
        git = Git.alone(self._place.git_dir)
        refs = git.run("for-each-ref", "--format=%(refname)", _KEPT).decode().split()
        kept = {ref.removeprefix(_KEPT) for ref in refs}
        missing = [commit for commit in self._wanted.commits if commit not in kept]
        if missing:
            self._fetch(lambda: fetch_commits(git, remote, missing), git, remote)
            _keep(git, missing, kept if len(kept) > _MOST_KEPT and not self._is_named else ())

    def _bring(self, blobs: Sequence[str]) -> None:
        git, remote = Git.alone(self._place.git_dir), self._now
        with FileLock(self._place.fetch).held():
            self._fetch(lambda: fetch_blobs(git, remote, blobs), git, remote)

    def _fetch(self, by_id: Callable[[], None], git: Git, remote: Remote) -> None:
        """Bring objects by their ids; where the server refuses that, all that is wanted by name, once.

        Even a refused fetch leaves something behind, without its files: by name, it is begun afresh.
        """
        try:
            self._patiently(by_id)
        except IdsRefused:
            named = None if self._is_named else self._wanted.named
            if named is None:
                raise
            self._fetch_named(git, remote, named)

    def _fetch_named(self, git: Git, remote: Remote, named: Named) -> None:
        names = _patiently(lambda: find_named(git, remote, named), self._wait)
        self._place.remove()
        self._place.create()
        self._patiently(lambda: fetch_named(git, remote, names, named.commits))
        _keep(git, named.commits, ())
        self._is_named = True

    def _patiently(self, fetch: Callable[[], None]) -> None:
        def counted() -> None:
            self.fetches += 1
            fetch()

        _patiently(counted, self._wait)


@dataclass(frozen=True)
class _Place:
    """Where a repository and its locks lie."""

    folder: Path
    host: str
    key: str

    def __post_init__(self) -> None:
        if not _HOST.fullmatch(self.host) or not self.host.strip("."):
            raise ValueError(f"not a host: {self.host!r}")
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"not a repository's key: {self.key!r}")

    @property
    def git_dir(self) -> Path:
        return self.folder / self.host / f"{self.key}.git"

    @property
    def fetch(self) -> Path:
        return self.git_dir.with_suffix(".fetch")

    @property
    def use(self) -> Path:
        return self.git_dir.with_suffix(".use")

    @property
    def last_used(self) -> float:
        try:
            return self.use.stat().st_mtime
        except OSError:
            return 0.0

    def touch(self) -> None:
        os.utime(self.use)

    def make_folder(self) -> None:
        """For ourselves alone: it will hold source code."""
        for folder in (self.folder, self.git_dir.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def create(self) -> None:
        """Make the repository, unless it is there; what a killed git left in it is cleared away."""
        if (self.git_dir / "config").is_file() and (self.git_dir / "HEAD").is_file():
            for left in (*self.git_dir.glob("*.lock"), *self.git_dir.glob("objects/pack/tmp_*")):
                left.unlink(missing_ok=True)
            return
        self.remove()
        create_bare(self.git_dir)

    def remove(self) -> None:
        if self.git_dir.is_file():
            self.git_dir.unlink()
        shutil.rmtree(self.git_dir, ignore_errors=True)

    def size(self) -> int:
        """Bytes on disk, roughly."""
        return sum(_bytes(path) for path in self.git_dir.rglob("*"))


def _patiently(work: Callable[[], T], wait: Callable[[float], None]) -> T:
    """Repeat what may pass."""
    for seconds in (*_WAITS, None):
        try:
            return work()
        except ProviderUnavailable:
            if seconds is None:
                raise
        wait(seconds)
    raise AssertionError("the last attempt returns or raises")  # pragma: no cover


async def _waited(wait: Callable[[float], None], seconds: float) -> None:
    await in_thread(lambda: wait(seconds))


def _gone(place: _Place) -> bool:
    return _removed(place) or not place.git_dir.exists()


def _removed(place: _Place) -> bool:
    """Remove a repository unless somebody uses it."""
    lock = FileLock(place.use)
    if not place.git_dir.exists() or not lock.take():
        return False
    try:
        place.remove()
    finally:
        lock.give()
    return True


def _keep(git: Git, commits: Iterable[str], forgotten: Iterable[str]) -> None:
    """Remember commits as refs: the next fetch then brings only what they lack."""
    lines = [f"update {_KEPT}{commit} {commit}\n" for commit in commits]
    lines += [f"delete {_KEPT}{commit}\n" for commit in forgotten]
    git.run("update-ref", "--stdin", stdin="".join(lines).encode())


def _bytes(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
