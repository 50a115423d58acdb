"""The tree → plain text: words without markup, for readers that know none."""

from collections.abc import Iterable, Iterator

from pr_reviewer.report.read import read_blocks
from pr_reviewer.report.sanitise import title_pieces
from pr_reviewer.report.tidy import leaves_of
from pr_reviewer.report.tree import Block, Break, Code, CodeBlock, Inline, Items, Leaf, Paragraph, Quote, Text


def plain_prose(markdown: str) -> str:
    """Paragraphs with an empty line between two."""
    return _blocks(read_blocks(markdown))


def plain_title(markdown: str) -> str:
    """One line, without a full stop at its end."""
    return _words(title_pieces(markdown))


def _blocks(blocks: Iterable[Block]) -> str:
    return "\n\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Paragraph(children):
            return _words(children)
        case CodeBlock(text):
            return text
        case Quote(blocks):
            return _blocks(blocks)
        case _:
            return "\n".join(_items(block))


def _items(items: Items) -> Iterator[str]:
    for index, item in enumerate(items.items):
        mark = "-" if items.start is None else f"{items.start + index}."
        yield f"{mark} {_blocks(item)}"


def _words(inlines: Iterable[Inline]) -> str:
    """`[text](target)` would be a link even in the plain text of some formats (SARIF, section 3.11.6)."""
    return "".join(map(_word, leaves_of(inlines))).replace("](", "] (")


def _word(leaf: Leaf) -> str:
    match leaf:
        case Text(text) | Code(text):
            return text
        case Break():
            return "\n"
        case _:
            return f"{_words(leaf.label)} ({leaf.url})" if leaf.label else leaf.url
