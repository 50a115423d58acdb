"""The outcome of a review."""

from dataclasses import dataclass, field
from enum import StrEnum

from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.findings import Dropped, Placed, Unplaced
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.rules import RulesApplied


class Conclusion(StrEnum):
    """What a review amounts to. `incomplete` outranks `findings`; `failed`: every model call failed."""

    CLEAN = "clean"
    FINDINGS = "findings"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Review:
    """Everything a report says. Comments are ordered worst first; `folded` are those beyond the cap.

    `failures` are sentences about model calls that failed for good; `dropped` is for `--verbose`.
    `models` are the names of the models that answered; none: no model was asked. `remarks` are sentences about how the
    review was made that leave it complete.
    """

    base_sha: str
    head_sha: str
    conclusion: Conclusion
    comments: tuple[Placed, ...]
    folded: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    dropped: tuple[Dropped, ...]
    coverage: Coverage
    cost: Cost
    failures: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    rules: RulesApplied = field(default_factory=RulesApplied)
