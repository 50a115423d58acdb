"""A model's prose on a terminal: the same tree that becomes markdown, as wrapped lines."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pr_reviewer.report.terminal import TAB_WIDTH, Ink, Paper, Run, Style, hung, wrap
from pr_reviewer.report.tree import (
    Block,
    Break,
    Code,
    CodeBlock,
    Emphasis,
    Inline,
    Link,
    Paragraph,
    Quote,
    Strong,
    Text,
)


def prose_lines(blocks: Sequence[Block], paper: Paper) -> Iterator[str]:
    """The blocks as lines, an empty line between two blocks."""
    for index, block in enumerate(blocks):
        if index:
            yield ""
        yield from _block(block, paper)


def runs_of(inlines: Iterable[Inline], ink: Ink) -> list[Run]:
    """One line's inline markup as styled runs: colour tells code apart, or else its backticks do."""
    return [run for inline in inlines for run in _runs(inline, ink)]


def _block(block: Block, paper: Paper) -> Iterator[str]:
    match block:
        case Paragraph(children):
            for is_break, line in groupby(children, lambda inline: isinstance(inline, Break)):
                if not is_break:
                    yield from wrap(runs_of(line, paper.ink), paper)
        case CodeBlock(text):
            yield from (f"    {paper.ink(line.expandtabs(TAB_WIDTH), Style.CODE)}" for line in text.split("\n"))
        case Quote(blocks):
            yield from (f"> {line}" for line in prose_lines(blocks, paper.narrower(2)))
        case _:
            for index, item in enumerate(block.items):
                mark = "- " if block.start is None else f"{block.start + index}. "
                yield from hung(mark, prose_lines(item, paper.narrower(len(mark))))


def _runs(inline: Inline, ink: Ink) -> Iterator[Run]:
    match inline:
        case Text(text):
            yield text, Style.PLAIN
        case Code(text):
            yield (text, Style.CODE) if ink.is_coloured else (f"`{text}`", Style.PLAIN)
        case Strong(children):
            yield from ((text, _over(style, Style.BOLD)) for text, style in runs_of(children, ink))
        case Emphasis(children):
            yield from ((text, _over(style, Style.ITALIC)) for text, style in runs_of(children, ink))
        case Link(url, label):
            yield from (*runs_of(label, ink), (f" <{url}>" if label else url, Style.PLAIN))
        case _:
            yield " ", Style.PLAIN


def _over(style: Style, outer: Style) -> Style:
    return outer if style is Style.PLAIN else style
