"""Which line of a change stands where: the look-ups that placing and reporting need."""

from collections.abc import Iterator

from pr_reviewer.model.changes import FileDiff, Hunk, Line, LineRange, Side


def number_of(line: Line, side: Side) -> int | None:
    """The line's number on a side; None where it is not on that side."""
    return line.new_number if side is Side.NEW else line.old_number


def lines_of(file: FileDiff, side: Side) -> list[tuple[int, Line]]:
    """Every line that the diff shows of a side, in order, each with the index of its hunk."""
    return [(index, line) for index, hunk in enumerate(file.hunks) for line in _of_side(hunk, side)]


def span_of(hunk: Hunk, side: Side) -> LineRange | None:
    """The lines of a side that the hunk covers, which have no gaps; None where it covers none."""
    numbers = [number for line in hunk.lines if (number := number_of(line, side)) is not None]
    return LineRange(numbers[0], numbers[-1]) if numbers else None


def find_hunk(file: FileDiff, side: Side, lines: LineRange) -> Hunk | None:
    """The hunk that shows all of these lines; None where no single one does."""
    for hunk in file.hunks:
        span = span_of(hunk, side)
        if span and lines.first in span and lines.last in span:
            return hunk
    return None


def text_of(file: FileDiff, side: Side, lines: LineRange) -> str | None:
    """The text of these lines as the diff shows it, without the last line feed; None where no single hunk does."""
    hunk = find_hunk(file, side, lines)
    if hunk is None:
        return None
    return "\n".join(line.text for line in _of_side(hunk, side) if number_of(line, side) in _numbers(lines))


def _of_side(hunk: Hunk, side: Side) -> Iterator[Line]:
    return (line for line in hunk.lines if number_of(line, side) is not None)


def _numbers(lines: LineRange) -> range:
    return range(lines.first, lines.last + 1)
