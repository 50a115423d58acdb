"""Comments that silence rules: `pr-reviewer: ignore[rule-id, other-id] reason`.

A comment behind code governs its line; one on a line of its own governs the next line of code, with the decorators that
stand between. Only comments of the file's own language count: what looks like one within a string does not, as far as
can be told without parsing.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from pr_reviewer.model.changes import LineRange
from pr_reviewer.rules.comments import comment_spans

_MARK = "pr-reviewer:"
_IGNORE = re.compile(
    r"(?:^[ \t*]*|[ \t](?:\#|//|--|;|%)[ \t]*)pr-reviewer:[ \t]*ignore(?![\w-])[ \t]*(?:\[(?P<ids>[^\]\n]*)\])?"
    r"(?P<reason>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_DECORATOR = re.compile(r"^\s*(?:@(?!interface\b)\w|#!?\[|\[\w[^\]]*\]\s*$)")
_MOST_DECORATORS = 20
_MOST_LINES = 50
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that silences rules. `line` is its own, `governs` are the lines on which they are silent.

    No `rule_ids`: it names none, and silences nothing. A `reason` may lack too.
    """

    line: int
    governs: LineRange
    rule_ids: tuple[str, ...]
    reason: str


def find_ignores(lines: Sequence[str], language: str | None) -> tuple[Ignore, ...]:
    """The comments of a file that silence rules, in their order."""
    if not any(_MARK in line.lower() for line in lines):
        return ()
    text = "\n".join(lines)
    spans = comment_spans(text, language)
    code = _without(text, [(span.start, span.end) for span in spans]).split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    governed = _Governed(code)
    return tuple(
        _ignore(found, bisect_right(starts, span.inner + found.start("reason")) - 1, governed)
        for span in spans
        for found in _IGNORE.finditer(text[span.inner : span.inner_end])
    )


def _ignore(found: re.Match[str], index: int, governed: "_Governed") -> Ignore:
    ids = [id_.strip() for id_ in (found["ids"] or "").split(",")]
    reason = found["reason"].strip().lstrip(":–—-").strip()
    return Ignore(index + 1, governed.by(index), tuple(filter(None, ids)), reason)


class _Governed:
    """Which lines a comment governs, in a text without its comments."""

    def __init__(self, code: Sequence[str]) -> None:
        self._code = code
        self._behind: dict[int, int | None] = {}
        # JSX has its comments in braces, of which nothing else is left.
        self._numbers = [number for number, line in enumerate(code) if line.strip() not in ("", "{}")]

    def by(self, index: int) -> LineRange:
        """The comment's line, if code stands there; else the next line of code, from its first decorator on."""
        first = self._next_code(index)
        if first is None or first == index:
            return LineRange(index + 1, index + 1)
        last: int | None = first
        for _ in range(_MOST_DECORATORS):
            if last is None or not _DECORATOR.match(self._code[last]):
                break
            last = self._behind_decorator(last)
        return LineRange(first + 1, (first if last is None else last) + 1)

    def _behind_decorator(self, index: int) -> int | None:
        if index not in self._behind:
            self._behind[index] = self._next_code(_end_of_brackets(index, self._code) + 1)
        return self._behind[index]

    def _next_code(self, index: int) -> int | None:
        place = bisect_left(self._numbers, index)
        return self._numbers[place] if place < len(self._numbers) else None


def _end_of_brackets(index: int, code: Sequence[str]) -> int:
    """The line on which the brackets close that a decorator opens."""
    depth = 0
    for number in range(index, min(index + _MOST_LINES, len(code))):
        depth += sum(character in _OPEN for character in code[number])
        depth -= sum(character in _CLOSE for character in code[number])
        if depth <= 0:
            return number
    return index


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without its comments, line for line."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], "\n" * text.count("\n", start, end)]
        done = end
    return "".join([*pieces, text[done:]])
