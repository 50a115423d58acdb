"""How much of a change was looked at, in lines of a list: for /describe and /ask, which say it in few words."""

from collections.abc import Iterator

from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.report.amounts import count
from pr_reviewer.report.groups import groups_of
from pr_reviewer.report.sanitise import title
from pr_reviewer.report.write import code_span

_WORDS = {
    CoverageState.FULL: "Looked at",
    CoverageState.PARTIAL: "Only in part",
    CoverageState.SKIPPED: "Not looked at",
}
_NAMED_PATHS = 20
_LONGEST_REASON = 400


def missed(coverage: Coverage) -> tuple[FileCoverage, ...]:
    """The files that should have been looked at and were not, or only in part."""
    return tuple(each for each in coverage.files if each.state is not CoverageState.FULL and not each.is_deliberate)


def left_out(coverage: Coverage) -> tuple[FileCoverage, ...]:
    """The files that were not meant to be."""
    return tuple(each for each in coverage.files if each.is_deliberate)


def coverage_line(coverage: Coverage) -> str:
    """`9 of 12 files`: what was looked at, of all that changed."""
    seen = sum(each.state is not CoverageState.SKIPPED for each in coverage.files)
    total = count(len(coverage.files), "file")
    return total if seen == len(coverage.files) else f"{seen:,} of {total}"


def coverage_rows(coverage: Coverage) -> Iterator[str]:
    """A row of markdown for each reason; what should have been looked at comes first."""
    for files in (missed(coverage), left_out(coverage)):
        for group in groups_of(files):
            names = [code_span(path) for path in group.paths[:_NAMED_PATHS]]
            more = len(group.paths) - len(names)
            reason = title(group.reason, _LONGEST_REASON)
            named = ", ".join([*names, *([f"{more:,} more"] if more else [])])
            yield f"- {_WORDS[group.state]}: {named}{f' — {reason}' if reason else ''}"
    yield from (f"- {title(note, _LONGEST_REASON)}" for note in coverage.notes)
