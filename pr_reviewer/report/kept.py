"""What a summary remembers of the findings that stand in it alone: hidden lines above its marker, read by /explain.

    <!-- pr-reviewer:kept v1 {"name":"v1:1a2b…","path":"shop/rates.py","first":3,"last":4,"why":"…",…} -->

As many as there is room for, in the order of the summary; a later summary replaces them. Only the lines right above the
marker are read: what stands elsewhere is somebody's text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pr_reviewer.diff.text import split_lines
from pr_reviewer.masking import mask
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.findings import Placed, Unplaced
from pr_reviewer.model.review import Review
from pr_reviewer.report.record import Facts, Record, facts_of, hidden_line, name_of, read_facts, read_line, record_of

FOLDED = "it is beyond the limit of comments"
LONGEST_KEPT = 20_000  # characters of all of them: the rest of the body is the summary's
_KIND = "kept"
_LONGEST_QUOTE = 600
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Kept:
    """A finding in the summary. `why` says why it has no comment; `lines` are None where it stands on no line."""

    name: str
    path: str
    lines: LineRange | None
    side: Side
    quote: str
    why: str
    record: Record


def write_kept(review: Review) -> str:
    """The lines; "" where every finding has a comment."""
    found: list[tuple[Placed | Unplaced, str]] = [(each, each.why) for each in review.unplaced]
    found += [(each, FOLDED) for each in review.folded]
    written: list[str] = []
    room = LONGEST_KEPT
    for each, why in found:
        line = hidden_line(_KIND, _facts(each, why))
        room -= len(line) + 1
        if room < 0:
            break
        written.append(line)
    return "\n".join(written)


def read_kept(body: str) -> tuple[Kept, ...]:
    """The findings that a summary of ours remembers."""
    return tuple(reversed(list(_from_below(body))))


def _from_below(body: str) -> Iterator[Kept]:
    lines = [line for line in split_lines(body.replace("\r\n", "\n")) if line]
    for line in reversed(lines[:-1]):
        facts = read_line(_KIND, line)
        if facts is None:
            return
        kept = _read(facts)
        if kept:
            yield kept


def _read(facts: Facts) -> Kept | None:
    record = read_facts(facts)
    try:
        first, last = facts.get("first"), facts.get("last")
        lines = LineRange(int(first), int(last)) if first and last else None
        side = Side(facts.get("side", Side.NEW))
    except (TypeError, ValueError):
        return None
    name, path = str(facts.get("name", "")), str(facts.get("path", ""))
    if record is None or not (name and path):
        return None
    return Kept(name, path, lines, side, str(facts.get("quote", "")), str(facts.get("why", "")), record)


def _facts(found: Placed | Unplaced, why: str) -> Facts:
    placed = found if isinstance(found, Placed) else found.placed
    finding = found.finding
    where = {"first": placed.lines.first, "last": placed.lines.last, "side": placed.side} if placed else {}
    return {
        "name": name_of(found),
        "path": finding.path,
        **where,
        "quote": mask(placed.quote if placed else finding.quote, finding.path).text[:_LONGEST_QUOTE],
        "why": mask(why).text[:_LONGEST_REASON],
        **facts_of(record_of(found)),
    }
