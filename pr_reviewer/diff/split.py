"""A hunk that is too big, in parts: between definitions, else between lines.

Each changed line stands in exactly one part, with the numbers it had.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from itertools import accumulate

from pr_reviewer.diff.numbers import hunk_at, is_changed, start_of
from pr_reviewer.model.changes import Hunk, Line, LineKind

Weigh = Callable[[Line], int]

_NUMBER_AND_MARK = 8


def characters(line: Line) -> int:
    """About how long the line is when it is rendered."""
    return len(line.text) + _NUMBER_AND_MARK


def split_hunk(hunk: Hunk, breaks: Collection[int], limit: int, weigh: Weigh = characters) -> tuple[Hunk, ...]:
    """The hunk in parts of at most `limit`, the sum of what `weigh` says of their lines.

    `breaks` are the new-side numbers of lines at which a definition starts; a part ends before the last of them
    that fits, and where none does, between any two lines, preferably not inside a change. A line that is heavier
    than the limit is a part of its own. Parts without a change are left out. A hunk that fits comes back as it is.
    """
    ends = list(accumulate(map(weigh, hunk.lines), initial=0))
    if ends[-1] <= limit:
        return (hunk,)
    at_definitions, between_changes = _definition_starts(hunk.lines, frozenset(breaks)), _calm_places(hunk.lines)
    parts: list[Hunk] = []
    start, here = 0, start_of(hunk)
    while start < len(hunk.lines):
        furthest = max(bisect_right(ends, ends[start] + limit) - 1, start + 1)
        end = _cut(start, furthest, len(hunk.lines), at_definitions, between_changes)
        lines = hunk.lines[start:end]
        if is_changed(lines):
            parts.append(hunk_at(here, lines, hunk.section if start == 0 else ""))
        start, here = end, here.after(lines)
    return tuple(parts)


def _cut(start: int, furthest: int, count: int, *preferred: Sequence[int]) -> int:
    """Where the part that starts here ends: at the last place of the first kind that has one, else where it must."""
    if furthest >= count:
        return count
    for places in preferred:
        index = bisect_right(places, furthest) - 1
        if index >= 0 and places[index] > start:
            return places[index]
    return furthest


def _definition_starts(lines: Sequence[Line], breaks: frozenset[int]) -> list[int]:
    """Indexes at which a definition starts, before the lines that were removed just above it."""
    return sorted({_above_removed(lines, index) for index, line in enumerate(lines) if line.new_number in breaks})


def _above_removed(lines: Sequence[Line], index: int) -> int:
    while index and lines[index - 1].kind is LineKind.REMOVED:
        index -= 1
    return index


def _calm_places(lines: Sequence[Line]) -> list[int]:
    """Indexes that do not stand inside a run of changes."""
    return [index for index in range(1, len(lines)) if LineKind.CONTEXT in (lines[index - 1].kind, lines[index].kind)]
