"""Other tools' documents in the shape that ours have: one title, rules below headings, lists below captions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from pr_reviewer.model.rules import ForeignKind
from pr_reviewer.rules.markdown import Block, BlockKind, Section

_CAPTION = re.compile(r"^(?:\*\*|__)?([^\n.!?`@]{3,80}?):?(?:\*\*|__)?:?$")


def shaped(sections: Sequence[Section], kind: ForeignKind) -> list[Section]:
    """The sections with a title of level 1 at most, captions made headings, and a plain text's lines made items."""
    tops = sum(section.level == 1 for section in sections)
    has_title = tops == 1 and any(section.level > 1 for section in sections)
    pieces: list[Section] = []
    for section in sections:
        level = section.level if has_title or not section.level else section.level + 1
        pieces += _by_captions(replace(section, level=level))
    if kind is not ForeignKind.CONTRIBUTING and not any(section.level > 1 or _has_items(section) for section in pieces):
        pieces = [replace(section, blocks=list(_as_items(section.blocks))) for section in pieces]
    return [_without_introduction(section) for section in pieces]


def _by_captions(section: Section) -> Iterator[Section]:
    """A section for each short line that stands right before a list: `.cursorrules` has no other headings."""
    current = replace(section, blocks=[])
    for block, following in zip_longest(section.blocks, section.blocks[1:]):
        caption = _CAPTION.match(block.text) if block.kind is BlockKind.PROSE else None
        if caption and following and following.kind is BlockKind.ITEM and section.explicit_id is None:
            yield current
            current = Section(caption[1].strip("*_: "), None, max(section.level + 1, 2), block.line)
        else:
            current.blocks.append(block)
    yield current


def _as_items(blocks: Sequence[Block]) -> Iterator[Block]:
    """A plain text's lines are its rules."""
    for block in blocks:
        if block.kind is not BlockKind.PROSE or block.text.startswith(("    ", "\t")):
            yield block
            continue
        for number, line in enumerate(block.text.split("\n")):
            yield Block(BlockKind.ITEM, line.strip(), block.line + number)


def _without_introduction(section: Section) -> Section:
    """A title's list goes without the title's text, which tells what the document is."""
    if section.level > 1 or not _has_items(section):
        return section
    return replace(section, blocks=[block for block in section.blocks if block.kind is not BlockKind.PROSE])


def _has_items(section: Section) -> bool:
    return any(block.kind is BlockKind.ITEM for block in section.blocks)
