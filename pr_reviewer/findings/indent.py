"""Indentation of a suggestion: models dedent code and swap tabs for spaces; code puts that right where it is sure."""

import math
from collections.abc import Iterable, Sequence

from pr_reviewer.findings.quotes import squeeze
from pr_reviewer.findings.refused import Refused

_UNITS = (2, 3, 4, 8)
_USUAL_UNIT = 4


def reindented(
    lines: Sequence[str], placed: Sequence[str], quoted: Sequence[str], file_lines: Sequence[str]
) -> list[str] | Refused:
    """The suggestion's lines, indented as the placed lines are.

    Lines that fit stay as they are. Lines that are all dedented alike are moved, and so are lines in tabs where the
    file has spaces or the reverse. `quoted` is the model's own quote of the placed lines: what it dedented
    there, it dedented here. Where several meanings are left, the suggestion is refused.
    """
    if not _indents(lines) or not _indents(placed):
        return list(lines)
    converted = _in_file_style(lines, placed, file_lines)
    if isinstance(converted, Refused):
        return converted
    new, old = _indents(converted), _indents(placed)
    if _fits(new, old):
        return converted
    shift = _shift(new, old, _shift_of_quote(quoted, placed))
    if shift is None and _is_only_moved(converted, placed) and min(map(len, new)):
        return converted  # to move a line out of its block is the point of such a suggestion
    if shift is None:
        return Refused(f"The suggestion is indented by {_said(new)}, the lines that it replaces by {_said(old)}.")
    return [old[0][:shift] + line if line.strip() else "" for line in converted]


def _fits(new: Sequence[str], old: Sequence[str]) -> bool:
    return new[0] == old[0] or min(new, key=len) == min(old, key=len)


def _shift(new: Sequence[str], old: Sequence[str], of_quote: int) -> int | None:
    """By how many characters to move the lines to the right, None if that is not sure."""
    first, least = len(old[0]) - len(new[0]), min(map(len, old)) - min(map(len, new))
    if of_quote > 0 and of_quote in (first, least):
        return of_quote
    return first if first == least and not min(map(len, new)) else None


def _shift_of_quote(quoted: Sequence[str], placed: Sequence[str]) -> int:
    """By how many characters the model dedented the lines when it quoted them; 0 if not all of them alike."""
    before, after = _indents(placed), _indents(quoted)
    shifts = {len(old) - len(new) for old, new in zip(before, after, strict=False)}
    return shifts.pop() if len(before) == len(after) and len(shifts) == 1 else 0


def _in_file_style(lines: Sequence[str], placed: Sequence[str], file_lines: Sequence[str]) -> list[str] | Refused:
    """The lines with tabs or spaces as the file has them; lines that mix both stay as they are."""
    new, old = set("".join(_indents(lines))), set("".join(_indents(placed)) or "".join(_indents(file_lines)))
    if len(new) != 1 or len(old) != 1 or new == old:
        return list(lines)
    if new == {"\t"}:
        width = _tab_width(lines, placed, file_lines)
        return [" " * width * len(_indent(line)) + line.lstrip("\t") for line in lines]
    return _in_tabs(lines, placed)


def _in_tabs(lines: Sequence[str], placed: Sequence[str]) -> list[str] | Refused:
    first, tabs = len(_indents(lines)[0]), len(_indents(placed)[0])
    widths = [len(indent) for indent in _indents(lines)]
    unit = first // tabs if first and tabs and first % tabs == 0 else math.gcd(*widths)
    if unit not in _UNITS or any(width % unit for width in widths):
        return Refused("The suggestion is indented by spaces, the file by tabs.")
    return ["\t" * (len(_indent(line)) // unit) + line.lstrip(" ") for line in lines]


def _tab_width(lines: Sequence[str], placed: Sequence[str], file_lines: Sequence[str]) -> int:
    """How many spaces the file has for what the suggestion gives one tab."""
    tabs, spaces = len(_indents(lines)[0]), len(_indents(placed)[0])
    if tabs and spaces and spaces % tabs == 0:
        return spaces // tabs
    return min((len(indent) for indent in _indents(file_lines) if len(indent) in _UNITS), default=_USUAL_UNIT)


def _is_only_moved(lines: Sequence[str], placed: Sequence[str]) -> bool:
    return list(map(squeeze, lines)) == list(map(squeeze, placed))


def _indents(lines: Iterable[str]) -> list[str]:
    """The indentation of each line that is not blank."""
    return [_indent(line) for line in lines if line.strip()]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _said(indents: Sequence[str]) -> str:
    least = min(indents, key=len)
    unit = "tab" if "\t" in least else "space"
    return f"{len(least)} {unit}{'' if len(least) == 1 else 's'}"
