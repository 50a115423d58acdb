"""Markdown as rules are written in it: front matter, then sections of blocks, each with its place in the file."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER_END = re.compile(r"^(?:---|\.\.\.)\s*$")
_COMMENT = re.compile(r"\s*<!--(?:(?!-->).)*-->\s*$", re.DOTALL)
_TASK = re.compile(r"^\[[ xX]\]\s+")
_BYTE_ORDER_MARK = "\ufeff"  # Windows' editors put it first
_LINE_ENDS = re.compile(r"\r\n?")


class BlockKind(Enum):
    """What a block is, as far as rules care."""

    PROSE = auto()
    FENCE = auto()
    ITEM = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a section. `text` is its source; a fence's is its content. `line` is one-based."""

    kind: BlockKind
    text: str
    line: int
    info: str = ""


@dataclass(slots=True)
class Section:
    """A heading (level 0: what stands before the first) and the blocks up to the next heading."""

    title: str
    explicit_id: str | None
    level: int
    line: int
    blocks: list[Block] = field(default_factory=list)

    def of(self, kind: BlockKind) -> list[Block]:
        """Its blocks of one kind, in order."""
        return [block for block in self.blocks if block.kind is kind]


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. `front_matter` is its YAML (on line 2), None where there is none."""

    front_matter: str | None
    sections: tuple[Section, ...]


def read_document(text: str) -> Document:
    """Split a markdown text into sections; every text is markdown, so this cannot fail."""
    from markdown_it import MarkdownIt

    # markdown-it ends lines at a lone carriage return too; that would shift every line number behind it.
    plain = _LINE_ENDS.sub(lambda end: "\n" if end.group() == "\r\n" else " ", text.removeprefix(_BYTE_ORDER_MARK))
    lines = plain.split("\n")
    front_matter = _take_front_matter(lines)
    # What stands within a line is not needed, and takes quadratic time where brackets or emphasis do not end.
    tokens = MarkdownIt("commonmark").enable("table").disable("inline").parse("\n".join(lines))
    sections = [Section("", None, 0, 1)]
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            title, explicit_id = split_id(tokens[index + 1].content)
            sections.append(Section(title, explicit_id, int(token.tag[1:]), _start(token) + 1))
        elif (block := _block(token, lines)) is not None:
            sections[-1].blocks.append(block)
    return Document(front_matter, tuple(sections))


def split_id(title: str) -> tuple[str, str | None]:
    """`Title {#id}` as its title and id."""
    title = title.strip()
    before, mark, id_ = title.rpartition("{#")
    is_marked = bool(mark) and id_.endswith("}") and not any(brace in id_[:-1] for brace in "{}")
    return (before.strip(), id_[:-1].strip()) if is_marked else (title, None)


def slug(text: str) -> str:
    """A heading's anchor, as GitHub makes it: lower case, words joined by hyphens."""
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", text.lower()).strip())


def _take_front_matter(lines: list[str]) -> str | None:
    """Cut the front matter out of `lines`, leaving blank ones, so that numbers stay."""
    if lines[0].rstrip() != "---":
        return None
    ends = (number for number, line in enumerate(lines) if number and _FRONT_MATTER_END.match(line))
    end = next(ends, None)
    if end is None:
        return None
    text = "\n".join(lines[1:end])
    lines[: end + 1] = [""] * (end + 1)
    return text


def _block(token: "Token", lines: list[str]) -> Block | None:
    """The block that starts with this token; None for one that is within another block, or ends one."""
    if token.type == "list_item_open" and token.level == 1:
        return Block(BlockKind.ITEM, _item_text(token, lines), _start(token) + 1)
    if token.level or token.nesting < 0 or token.type in ("bullet_list_open", "ordered_list_open", "inline"):
        return None
    if token.type == "fence":
        return Block(BlockKind.FENCE, token.content, _start(token) + 1, token.info.strip())
    if not token.map or (token.type == "html_block" and _COMMENT.match(token.content)):
        return None  # a comment is for those who edit the file
    return Block(BlockKind.PROSE, _source(token, lines), _start(token) + 1)


def _item_text(token: "Token", lines: list[str]) -> str:
    """An item's source without its marker (and its box, in a list of tasks), moved to the left."""
    first, *rest = _source(token, lines).split("\n")
    marker = re.match(r"\s*(?:[-+*]|\d+[.)])\s*", first)
    width = marker.end() if marker else 0
    return "\n".join(
        [_TASK.sub("", first[width:]), *(line[width:] if not line[:width].strip() else line for line in rest)]
    ).strip()


def _source(token: "Token", lines: list[str]) -> str:
    first, last = token.map or (0, 0)
    return "\n".join(lines[first:last]).rstrip()


def _start(token: "Token") -> int:
    return token.map[0] if token.map else 0
