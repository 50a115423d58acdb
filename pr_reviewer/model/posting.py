"""What is posted on a pull request, and what stands there already. Every body is final text, markers included."""

from dataclasses import dataclass
from enum import StrEnum

from pr_reviewer.model.changes import LineRange, Side


@dataclass(frozen=True, slots=True)
class DraftComment:
    """A comment on lines of the diff. `body` ends with the marker that carries `fingerprint`."""

    fingerprint: str
    path: str
    side: Side
    lines: LineRange
    body: str


@dataclass(frozen=True, slots=True)
class DraftReview:
    """One review of the head that was read. `body` may be empty where there are comments."""

    head_sha: str
    body: str
    comments: tuple[DraftComment, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A comment that the provider takes nowhere, and its reason as a sentence for people."""

    comment: DraftComment
    why: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a review: every comment's fingerprint is in exactly one of the three.

    `placed` stand since this call, `standing` stood in one of our threads before. `url` is the review's, "" where none
    was posted.
    """

    placed: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """One of our threads. `replies` counts what others and we wrote below the finding.

    `is_suggestion`: it is no finding, but one of /improve's. `url` is its address, "" where there is none. `lines` of
    `path` are where it stands now; None where the change has moved on from them.
    """

    id: str
    fingerprint: str
    is_resolved: bool = False
    is_outdated: bool = False
    replies: int = 0
    is_suggestion: bool = False
    url: str = ""
    path: str = ""
    lines: LineRange | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What we have posted so far, and the head as it is now.

    Where others post under the same identity (`is_shared`: every workflow of a repository has one), a thread may
    prevent that its finding is posted again, and must not dismiss it. `summary_url` is the summary's address.
    """

    head_sha: str
    threads: tuple[Thread, ...] = ()
    summary: str | None = None
    is_shared: bool = False
    summary_url: str = ""

    @property
    def fingerprints(self) -> frozenset[str]:
        """Findings and suggestions that need no new thread."""
        return frozenset(thread.fingerprint for thread in self.threads)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on lines of the diff, anybody's. `reply_to` is the first comment of its thread, None for that itself.

    `lines` are None where the change has moved on from them. `hunk` is the diff down to the last line of the thread;
    `height` is how many lines the thread was about when it was opened.
    """

    id: int
    author: str
    body: str
    path: str
    lines: LineRange | None = None
    side: Side = Side.NEW
    reply_to: int | None = None
    hunk: str = ""
    height: int = 1
    url: str = ""
    is_ours: bool = False

    @property
    def opened_on(self) -> str:
        """The lines that the thread was about when it was opened, as its hunk has them: with their signs."""
        lines = self.hunk.replace("\r\n", "\n").split("\n")
        shown = [line for line in lines if not line.startswith(("@@", "\\"))]
        return "\n".join(shown[-self.height :])


@dataclass(frozen=True, slots=True)
class PullText:
    """What a pull request says of itself now: title, description byte for byte, labels, head, and its address."""

    title: str
    description: str
    head_sha: str
    labels: tuple[str, ...] = ()
    url: str = ""


class Reaction(StrEnum):
    """What we say to a comment without words; the values are GitHub's."""

    TAKEN = "eyes"
    DONE = "rocket"
    FAILED = "confused"


class CheckState(StrEnum):
    """What a check says. FAILURE is the gate's, ERROR our own: the review could not be done."""

    QUEUED = "queued"
    IN_PROGRESS = "in progress"
    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"
    ERROR = "error"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to be expected."""
        return self not in (CheckState.QUEUED, CheckState.IN_PROGRESS)


class AnnotationLevel(StrEnum):
    """How loud an annotation is; the values are GitHub's."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on lines of the head, shown beside the check."""

    path: str
    lines: LineRange
    level: AnnotationLevel
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """The state of the review of one head. `summary` and `text` are markdown, `title` is one line."""

    head_sha: str
    state: CheckState
    title: str
    summary: str = ""
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
