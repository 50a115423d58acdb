"""A model's prose → markdown that is safe to post (promise 18).

No raw HTML, no image, no mention or cross-reference, no quick action, no suggestion fence, no forged marker, no
unbalanced markup, no character that cannot be seen. Code stays as it is.
"""

from collections.abc import Iterable, Iterator

from pr_reviewer.report.cut import cut_blocks, cut_inline
from pr_reviewer.report.read import read_blocks, read_inline
from pr_reviewer.report.tidy import leaves_of, tidy_inline
from pr_reviewer.report.tree import Code, Inline, Leaf, Link, Text
from pr_reviewer.report.write import write_blocks, write_inline

LONGEST_PROSE = 10_000
LONGEST_TITLE = 160
# What is read at most, as a multiple of what may be written: reading is not free.
_READ = 4


def prose(text: str, limit: int = LONGEST_PROSE) -> str:
    """Paragraphs, lists, quotes and code, at most `limit` characters; cut between words, never inside markup.

    Sanitising twice is sanitising once.
    """
    return write_blocks(cut_blocks(read_blocks(text[: limit * _READ]), limit))


def title_pieces(text: str, limit: int = LONGEST_TITLE) -> tuple[Inline, ...]:
    """One line of words and inline code, at most `limit` characters as markdown, without a full stop at its end."""
    pieces = list(_plain(leaves_of(read_inline(text[: limit * _READ]))))
    if pieces and isinstance(pieces[-1], Text):
        pieces[-1] = Text(pieces[-1].text.rstrip(". "))
    return cut_inline(tidy_inline(piece for piece in pieces if piece.text), limit)


def title(text: str, limit: int = LONGEST_TITLE) -> str:
    """The same as markdown."""
    return write_inline(title_pieces(text, limit))


def _plain(leaves: Iterable[Leaf]) -> Iterator[Text | Code]:
    for leaf in leaves:
        parts = (leaf.label or (Code(leaf.url),)) if isinstance(leaf, Link) else (leaf,)
        yield from (part for part in parts if isinstance(part, Text | Code))
