"""Findings of rules with a pattern: their hits on lines that the change adds.

A hit on old lines alone was there before: it is no finding, and among what is dropped it says so. Of rules that hit the
same lines, the nearest one's finding stands; of those of one level, the most severe one's, and of equals in several
packs, the later pack's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.findings.made import made_by_code
from pr_reviewer.findings.ruled import category_of, nearness, severity_of
from pr_reviewer.model.changes import FileDiff, Hunk, Line, LineKind, LineRange
from pr_reviewer.model.code import PatternHit
from pr_reviewer.model.findings import Dropped, Finding
from pr_reviewer.model.rules import Enforcement, Level, Rule, RuleCategory

OLD_LINES = "it was there before: the change touches none of its lines"

_LONGEST_QUOTE = 12


@dataclass(frozen=True, slots=True)
class PatternFindings:
    """What is raised, in the order of the hits, and the hits that are not, each with the reason."""

    findings: tuple[Finding, ...]
    dropped: tuple[Dropped, ...]


def pattern_findings(file: FileDiff, hits: Iterable[PatternHit], rules: Sequence[Rule]) -> PatternFindings:
    """A finding for each hit that touches an added line; hits outside of the shown lines are nobody's business.

    `rules` are those that govern the file, farther packs first; hits of others are passed over.
    """
    by_id = {rule.id: rule for rule in rules}
    known = [hit for hit in dict.fromkeys(hits) if hit.rule_id in by_id]
    stronger = _stronger(known, by_id)
    findings: list[Finding] = []
    dropped: list[Dropped] = []
    for hit in known:
        rule, added = by_id[hit.rule_id], _touched(file, hit.lines)
        lines = added or _shown(file, hit.lines)
        if not lines:
            continue
        finding = _rule_finding(file, rule, lines)
        if not added:
            dropped.append(Dropped(finding, OLD_LINES))
        elif hit in stronger:
            dropped.append(Dropped(finding, _said_by(stronger[hit], rule)))
        else:
            findings.append(finding)
    return PatternFindings(tuple(findings), tuple(dropped))


def _stronger(hits: Iterable[PatternHit], rules: Mapping[str, Rule]) -> Mapping[PatternHit, Rule]:
    """For each hit that a nearer or more severe rule makes as well: that rule, the nearest and most severe of them."""
    order = {rule_id: at for at, rule_id in enumerate(rules)}
    places: dict[LineRange, list[Rule]] = defaultdict(list)
    for hit in hits:
        places[hit.lines].append(rules[hit.rule_id])
    found: dict[PatternHit, Rule] = {}
    for lines, here in places.items():
        for rule in here:
            over = [other for other in here if _outranks(other, rule, order)]
            if over:
                strongest = max(over, key=lambda each: (nearness(each), -severity_of(each).rank, order[each.id]))
                found[PatternHit(rule.id, lines)] = strongest
    return found


def _outranks(other: Rule, rule: Rule, order: Mapping[str, int]) -> bool:
    """Whether a hit of `other` says it for `rule` as well: never advice for a requirement, nor taste for security."""
    if rule.enforcement is Enforcement.REQUIRED and other.enforcement is not Enforcement.REQUIRED:
        return False
    if rule.category is RuleCategory.SECURITY and other.category is not RuleCategory.SECURITY:
        return False
    if nearness(other) != nearness(rule):
        return nearness(other) > nearness(rule)
    if severity_of(other) is not severity_of(rule):
        return severity_of(other).rank < severity_of(rule).rank
    is_other_pack = rule.source.file.level is Level.PACK and other.source.origin != rule.source.origin
    return is_other_pack and order[other.id] > order[rule.id]


def _said_by(other: Rule, rule: Rule) -> str:
    is_severer = nearness(other) == nearness(rule) and severity_of(other) is not severity_of(rule)
    return f"said once already: the {'more severe' if is_severer else 'nearer'} rule {other.id} hits these lines"


def _touched(file: FileDiff, lines: LineRange) -> Sequence[Line]:
    """The lines of the first hunk where the range holds an added line; of many, as many as show it."""
    for hunk in file.hunks:
        within = _within(hunk, lines)
        added = next((index for index, line in enumerate(within) if line.kind is LineKind.ADDED), None)
        if added is not None:
            first = 0 if added < _LONGEST_QUOTE else added
            return within[first : first + _LONGEST_QUOTE]
    return []


def _shown(file: FileDiff, lines: LineRange) -> Sequence[Line]:
    """The lines of the first hunk that shows any of the range."""
    return next(filter(None, (_within(hunk, lines) for hunk in file.hunks)), [])[:_LONGEST_QUOTE]


def _within(hunk: Hunk, lines: LineRange) -> list[Line]:
    return [line for line in hunk.lines if line.new_number is not None and line.new_number in lines]


def _rule_finding(file: FileDiff, rule: Rule, lines: Sequence[Line]) -> Finding:
    message = rule.text.partition("\n\n")[0].replace("\n", " ").strip() or rule.title
    return made_by_code(
        file, lines, category_of(rule), rule.title, message, severity=severity_of(rule), rule_id=rule.id
    )
