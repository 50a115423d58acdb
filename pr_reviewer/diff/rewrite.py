"""Some lines of a text replaced → the diff that says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pr_reviewer.diff.numbers import Numbers, hunk_at
from pr_reviewer.diff.text import split_lines
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange

_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Replacement:
    """Lines (without line feeds, with their carriage returns) that stand in place of others; none: they go."""

    lines: LineRange
    texts: tuple[str, ...]


def rewritten(path: str, text: str, replacements: Sequence[Replacement]) -> FileDiff:
    """The diff of a file in which these lines are replaced, with three lines of context. Replacements must not overlap.

    A text without a line feed at its end keeps having none, unless its last line goes altogether.
    """
    ordered = sorted(replacements, key=lambda each: each.lines.first)
    hunks = tuple(_hunks(_Text(text), ordered))
    return FileDiff(path, FileStatus.MODIFIED, hunks)


class _Text:
    """The lines of the old version."""

    def __init__(self, text: str) -> None:
        self.lines = split_lines(text)
        self._is_ended = text.endswith("\n")

    def ends(self, number: int) -> bool:
        """Whether a line feed ends this line."""
        return self._is_ended or number < len(self.lines)

    def context(self, first: int, last: int, moved: int) -> list[Line]:
        """These lines as they are, `moved` lower in the new version."""
        numbers = range(max(1, first), min(last, len(self.lines)) + 1)
        return [Line(LineKind.CONTEXT, self.lines[at - 1], at, at + moved, self.ends(at)) for at in numbers]


def _hunks(text: _Text, replacements: Sequence[Replacement]) -> Iterator[Hunk]:
    moved = 0
    for group in _groups(replacements):
        at = max(1, group[0].lines.first - _CONTEXT)
        start = Numbers(at, at + moved)
        lines: list[Line] = []
        for each in group:
            lines += text.context(at, each.lines.first - 1, moved)
            lines += _changed(text, each, moved)
            moved += len(each.texts) - len(each.lines)
            at = each.lines.last + 1
        lines += text.context(at, at + _CONTEXT - 1, moved)
        yield hunk_at(start, lines)


def _groups(replacements: Sequence[Replacement]) -> Iterator[list[Replacement]]:
    """Those together whose context meets, as git has it."""
    group: list[Replacement] = []
    for each in replacements:
        if group and each.lines.first - group[-1].lines.last - 1 > 2 * _CONTEXT:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _changed(text: _Text, replacement: Replacement, moved: int) -> Iterator[Line]:
    first, last = replacement.lines.first, replacement.lines.last
    for number in range(first, last + 1):
        yield Line(LineKind.REMOVED, text.lines[number - 1], number, None, text.ends(number))
    final = len(replacement.texts) - 1
    for index, line in enumerate(replacement.texts):
        ends = index < final or text.ends(last)
        yield Line(LineKind.ADDED, line, None, first + moved + index, ends)
