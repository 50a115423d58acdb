"""What cannot be written back as it was read goes: emphasis where readers of markdown disagree, empty blocks.

After this, `write` gives markdown that is read as the very same tree.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from pr_reviewer.report.defuse import defuse
from pr_reviewer.report.tree import (
    Block,
    Break,
    Code,
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

# Emphasis stands between a space or an opening parenthesis and the end of a word; elsewhere it is dropped.
_OPENS = re.compile(r"[\s(]")
_CLOSES = re.compile(r"[.,:;?!)]*(?:\s|$)")
_SPACES = re.compile(r"\s+")
_HIGHEST_NUMBER = 99_999


def tidy_blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks without empty ones; neighbouring lists of one kind are one list, as they would be read."""
    tidied: list[Block] = []
    for block in (sound for each in blocks if (sound := _tidy_block(each))):
        last = tidied[-1] if tidied else None
        if isinstance(block, Items) and isinstance(last, Items) and (block.start is None) == (last.start is None):
            tidied[-1] = Items(last.items + block.items, last.start)
        else:
            tidied.append(block)
    return tuple(tidied)


def tidy_inline(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """Inline markup that every reader of markdown reads alike, with nothing active in its words."""
    return _trimmed(_defused(_sound(inlines)))


def leaves_of(inlines: Iterable[Inline]) -> tuple[Leaf, ...]:
    """The same without emphasis."""
    return tuple(
        leaf for each in inlines for leaf in (each.children if isinstance(each, Strong | Emphasis) else (each,))
    )


def _tidy_block(block: Block) -> Block | None:
    match block:
        case Paragraph(children):
            inlines = tidy_inline(children)
            return Paragraph(inlines) if inlines else None
        case Quote(blocks):
            inner = tidy_blocks(blocks)
            return Quote(inner) if inner else None
        case Items(items, start):
            kept = tuple(filter(None, map(tidy_blocks, items)))
            return Items(kept, None if start is None else min(start, _HIGHEST_NUMBER)) if kept else None
        case _:
            return block if block.text.strip() else None


def _sound(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """Dropping one emphasis can put another one inside a word, so look again until nothing changes."""
    pieces = _joined(inlines)
    while True:
        around = zip((None, *pieces), pieces, (*pieces[1:], None), strict=False)
        kept = _joined(
            part
            for before, piece, after in around
            for part in (piece.children if _is_unsound(before, piece, after) else (piece,))  # type: ignore[union-attr]
        )
        if kept == pieces:
            return pieces
        pieces = kept


def _is_unsound(before: Inline | None, piece: Inline, after: Inline | None) -> bool:
    if not isinstance(piece, Strong | Emphasis):
        return False
    opens = before is None or isinstance(before, Break) or (isinstance(before, Text) and _OPENS.match(before.text[-1]))
    closes = after is None or isinstance(after, Break) or (isinstance(after, Text) and _CLOSES.match(after.text))
    return not (opens and closes and _has_firm_edges(piece.children))


def _has_firm_edges(children: Sequence[Leaf]) -> bool:
    """Whether there is something, and no space at either end of it."""
    edges = [leaf.text if isinstance(leaf, Text) else "x" for leaf in (*children[:1], *children[-1:])]
    return bool(edges) and not edges[0][0].isspace() and not edges[-1][-1].isspace()


def _joined(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """Neighbours of one kind are one: two adjacent spans of code could not be told apart."""
    joined: list[Inline] = []
    for inline in inlines:
        last = joined[-1] if joined else None
        if isinstance(inline, Text) and isinstance(last, Text):
            joined[-1] = Text(_SPACES.sub(" ", last.text + inline.text))
        elif isinstance(inline, Code) and isinstance(last, Code):
            joined[-1] = Code(last.text + inline.text)
        else:
            joined.append(inline)
    return tuple(joined)


def _defused(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    return _joined(part for inline in inlines for part in _defused_parts(inline))


def _defused_parts(inline: Inline) -> Iterator[Inline]:
    match inline:
        case Text(text):
            yield from defuse(text)
        case Strong(children) | Emphasis(children):
            yield type(inline)(leaves_of(_defused(_joined(children))))
        case Link(url, label):
            inert = (part for leaf in _joined(label) for part in _inert(leaf))
            yield Link(url, tuple(leaf for leaf in _trimmed(_joined(inert)) if isinstance(leaf, Text | Code)))
        case _:
            yield inline


def _inert(leaf: Inline) -> Iterator[Inline]:
    return defuse(leaf.text, may_link=False) if isinstance(leaf, Text) else iter((leaf,))


def _trimmed(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    """Without space or breaks at the ends, and without space or further breaks around a break."""
    trimmed: list[Inline] = []
    for inline, after in zip(inlines, (*inlines[1:], Break()), strict=False):
        is_first = not trimmed or isinstance(trimmed[-1], Break)
        if isinstance(inline, Text):
            left = inline.text.lstrip() if is_first else inline.text
            text = left.rstrip() if isinstance(after, Break) else left
            trimmed.extend([Text(text)] if text else [])
        elif not (is_first and isinstance(inline, Break)):
            trimmed.append(inline)
    if trimmed and isinstance(trimmed[-1], Break):
        trimmed.pop()
    return tuple(trimmed)
