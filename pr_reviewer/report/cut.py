"""Shortening a tree: between words or lines, never inside markup, with an ellipsis where something went."""

from collections.abc import Iterable, Iterator, Sequence

from pr_reviewer.report.tidy import tidy_blocks, tidy_inline
from pr_reviewer.report.tree import (
    Block,
    Code,
    CodeBlock,
    Emphasis,
    Inline,
    Items,
    Leaf,
    Link,
    Paragraph,
    Quote,
    Strong,
    Text,
)
from pr_reviewer.report.write import write_blocks, write_inline

ELLIPSIS = "…"
# A word is never cut, unless it is so long that it is none: scripts without spaces, for one.
_LONG_WORD = 30


def cut_blocks(blocks: Sequence[Block], limit: int) -> tuple[Block, ...]:
    """As much from the top as can be written in `limit` characters."""
    shorter, room = tuple(blocks), limit
    while len(write_blocks(shorter)) > limit:
        shorter = tidy_blocks(_blocks(blocks, _Room(room)))
        room = room * 3 // 4 - 1
    return shorter


def cut_inline(inlines: Sequence[Inline], limit: int) -> tuple[Inline, ...]:
    """As much from the start as can be written in `limit` characters."""
    shorter, room = tuple(inlines), limit
    while len(write_inline(shorter)) > limit:
        shorter = tidy_inline(_inlines(inlines, _Room(room)))
        room = room * 3 // 4 - 1
    return shorter


class _Room:
    """How many characters of words and code may still come; below zero for a limit that holds no ellipsis."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.is_full = left < 0

    def take(self, text: str, separator: str, mark: str = ELLIPSIS) -> str:
        """As much of the text as fits, cut at a separator and marked; nothing after that."""
        if self.is_full:
            return ""
        fits, self.left = text[: self.left], self.left - len(text)
        if self.left >= 0:
            return text
        self.is_full = True
        is_one_word = len(text.partition(separator)[0]) > _LONG_WORD
        return f"{fits.rpartition(separator)[0] or (fits if is_one_word else '')}{mark}"


def _blocks(blocks: Iterable[Block], room: _Room) -> Iterator[Block]:
    for block in blocks:
        match block:
            case Paragraph(children):
                yield Paragraph(tuple(_inlines(children, room)))
            case CodeBlock(text, language):
                yield CodeBlock(room.take(text, "\n", f"\n{ELLIPSIS}"), language)
            case Quote(inner):
                yield Quote(tuple(_blocks(inner, room)))
            case _:
                yield Items(tuple(tuple(_blocks(item, room)) for item in block.items), block.start)


def _inlines(inlines: Iterable[Inline], room: _Room) -> Iterator[Inline]:
    for inline in inlines:
        match inline:
            case Strong(children):
                yield Strong(tuple(_leaves(children, room)))
            case Emphasis(children):
                yield Emphasis(tuple(_leaves(children, room)))
            case _:
                yield from _leaves((inline,), room)


def _leaves(leaves: Iterable[Leaf], room: _Room) -> Iterator[Leaf]:
    for leaf in leaves:
        match leaf:
            case Text(text):
                yield from (Text(part) for part in (room.take(text, " "),) if part)
            case Code(text):
                yield from (Code(part) for part in (room.take(text, " "),) if part)
            case Link(url, label):
                words = "".join(part.text for part in label) or url
                taken = room.take(words, "\n", "\n")
                yield from (leaf if part == words else Text(ELLIPSIS) for part in (taken,) if part)
            case _:
                yield from (() if room.is_full else (leaf,))
