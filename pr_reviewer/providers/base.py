"""The protocols of a provider. They stay narrow: a workflow asks for the intersection that it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pr_reviewer.git.repository import Choice
from pr_reviewer.model.events import Comment
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import Check, DraftReview, Posted, PullText, Reaction, Remark, Standing, Thread
from pr_reviewer.model.pull import PullRequest


class PullRequestReader(Protocol):
    """Says what is under review."""

    async def pull_request(self) -> PullRequest:
        """The pull request as it is now; `merge_base_sha` and `head.sha` are the two ends of its diff."""
        ...


class FileReader(Protocol):
    """Reads files as objects. A revision is the id of a commit or tree, as a pull request names it.

    Paths and texts are UTF-8 with surrogate escapes for bytes that are not.
    """

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:
        """Path → text as stored. Absent, binary, too big, missing, a symbolic link or a submodule: not in it."""
        ...

    async def list_files(self, revision: str) -> tuple[str, ...]:
        """Every path that is a file, or a symbolic link: the latter is there, and has no text."""
        ...


class CodeReader(FileReader, Protocol):
    """Reads code as objects."""

    async def diff(self, old: str, new: str) -> str:
        """The unified diff between two revisions, with `a/` and `b/` and full ids; "" where nothing changed."""
        ...

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:
        """Those of `paths` that the revision's `.gitattributes` call `linguist-generated` or `-vendored`."""
        ...


class ChangeReader(PullRequestReader, CodeReader, Protocol):
    """A change that can be reviewed."""

    @property
    def can_suggest(self) -> bool:
        """Whether the head's files can be read, so that a suggestion can be checked and committed."""
        ...


@dataclass(frozen=True, slots=True)
class Tip:
    """Another repository at the tip of its default branch: `sha` is that commit, "" where there is none yet."""

    project: str
    sha: str
    files: FileReader


@runtime_checkable
class TipOpener(Protocol):
    """Opens other repositories of the same provider, with the same credentials."""

    async def open_tip(self, project: str, choose: Choice) -> Tip | None:
        """The repository, its chosen files at hand; None: there is none, or none for us, and no provider tells which.

        Raises ProviderError where something else is wrong: ProviderRefused with the status 301 for one that has moved.
        """
        ...


class StandingReader(Protocol):
    """Says what earlier reviews left on the pull request."""

    async def standing(self) -> Standing:
        """Our own threads and summary, and the head, all as they are now."""
        ...


class ThreadFinder(Protocol):
    """Says where our threads are."""

    async def find_threads(self) -> tuple[Thread, ...]:
        """Our own threads as they are now, each with its address."""
        ...


class ReviewPoster(Protocol):
    """Posts comments on lines."""

    async def post_review(self, draft: DraftReview) -> Posted:
        """Post what does not stand yet as one review. A comment that the provider refuses costs no other one.

        Raises HeadMoved, with nothing posted, where `draft.head_sha` is the head no longer.
        """
        ...


class SummaryPoster(Protocol):
    """Keeps summaries on the pull request."""

    async def put_summary(self, head_sha: str, body: str) -> str:
        """Write the one comment that ends with the marker of `body`, or write it anew in place; its address.

        The marker is a summary's; each command that has one keeps its own.
        Raises HeadMoved, with nothing written, where `head_sha` is the head no longer.
        """
        ...


class CheckSetter(Protocol):
    """Tells the state of a review beside the commit."""

    async def set_check(self, check: Check) -> None:
        """Show the state at `check.head_sha`, in place of what was shown before. The head may have moved."""
        ...


class Reactor(Protocol):
    """Answers a comment without words."""

    async def react(self, comment: Comment, reaction: Reaction) -> None:
        """Put a reaction beside a comment; twice is once. Nothing happens where the comment is gone by now."""
        ...


class Replier(Protocol):
    """Answers a comment in words."""

    async def reply(self, comment: Comment | None, key: str, body: str) -> str:
        """Say `body` below the comment, or in the conversation where it has no thread (None, too); the address.

        `key` names what is answered (letters, digits, `:`, `.` and `-`): whatever was said under it is written anew in
        place, so that nothing is answered twice.
        """
        ...


class ConversationReader(Protocol):
    """Reads what people say on lines."""

    async def remarks(self) -> tuple[Remark, ...]:
        """Every comment on lines of the diff, oldest first."""
        ...


class DescriptionEditor(Protocol):
    """Edits a description, and never over somebody else's edit."""

    async def pull_text(self) -> PullText:
        """The description and what stands beside it, as they are now."""
        ...

    async def replace_description(self, old: str, new: str) -> bool:
        """Write `new` if the description still is `old`; False, with nothing written, where it is another one."""
        ...


class Labeler(Protocol):
    """Puts labels on a pull request."""

    async def add_labels(self, names: Sequence[str]) -> None:
        """Add these to those that are there. A label that the repository lacks comes into being."""
        ...


class PermissionReader(Protocol):
    """Says what people may do."""

    async def permission(self, login: str) -> Permission:
        """What a person may do in the repository, by the provider's own answer."""
        ...


class ReviewWriter(StandingReader, ReviewPoster, SummaryPoster, CheckSetter, Protocol):
    """All that a review writes."""
