"""Parts of a body with a size limit: rows go from the end, whole, and what went is counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pr_reviewer.report.write import escape

_BLANK = "\n\n"


@dataclass(frozen=True, slots=True)
class Section:
    """Rows between a beginning and an end; `more` says, with the number in place of `{}`, what was left out.

    `rank` says who gets room first: 0 before 1.
    """

    before: str
    rows: tuple[str, ...] = ()
    after: str = ""
    gap: str = "\n"
    more: str = "- and {} more"
    rank: int = 0

    def counted(self) -> str:
        """The section with all its rows left out."""
        return self.before + self._rest(0)

    def within(self, room: int) -> str:
        """As many rows as fit; "" where not even the count does."""
        ends = list(accumulate((len(row) + len(self.gap) for row in self.rows), initial=0))
        for kept in range(len(self.rows), -1, -1):
            rest = self._rest(kept)
            if len(self.before) + ends[kept] + len(rest) <= room:
                return self.before + "".join(row + self.gap for row in self.rows[:kept]) + rest
        return ""

    def _rest(self, kept: int) -> str:
        left = len(self.rows) - kept
        return f"{self.more.format(f'{left:,}')}{self.gap}{self.after}" if left else self.after


def details(summary: str, rows: Sequence[str], *, gap: str = "\n", more: str = "- and {} more", rank: int) -> Section:
    """Rows that are folded away behind one line."""
    opening = f"<details>\n<summary>{escape(summary)}</summary>{_BLANK}"
    return Section(opening, tuple(rows), f"{_BLANK[len(gap) :]}</details>", gap, more, rank)


def fit(sections: Sequence[Section], limit: int) -> str:
    """The sections in their sequence, blank lines between, in at most `limit` characters.

    Room is kept for each to say at least how much is left out, as long as those before it by rank have as much.
    """
    counts = [section.counted() for section in sections]
    written = [""] * len(sections)
    ranked = sorted(range(len(sections)), key=lambda index: sections[index].rank)
    for position, index in enumerate(ranked):
        room = limit - _length(written)
        kept = _length(counts[later] for later in ranked[position + 1 :])
        text = sections[index].within(room - kept) or sections[index].within(min(room, len(counts[index])))
        written[index] = text.rstrip("\n")
    return _BLANK.join(text for text in written if text)


def _length(texts: Iterable[str]) -> int:
    return sum(len(text) + len(_BLANK) for text in texts if text)
