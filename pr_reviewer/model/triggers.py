"""What an event asks of us, before anybody has looked at the pull request's own settings."""

from dataclasses import dataclass
from enum import StrEnum

from pr_reviewer.model.commands import Command, Mistake
from pr_reviewer.model.events import Account, Comment, PullState, Scene
from pr_reviewer.model.pull import PullRequestRef


class Occasion(StrEnum):
    """Why commands run by themselves; a value is the name of the setting that lists them (`automatic.opened`)."""

    OPENED = "opened"
    REOPENED = "reopened"
    READY_FOR_REVIEW = "ready_for_review"
    SYNCHRONIZE = "synchronize"
    BASE_CHANGED = "base_changed"
    TITLE_CHANGED = "title_changed"
    LABELED = "labeled"


@dataclass(frozen=True, slots=True)
class RunAutomatic:
    """Run what the settings list for this occasion. `label` is the one that was given, "" otherwise."""

    scene: Scene
    pull: PullState
    occasion: Occasion
    label: str = ""


@dataclass(frozen=True, slots=True)
class RunCommanded:
    """Run what a person wrote, if that person may. `comment` is None where it stands in a review's own text: `review`.

    `source` names the comment or review, and is the key under which its commands run once.
    """

    scene: Scene
    ref: PullRequestRef
    source: str
    author: Account
    commands: tuple[Command | Mistake, ...]
    comment: Comment | None = None
    review: str = ""


@dataclass(frozen=True, slots=True)
class RunAgain:
    """Somebody pressed the button beside our check."""

    scene: Scene
    head_sha: str
    external_id: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Whatever runs on this pull request need not go on, unless it is about a later state: `at` is when it closed."""

    scene: Scene
    ref: PullRequestRef
    at: str = ""


@dataclass(frozen=True, slots=True)
class AnswerMergeGroup:
    """A merge queue waits for our check of this commit."""

    scene: Scene
    head_sha: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete what is kept of an installation, or of some of its repositories (by id); None: of all.

    `names` are theirs (`octo/app`), or the owner's alone (`octo`): the organisation's own files are kept by name.
    """

    host: str
    installation: int
    repositories: tuple[int, ...] | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """No work, and why."""

    why: str


Trigger = RunAutomatic | RunCommanded | RunAgain | Cancel | AnswerMergeGroup | Forget | Nothing
