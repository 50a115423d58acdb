"""What the reviewer says: findings, where they stand, and suggestions."""

from dataclasses import dataclass
from enum import StrEnum

from pr_reviewer.model.changes import LineRange, Side


class Severity(StrEnum):
    """How bad it is, worst first. Ranks compare with `rank`; StrEnum's own order is alphabetical."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)

    def reaches(self, gate: "Severity") -> bool:
        """Whether this is at or above `gate`."""
        return self.rank <= gate.rank


class Confidence(StrEnum):
    """How sure the verification is, surest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return list(Confidence).index(self)


class Category(StrEnum):
    """What kind of defect a finding is about."""

    CORRECTNESS = "correctness"
    SECURITY = "security"
    DATA_LOSS = "data-loss"
    CONCURRENCY = "concurrency"
    CONTRACT = "contract"
    ERROR_HANDLING = "error-handling"
    PERFORMANCE = "performance"
    RULE = "rule"
    SYNTAX = "syntax"
    SECRET = "secret"  # noqa: S105 a category's name
    MERGE_MARKER = "merge-marker"


class Origin(StrEnum):
    """Who made a finding: a model, or code that needs no verification."""

    MODEL = "model"
    CODE = "code"


class Misplaced(StrEnum):
    """Why a finding or its suggestion stands on no line; the values are sentences for people."""

    FILE_NOT_IN_DIFF = "the file is not part of this change"
    FILE_WITHOUT_LINES = "the file's change shows no lines"
    QUOTE_MISSING = "the model quoted no code"
    QUOTE_NOT_FOUND = "the quoted code does not stand in the change"
    QUOTE_AMBIGUOUS = "the quoted code stands in several places of the change"
    SPANS_HUNKS = "the quoted code spans two parts of the change"


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody claims of one place in the code.

    `quote` is the code that it is about, as it stands in the (masked) file; `lines` is where the claimant
    believes it stands, on `side`: a hint that breaks ties, never the place. `suggestion` is the replacement
    text for exactly the quoted lines, without a trailing newline; "" deletes them; None: no suggestion.
    """

    path: str
    quote: str
    severity: Severity
    category: Category
    title: str
    message: str
    lines: LineRange | None = None
    side: Side = Side.NEW
    rule_id: str | None = None
    suggestion: str | None = None
    confidence: Confidence = Confidence.MEDIUM
    origin: Origin = Origin.MODEL


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding that stands on lines of the change, all within one hunk.

    `fingerprint` holds only what code knows (path, normalised quote, occurrence, rule id) and starts with
    its format's version. `quote` is the text of the placed lines themselves. A `finding.suggestion` that
    survives checking is committable; one that does not is None there and named in `suggestion_problem`.
    `verification` is what the model that verified it said of the code, "" where none did.
    """

    finding: Finding
    side: Side
    lines: LineRange
    quote: str
    fingerprint: str
    suggestion_problem: str = ""
    verification: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A finding that stands on no line of the change, and why: a `Misplaced`, or the provider's own reason.

    `placed` is where it would stand if the provider took it.
    """

    finding: Finding
    why: str
    placed: Placed | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A finding that is not raised, and why; `--verbose` shows these."""

    finding: Finding
    why: str
