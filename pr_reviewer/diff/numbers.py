"""Where a hunk starts and ends on both sides, and hunks made from lines.

A unified diff gives a side without lines the number of the line before it. Here both sides are spoken of by
the number of the next line, which needs no special case.
"""

from collections.abc import Iterable
from typing import NamedTuple

from pr_reviewer.model.changes import Hunk, Line, LineKind


class Numbers(NamedTuple):
    """The number of the next line on each side."""

    old: int
    new: int

    def after(self, lines: Iterable[Line]) -> "Numbers":
        """The numbers behind these lines, which stand here."""
        old, new = self
        for line in lines:
            old += line.kind is not LineKind.ADDED
            new += line.kind is not LineKind.REMOVED
        return Numbers(old, new)


def start_of(hunk: Hunk) -> Numbers:
    """The numbers of the first line of the hunk on each side, or of the line that follows where it has none."""
    has_old = any(line.old_number is not None for line in hunk.lines)
    has_new = any(line.new_number is not None for line in hunk.lines)
    return Numbers(hunk.old_start + (not has_old), hunk.new_start + (not has_new))


def end_of(hunk: Hunk) -> Numbers:
    """The numbers of the lines behind the hunk."""
    return start_of(hunk).after(hunk.lines)


def hunk_at(start: Numbers, lines: Iterable[Line], section: str = "") -> Hunk:
    """The hunk of these (numbered) lines, whose first ones have the numbers in `start`."""
    kept = tuple(lines)
    end = start.after(kept)
    return Hunk(start.old - (end.old == start.old), start.new - (end.new == start.new), section, kept)


def is_changed(lines: Iterable[Line]) -> bool:
    """Whether any of the lines is added or removed."""
    return any(line.kind is not LineKind.CONTEXT for line in lines)
