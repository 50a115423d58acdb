"""Putting parts together in one prompt: all of them are in it, each with its share of the room."""

from collections.abc import Sequence

_CUT = "[cut]"


def cut_equally(texts: Sequence[str], room: int) -> list[str]:
    """The texts in so many bytes together, where each gets an equal share and what short ones leave; a line each.

    No tokenizer makes more tokens than bytes. A share is never so small that nothing is left but the mark of the cut.
    """
    left, shares = room, {}
    order = sorted(range(len(texts)), key=lambda at: len(texts[at].encode()))
    for position, at in enumerate(order):
        share = max(left // (len(texts) - position) - 1, 2 * len(_CUT))
        shares[at] = _cut(texts[at], share)
        left -= len(shares[at].encode()) + 1
    return [shares[at] for at in range(len(texts))]


def _cut(text: str, most: int) -> str:
    raw = text.encode()
    return text if len(raw) <= most else f"{raw[: most - len(_CUT) - 1].decode(errors='ignore')} {_CUT}"
