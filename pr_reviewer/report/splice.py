"""Our block within a description that is somebody else's: what stands outside of it is never touched.

    what the author wrote
    <!-- pr-reviewer:description v1 begin -->
    our block
    <!-- pr-reviewer:description v1 end -->
    what the author wrote below

Each marker is a line of its own; only one beginning with one end below it is a block. With anything else, nobody can
tell what is ours and what the author's, so nothing is written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

VERSION = 1
# GitHub takes 65,536 characters. What else counts them may count an emoji as two, as UTF-16 does, so we do, too.
LONGEST_DESCRIPTION = 65_536
_MARKER = re.compile(r"^<!-- pr-reviewer:description v\d{1,4} (?P<kind>begin|end) -->(?=[ \t]*\r?$)", re.MULTILINE)
_ANYWHERE = re.compile(r"<!--[ \t]*pr-reviewer:description\b", re.IGNORECASE)
_FENCE = re.compile(r"```|~~~")
_LINE_END = re.compile(r"\r\n?|\n")
_GAP = "\n\n"


class Unspliced(StrEnum):
    """Why nothing is written into a description; the values are clauses for people."""

    DAMAGED = (
        "its markers are damaged: there is not exactly one beginning with one end below it, each on a line of its own"
    )
    IN_CODE = "a code block in the description, perhaps one that is never closed, holds the place where it stands"
    FULL = "what the author wrote leaves no room for it"


@dataclass(frozen=True, slots=True)
class Block:
    """Where our block stands: its markers included."""

    start: int
    end: int


def find_block(description: str) -> Block | Unspliced | None:
    """Our block; None where there is no trace of one."""
    markers = list(_MARKER.finditer(description))
    if len(_ANYWHERE.findall(description)) != len(markers):
        return Unspliced.DAMAGED
    match [marker["kind"] for marker in markers]:
        case []:
            return None
        case ["begin", "end"] if _is_in_code(description, markers):
            return Unspliced.IN_CODE
        case ["begin", "end"]:
            return Block(markers[0].start(), markers[1].end())
        case _:
            return Unspliced.DAMAGED


def without_block(description: str) -> str:
    """What the author wrote; all of it where nobody can tell what is ours."""
    found = find_block(description)
    return description[: found.start] + description[found.end :] if isinstance(found, Block) else description


def room_for(description: str) -> int | Unspliced:
    """How many characters our text may have beside what the author wrote."""
    found = find_block(description)
    if isinstance(found, Unspliced):
        return found
    outside = description if found is None else description[: found.start] + description[found.end :]
    frame = len(_block("")) + (len(_GAP) if found is None else 0)
    return max(0, LONGEST_DESCRIPTION - _units(outside) - frame)


def splice(description: str, text: str) -> str | Unspliced:
    """The description with our block in place of the one before, or below what the author wrote; or why not.

    Where the block says this already (whatever the line ends), it is the very same description.
    """
    found = find_block(description)
    if isinstance(found, Unspliced):
        return found
    block = _block(text)
    if find_block(block) != Block(0, len(block)):
        raise ValueError("our own text must hold no marker")
    if found is None:
        whole = f"{description}{_GAP}{block}" if description else block
    elif _plain(description[found.start : found.end]) == block:
        return description
    else:
        whole = description[: found.start] + block + description[found.end :]
    if find_block(whole) is Unspliced.IN_CODE:
        return Unspliced.IN_CODE
    return whole if _units(whole) <= LONGEST_DESCRIPTION else Unspliced.FULL


def _is_in_code(description: str, markers: Iterable[re.Match[str]]) -> bool:
    """Whether a fenced block holds one: it is shown there. Somebody writes about markers, or forgot a fence's end."""
    if not _FENCE.search(description):
        return False
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(description)
    fences = [token.map for token in tokens if token.type == "fence" and token.map]
    lines = [len(_LINE_END.findall(description[: marker.start()])) for marker in markers]
    return any(first <= line < last for first, last in fences for line in lines)


def _block(text: str) -> str:
    marker = f"<!-- pr-reviewer:description v{VERSION} "
    return f"{marker}begin -->\n\n{text}\n\n{marker}end -->"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _units(text: str) -> int:
    """Its length in UTF-16."""
    return len(text) + sum(char > "\uffff" for char in text)
