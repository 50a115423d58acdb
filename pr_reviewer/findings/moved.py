"""Where the lines of a file stand once some of them are replaced: what tells old problems and hits from new ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pr_reviewer.model.changes import LineRange


@dataclass(frozen=True, slots=True)
class Replaced:
    """Lines of the head, and how many lines stand in their place."""

    lines: LineRange
    count: int

    @property
    def growth(self) -> int:
        """By how much everything below is lower."""
        return self.count - len(self.lines)


class Moved:
    """Places that are the same in both versions: a line's own, or that of the replacement that holds it (below 0)."""

    def __init__(self, replaced: Iterable[Replaced]) -> None:
        """The replaced lines do not overlap."""
        self._replaced = sorted(replaced, key=lambda each: each.lines.first)

    def of_head(self, line: int) -> int:
        """The place of a line of the head."""
        moved = 0
        for number, each in enumerate(self._replaced, start=1):
            if line in each.lines:
                return -number
            if line < each.lines.first:
                break
            moved += each.growth
        return line + moved

    def of_result(self, line: int) -> int:
        """The place of a line of the file with the replacements."""
        moved = 0
        for number, each in enumerate(self._replaced, start=1):
            first = each.lines.first + moved
            if first <= line < first + each.count:
                return -number
            if line < first:
                break
            moved += each.growth
        return line


class Rewrite(Protocol):
    """A file as it would be with one suggestion, or with several."""

    @property
    def text_after(self) -> str:
        """The whole file."""
        ...

    @property
    def moved(self) -> Moved:
        """Where its lines stand."""
        ...
