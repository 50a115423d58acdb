"""What a git provider tells us has happened: a closed union, the same for every provider.

Texts (titles, branches, logins, comments) are untrusted. Whoever reads an Event decides with `match`; an event that
concerns nobody is `Ignored`, with its reason.
"""

from dataclasses import dataclass
from enum import StrEnum

from pr_reviewer.model.pull import PullRequestRef, Revision


@dataclass(frozen=True, slots=True)
class Account:
    """A user, bot or organisation. `login` is compared without regard to case; an id of 0 is nobody's (deleted)."""

    login: str
    id: int = 0
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Repository:
    """`id` stays when a repository is renamed or moved; `project` (`octo/app`) is its name at the time."""

    id: int
    project: str

    @property
    def owner(self) -> str:
        """The part before the slash."""
        return self.project.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where something happened and who did it. `installation` is the App's, None for a plain repository webhook."""

    host: str
    repository: Repository
    actor: Account
    installation: int | None = None


@dataclass(frozen=True, slots=True)
class PullState:
    """A pull request as it was when the event was sent: by now it may have moved on."""

    ref: PullRequestRef
    title: str
    author: Account
    base: Revision
    head: Revision
    is_open: bool = True
    is_draft: bool = False
    is_fork: bool = False
    labels: tuple[str, ...] = ()
    changed_files: int | None = None
    changed_lines: int | None = None
    updated_at: str = ""
    """As the provider writes it (2026-01-31T12:00:00Z); "" where it is not told. Of two states, which is later."""


class CommentPlace(StrEnum):
    """Where a comment stands."""

    CONVERSATION = "conversation"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote. `reply_to` is the first comment of a thread on lines, None elsewhere."""

    id: int
    place: CommentPlace
    body: str
    author: Account
    reply_to: int | None = None


class InstallationChange(StrEnum):
    """What happened to an installation of the App; the values are GitHub's."""

    CREATED = "created"
    DELETED = "deleted"
    SUSPENDED = "suspend"
    RESUMED = "unsuspend"
    PERMISSIONS = "new_permissions_accepted"


@dataclass(frozen=True, slots=True)
class Opened:
    """A pull request was opened."""

    scene: Scene
    pull: PullState


@dataclass(frozen=True, slots=True)
class Pushed:
    """A pull request has a new head; `before` is the one it had."""

    scene: Scene
    pull: PullState
    before: str


@dataclass(frozen=True, slots=True)
class Edited:
    """Title or base branch of a pull request changed: what they were, None for what stayed."""

    scene: Scene
    pull: PullState
    old_title: str | None
    old_base: str | None


@dataclass(frozen=True, slots=True)
class Labeled:
    """A pull request was given a label."""

    scene: Scene
    pull: PullState
    label: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A pull request was closed, merged or not."""

    scene: Scene
    pull: PullState
    is_merged: bool


@dataclass(frozen=True, slots=True)
class Reopened:
    """A closed pull request is open again."""

    scene: Scene
    pull: PullState


@dataclass(frozen=True, slots=True)
class ReadyForReview:
    """A pull request is a draft no longer."""

    scene: Scene
    pull: PullState


@dataclass(frozen=True, slots=True)
class Commented:
    """Somebody wrote a comment on an open or closed pull request."""

    scene: Scene
    ref: PullRequestRef
    comment: Comment


@dataclass(frozen=True, slots=True)
class ReviewSubmitted:
    """Somebody submitted a review; `body` may be empty. `node` is its other name, by which it takes reactions."""

    scene: Scene
    pull: PullState
    id: int
    body: str
    author: Account
    node: str = ""


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """A merge queue asks for the checks of a commit that it made."""

    scene: Scene
    base: Revision
    head: Revision


@dataclass(frozen=True, slots=True)
class Rerequested:
    """Somebody asks for a check again. `check_run` is None where all checks of the head are asked for.

    `app_id` is the App that owns the check: of an App's own checks alone is it told. `numbers` are the pull requests
    that GitHub says have this head; a fork's are not among them.
    """

    scene: Scene
    head_sha: str
    check_run: int | None
    external_id: str
    app_id: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InstallationChanged:
    """The App was installed, removed, suspended or given other permissions."""

    host: str
    installation: int
    account: Account
    actor: Account
    change: InstallationChange


@dataclass(frozen=True, slots=True)
class RepositoriesChanged:
    """An installation may read more repositories or fewer; `removed` are those that it no longer may."""

    host: str
    installation: int
    account: Account
    actor: Account
    removed: tuple[Repository, ...]


@dataclass(frozen=True, slots=True)
class RepositoryMoved:
    """A repository was renamed or given to another owner; `former` is the project that it was."""

    scene: Scene
    former: str


@dataclass(frozen=True, slots=True)
class RepositoryDeleted:
    """A repository is gone."""

    scene: Scene


@dataclass(frozen=True, slots=True)
class Ping:
    """The provider tries whether we listen."""

    hook: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that concerns us, and why."""

    why: str


PullEvent = Opened | Pushed | Edited | Labeled | Closed | Reopened | ReadyForReview
AppEvent = InstallationChanged | RepositoriesChanged | RepositoryMoved | RepositoryDeleted
Event = PullEvent | Commented | ReviewSubmitted | MergeGroup | Rerequested | AppEvent | Ping | Ignored
