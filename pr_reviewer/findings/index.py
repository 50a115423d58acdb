"""The change, prepared once for looking up quotes.

Every side of every file is indexed when it is first asked for, so that thousands of findings in a file cost little
more than one. All text here is masked and displayable: what the model saw.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from types import MappingProxyType

from pr_reviewer.diff.locate import lines_of, number_of
from pr_reviewer.diff.text import display
from pr_reviewer.findings.quotes import plain_lines, squeeze
from pr_reviewer.model.changes import FileDiff, Line, LineKind, LineRange, Side
from pr_reviewer.model.code import Definition

Rows = tuple[int, int]
"""The first and the last row of a match, both included."""

_NONE: Mapping[str, str] = MappingProxyType({})
_NO_DEFINITIONS: Mapping[str, Sequence[Definition]] = MappingProxyType({})


class Haystack:
    """Lines to be searched; a row is a line's index among those that were given, blank ones are left out on request."""

    def __init__(self, lines: Iterable[str], *, skip_blank: bool = False) -> None:
        held = [(row, line) for row, line in enumerate(lines) if line or not skip_blank]
        self._rows = [row for row, _ in held]
        self._lines = [line for _, line in held]
        self._found: dict[tuple[str, ...], tuple[Rows, ...]] = {}

    def whole(self, lines: Sequence[str]) -> tuple[Rows, ...]:
        """Where these lines stand one after the other, each as a whole line."""
        key = tuple(lines)
        if key not in self._found:
            self._found[key] = tuple(self._each_whole(key))
        return self._found[key]

    def part(self, lines: Sequence[str]) -> Iterator[Rows]:
        """The same, but the first may be the end of a line, the last a line's start, a single one any part of it."""
        needle = "\n".join(lines)
        at = self._text.find(needle)
        while at >= 0:
            first = bisect_right(self._starts, at) - 1
            yield self._rows[first], self._rows[first + len(lines) - 1]
            at = self._text.find(needle, self._starts[first + 1])

    def _each_whole(self, lines: tuple[str, ...]) -> Iterator[Rows]:
        """Looks around each place of the rarest line, so that only places are visited, not the text."""
        rarest = min(range(len(lines)), key=lambda at: len(self._places.get(lines[at], ())))
        for place in self._places.get(lines[rarest], ()):
            first = place - rarest
            if first >= 0 and tuple(self._lines[first : first + len(lines)]) == lines:
                yield self._rows[first], self._rows[first + len(lines) - 1]

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for at, line in enumerate(self._lines):
            places[line].append(at)
        return places

    @cached_property
    def _text(self) -> str:
        return "\n".join(self._lines)

    @cached_property
    def _starts(self) -> Sequence[int]:
        """The offset of each line in the text, and that behind the last."""
        return list(accumulate((len(line) + 1 for line in self._lines), initial=0))


class SideIndex:
    """One side of a file's diff: its lines in order, each with its hunk."""

    def __init__(self, file: FileDiff, side: Side) -> None:
        held = lines_of(file, side)
        self.side = side
        self.lines: list[Line] = [line for _, line in held]
        self.texts = [display(line.text.removesuffix("\r")) for line in self.lines]
        self.numbers = [number_of(line, side) or 0 for line in self.lines]
        self._hunks = [hunk for hunk, _ in held]
        self._changes = list(accumulate((line.kind is not LineKind.CONTEXT for line in self.lines), initial=0))
        self.exact = Haystack(self.texts)
        self.squeezed = Haystack(map(squeeze, self.texts), skip_blank=True)

    def is_in_one_hunk(self, rows: Rows) -> bool:
        """Whether all rows belong to the same hunk."""
        return self._hunks[rows[0]] == self._hunks[rows[1]]

    def is_changed(self, rows: Rows) -> bool:
        """Whether a row was added or removed."""
        return self._changes[rows[1] + 1] > self._changes[rows[0]]

    def range_of(self, rows: Rows) -> LineRange:
        """The rows' line numbers, on this side."""
        return LineRange(self.numbers[rows[0]], self.numbers[rows[1]])

    def quote_of(self, rows: Rows) -> str:
        """The rows' text."""
        return "\n".join(self.texts[rows[0] : rows[1] + 1])

    def holds(self, lines: LineRange) -> bool:
        """Whether one hunk shows all of these lines."""
        return [last - first + 1 for first, last in self.inside(lines)] == [len(lines)]

    def inside(self, lines: LineRange) -> list[Rows]:
        """The rows that these line numbers cover, hunk by hunk."""
        covered: dict[int, Rows] = {}
        for row in range(bisect_right(self.numbers, lines.first - 1), bisect_right(self.numbers, lines.last)):
            first, _ = covered.get(self._hunks[row], (row, row))
            covered[self._hunks[row]] = (first, row)
        return list(covered.values())


class HeadIndex:
    """A file's whole text at the head, and its definitions."""

    def __init__(self, text: str, definitions: Sequence[Definition]) -> None:
        self.squeezed = Haystack(map(squeeze, plain_lines(display(text))), skip_blank=True)
        self._definitions = sorted(definitions, key=lambda definition: (-len(definition.lines), definition.lines.first))

    def scope_of(self, line: int) -> tuple[str, ...]:
        """The names of the definitions around a line, outermost first."""
        return tuple(definition.name for definition in self._definitions if line in definition.lines)


class ChangeIndex:
    """The files of a change by path.

    `heads` holds the masked text of changed files at the head, where it is known, and `definitions` what stands in
    them: both make placing and fingerprints surer, neither is needed.
    """

    def __init__(
        self,
        files: Iterable[FileDiff],
        *,
        heads: Mapping[str, str] = _NONE,
        definitions: Mapping[str, Sequence[Definition]] = _NO_DEFINITIONS,
    ) -> None:
        self._files = {file.path: file for file in files}
        self._heads = heads
        self._definitions = definitions
        self._sides: dict[tuple[str, Side], SideIndex] = {}
        self._indexed: dict[str, HeadIndex] = {}

    def file(self, path: str) -> FileDiff | None:
        """The changed file of this path."""
        return self._files.get(path)

    def side(self, path: str, side: Side) -> SideIndex:
        """One side of a changed file; KeyError where the path is not part of the change."""
        key = (path, side)
        if key not in self._sides:
            self._sides[key] = SideIndex(self._files[path], side)
        return self._sides[key]

    def head(self, path: str) -> HeadIndex | None:
        """The file's whole text at the head, None where it is not known."""
        if path not in self._indexed and path in self._heads:
            self._indexed[path] = HeadIndex(self._heads[path], self._definitions.get(path, ()))
        return self._indexed.get(path)
