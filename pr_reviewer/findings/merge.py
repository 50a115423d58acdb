"""The same defect is said once."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from pr_reviewer.findings.quotes import squeeze_lines
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.findings import Category, Dropped, Finding, Origin, Placed, Unplaced

_NEAR_EQUAL = 0.6  # share of common words from which two texts say the same
_MOSTLY_SAME_LINES = 0.5
_BLOCK = 32  # lines
_COMMON_WORDS = frozenset(["the", "and", "for", "that", "this", "with", "when", "not", "can", "will", "are", "from"])
_FAMILIES = {
    Category.SYNTAX: Category.CORRECTNESS,
    Category.MERGE_MARKER: Category.CORRECTNESS,
    Category.SECRET: Category.SECURITY,
}


@dataclass(frozen=True, slots=True)
class Merged:
    """What is kept, in the order in which each was first said, and what was said already."""

    placed: tuple[Placed, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class MergedUnplaced:
    """The same for findings without a place."""

    unplaced: tuple[Unplaced, ...]
    dropped: tuple[Dropped, ...]


def merge(placed: Iterable[Placed]) -> Merged:
    """Keep one finding of each defect: what code found before what a model found, then the severest, then the best.

    Two findings are about one defect if they have the same fingerprint, or overlap and say nearly the same, or stand
    mostly on the same lines with the same category. Findings about two different rules never are.
    """
    groups: list[list[Placed]] = []
    named: dict[str, list[Placed]] = {}
    nearby: dict[tuple[str, Side], _Nearby] = defaultdict(_Nearby)
    for each in placed:
        near = nearby[each.finding.path, each.side]
        group = named.get(each.fingerprint) or near.same_defect(each)
        if group is None:
            group = []
            groups.append(group)
            near.add(each, group)
        group.append(each)
        named.setdefault(each.fingerprint, group)
    return keep_best(groups)


def merge_unplaced(unplaced: Iterable[Unplaced], placed: Sequence[Placed] = ()) -> MergedUnplaced:
    """Keep one of the findings without a place that quote or say nearly the same, and none that a placed one says."""
    kept: list[Unplaced] = []
    dropped: list[Dropped] = []
    said: dict[str, list[Finding]] = defaultdict(list)
    for each in placed:
        said[each.finding.path].append(each.finding)
    for one in unplaced:
        before = said[one.finding.path]
        first = next((finding for finding in before if _is_same_claim(one.finding, finding)), None)
        if first is None:
            kept.append(one)
            before.append(one.finding)
        else:
            dropped.append(_said_already(one.finding, first))
    return MergedUnplaced(tuple(kept), tuple(dropped))


def keep_best(groups: Iterable[Sequence[Placed]]) -> Merged:
    """Of each group the best, and the rest as dropped."""
    kept: list[Placed] = []
    dropped: list[Dropped] = []
    for group in groups:
        best, *others = sorted(group, key=_worth)
        kept.append(best)
        dropped += [_said_already(each.finding, best.finding) for each in others]
    return Merged(tuple(kept), tuple(dropped))


def is_alike(one: Finding, other: Finding) -> bool:
    """Whether two findings can be about one defect: kindred categories or nearly the same words, no other rule."""
    return not _are_other_rules(one, other) and (_is_kindred(one, other) or _says_the_same(one, other))


class _Nearby:
    """The first finding of each group on one side of a file, found by the lines on which it stands."""

    def __init__(self) -> None:
        self._blocks: dict[int, list[tuple[Placed, list[Placed]]]] = defaultdict(list)

    def add(self, placed: Placed, group: list[Placed]) -> None:
        for block in _blocks(placed.lines):
            self._blocks[block].append((placed, group))

    def same_defect(self, placed: Placed) -> list[Placed] | None:
        near = chain.from_iterable(self._blocks[block] for block in _blocks(placed.lines))
        return next((group for first, group in near if _is_same_defect(placed, first)), None)


def _blocks(lines: LineRange) -> range:
    return range(lines.first // _BLOCK, lines.last // _BLOCK + 1)


def _is_same_defect(one: Placed, other: Placed) -> bool:
    if not one.lines.overlaps(other.lines) or _are_other_rules(one.finding, other.finding):
        return False
    common = min(one.lines.last, other.lines.last) - max(one.lines.first, other.lines.first) + 1
    is_mostly_same = common >= _MOSTLY_SAME_LINES * max(len(one.lines), len(other.lines))
    return (is_mostly_same and _is_kindred(one.finding, other.finding)) or _says_the_same(one.finding, other.finding)


def _is_same_claim(one: Finding, other: Finding) -> bool:
    if _are_other_rules(one, other):
        return False
    is_same_quote = squeeze_lines(one.quote) == squeeze_lines(other.quote)
    return (is_same_quote and _is_kindred(one, other)) or _says_the_same(one, other)


def _are_other_rules(one: Finding, other: Finding) -> bool:
    """Whether the one is about a rule and the other about another, or about a comment that silences rules."""
    are_two = None not in (one.rule_id, other.rule_id) and one.rule_id != other.rule_id
    return are_two or _is_of_comment(one) != _is_of_comment(other)


def _is_of_comment(finding: Finding) -> bool:
    """Whether it is what code says of an ignore comment: of rules, and of none of them."""
    return finding.origin is Origin.CODE and finding.category is Category.RULE and finding.rule_id is None


def _is_kindred(one: Finding, other: Finding) -> bool:
    """Whether the categories are the same, or one is what code calls a special case of the other."""
    return _FAMILIES.get(one.category, one.category) == _FAMILIES.get(other.category, other.category)


def _says_the_same(one: Finding, other: Finding) -> bool:
    return _share(one.title, other.title) >= _NEAR_EQUAL or _share(one.message, other.message) >= _NEAR_EQUAL


def _share(one: str, other: str) -> float:
    """The words that both texts have, as a share of all their words."""
    words, others = _words(one), _words(other)
    return len(words & others) / max(1, len(words | others))


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower())) - _COMMON_WORDS


def _worth(placed: Placed) -> tuple[bool, int, bool, bool, int]:
    """Sorts the best first."""
    finding = placed.finding
    return (
        finding.origin is not Origin.CODE,
        finding.severity.rank,
        finding.suggestion is None,
        finding.rule_id is None,
        finding.confidence.rank,
    )


def _said_already(finding: Finding, kept: Finding) -> Dropped:
    return Dropped(finding, f"said once already: {kept.title}")
