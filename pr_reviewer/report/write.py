"""The tree → GitHub's markdown. Every character that markup could read is escaped; a fence outgrows what it holds."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pr_reviewer.report.tree import (
    Block,
    Break,
    Code,
    CodeBlock,
    Emphasis,
    Inline,
    Items,
    Link,
    Paragraph,
    Quote,
    Strong,
    Text,
)

_MARKUP = re.compile(r"[\\`*\[\]~|]|(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_BACKTICKS = re.compile("`+")


def write_blocks(blocks: Sequence[Block]) -> str:
    """Markdown of the blocks, without a line feed at its end."""
    return "\n\n".join(_block(block) for block in blocks)


def write_inline(inlines: Sequence[Inline]) -> str:
    """Markdown of one paragraph, safe at the start of a line."""
    parts = [_inline(inline, after) for inline, after in pairwise((*inlines, None)) if inline]
    return "".join(
        _at_line_start(part) if index == 0 or isinstance(inlines[index - 1], Break) else part
        for index, part in enumerate(parts)
    )


def write_cell(inlines: Sequence[Inline]) -> str:
    """The same for a cell of a table, where a bar ends the cell even within a span of code."""
    return "".join(_cell_code(inline.text) if isinstance(inline, Code) else _inline(inline, None) for inline in inlines)


def code_span(text: str) -> str:
    """One line as inline code, whatever it holds; nothing for nothing."""
    ticks = "`" * _free_length(text, 1)
    is_at_edge = text[:1] == "`" or text[-1:] == "`"
    is_stripped = text[:1] == text[-1:] == " " and text.strip(" ")
    pad = " " if is_at_edge or is_stripped else ""
    return f"{ticks}{pad}{text}{pad}{ticks}" if text else ""


def code_block(text: str, language: str = "") -> str:
    """Lines of code in a fence that is longer than any run of backticks in them; no text: no line."""
    fence = "`" * max(3, max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    return f"{fence}{language}\n{text}\n{fence}" if text else f"{fence}{language}\n{fence}"


def escape(text: str) -> str:
    """Words as words, within a line."""
    text = _ENTITY.sub("&amp;", text)
    return _MARKUP.sub(lambda match: f"\\{match[0]}", text).replace("<", "&lt;")


def _cell_code(text: str) -> str:
    if "|" not in text:
        return code_span(text)
    return f"<code>{_PUNCTUATION.sub(lambda match: f'&#{ord(match[0])};', text)}</code>"


def _free_length(text: str, shortest: int) -> int:
    """The shortest length that no run of backticks in the text has."""
    taken = {len(run) for run in _BACKTICKS.findall(text)}
    return next(length for length in range(shortest, len(taken) + shortest + 1) if length not in taken)


def _block(block: Block) -> str:
    match block:
        case Paragraph(children):
            return write_inline(children)
        case CodeBlock(text, language):
            return code_block(text, language)
        case Quote(blocks):
            return "\n".join(f"> {line}" if line else ">" for line in _lines(blocks))
        case _:
            return _list(block.items, block.start)


def _lines(blocks: Sequence[Block]) -> list[str]:
    return write_blocks(blocks).split("\n")


def _list(items: Sequence[Sequence[Block]], start: int | None) -> str:
    gap = "\n" if all(_is_tight(item) for item in items) else "\n\n"
    marks = ("- " if start is None else f"{start + index}. " for index in range(len(items)))
    return gap.join(_item(item, mark, gap) for item, mark in zip(items, marks, strict=False))


def _item(blocks: Sequence[Block], mark: str, gap: str) -> str:
    text = gap.join(_block(block) for block in blocks)
    return mark + re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), text)


def _is_tight(blocks: Sequence[Block]) -> bool:
    """Whether the blocks are read alike without blank lines between: a paragraph, perhaps with a list below."""
    match blocks:
        case [Paragraph()] | [Paragraph(), Items(_, None | 1)]:
            return True
        case _:
            return False


def _inline(inline: Inline, after: Inline | None) -> str:
    match inline:
        case Text(text):
            is_before_link = text.endswith("!") and isinstance(after, Link)
            return f"{escape(text[:-1])}\\!" if is_before_link else escape(text)
        case Code(text):
            return code_span(text)
        case Break():
            return "\\\n"
        case Strong(children):
            return f"**{_run(children)}**"
        case Emphasis(children):
            return f"*{_run(children)}*"
        case _:
            return f"[{_run(inline.label)}]({inline.url})" if inline.label else f"<{inline.url}>"


def _run(inlines: Sequence[Inline]) -> str:
    return "".join(_inline(inline, after) for inline, after in pairwise((*inlines, None)) if inline)


def _at_line_start(text: str) -> str:
    number = re.match(r"\d+(?=[.)])", text)
    if number:
        return f"{number[0]}\\{text[number.end() :]}"
    return f"\\{text}" if text[:1] in "-+=:/>#" else text
