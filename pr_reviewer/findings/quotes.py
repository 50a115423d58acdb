"""Reading a quote of code as it was meant.

Models copy what they see: line numbers, `+` and `-`, a fence around it, other spaces. `readings` lists what a quote can
mean, the literal one first, so that code which really starts with a minus sign is found as it is.
"""

import re
from collections.abc import Callable

from pr_reviewer.diff.render import NO_NEWLINE
from pr_reviewer.model.changes import Side

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<code>.*?)\n?[ \t]*(?P=fence)[`~]*", re.DOTALL)
_NUMBERED = re.compile(r"[ \t]*(?:old )?\d+(?:[ \t]?[|:│][ \t]?|[ \t]|$)")
_MARKED = re.compile(r"[+\- ]|$")
_ELISION = re.compile(r"[ \t]*(?:#|//|/\*|--|<!--|\[|<)?[ \t]*(?:\.{3,}|…)[ \t]*(?:\*/|-->|\]|>)?[ \t]*")


def squeeze(line: str) -> str:
    """The line without any whitespace or invisible character: equal for two lines that differ in nothing else."""
    return "".join(line.split()).translate(_INVISIBLE)


def squeeze_lines(text: str) -> tuple[str, ...]:
    """The squeezed lines that are not blank."""
    return tuple(filter(None, map(squeeze, text.split("\n"))))


def plain_lines(text: str) -> list[str]:
    """The lines without their ends, be they LF or CRLF."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def is_elision(line: str) -> bool:
    """Whether the line only says that something was left out: `...`, `# …`, `[...]`."""
    return _ELISION.fullmatch(line) is not None


def without_fence(text: str) -> str:
    """The code inside one Markdown fence that holds all of the text; else the text itself."""
    match = _FENCE.fullmatch(text.strip())
    return match["code"] if match else text


def without_number(line: str) -> str:
    """One shown line without the number in front of it, if it has one."""
    match = _NUMBERED.match(line)
    return line[match.end() :] if match else line


def without_gutter(text: str, side: Side) -> str:
    """The text without line numbers and diff markers, if every line has them; else the text itself.

    A line that the other side's marker starts is no part of this side and goes.
    """
    code = "\n".join(line for line in plain_lines(text) if line != NO_NEWLINE)
    unnumbered = _cut_each(code, _NUMBERED, lambda _: True)
    if unnumbered == code and not any(line[:1] in ("+", "-") for line in code.split("\n")):
        return text
    foreign = "-" if side is Side.NEW else "+"
    return _cut_each(unnumbered, _MARKED, lambda marker: marker != foreign) or text


def readings(quote: str, side: Side) -> tuple[str, ...]:
    """What a quote can mean, likeliest first, each once."""
    unfenced = without_fence(quote)
    return tuple(dict.fromkeys((quote, unfenced, without_gutter(unfenced, side))))


def _cut_each(text: str, prefix: re.Pattern[str], keeps: Callable[[str], bool]) -> str:
    """Cut the prefix off every line that is not blank; the text itself if a line lacks it."""
    cut = []
    for line in plain_lines(text):
        match = prefix.match(line)
        if line.strip() and not match:
            return text
        if match is None or keeps(match[0]):
            cut.append(line[match.end() :] if match else line)
    return "\n".join(cut)
