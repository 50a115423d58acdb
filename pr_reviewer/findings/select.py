"""What is said first, what is folded away, and whether it closes the gate."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.findings.merge import Merged, is_alike, keep_best
from pr_reviewer.findings.replies import ConsolidateReply
from pr_reviewer.model.findings import Category, Origin, Placed

_CATEGORIES = list(Category)


@dataclass(frozen=True, slots=True)
class Selection:
    """Comments, worst first, and those beyond the cap, in the same order."""

    comments: tuple[Placed, ...]
    folded: tuple[Placed, ...]


def worst_first(placed: Iterable[Placed]) -> tuple[Placed, ...]:
    """Order by severity, confidence, category, path and line."""
    return tuple(sorted(placed, key=_urgency))


def select(placed: Iterable[Placed], max_comments: int) -> Selection:
    """The `max_comments` worst become comments, the rest is folded; equally severe ones keep their order."""
    ordered = sorted(placed, key=lambda each: each.finding.severity.rank)
    return Selection(tuple(ordered[:max_comments]), tuple(ordered[max_comments:]))


def consolidate(placed: Iterable[Placed], reply: ConsolidateReply | None) -> Merged:
    """Merge and order findings as a model says that saw all of them, as far as what it says makes sense.

    Findings are numbered from 1 in the order of `worst_first`. Severity outranks the model's order; an order that is
    not exactly all numbers is ignored. A group is merged as far as its members can be about one defect, and nothing
    that code found is dropped on a model's word.
    """
    ordered = worst_first(placed)
    if reply is None:
        return Merged(ordered, ())
    position = _positions(reply.order, len(ordered))
    numbers = sorted(range(len(ordered)), key=lambda at: (ordered[at].finding.severity.rank, position[at]))
    return keep_best(_groups(ordered, numbers, reply.groups))


def _urgency(placed: Placed) -> tuple[int, int, int, str, int]:
    finding = placed.finding
    category = _CATEGORIES.index(finding.category)
    return finding.severity.rank, finding.confidence.rank, category, finding.path, placed.lines.first


def _positions(order: Sequence[int], count: int) -> Mapping[int, int]:
    """Where each finding stands in the model's order; in code's own, if that order is none."""
    is_order = sorted(order) == list(range(1, count + 1))
    return {number - 1: at for at, number in enumerate(order if is_order else range(1, count + 1))}


def _groups(ordered: Sequence[Placed], indices: Sequence[int], claimed: Sequence[Sequence[int]]) -> list[list[Placed]]:
    """The findings in the order of `indices`, each with the later ones that repeat it."""
    group_of = _claimed_groups(claimed)
    led: dict[int, list[list[Placed]]] = {}
    groups: list[list[Placed]] = []
    for index in indices:
        same_claim = led.setdefault(group_of.get(index + 1, -index - 1), [])
        group = next((group for group in same_claim if _can_join(ordered[index], group)), None)
        if group is None:
            group = []
            groups.append(group)
            same_claim.append(group)
        group.append(ordered[index])
    return groups


def _claimed_groups(claimed: Sequence[Sequence[int]]) -> Mapping[int, int]:
    """For each number the group that names it; a number in several groups is in none."""
    times = Counter(number for group in claimed for number in set(group))
    return {number: at for at, group in enumerate(claimed) for number in group if times[number] == 1}


def _can_join(placed: Placed, group: Sequence[Placed]) -> bool:
    """Whether all can be about one defect, at most one of them found by code."""
    by_code = sum(each.finding.origin is Origin.CODE for each in (placed, *group))
    return by_code <= 1 and all(is_alike(placed.finding, other.finding) for other in group)
