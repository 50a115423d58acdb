"""What /improve offers: suggestions that can be committed, each with the idea behind it."""

from dataclasses import dataclass
from enum import StrEnum

from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.findings import Finding, Placed, Severity
from pr_reviewer.model.review import Review


class Impact(StrEnum):
    """How much better the code is for it, most first. It ranks as a finding's severity does."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def severity(self) -> Severity:
        """The severity of the same rank."""
        return list(Severity)[list(Impact).index(self)]

    @classmethod
    def of(cls, severity: Severity) -> "Impact":
        """The impact of the same rank."""
        return list(cls)[severity.rank]


class Theme(StrEnum):
    """What an idea is about."""

    CORRECTNESS = "correctness"
    SECURITY = "security"
    PERFORMANCE = "performance"
    ROBUSTNESS = "robustness"
    SIMPLICITY = "simplicity"
    READABILITY = "readability"
    RULE = "rule"

    @property
    def is_style(self) -> bool:
        """Whether it leaves what the code does as it is: not wanted in a legacy repository."""
        return self in (Theme.SIMPLICITY, Theme.READABILITY)


@dataclass(frozen=True, slots=True)
class Idea:
    """What could be better at one place. `finding` says where and why, and has no suggestion.

    `candidates` are texts that could replace the quoted lines, best first; `name` is what places share to which the
    same idea applies, "" for one that stands alone.
    """

    finding: Finding
    theme: Theme
    name: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion that applies, parses, keeps the rules and was verified.

    `placed.fingerprint` is the place's own; `name` is that of the suggestion itself: its marker's.
    """

    placed: Placed
    theme: Theme
    idea: str
    name: str

    @property
    def impact(self) -> Impact:
        """How much better the code is for it."""
        return Impact.of(self.placed.finding.severity)

    @property
    def key(self) -> str:
        """Equal for offers of one idea, and for no others."""
        return " ".join(self.idea.lower().split()) or self.name


@dataclass(frozen=True, slots=True)
class Withheld:
    """An idea without a suggestion that can be committed, and why; `placed` as far as it got."""

    finding: Finding
    why: str
    placed: Placed | None = None


@dataclass(frozen=True, slots=True)
class Improvements:
    """What came of /improve. Offers are ordered by impact, those of one idea one after the other.

    `folded` are those beyond the cap, `standing` the names of offers that stand in one of our threads already, and
    `review` tells coverage, cost and conclusion as a review's would. No two offers and folded ones overlap; those of a
    file fit together: it parses with all of them, and breaks no pattern.
    """

    review: Review
    offers: tuple[Offer, ...]
    folded: tuple[Offer, ...]
    withheld: tuple[Withheld, ...]
    standing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Improved:
    """The improvements, the (masked) change that they stand in, and each file with all offers applied, as a diff."""

    improvements: Improvements
    files: tuple[FileDiff, ...]
    patch: tuple[FileDiff, ...]
