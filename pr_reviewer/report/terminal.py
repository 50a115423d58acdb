"""Lines for a terminal: colour, width and wrapping.

The only escape sequences are our own: whatever comes here has gone through `characters` or `sanitise` before.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

TAB_WIDTH = 4
_NARROWEST = 20
# What a CI runner would obey in a log: `::command::` at the start of a line, `##[command]` anywhere.
_RUNNER_COMMAND = re.compile(r"^(\s*):(?=:)")
_RUNNER_PREFIX = "##["


class Style(Enum):
    """What a run of characters is; the values are SGR codes."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    ITALIC = "3"
    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "1;36"
    ADDED = "32"
    REMOVED = "31"
    CODE = "36"


@dataclass(frozen=True, slots=True)
class Ink:
    """Writes runs in their style: coloured, or plain without any escape sequence."""

    is_coloured: bool

    def __call__(self, text: str, style: Style) -> str:
        """The text in its style."""
        return f"\x1b[{style.value}m{text}\x1b[0m" if self.is_coloured and style.value and text else text


Run = tuple[str, Style]


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on: how wide, and with which ink."""

    width: int
    ink: Ink

    def narrower(self, columns: int) -> "Paper":
        """The same with less room, but never too little to read."""
        return Paper(max(self.width - columns, _NARROWEST), self.ink)


def wrap(runs: Iterable[Run], paper: Paper) -> Iterator[str]:
    """Lines no wider than the paper, broken at spaces; a word that is longer has a line of its own."""
    line: list[Run] = []
    column = 0
    for gap, word in _words(runs):
        length = sum(width_of(text) for text, _ in word)
        if line and column + gap + length > paper.width:
            yield _inked(line, paper.ink)
            line, column = [], 0
        if line:
            line.append((" " * gap, line[-1][1] if line[-1][1] is word[0][1] else Style.PLAIN))
            column += gap
        line += word
        column += length
    yield _inked(line, paper.ink)


def hung(mark: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines behind a mark, the later ones indented as far."""
    for index, line in enumerate(lines):
        yield f"{' ' * len(mark) if index else mark}{line}".rstrip(" ")


def width_of(text: str) -> int:
    """How many columns a text takes: East Asian wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else _columns(char) for char in text)


def for_log(line: str) -> str:
    """The line with nothing in it that a CI runner takes for a command."""
    return _RUNNER_COMMAND.sub(r"\1: ", line).replace(_RUNNER_PREFIX, "## [")


def _columns(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _words(runs: Iterable[Run]) -> Iterator[tuple[int, list[Run]]]:
    """Words and how many spaces stand before each; `(` and a piece of code and `).` are one word."""
    word: list[Run] = []
    gap = spaces = 0
    for text, style in runs:
        for index, part in enumerate(text.split(" ")):
            if index and word:
                yield gap, word
                word, spaces = [], 0
            spaces += bool(index)
            if part and not word:
                gap = spaces
            if part:
                word.append((part, style))
    if word:
        yield gap, word


def _inked(line: Iterable[Run], ink: Ink) -> str:
    """Neighbours of one style share an escape sequence."""
    joined: list[Run] = []
    for text, style in line:
        if joined and joined[-1][1] is style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return "".join(ink(text, style) for text, style in joined)
