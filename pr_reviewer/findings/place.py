"""Where a finding stands: at the code that it quotes, never at the line that the model names.

The claimed line only chooses between equal places. What is found lies inside one hunk of the change as git shows it,
because no provider accepts a comment elsewhere. `search.py` finds, this module decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pr_reviewer.findings.fingerprint import fingerprint
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.quotes import squeeze_lines, without_fence, without_gutter
from pr_reviewer.findings.search import Match, claimed_outside, head_lines, hint, parts_of_lines, whole_lines
from pr_reviewer.model.changes import Side
from pr_reviewer.model.findings import Finding, Misplaced, Origin, Placed, Unplaced

REMOVED_LINE = "A suggestion can only replace lines of the new version, and this finding is about the old one."


@dataclass(frozen=True, slots=True)
class Placement:
    """Findings with their places, and those without, each in the order in which they came."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]


def place_all(findings: Iterable[Finding], change: ChangeIndex) -> Placement:
    """Place each finding."""
    results = [place(finding, change) for finding in findings]
    return Placement(
        tuple(result for result in results if isinstance(result, Placed)),
        tuple(result for result in results if isinstance(result, Unplaced)),
    )


def place(finding: Finding, change: ChangeIndex) -> Placed | Unplaced:
    """Find the lines that a finding is about, inside one hunk of its file; never raises.

    The quote is taken literally first, then without regard to whitespace, then as a part of its lines; on the claimed
    side first. Of several places the nearest to the claimed line counts, of equally near ones the changed one. A
    quote that reaches out of its hunk stands on the lines inside, if the change touches them. A finding stands on the
    old side only if it is about a removed line; there it never carries a suggestion.
    """
    file = change.file(finding.path)
    if file is None:
        return Unplaced(finding, Misplaced.FILE_NOT_IN_DIFF)
    if not file.hunks:
        return Unplaced(finding, Misplaced.FILE_WITHOUT_LINES)
    if not squeeze_lines(finding.quote):
        return Unplaced(finding, Misplaced.QUOTE_MISSING)
    match = _find(finding, change)
    return Unplaced(finding, match) if isinstance(match, Misplaced) else _stand(finding, match, change)


def _find(finding: Finding, change: ChangeIndex) -> Match | Misplaced:
    """The surest way of searching that finds anything inside one hunk decides."""
    outside = claimed_outside(finding, change)
    spans_hunks = False
    for matches in _searches(finding, change) if outside is None else [outside]:
        inside = [match for match in matches if match.is_in_one_hunk]
        if inside:
            return _choose(inside, hint(finding))
        spans_hunks = spans_hunks or bool(matches)
    return Misplaced.SPANS_HUNKS if spans_hunks else Misplaced.QUOTE_NOT_FOUND


def _searches(finding: Finding, change: ChangeIndex) -> Iterable[Sequence[Match]]:
    return chain(whole_lines(finding, change), head_lines(finding, change), parts_of_lines(finding, change))


def _choose(matches: Sequence[Match], claimed: int | None) -> Match | Misplaced:
    """The nearest to the claimed line; of equally near ones, or without a claim, the only one that is changed."""
    if claimed is not None:
        least = min(abs(match.number - claimed) for match in matches)
        matches = [match for match in matches if abs(match.number - claimed) == least]
    if len(matches) > 1:
        matches = [match for match in matches if match.is_changed]
    return matches[0] if len(matches) == 1 else Misplaced.QUOTE_AMBIGUOUS


def _rule_of(finding: Finding) -> str | None:
    """The rule, or what of its own code looked for: a secret and a parse error on one line are two defects."""
    return finding.category if finding.origin is Origin.CODE and finding.rule_id is None else finding.rule_id


def _stand(finding: Finding, match: Match, change: ChangeIndex) -> Placed:
    side, lines, quote = match.index.side, match.index.range_of(match.rows), match.index.quote_of(match.rows)
    name = fingerprint(change, finding.path, side, lines, quote, rule_id=_rule_of(finding))
    finding = _as_read(finding, match.reading)
    if side is Side.NEW or finding.suggestion is None:
        return Placed(finding, side, lines, quote, name)
    return Placed(replace(finding, suggestion=None), side, lines, quote, name, REMOVED_LINE)


def _as_read(finding: Finding, reading: str) -> Finding:
    """The finding without what the model copied around the code; the suggestion was written in the same way."""
    if reading == finding.quote:
        return finding
    suggestion = finding.suggestion
    if suggestion and reading != without_fence(finding.quote):
        suggestion = without_gutter(without_fence(suggestion), Side.NEW)
    return replace(finding, quote=reading, suggestion=suggestion)
