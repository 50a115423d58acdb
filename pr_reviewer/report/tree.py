"""The part of markdown that a report may contain. What is not drawn here cannot be written.

Block  = Paragraph | CodeBlock | Quote | Items
Inline = Text | Code | Strong | Emphasis | Link | Break
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Words, without any markup; never empty, one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Inline code, as it is shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A line break within a paragraph."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that `addresses.safe_url` let through; without a label it shows its own address."""

    url: str
    label: tuple[Text | Code, ...] = ()


Leaf = Text | Code | Break | Link


@dataclass(frozen=True, slots=True)
class Strong:
    """Bold. Emphasis never nests: the inner one goes."""

    children: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Italics."""

    children: tuple[Leaf, ...]


Inline = Leaf | Strong | Emphasis


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of inline markup; never empty. A heading is a paragraph of one Strong."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of code without the last line feed; `language` is a known one or ""."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted blocks."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `start` is its first number, None for bullets. No item is empty."""

    items: tuple[tuple["Block", ...], ...]
    start: int | None = None


Block = Paragraph | CodeBlock | Quote | Items
