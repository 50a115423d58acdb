"""Changes that no provider knows: a range of a local repository, and a diff in a file."""

import asyncio
import codecs
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pr_reviewer.git.checkout import origin_url
from pr_reviewer.git.repository import MAX_FILE_BYTES, Repository
from pr_reviewer.git.run import in_thread
from pr_reviewer.model.errors import UsageError
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from pr_reviewer.providers.ranges import STAGED, UNCOMMITTED, RangeRequest, read_range


class LocalRange:
    """What `head` changed since it left `base`, read as a pull request; a `ChangeReader`.

    Without `base` the default branch is meant, without `head` HEAD. `staged` stands for HEAD … index and
    `uncommitted` for HEAD … working tree; with `base`, both start where HEAD left it instead.
    The repository is read when it is first needed, and always as it was then. It is never written to.
    """

    can_suggest = True

    def __init__(  # noqa: PLR0913 the command line's options
        self,
        repo: Path,
        *,
        base: str | None = None,
        head: str | None = None,
        staged: bool = False,
        uncommitted: bool = False,
        index_file: Path | None = None,
        max_file_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        """`index_file` is the index that git names to a hook in `GIT_INDEX_FILE`, for `staged`."""
        if staged and uncommitted:
            raise UsageError(
                "--staged and --uncommitted exclude each other", hint="Staged changes are uncommitted, too."
            )
        if head and (staged or uncommitted):
            raise UsageError("--head cannot be combined with --staged or --uncommitted")
        self._request = RangeRequest(repo, base, head, staged, uncommitted, index_file)
        self._max_file_bytes = max_file_bytes
        self._opened: _Opened | None = None
        self._lock = asyncio.Lock()
        self._remove: Callable[[], object] | None = None

    async def pull_request(self) -> PullRequest:
        """The range as a pull request. Where nothing changed, `nothing_to_review` says why.

        Raises `UsageError` for a folder that is no repository, a name that is no commit, and two commits
        without a common ancestor.
        """
        return (await self._open()).pull

    async def diff(self, old: str, new: str) -> str:
        """See `CodeReader`."""
        return await (await self._open()).code.diff(old, new)

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:
        """See `CodeReader`."""
        return await (await self._open()).code.read_files(revision, paths)

    async def list_files(self, revision: str) -> tuple[str, ...]:
        """See `CodeReader`."""
        return await (await self._open()).code.list_files(revision)

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:
        """See `CodeReader`."""
        return await (await self._open()).code.generated(revision, paths)

    async def origin(self) -> str:
        """The address of the remote `origin`; "" where there is none."""
        folder = self._request.repo
        return await in_thread(lambda: origin_url(folder))

    def close(self) -> None:
        """Remove what was written to the temporary folder; done at the latest when the object or program ends."""
        if self._remove is not None:
            self._remove()

    async def _open(self) -> "_Opened":
        async with self._lock:
            if self._opened is None:
                folder = Path(tempfile.mkdtemp(prefix="pr-reviewer-"))
                self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
                request, bare, scratch = self._request, folder / "read.git", folder / "snapshot.git"
                try:
                    pull = await in_thread(lambda: read_range(request, bare, scratch))
                except BaseException:
                    self.close()
                    raise
                self._opened = _Opened(pull, Repository(bare, max_file_bytes=self._max_file_bytes))
            return self._opened


class DiffFile:
    """A unified diff from a file; a `ChangeReader` that knows nothing but the diff's text."""

    can_suggest = False

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def from_bytes(cls, content: bytes) -> "DiffFile":
        """Read UTF-8, with or without a byte order mark, or UTF-16 with one, as Windows shells write it."""
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return cls(content.decode("utf-16", "replace"))
        return cls(content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape"))

    async def pull_request(self) -> PullRequest:
        """A pull request of which nothing is known."""
        nowhere = Revision("", "")
        return PullRequest(PullRequestRef("local", "", 0), "", "", "", nowhere, nowhere, "")

    async def diff(self, old: str, new: str) -> str:  # noqa: ARG002 there is one diff
        """The diff itself."""
        return self._text

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002
        """No file can be read."""
        return {}

    async def list_files(self, revision: str) -> tuple[str, ...]:  # noqa: ARG002
        """No file is known."""
        return ()

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:  # noqa: ARG002
        """No attribute is known."""
        return frozenset()


def nothing_to_review(pull: PullRequest) -> str:
    """A sentence for a local range whose diff is empty, and what to call instead."""
    if pull.head.branch == STAGED:
        return "Nothing is staged. `--uncommitted` reviews what is not."
    if pull.head.branch == UNCOMMITTED:
        return "There are no uncommitted changes."
    if pull.merge_base_sha == pull.head.sha:
        is_same = pull.base.branch == pull.head.branch
        what = "is compared with itself" if is_same else f"has no commit that {pull.base.branch} lacks"
        return (
            f"{pull.head.branch} {what}. "
            "`--base HEAD~1` reviews the last commit, `--uncommitted` what is not committed yet."
        )
    return f"The commits of {pull.head.branch} since it left {pull.base.branch} change nothing, taken together."


@dataclass(frozen=True, slots=True)
class _Opened:
    pull: PullRequest
    code: Repository
