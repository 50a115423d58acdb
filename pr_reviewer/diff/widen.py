"""More context: a hunk grows to the definitions around its changes, or by a few lines.

What is added are lines of the head's file, so they are context; no changed line comes, goes or moves.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pr_reviewer.diff.numbers import Numbers, end_of, hunk_at, start_of
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange

_AS_THEY_ARE = (FileStatus.DELETED, FileStatus.TYPE_CHANGED)


def widen(
    file: FileDiff, new_lines: Sequence[str], scopes: Sequence[LineRange], margin: int, limit: int = 150
) -> FileDiff:
    """The file with more context, its hunks merged where they meet.

    `new_lines` is the head's file; `scopes` are its definitions, nested ones too. Each change gets the largest
    definition around it that has at most `limit` lines, and where there is none, `margin` lines on both sides.
    Context that the diff had stays. A file without a new side to take context from is returned as it is.
    """
    if file.status in _AS_THEY_ARE or not file.hunks:
        return file
    finder = _Scopes(scopes, limit)
    wanted = [(hunk, *_wanted(hunk, finder, margin)) for hunk in file.hunks]
    hunks = tuple(_merged(*group, new_lines) for group in _groups(wanted, len(new_lines)))
    return replace(file, hunks=hunks)


class _Scopes:
    """Definitions of at most `limit` lines, by their first line."""

    def __init__(self, scopes: Sequence[LineRange], limit: int) -> None:
        self._limit = limit
        self._scopes = sorted((scope for scope in scopes if len(scope) <= limit), key=lambda scope: scope.first)
        self._firsts = [scope.first for scope in self._scopes]

    def around(self, number: int) -> LineRange | None:
        """The largest one that contains the line."""
        start, end = bisect_right(self._firsts, number - self._limit), bisect_right(self._firsts, number)
        return max((scope for scope in self._scopes[start:end] if number in scope), key=len, default=None)


def _wanted(hunk: Hunk, scopes: _Scopes, margin: int) -> tuple[int, int]:
    """The first and the last line of the new side that the hunk shall show."""
    first, last = start_of(hunk).new, end_of(hunk).new - 1
    for run_first, run_last in _runs(hunk):
        is_removal = run_last < run_first
        top, bottom = scopes.around(run_first - is_removal), scopes.around(run_last + is_removal)
        first = min(first, *(scope.first for scope in (top, bottom) if scope), first if top else run_first - margin)
        last = max(last, *(scope.last for scope in (top, bottom) if scope), last if bottom else run_last + margin)
    return first, last


def _runs(hunk: Hunk) -> Iterator[tuple[int, int]]:
    """First and last new line of each run of changes; where it only removes, `last` is the line before `first`."""
    here = start_of(hunk)
    for is_context, lines in groupby(hunk.lines, key=lambda line: line.kind is LineKind.CONTEXT):
        after = here.after(lines)
        if not is_context:
            yield here.new, after.new - 1
        here = after


def _groups(wanted: Sequence[tuple[Hunk, int, int]], last_line: int) -> list[tuple[list[Hunk], int, int]]:
    """Hunks that meet, with the lines that they shall show together, within the file."""
    groups: list[tuple[list[Hunk], int, int]] = []
    for hunk, first, last in wanted:
        if groups and first <= groups[-1][2] + 1:
            hunks, group_first, group_last = groups.pop()
            groups.append(([*hunks, hunk], min(group_first, first), max(group_last, last)))
        else:
            groups.append(([hunk], first, last))
    return [(hunks, max(first, 1), min(last, last_line)) for hunks, first, last in groups]


def _merged(hunks: list[Hunk], first: int, last: int, new_lines: Sequence[str]) -> Hunk:
    old, new = start_of(hunks[0])
    start = here = Numbers(old - new + first, first)
    lines: list[Line] = []
    for hunk in hunks:
        lines += [*_context(here, start_of(hunk).new, new_lines), *hunk.lines]
        here = end_of(hunk)
    lines += _context(here, last + 1, new_lines)
    return hunk_at(start, lines, _section(hunks[0], lines[: new - first], first))


def _context(here: Numbers, end: int, new_lines: Sequence[str]) -> Iterator[Line]:
    for offset, text in enumerate(new_lines[here.new - 1 : end - 1]):
        yield Line(LineKind.CONTEXT, text, here.old + offset, here.new + offset)


def _section(hunk: Hunk, grown: Sequence[Line], first: int) -> str:
    """The hunk's section, unless the hunk now shows that line itself."""
    is_shown = first == 1 or any(line.text.strip().startswith(hunk.section) for line in grown)
    return "" if is_shown else hunk.section
