"""The verdict: one line that says what a review amounts to, and never more than was reviewed."""

from collections import Counter
from collections.abc import Iterator

from pr_reviewer.model.coverage import CoverageState, FileCoverage
from pr_reviewer.model.findings import Finding, Severity
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.report.amounts import count, listed


def verdict(review: Review) -> str:
    """One plain line; anything but a clean verdict names what is wrong."""
    match review.conclusion:
        case Conclusion.CLEAN:
            return f"No problems found{_reviewed(review)}."
        case Conclusion.FINDINGS:
            return f"{counted(review)}."
        case Conclusion.INCOMPLETE:
            return f"{_gap(review)} {_so_far(review)}"
        case _:
            return f"The review failed: no model call succeeded. {_so_far(review)}"


def findings_of(review: Review) -> tuple[Finding, ...]:
    """All that is raised: comments, folded ones, unplaced ones."""
    placed = (each.finding for each in (*review.comments, *review.folded))
    return (*placed, *(each.finding for each in review.unplaced))


def counted(review: Review) -> str:
    """`3 findings: 1 error, 2 warnings`."""
    severities = Counter(finding.severity for finding in findings_of(review))
    kinds = ", ".join(count(severities[severity], severity) for severity in Severity if severities[severity])
    return f"{count(severities.total(), 'finding')}: {kinds}"


def is_model_asked(review: Review) -> bool:
    """Whether a model was called at all."""
    return bool(review.models or review.cost.calls or review.conclusion is Conclusion.FAILED)


def lacking(review: Review) -> tuple[FileCoverage, ...]:
    """The files that should have been reviewed and were not, or only in part."""
    return tuple(
        file for file in review.coverage.files if file.state is not CoverageState.FULL and not file.is_deliberate
    )


def left_out(review: Review) -> tuple[FileCoverage, ...]:
    """The files that were not meant to be reviewed."""
    return tuple(file for file in review.coverage.files if file.is_deliberate)


def other_failures(review: Review) -> tuple[str, ...]:
    """Failed calls that cost no file its review, such as the second try at a suggestion."""
    reasons = [file.reason for file in review.coverage.files]
    return tuple(each for each in review.failures if not any(each in reason for reason in reasons))


def _reviewed(review: Review) -> str:
    total, skipped = len(review.coverage.files), len(left_out(review))
    if not total:
        return ": the change is empty"
    if skipped == total:
        return f": nothing to review in {count(total, 'changed file')}"
    return f" in {count(total - skipped, 'file')}" + (f" ({skipped:,} skipped)" if skipped else "")


def _so_far(review: Review) -> str:
    return f"{counted(review)}." if findings_of(review) else "No findings."


def _gap(review: Review) -> str:
    if not is_model_asked(review):
        return "No model was asked: only pattern rules, parsers and searches ran."
    return f"Incomplete: {listed(_gaps(review))}."


def _gaps(review: Review) -> Iterator[str]:
    states = Counter(file.state for file in lacking(review))
    total = count(len(review.coverage.files), "file")
    skipped, partial = states[CoverageState.SKIPPED], states[CoverageState.PARTIAL]
    if skipped:
        yield f"{skipped:,} of {total} not reviewed"
    if partial:
        yield f"{partial:,}{'' if skipped else f' of {total}'} reviewed only in part"
    if not states:
        yield "a check was left out"
