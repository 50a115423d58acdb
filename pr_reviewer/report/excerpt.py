"""The lines around a placed finding, out of the diff that it stands in."""

from collections.abc import Iterable
from dataclasses import dataclass

from pr_reviewer.diff.locate import find_hunk, number_of
from pr_reviewer.model.changes import FileDiff, Line, LineKind
from pr_reviewer.model.findings import Placed
from pr_reviewer.report.characters import visible

_MARGIN = 2
_TALLEST = 16


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One line to show.

    `number` is None for a line that the finding's side lacks, `kind` where lines are left out.
    """

    number: int | None
    kind: LineKind | None
    text: str
    is_placed: bool


OMISSION = ExcerptLine(None, None, "…", is_placed=False)


def excerpt(placed: Placed, files: Iterable[FileDiff]) -> tuple[ExcerptLine, ...]:
    """The placed lines and two around them, at most sixteen lines: the middle is left out. None: nothing to show."""
    file = next((file for file in files if file.path == placed.finding.path), None)
    hunk = find_hunk(file, placed.side, placed.lines) if file else None
    if hunk is None:
        return ()
    lines = [_line(line, placed) for line in hunk.lines]
    marked = [index for index, line in enumerate(lines) if line.is_placed]
    return _shortened(lines[max(0, marked[0] - _MARGIN) : marked[-1] + _MARGIN + 1])


def _line(line: Line, placed: Placed) -> ExcerptLine:
    number = number_of(line, placed.side)
    is_placed = number is not None and number in placed.lines
    return ExcerptLine(number, line.kind, visible(line.text.removesuffix("\r")), is_placed)


def _shortened(lines: list[ExcerptLine]) -> tuple[ExcerptLine, ...]:
    if len(lines) <= _TALLEST:
        return tuple(lines)
    half = _TALLEST // 2
    return (*lines[:half], OMISSION, *lines[-half:])
