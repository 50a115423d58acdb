"""A finding's name from one review to the next.

It holds what code knows: the path, the placed lines without their whitespace, which of the equal places within the
enclosing definition it is, and the rule (of what code looks for by itself: the category). It never holds the model's
words or category, a severity or a line number:
the same finding said in other words keeps its name, and so does one that unrelated edits move.
"""

import hashlib
import json
from collections.abc import Sequence

from pr_reviewer.findings.index import ChangeIndex, HeadIndex, Rows
from pr_reviewer.findings.quotes import squeeze_lines
from pr_reviewer.model.changes import LineRange, Side

_VERSION = "v1"


def fingerprint(
    change: ChangeIndex, path: str, side: Side, lines: LineRange, quote: str, *, rule_id: str | None
) -> str:
    """Name a place and the rule that it breaks.

    Equal places are told apart by the definition around them and by how many equal ones stand above in it; where the
    file's head is not known, by how many stand above in its diff.
    """
    needle = squeeze_lines(quote)
    head = change.head(path) if side is Side.NEW else None
    if head:
        scope, nth = head.scope_of(lines.first), _nth_in_scope(head, lines.first, needle)
    else:
        scope, nth = (), _nth_in_diff(change, path, side, lines.first, needle)
    facts = json.dumps([path, side, needle, scope, nth, rule_id])
    return f"{_VERSION}:{hashlib.sha256(facts.encode()).hexdigest()[:32]}"


def _nth_in_scope(head: HeadIndex, first: int, needle: Sequence[str]) -> int:
    scope = head.scope_of(first)
    above = (row + 1 for row, _ in head.squeezed.whole(needle) if row + 1 < first)
    return sum(head.scope_of(line) == scope for line in above)


def _nth_in_diff(change: ChangeIndex, path: str, side: Side, first: int, needle: Sequence[str]) -> int:
    index = change.side(path, side)
    matches: Sequence[Rows] = index.squeezed.whole(needle)
    return sum(index.numbers[row] < first for row, _ in matches)
