"""Two sets of hunks, A→B and B→C → the hunks of A→C.

Both are laid on B's line numbers. A line of B that only one of them shows is one that the other leaves alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

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
    start = here = Numbers(1, 1)
    reached = 1  # the line of B that comes next
    run: list[Line] = []
    for number in sorted(earlier.shown.keys() | earlier.others.keys() | later.shown.keys() | later.others.keys()):
        if gap := number - reached:
            yield start, run
            start = here = Numbers(here.old + gap, here.new + gap)
            run = []
        for line in _lines_at(number, earlier, later):
            run.append(_numbered(line, here))
            here = here.after((line,))
        reached = number + (number in earlier.shown or number in later.shown)
    yield start, run


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
        yield replace(line, kind=kind)


def _numbered(line: Line, here: Numbers) -> Line:
    old = None if line.kind is LineKind.ADDED else here.old
    new = None if line.kind is LineKind.REMOVED else here.new
    return replace(line, old_number=old, new_number=new)
