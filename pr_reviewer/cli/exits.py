"""Exit codes, and which one a review ends with."""

from enum import IntEnum

from pr_reviewer.model.findings import Severity
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.report.verdict import findings_of


class Exit(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    FAILED = 3
    INCOMPLETE = 4
    INTERRUPTED = 130


def exit_code(review: Review, *, fail_on: Severity | None, require_complete: bool) -> Exit:
    """The code of a finished review: failed goes before incomplete, incomplete before findings at the gate."""
    if review.conclusion is Conclusion.FAILED:
        return Exit.FAILED
    if require_complete and review.conclusion is Conclusion.INCOMPLETE:
        return Exit.INCOMPLETE
    if fail_on is not None and any(finding.severity.reaches(fail_on) for finding in findings_of(review)):
        return Exit.FINDINGS
    return Exit.DONE
