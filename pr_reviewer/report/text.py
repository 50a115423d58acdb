"""A review for a terminal: verdict, findings with the code that they are about, what was not reviewed, cost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import IntEnum

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.coverage import FileCoverage
from pr_reviewer.model.findings import Dropped
from pr_reviewer.model.review import Review
from pr_reviewer.model.rules import RulesApplied
from pr_reviewer.report.amounts import cost_text, count
from pr_reviewer.report.applied import applied_groups, counted_rules
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.finding_lines import folded_lines, placed_lines, title_runs, unplaced_lines
from pr_reviewer.report.groups import Group, groups_of
from pr_reviewer.report.links import Links
from pr_reviewer.report.prose_lines import runs_of
from pr_reviewer.report.rule_rows import group_rows, special_rows
from pr_reviewer.report.terminal import Ink, Paper, Style, for_log, hung, wrap
from pr_reviewer.report.verdict import lacking, left_out, other_failures, verdict

_WIDEST = 100
_SOME_PATHS = 5
_SOME_ROWS = 20
_EVERY = 10**9
_BARE = Ink(is_coloured=True)  # code without backticks, as names stand in the lines above


class Detail(IntEnum):
    """How much is said: findings and verdict only; also what was covered and the cost; also what was dropped."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


def to_text(
    review: Review,
    files: Sequence[FileDiff] = (),
    *,
    width: int = 80,
    is_coloured: bool = False,
    detail: Detail = Detail.NORMAL,
    links: Links = Links(),  # noqa: B008 frozen
) -> str:
    """The review as text that ends with a line feed, wrapped to `width` but for code and long words.

    `files` are the masked diffs that the findings are placed in. Nothing that a repository or a model wrote reaches
    the terminal as a control character, or a CI log as a command.
    """
    paper = Paper(min(width, _WIDEST), Ink(is_coloured))
    parts: list[Iterable[str]] = [wrap([(verdict(review), Style.BOLD)], paper)]
    parts += [wrap([(one_line(remark), Style.PLAIN)], paper) for remark in review.remarks]
    parts += [placed_lines(placed, files, paper, links) for placed in review.comments]
    parts += [unplaced_lines(unplaced, paper, links) for unplaced in review.unplaced]
    parts.append(folded_lines(review.folded, paper, links))
    if detail > Detail.QUIET:
        is_verbose = detail is Detail.VERBOSE
        parts += [_gaps(review, paper, is_verbose=is_verbose), _skipped(review, paper, is_verbose=is_verbose)]
        parts += [_dropped(review.dropped, paper)] if is_verbose else []
        parts.append(rules_lines(review.rules, paper, links, is_verbose=is_verbose))
        parts.append([paper.ink(cost_text(review.cost, map(one_line, review.models)), Style.DIM)])
    return joined(parts)


def joined(parts: Iterable[Iterable[str]]) -> str:
    """The parts that have lines, an empty line between two of them, fit for a terminal and for a log."""
    texts = ("\n".join(map(for_log, part)) for part in parts)
    return "\n\n".join(text for text in texts if text) + "\n"


def coverage_lines(files: Sequence[FileCoverage], paper: Paper, *, is_verbose: bool) -> Iterator[str]:
    """The files by state and reason, with five names of each group, or all of them."""
    for group in groups_of(files):
        yield from hung("  ", wrap([(_sentence(group, is_verbose=is_verbose), Style.PLAIN)], paper.narrower(2)))


def rules_lines(applied: RulesApplied, paper: Paper, links: Links, *, is_verbose: bool) -> Iterator[str]:
    """How many rules held, and what is out of the ordinary; with `is_verbose`, also which held for which file."""
    groups = applied_groups(applied, links)
    unread = tuple(each for each in applied.unread if is_verbose or not each.is_expected)
    rules = replace(applied, unread=unread)
    special = list(special_rows(rules, links, _EVERY if is_verbose else _SOME_PATHS, str))
    shown = len(special) if is_verbose else _SOME_ROWS
    summary = counted_rules(groups, applied)
    if summary:
        yield from wrap([(summary, Style.BOLD if special or is_verbose else Style.DIM)], paper)
    rows = (*special[:shown], *(group_rows(groups, _EVERY) if is_verbose else ()))
    for row in rows:
        yield from hung("  ", wrap(runs_of(row, _BARE), paper.narrower(2)))
    if len(special) > shown:
        yield f"  and {len(special) - shown:,} more, which --verbose shows"


def _gaps(review: Review, paper: Paper, *, is_verbose: bool) -> Iterator[str]:
    """What should have been reviewed and was not; with `is_verbose`, also what was."""
    files = lacking(review)
    notes = (*review.coverage.notes, *other_failures(review))
    if files or notes:
        yield paper.ink("Not reviewed, or only in part", Style.BOLD)
    yield from coverage_lines(files, paper, is_verbose=is_verbose)
    for note in notes:
        yield from hung("  ", wrap([(one_line(note), Style.PLAIN)], paper.narrower(2)))


def _skipped(review: Review, paper: Paper, *, is_verbose: bool) -> Iterator[str]:
    files = review.coverage.files if is_verbose else left_out(review)
    shown = [file for file in files if file not in lacking(review)]
    if shown:
        yield paper.ink("Coverage" if is_verbose else "Skipped on purpose", Style.BOLD)
    yield from coverage_lines(shown, paper, is_verbose=is_verbose)


def _sentence(group: Group, *, is_verbose: bool) -> str:
    names = group.paths if is_verbose else group.paths[:_SOME_PATHS]
    more = len(group.paths) - len(names)
    paths = ", ".join((*names, f"{more:,} more") if more else names)
    return f"{group.label}: {paths}{f' ({one_line(group.reason)})' if group.reason else ''}"


def _dropped(dropped: Sequence[Dropped], paper: Paper) -> Iterator[str]:
    if dropped:
        yield paper.ink(f"Dropped: {count(len(dropped), 'finding')}", Style.BOLD)
    for each in dropped:
        where = (f"{path_label(each.finding.path)}: ", Style.DIM)
        why = (f" ({one_line(each.why)})", Style.PLAIN)
        yield from hung("  ", wrap([where, *title_runs(each.finding, paper), why], paper.narrower(2)))
