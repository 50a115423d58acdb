"""The ways in which a quote can stand in a file's diff, surest first; `place.py` chooses among what they find."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile

from pr_reviewer.diff.locate import number_of
from pr_reviewer.findings.index import ChangeIndex, Rows, SideIndex
from pr_reviewer.findings.quotes import is_elision, plain_lines, readings, squeeze, squeeze_lines
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.findings import Finding

_SHORTEST_PART = 6  # characters without whitespace: a shorter part of a line stands anywhere
_LONGEST_ELISION = 40  # lines that an ellipsis in a quote may stand for

_MISCOUNT = 3  # lines by which a model that means the right line names a wrong number
_MOST_NEAR = 100  # places on either side of the claimed line: some may span hunks


@dataclass(frozen=True, slots=True)
class Match:
    """Rows of one side that hold the quote as `reading` reads it; `number` is to be compared with the claimed line."""

    index: SideIndex
    rows: Rows
    reading: str
    number: int

    @property
    def is_in_one_hunk(self) -> bool:
        """Whether a provider accepts a comment on all of it."""
        return self.index.is_in_one_hunk(self.rows)

    @property
    def is_changed(self) -> bool:
        """Whether the change touches it."""
        return self.index.is_changed(self.rows)


def hint(finding: Finding) -> int | None:
    """The claimed number of the quote's first line that is not blank."""
    return finding.lines.first + _leading_blank(finding.quote) if finding.lines else None


def whole_lines(finding: Finding, change: ChangeIndex) -> Iterator[list[Match]]:
    """The quote as whole lines of the diff: literally, then without regard to whitespace and blank lines.

    A quote without indentation is often a stripped one: there, the very line that was claimed comes first.
    """
    claimed = hint(finding)
    for index, reading in _views(finding, change):
        squeezed = _matches(finding, change, index, index.squeezed.whole(squeeze_lines(reading)), reading)
        if not reading[:1].isspace():
            yield [match for match in squeezed if match.number == claimed]
        yield _matches(finding, change, index, index.exact.whole(_trimmed(reading)), reading)
        yield squeezed


def head_lines(finding: Finding, change: ChangeIndex) -> Iterator[list[Match]]:
    """The quote as whole lines of the file at the head, cut to what lies inside a hunk and is changed there.

    A model sees more lines around a change than a provider takes comments on.
    """
    for reading, ranges in _in_head(finding, change):
        yield [match for lines in ranges for match in _cut(change.side(finding.path, Side.NEW), lines, reading)]


def claimed_outside(finding: Finding, change: ChangeIndex) -> list[Match] | None:
    """What the change touches of the claimed lines, if the quote stands there and reaches out of every hunk; else None.

    Without this, a true statement about a line outside the change would be put on an equal line inside it. Models
    miscount a little, so the place nearest to the claim is meant.
    """
    claimed = hint(finding)
    if claimed is None or finding.side is Side.OLD:
        return None
    index = change.side(finding.path, Side.NEW)
    for reading, ranges in _in_head(finding, change):
        near = [lines for lines in ranges if abs(lines.first - claimed) <= _MISCOUNT]
        lines = min(near, key=lambda lines: (abs(lines.first - claimed), not index.holds(lines)), default=None)
        if lines is not None:
            return None if index.holds(lines) else _cut(index, lines, reading)
    return None


def parts_of_lines(finding: Finding, change: ChangeIndex) -> Iterator[list[Match]]:
    """The quote with an ellipsis between its first and last lines, or as a part of the lines on which it stands."""
    for index, reading in _views(finding, change):
        yield _matches(finding, change, index, tuple(_elided(index, reading)), reading)
        lines = squeeze_lines(reading)
        if sum(map(len, lines)) >= _SHORTEST_PART:
            yield _matches(finding, change, index, tuple(index.squeezed.part(lines)), reading)


