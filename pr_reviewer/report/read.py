"""A model's markdown → the tree: what is not in the tree becomes text, nothing becomes HTML.

CommonMark is read by markdown-it, never by patterns. Raw HTML is off, so tags and comments are words; reference
definitions are off, so they are words, too, and no link takes its target from elsewhere.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from pr_reviewer.languages import language_named
from pr_reviewer.report.addresses import host_of, safe_url
from pr_reviewer.report.characters import clean
from pr_reviewer.report.tidy import leaves_of, tidy_blocks, tidy_inline
from pr_reviewer.report.tree import (
    Block,
    Break,
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

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_DEEPEST = 3
_SPACES = re.compile(r"\s+")
_DIFF = "diff"


def read_blocks(markdown: str) -> tuple[Block, ...]:
    """The blocks of a text, tidy: writing them gives markdown that reads as the same blocks."""
    from markdown_it.tree import SyntaxTreeNode

    root = SyntaxTreeNode(_parser().parse(clean(markdown)))
    return tidy_blocks(_blocks(root.children, 0))


def read_inline(markdown: str) -> tuple[Inline, ...]:
    """The text as one run of inline markup; marks of blocks are words in it."""
    from markdown_it.tree import SyntaxTreeNode

    line = _SPACES.sub(" ", clean(markdown)).strip()
    root = SyntaxTreeNode(_parser().parseInline(line))
    return tidy_inline(_inlines(root.children[0].children))


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.disable(["reference", "lheading", "html_block", "html_inline"])


def _blocks(nodes: Iterable["SyntaxTreeNode"], depth: int) -> Iterator[Block]:
    for node in nodes:
        if node.type in {"fence", "code_block"}:
            yield CodeBlock(node.content.removesuffix("\n"), _language(node.info))
        elif node.type == "table":
            yield CodeBlock("\n".join(_rows(node)))
        elif node.type == "heading":
            yield Paragraph((Strong(leaves_of(_inlines(node.children[0].children))),))
        elif node.type == "paragraph":
            yield Paragraph(tuple(_inlines(node.children[0].children)))
        elif node.type != "hr":
            yield from _container(node, depth)


def _container(node: "SyntaxTreeNode", depth: int) -> Iterator[Block]:
    """Quotes and lists; what is nested too deep for a comment stands one level higher."""
    if depth >= _DEEPEST or node.type == "list_item":
        yield from _blocks(node.children, depth)
    elif node.type == "blockquote":
        yield Quote(tuple(_blocks(node.children, depth + 1)))
    else:
        start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        yield Items(tuple(tuple(_blocks(item.children, depth + 1)) for item in node.children), start)


def _rows(table: "SyntaxTreeNode") -> Iterator[str]:
    for row in table.walk():
        if row.type == "tr":
            yield " | ".join(cell.children[0].content for cell in row.children)


def _language(info: str) -> str:
    """The language of a fence, where it is a known one: no `suggestion`, no diagram, no mathematics."""
    name = info.split(maxsplit=1)[0] if info.strip() else ""
    return _DIFF if name == _DIFF else language_named(name) or ""


def _inlines(nodes: Iterable["SyntaxTreeNode"]) -> Iterator[Inline]:
    for node in nodes:
        if node.type == "text":
            yield from _text(node.content)
        elif node.type == "code_inline":
            yield Code(clean(node.content))
        elif node.type == "softbreak":
            yield Text(" ")
        elif node.type == "hardbreak":
            yield Break()
        elif node.type == "image":
            yield Text(f"(image: {_words(node.content) or 'no text'})")
        else:
            yield from _span(node)


def _span(node: "SyntaxTreeNode") -> Iterator[Inline]:
    leaves = tuple(Text(" ") if isinstance(leaf, Break) else leaf for leaf in leaves_of(_inlines(node.children)))
    if node.type == "strong" and node.markup == "__":
        # In prose about code, `__init__` without backticks is a name.
        yield from (Text("__"), *leaves, Text("__"))
    elif node.type == "strong":
        yield Strong(leaves)
    elif node.type == "em":
        yield Emphasis(leaves)
    elif node.type == "link":
        yield from _link(node, leaves)
    else:
        yield from leaves


def _link(node: "SyntaxTreeNode", leaves: Sequence[Leaf]) -> Iterator[Inline]:
    """A link that shows its host; an address that may not be a link stands behind its words as code."""
    address = str(node.attrs["href"])
    is_auto = node.info == "auto"
    if url := safe_url(address):
        yield Link(url, () if is_auto else _label(leaves, url))
    elif is_auto or not address:
        yield from leaves
    else:
        yield from (*leaves, Text(" ("), Code(address), Text(")"))


def _label(leaves: Sequence[Leaf], url: str) -> tuple[Text | Code, ...]:
    """What the link says and where it leads: a reader sees the host before the click."""
    label = tuple(leaf for leaf in leaves if isinstance(leaf, Text | Code))
    words = "".join(leaf.text for leaf in label)
    target = f"({host_of(url)})"
    return (*label, Text(f" {target}")) if words.strip() and not words.strip().endswith(target) else label


def _text(content: str) -> Iterator[Text]:
    words = _words(content)
    return iter((Text(words),) if words else ())


def _words(text: str) -> str:
    """Words of one line: entities may have hidden line ends and invisible characters in them."""
    return _SPACES.sub(" ", clean(text))
