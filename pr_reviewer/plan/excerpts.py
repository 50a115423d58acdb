"""Wider code for the verify pass: the definition around a finding, and other lines of the head's files."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.plan.inputs import ChangedFile

_MARGIN = 10  # lines around a definition, or around a finding that stands in none
_LARGEST_SCOPE = 150  # lines: a longer definition is shown around the finding only
_MARGIN_ALONE = 40


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a head's file (masked), the first of them numbered `first`."""

    path: str
    first: int
    lines: tuple[str, ...]

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of its lines."""
        return frozenset(range(self.first, self.last + 1))

    @property
    def last(self) -> int:
        """The number of its last line."""
        return self.first + len(self.lines) - 1


def excerpt_around(file: ChangedFile, lines: LineRange, side: Side) -> Excerpt | None:
    """The largest fitting definition around the lines, and some lines more. None: the head's file is not at hand."""
    head = file.head_lines
    if not head:
        return None
    place = lines if side is Side.NEW else _where_removed(file, lines.first)
    around = [scope for scope in file.scopes if scope.overlaps(place) and len(scope) <= _LARGEST_SCOPE]
    margin = _MARGIN if around else _MARGIN_ALONE
    first = max(1, min([place.first, *(scope.first for scope in around)]) - margin)
    last = min(len(head), max([place.last, *(scope.last for scope in around)]) + margin)
    return Excerpt(file.diff.path, first, tuple(head[first - 1 : last])) if first <= last else None


def render_excerpts(excerpts: Iterable[Excerpt]) -> str:
    """Excerpts by file, numbered like the diff; those that meet are one, so that no line is shown twice."""
    by_path: dict[str, dict[int, str]] = defaultdict(dict)
    for excerpt in excerpts:
        by_path[excerpt.path].update(enumerate(excerpt.lines, start=excerpt.first))
    return "\n".join(_render(path, lines) for path, lines in by_path.items())


def shortened(excerpt: Excerpt, around: LineRange, lines: int) -> Excerpt:
    """The excerpt cut to so many lines at most, around the given ones as far as possible."""
    middle = min(max((around.first + around.last) // 2, excerpt.first), excerpt.last)
    start = max(0, min(middle - excerpt.first - lines // 2, len(excerpt.lines) - lines))
    return Excerpt(excerpt.path, excerpt.first + start, excerpt.lines[start : start + lines])


def _where_removed(file: ChangedFile, old_number: int) -> LineRange:
    """The new line nearest to where an old one stood."""
    number = 1
    for line in (line for hunk in file.diff.hunks for line in hunk.lines):
        if line.new_number is not None:
            number = line.new_number
        if line.old_number is not None and line.old_number >= old_number:
            break
    return LineRange(number, number)


def _render(path: str, lines: dict[int, str]) -> str:
    shown = [f"### {path_label(path)}"]
    before = None
    for number in sorted(lines):
        if before is None or number != before + 1:
            shown.append("@@")
        shown.append(f"{number}  {display(lines[number].removesuffix(chr(13)))}")
        before = number
    return "".join(f"{line}\n" for line in shown)