def _views(finding: Finding, change: ChangeIndex) -> Iterator[tuple[SideIndex, str]]:
    """Each side with each reading of the quote there, the claimed side first."""
    for side in sorted(Side, key=lambda side: side is not finding.side):
        for reading in readings(finding.quote, side):
            if squeeze_lines(reading):
                yield change.side(finding.path, side), reading


def _in_head(finding: Finding, change: ChangeIndex) -> Iterator[tuple[str, list[LineRange]]]:
    """Each reading of the quote with the lines of the head that hold it."""
    head = change.head(finding.path)
    for reading in readings(finding.quote, Side.NEW) if head else ():
        needle = squeeze_lines(reading)
        if head and needle:
            yield reading, [LineRange(first + 1, last + 1) for first, last in head.squeezed.whole(needle)]


def _cut(index: SideIndex, lines: LineRange, reading: str) -> list[Match]:
    """What lies inside a hunk and is changed; if more than one hunk has a piece, all from the first to the last."""
    pieces = index.inside(lines)
    if len(pieces) > 1:
        pieces = [(pieces[0][0], pieces[-1][1])]
    changed = (rows for rows in pieces if index.is_changed(rows) and squeeze_lines(index.quote_of(rows)))
    return [Match(index, rows, reading, lines.first) for rows in changed]


def _matches(
    finding: Finding, change: ChangeIndex, index: SideIndex, found: Sequence[Rows], reading: str
) -> list[Match]:
    near = _around_claim(found, index, hint(finding))
    matches = [Match(index, rows, reading, index.numbers[rows[0]]) for rows in near]
    if index.side is Side.NEW:
        return matches
    new = change.side(finding.path, Side.NEW)
    return [moved for match in matches for moved in _to_new_side(match, new)]


def _around_claim(found: Sequence[Rows], index: SideIndex, claimed: int | None) -> Sequence[Rows]:
    """Of a line that stands in ten thousand places, those that can be the nearest."""
    if claimed is None:
        return found
    at = bisect_left(found, claimed, key=lambda rows: index.numbers[rows[0]])
    return found[max(0, at - _MOST_NEAR) : at + _MOST_NEAR]


def _to_new_side(match: Match, new: SideIndex) -> list[Match]:
    """Old lines of which none was removed are the same lines of the new side, if they still adjoin there."""
    if match.is_changed or not match.is_in_one_hunk:
        return [match]
    first, last = match.rows
    numbers = [number_of(match.index.lines[row], Side.NEW) or 0 for row in match.rows]
    pieces = new.inside(LineRange(*numbers))
    return [replace(match, index=new, rows=rows) for rows in pieces if rows[1] - rows[0] == last - first]


def _elided(index: SideIndex, reading: str) -> Iterator[Rows]:
    """Where the pieces of a quote stand around its ellipses, in order and near each other."""
    lines = [line for line in plain_lines(reading) if squeeze(line)]
    pieces = [tuple(map(squeeze, group)) for elision, group in groupby(lines, is_elision) if not elision]
    if not pieces or not any(map(is_elision, lines)):
        return
    for start in index.squeezed.whole(pieces[0]):
        last = _last_row(index, start[1], pieces[1:])
        if last is not None:
            yield start[0], last


def _last_row(index: SideIndex, row: int, pieces: Iterable[Sequence[str]]) -> int | None:
    for piece in pieces:
        found = index.squeezed.whole(piece)
        following = bisect_right(found, row, key=lambda rows: rows[0])
        if following == len(found) or found[following][0] - row - 1 > _LONGEST_ELISION:
            return None
        row = found[following][1]
    return row


def _trimmed(reading: str) -> list[str]:
    """The lines without the blank ones at both ends."""
    lines = plain_lines(reading)
    lead = _leading_blank(reading)
    tail = _leading_blank("\n".join(reversed(lines)))
    return lines[lead : len(lines) - tail]


def _leading_blank(quote: str) -> int:
    """How many blank lines a quote starts with."""
    return sum(1 for _ in takewhile(lambda line: not squeeze(line), plain_lines(quote)))
