"""Comments that silence rules: `pr-reviewer: ignore[rule-id, other-id] reason`.

A comment behind code governs its line; one on a line of its own governs the next line of code, with the decorators that
stand between. Only comments of the file's own language count: what looks like one within a string does not, as far as
can be told without parsing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pr_reviewer.model.changes import LineRange
from pr_reviewer.rules.comments import comment_spans

_MARK = "pr-reviewer:"
_IGNORE = re.compile(
    r"(?:^[ \t*]*|[ \t](?:\#|//|--|;|%)[ \t]*)pr-reviewer:[ \t]*ignore(?![\w-])[ \t]*(?:\[(?P<ids>[^\]\n]*)\])?"
    r"(?P<reason>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_DECORATOR = re.compile(r"^\s*(?:@(?!interface\b)\w|#!?\[|\[\w[^\]]*\]\s*$)")
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
    return tuple(
        _ignore(found, text.count("\n", 0, span.inner + found.start("reason")), code)
        for span in spans
        for found in _IGNORE.finditer(text[span.inner : span.inner_end])
    )


def _ignore(found: re.Match[str], index: int, code: Sequence[str]) -> Ignore:
    ids = [id_.strip() for id_ in (found["ids"] or "").split(",")]
    reason = found["reason"].strip().lstrip(":–—-").strip()
    return Ignore(index + 1, _governed(index, code), tuple(filter(None, ids)), reason)


def _governed(index: int, code: Sequence[str]) -> LineRange:
    """The comment's line, if code stands there; else the next line of code, from its first decorator on."""
    if _is_code(code[index]):
        return LineRange(index + 1, index + 1)
    first = _next_code(index + 1, code)
    last = first
    while last is not None and _DECORATOR.match(code[last]):
        last = _next_code(_end_of_brackets(last, code) + 1, code)
    if first is None:
        return LineRange(index + 1, index + 1)
    return LineRange(first + 1, (first if last is None else last) + 1)


def _next_code(index: int, code: Sequence[str]) -> int | None:
    return next((number for number in range(index, len(code)) if _is_code(code[number])), None)


def _is_code(line: str) -> bool:
    return line.strip() not in ("", "{}")  # JSX has its comments in braces


def _end_of_brackets(index: int, code: Sequence[str]) -> int:
    """The line on which the brackets close that a decorator opens."""
    depth = 0
    for number in range(index, len(code)):
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
