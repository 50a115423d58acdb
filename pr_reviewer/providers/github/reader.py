"""Reads a pull request: what GitHub says of it through the API, its code through git. The `ChangeReader` of GitHub."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from pr_reviewer.git.cache import CachedRepository, Wanted
from pr_reviewer.git.repository import Choice, choose_none
from pr_reviewer.model.errors import GitError, HeadMoved, ProviderRefused, UsageError
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import Standing, Thread
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.providers.base import Tip, TipOpener
from pr_reviewer.providers.github.payload import (
    Identity,
    base_of_diff,
    has_no_check,
    read_identity,
    read_permission,
    read_pull,
    to_standing,
)
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject

_COMPARE = Need("compare base and head", "contents", "read")
_PERMISSION = Need("ask what a person may do", "metadata", "read")
_NOT_FOUND = 404


class CodeOpener(Protocol):
    """Gives the code of a repository."""

    async def __call__(self, identity: Identity, wanted: Wanted) -> CachedRepository:
        """The repository with what is wanted in it."""
        ...


@dataclass(frozen=True, slots=True)
class _Read:
    pull: PullRequest
    standing: Standing
    identity: Identity
    has_no_check: bool


class GitHubReader:
    """A pull request as it was when it was first asked for; a `ChangeReader` and `StandingReader`.

    Open or closed, draft or not, from a fork or not: all are read alike, and the caller decides.
    """

    can_suggest = True

    def __init__(
        self,
        subject: Subject,
        host: str,
        open_code: CodeOpener,
        tips: TipOpener,
        *,
        choose: Choice = choose_none,
        checks: tuple[str, str] = ("", ""),
    ) -> None:
        """`choose` names the files at the base's tip that are read anyway: they come with the first fetch.

        `checks`: name and external id of the check runs that whoever writes here will look for.
        """
        self.subject = subject
        self._checked = checks
        self._host = host
        self._open_code = open_code
        self._tips = tips
        self._choose = choose
        self._read: _Read | None = None
        self._code: CachedRepository | None = None
        self._lock = asyncio.Lock()

    async def pull_request(self) -> PullRequest:
        """See `PullRequestReader`. The base is its branch's tip; where the branch is gone, what it was."""
        return (await self._reading()).pull

    async def standing(self) -> Standing:
        """What stood there when the pull request was read."""
        return (await self._reading()).standing

    async def find_threads(self) -> tuple[Thread, ...]:
        """See `ThreadFinder`."""
        return tuple(own.thread for own in (await self.subject.look(comments=False)).threads)

    async def permission(self, login: str) -> Permission:
        """What a person may do in the repository, by GitHub's own answer."""
        path = f"{self.subject.repository_path}/collaborators/{quote(login, safe='')}/permission"
        try:
            return read_permission(await self.subject.client.get(path, _PERMISSION))
        except ProviderRefused as exc:
            if exc.status == _NOT_FOUND:
                return Permission.NONE
            raise

    async def diff(self, old: str, new: str) -> str:
        """See `CodeReader`."""
        return await (await self._opened()).diff(old, new)

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:
        """See `CodeReader`."""
        return await (await self._opened()).read_files(revision, paths)

    async def list_files(self, revision: str) -> tuple[str, ...]:
        """See `CodeReader`."""
        return await (await self._opened()).list_files(revision)

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:
        """See `CodeReader`."""
        return await (await self._opened()).generated(revision, paths)

    async def open_tip(self, project: str, choose: Choice) -> Tip | None:
        """See `TipOpener`."""
        return await self._tips.open_tip(project, choose)

    @property
    def fetches(self) -> int:
        """How often git has asked for objects so far."""
        return self._code.fetches if self._code else 0

    def close(self) -> None:
        """Let go of the code."""
        if self._code:
            self._code.close()

    def _knows_of_no_check(self, head_sha: str) -> bool:
        """Whether no such check run stood on this head when the pull request was read."""
        return self._read is not None and self._read.has_no_check and self._read.pull.head.sha == head_sha

    async def _reading(self) -> _Read:
        async with self._lock:
            if self._read is None:
                name, external_id = self._checked
                data, found = await self.subject.read(checks=name)
                merge_base = await self._merge_base(base_of_diff(data), found.head_sha)
                pull = read_pull(data, self._host, self.subject.number, merge_base)
                has_none = bool(name) and has_no_check(data, external_id)
                self._read = _Read(pull, to_standing(found), read_identity(data), has_none)
            return self._read

    async def _merge_base(self, base: str, head: str) -> str:
        # The second page of one commit a page leaves out the files, which can be megabytes.
        path = f"{self.subject.repository_path}/compare/{base}...{head}"
        try:
            compared = await self.subject.client.get(path, _COMPARE, per_page=1, page=2)
        except ProviderRefused as exc:
            if "common ancestor" not in exc.message:
                raise
            raise UsageError(
                f"the base and the head of {self.subject.project}#{self.subject.number} have no common ancestor",
                hint="Their histories are unrelated, so there is no change to review.",
            ) from exc
        return str(compared["merge_base_commit"]["sha"])

    async def _opened(self) -> CachedRepository:
        read = await self._reading()
        async with self._lock:
            if self._code is None:
                pull = read.pull
                wanted = Wanted(
                    old=pull.merge_base_sha,
                    new=pull.head.sha,
                    base=pull.base.sha,
                    choose=self._choose,
                    new_ref=f"refs/pull/{pull.ref.number}/head",
                    base_ref=f"refs/heads/{pull.base.branch}",
                )
                try:
                    self._code = await self._open_code(read.identity, wanted)
                except GitError as exc:
                    raise await self._told(exc, pull.head.sha) from exc
            return self._code

    async def _told(self, error: GitError, head_sha: str) -> Exception:
        """A head that was replaced since it was read may be gone on the server, too."""
        now = await self.subject.look(threads=False, comments=False)
        return error if now.head_sha == head_sha else HeadMoved(head_sha, now.head_sha)
