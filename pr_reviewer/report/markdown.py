"""A review as GitHub-flavoured markdown: quiet, short, and worst first."""

from collections.abc import Iterable, Iterator, Sequence

from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.coverage import FileCoverage
from pr_reviewer.model.findings import Finding, Placed
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.report.amounts import cost_text, count
from pr_reviewer.report.applied import applied_groups, counted_rules
from pr_reviewer.report.comments import comment_body, entry, location, rule_name
from pr_reviewer.report.excerpt import ExcerptLine, excerpt
from pr_reviewer.report.groups import Group, groups_of
from pr_reviewer.report.links import Links
from pr_reviewer.report.rule_rows import group_rows, special_rows
from pr_reviewer.report.sanitise import title, title_pieces
from pr_reviewer.report.sections import Section, details, fit
from pr_reviewer.report.verdict import is_model_asked, lacking, left_out, other_failures, verdict
from pr_reviewer.report.write import code_block, code_span, escape, write_cell, write_inline

# GitHub takes 65,536 characters; a marker follows the body.
LONGEST_BODY = 65_000
_OPEN_ROWS = 5
_NAMED_PATHS = 50
_LONGEST_REASON = 400
_NO_LIMIT = 10**9


def summary_body(review: Review, links: Links = Links(), limit: int = LONGEST_BODY) -> str:  # noqa: B008 frozen
    """The summary: verdict, a table of the comments, what has no comment, what was not reviewed, rules, and the cost.

    A clean review with nothing left out is one line, with the rules that governed it folded away below. What does not
    fit in `limit` is counted, least important first.
    """
    cost = cost_text(review.cost, map(title, review.models))
    if review.conclusion is Conclusion.CLEAN and not (left_out(review) or review.remarks):
        return fit((Section(f"{verdict(review)} {cost}"), _rules(review, links)), limit)
    sections = (
        Section(f"**{escape(verdict(review))}**"),
        Section("\n\n".join(map(escape, review.remarks))),
        _table(review.comments, links),
        _unplaced(review, links),
        _folded(review, links),
        _gaps(review),
        _skipped(review),
        _rules(review, links),
        Section(f"<sub>{cost}</sub>"),
    )
    return fit(sections, limit)


def to_markdown(review: Review, files: Sequence[FileDiff], links: Links = Links()) -> str:  # noqa: B008 frozen
    """The whole review as one document: the summary, then each comment below its lines."""
    comments = (_with_lines(placed, files, links) for placed in review.comments)
    return "\n\n".join((summary_body(review, links, _NO_LIMIT), *comments)) + "\n"


def _with_lines(placed: Placed, files: Sequence[FileDiff], links: Links) -> str:
    shown = code_block("\n".join(_diff_lines(placed, excerpt(placed, files))), "diff")
    reason = title(placed.suggestion_problem, _LONGEST_REASON)
    problem = f"\n\n<sub>No suggestion: {reason}.</sub>" if reason else ""
    return f"---\n\n{location(placed, links)}\n\n{shown}\n\n{comment_body(placed, links)}{problem}"


def _diff_lines(placed: Placed, lines: Sequence[ExcerptLine]) -> Iterator[str]:
    if not lines:
        yield from (f" {line}" for line in placed.quote.split("\n"))
    for line in lines:
        yield f"{line.kind or ' '}{line.text}"


def _table(comments: Sequence[Placed], links: Links) -> Section:
    """Two columns, the location below the title: three leave no room for words on a telephone."""
    head = "| Severity | Finding |\n|:--|:--|\n"
    rows = tuple(_row(placed, links) for placed in comments)
    return Section(head if rows else "", rows, more="| | and {} more |", rank=1)


def _row(placed: Placed, links: Links) -> str:
    what = write_cell(title_pieces(placed.finding.title))
    where = (location(placed, links), _rule(placed.finding, links))
    return f"| {placed.finding.severity.capitalize()} | {what}<br>{' · '.join(filter(None, where))} |"


def _rule(finding: Finding, links: Links) -> str:
    """The rule's id alone: a pattern's finding has its rule's title already."""
    return rule_name(links.cite(finding.path, finding.rule_id)) if finding.rule_id else ""


def _unplaced(review: Review, links: Links) -> Section:
    """Findings without a place are read here or nowhere: in full, and open."""
    entries = tuple(entry(each, links) for each in review.unplaced)
    return Section("", entries, gap="\n\n", more="{} more findings stand on no line of the change.", rank=2)


def _folded(review: Review, links: Links) -> Section:
    if not review.folded:
        return Section("")
    entries = [entry(each, links) for each in review.folded]
    summary = f"{count(len(entries), 'more finding')}, beyond the limit of comments"
    return details(summary, entries, gap="\n\n", more="And {} more.", rank=4)


def _gaps(review: Review) -> Section:
    """What should have been reviewed: open while it is short and not the same for every file."""
    files = lacking(review)
    rows = tuple(_rows(files, (*review.coverage.notes, *other_failures(review))))
    if not rows:
        return Section("")
    if len(rows) <= _OPEN_ROWS and is_model_asked(review):
        return Section("", rows, rank=3)
    return details(f"What was not reviewed, or only in part: {count(len(files), 'file')}", rows, rank=3)


def _skipped(review: Review) -> Section:
    files = left_out(review)
    rows = tuple(_rows(files, ()))
    return details(f"{count(len(files), 'file')} skipped on purpose", rows, rank=5) if rows else Section("")


def _rules(review: Review, links: Links) -> Section:
    """What is out of the ordinary first: of the rest, the end may be cut off."""
    groups = applied_groups(review.rules, links)
    summary = counted_rules(groups, review.rules)
    rows = (*special_rows(review.rules, links, _NAMED_PATHS), *group_rows(groups, _NAMED_PATHS))
    return details(summary, [f"- {write_inline(row)}" for row in rows], rank=6) if summary else Section("")


def _rows(files: Iterable[FileCoverage], notes: Iterable[str]) -> Iterator[str]:
    yield from (f"- {_group(group)}" for group in groups_of(files))
    yield from (f"- {title(note, _LONGEST_REASON)}" for note in notes)


def _group(group: Group) -> str:
    more = len(group.paths) - _NAMED_PATHS
    names = [code_span(path) for path in group.paths[:_NAMED_PATHS]] + ([f"{more:,} more"] if more > 0 else [])
    reason = title(group.reason, _LONGEST_REASON)
    return f"{group.label}: {', '.join(names)}{f' — {reason}' if reason else ''}"
