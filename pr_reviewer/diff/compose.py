"""Two sets of hunks, A→B and B→C → the hunks of A→C.

Both are laid on B's line numbers. A line of B that only one of them shows is one that the other leaves alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile

from pr_reviewer.diff.numbers import Numbers, hunk_at, is_changed, start_of
from pr_reviewer.model.changes import Hunk, Line, LineKind


class Mismatch(ValueError):
    """The two disagree about a line of B."""


@dataclass(slots=True)
class _Layer:
    """One of the changes, by B's numbers: lines of B that it shows, and others before the next line of B."""

    shown: dict[int, Line] = field(default_factory=dict)
    others: dict[int, list[Line]] = field(default_factory=dict)


def compose_hunks(first: tuple[Hunk, ...], second: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """The hunks of both changes together, without what they cancel. Mismatch if the second cannot follow."""
    earlier, later = _Layer(), _Layer()
    for hunk in first:
        _lay(earlier, start_of(hunk).new, ((line, line.new_number) for line in hunk.lines))
    for hunk in second:
        _lay(later, start_of(hunk).old, ((line, line.old_number) for line in hunk.lines))
    hunks = (hunk_at(start, lines) for start, lines in _runs(earlier, later))
    return tuple(hunk for hunk in hunks if is_changed(hunk.lines))


def replacement(old: tuple[Hunk, ...], new: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """One hunk that removes all of a deleted file and adds all of the one in its place."""
    lines = tuple(line for hunk in old + new for line in hunk.lines)
    return (hunk_at(Numbers(1, 1), lines),) if lines else ()


def _lay(layer: _Layer, start: int, lines: Iterable[tuple[Line, int | None]]) -> None:
    following = start
    for line, number in lines:
        if number is None:
            layer.others.setdefault(following, []).append(line)
        else:
            layer.shown[number] = line
            following = number + 1


def _runs(earlier: _Layer, later: _Layer) -> Iterator[tuple[Numbers, list[Line]]]:
    """Runs of lines without a gap, numbered in A and C, each with the numbers at its start."""
    start = Numbers(1, 1)
    reached = 1  # the line of B that comes next
    run: list[Line] = []  # not numbered yet
    for number in sorted(earlier.shown.keys() | earlier.others.keys() | later.shown.keys() | later.others.keys()):
        if gap := number - reached:
            yield start, _numbered(run, start)
            here = start.after(run)
            start = Numbers(here.old + gap, here.new + gap)
            run = []
        run += _lines_at(number, earlier, later)
        reached = number + (number in earlier.shown or number in later.shown)
    yield start, _numbered(run, start)


def _lines_at(number: int, earlier: _Layer, later: _Layer) -> Iterator[Line]:
    """What A→C says at this line of B: what stands before it, then itself, unless it came and went."""
    yield from earlier.others.get(number, ())
    yield from later.others.get(number, ())
    before, after = earlier.shown.get(number), later.shown.get(number)
    if before and after and before.text != after.text:
        raise Mismatch(f"line {number} between the two changes")
    is_added = before is not None and before.kind is LineKind.ADDED
    is_removed = after is not None and after.kind is LineKind.REMOVED
    if (line := after or before) and not (is_added and is_removed):
        kind = LineKind.ADDED if is_added else LineKind.REMOVED if is_removed else LineKind.CONTEXT
        yield line if line.kind is kind else replace(line, kind=kind)


def _numbered(run: list[Line], start: Numbers) -> list[Line]:
    lines: list[Line] = []
    here = start
    for line in _settled(run):
        old = None if line.kind is LineKind.ADDED else here.old
        new = None if line.kind is LineKind.REMOVED else here.new
        is_right = (line.old_number, line.new_number) == (old, new)
        lines.append(line if is_right else replace(line, old_number=old, new_number=new))
        here = here.after((line,))
    return lines


def _settled(run: list[Line]) -> Iterator[Line]:
    """Each change as removed lines, then added ones; what was taken out and put back at its edges is context."""
    for is_context, group in groupby(run, key=lambda line: line.kind is LineKind.CONTEXT):
        lines = list(group)
        removed = [line for line in lines if line.kind is LineKind.REMOVED]
        added = [line for line in lines if line.kind is LineKind.ADDED]
        if is_context:
            yield from lines
            continue
        top = _common(zip(removed, added, strict=False))
        bottom = _common(zip(reversed(removed[top:]), reversed(added[top:]), strict=False))
        yield from (replace(line, kind=LineKind.CONTEXT) for line in added[:top])
        yield from removed[top : len(removed) - bottom]
        yield from added[top : len(added) - bottom]
        yield from (replace(line, kind=LineKind.CONTEXT) for line in added[len(added) - bottom :])


def _common(pairs: Iterable[tuple[Line, Line]]) -> int:
    """How many pairs from the start are the same line."""
    return sum(1 for _ in takewhile(lambda pair: (pair[0].text, pair[0].ends) == (pair[1].text, pair[1].ends), pairs))
