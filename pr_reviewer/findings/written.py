"""How a model wrote a suggestion: from its text to lines of code, or why they are none."""

import re
from collections.abc import Sequence

from pr_reviewer.findings.quotes import is_elision, plain_lines, squeeze, without_fence
from pr_reviewer.findings.refused import Refused

_MOST_LINES = 100
_MOST_CHARACTERS = 8_000
_PLACEHOLDER = re.compile(r"\[masked [^\]\n]{1,60}\]")
_UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\r\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffd\ud800-\udfff]"
)
_COMMENT = re.compile(r"[ \t]*(?:(?:\.{3}|…)[ \t]*)?(?:#|//|/\*|\*|--|<!--|;|%)[ \t]*(?P<said>.*)")
_LEFT_OUT = re.compile(
    r"(?i)^(?:\.{3}|…)|(?:\.{3}|…)\s*(?:\*/|-->)?$"
    r"|\b(?:existing|previous|original|remaining|other) (?:code|lines?|logic|body|implementation)\b"
    r"|\brest of\b|\bunchanged\b|\b(?:same )?as before\b|\bomitted\b|\b(?:stay|remain)s? the same\b"
)


def written_lines(suggestion: str, placed: Sequence[str]) -> list[str] | Refused:
    """The suggestion's lines without fence, plus signs and blank lines around them; none deletes the placed ones.

    What the placed lines hold themselves, a comment with an ellipsis or a zero-width character, a suggestion may hold.
    """
    text = suggestion if without_fence("\n".join(placed)) != "\n".join(placed) else without_fence(suggestion)
    if len(text) > _MOST_CHARACTERS or text.count("\n") >= _MOST_LINES:
        return Refused(f"The suggestion is longer than {_MOST_LINES} lines or {_MOST_CHARACTERS:,} characters.")
    lines = _without_blank_ends(_without_plus_signs(plain_lines(text), placed))
    if suggestion and not lines:
        return Refused("The suggestion is blank; an empty text removes the lines.")
    problem = _problem(lines, placed)
    return Refused(problem) if problem else lines


def _without_plus_signs(lines: list[str], placed: Sequence[str]) -> list[str]:
    if _markers(lines) == {"+"} and _markers(placed) != {"+"}:
        return [line[1:] for line in lines]
    return lines


def _without_blank_ends(lines: list[str]) -> list[str]:
    code = [at for at, line in enumerate(lines) if line.strip()]
    return lines[code[0] : code[-1] + 1] if code else []


def _problem(lines: Sequence[str], placed: Sequence[str]) -> str:
    known = set(map(squeeze, placed))
    new = [line for line in lines if squeeze(line) not in known]
    if {"+", "-"} <= _markers(lines) <= {"+", "-", " "} and not {"+", "-"} <= _markers(placed):
        return "The suggestion is written as a diff; it must be the new lines alone."
    if any(_PLACEHOLDER.search(line) for line in lines):
        return "The suggestion contains a masked secret."
    if set(_UNWANTED.findall("\n".join(lines))) - set("\n".join(placed)):
        return "The suggestion contains control or invisible characters."
    left_out = next(filter(_leaves_out, new), None)
    return f"The suggestion leaves code out: `{left_out.strip()}`." if left_out else ""


def _leaves_out(line: str) -> bool:
    comment = _COMMENT.fullmatch(line)
    return is_elision(line) or (comment is not None and _LEFT_OUT.search(comment["said"]) is not None)


def _markers(lines: Sequence[str]) -> set[str]:
    """The first characters of the lines that are not blank."""
    return {line[0] for line in lines if line.strip()}
