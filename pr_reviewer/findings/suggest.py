"""Suggestions: replacement text for exactly the placed lines, checked before anybody can commit it.

Two steps, because a parser stands between them: `propose` writes the file as it would be, `judge` compares what the
parser said of it before and after. A suggestion that fails goes back to the model once (`repaired`), then the finding
stays as prose (`without_suggestion`). Each is proposed alone, against the head.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.text import display
from pr_reviewer.findings.indent import reindented
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.moved import Moved, Replaced, Rewrite
from pr_reviewer.findings.place import REMOVED_LINE, place
from pr_reviewer.findings.quotes import plain_lines, squeeze_lines
from pr_reviewer.findings.read import speaks_of_removal
from pr_reviewer.findings.refused import Refused
from pr_reviewer.findings.replies import Repair
from pr_reviewer.findings.surroundings import REACH, kept_within
from pr_reviewer.findings.written import written_lines
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.code import SyntaxProblem
from pr_reviewer.model.findings import Placed


@dataclass(frozen=True, slots=True)
class Proposal:
    """A finding whose suggestion can be applied, with the suggestion as it will be shown.

    `text_after` is the whole file with it: only the placed lines differ from the head. `lines_after` is how many lines
    stand in their place.
    """

    placed: Placed
    text_after: str
    lines_after: int

    @property
    def path(self) -> str:
        """The file that changes."""
        return self.placed.finding.path

    @property
    def moved(self) -> Moved:
        """Where the lines of the file stand."""
        return Moved([Replaced(self.placed.lines, self.lines_after)])


def propose(placed: Placed, head_text: str | None, masked_lines: Collection[int] = frozenset()) -> Proposal | Refused:
    """Apply a finding's suggestion to the head's own text, or say why that cannot be.

    `head_text` is unmasked and None where it is not known; `masked_lines` are the numbers of its lines that hold
    secrets. The suggestion may lose a fence, repeated surroundings and blank lines at its ends; it gains the file's
    indentation and line ends.
    """
    if placed.finding.suggestion is None:
        return Refused("There is no suggestion.")
    if placed.side is Side.OLD:
        return Refused(REMOVED_LINE)
    if head_text is None:
        return Refused("Nothing can be suggested for a file whose text is not known.")
    problem = _why_not(placed, head_text, masked_lines)
    if problem:
        return Refused(problem)
    lines = _fitted(placed, head_text)
    return lines if isinstance(lines, Refused) else apply_lines(placed, head_text, lines)


def judge(
    rewrite: Rewrite, before: Sequence[SyntaxProblem] | None, after: Sequence[SyntaxProblem] | None
) -> str | None:
    """What the parser holds against a rewritten file: a problem where there was none before; None: nothing.

    None instead of problems means that the file cannot be parsed at all: in both versions, that is no objection.
    """
    if after is None:
        return None if before is None else "With the suggestion, the file cannot be parsed any more."
    moved = rewrite.moved
    known = Counter(moved.of_head(problem.line) for problem in before or ())
    for problem in sorted(after, key=lambda problem: problem.line):
        place_now = moved.of_result(problem.line)
        if not known[place_now]:
            return f"With the suggestion, line {problem.line} does not parse: {problem.text}"
        known[place_now] -= 1
    return None


def repaired(placed: Placed, repair: Repair, change: ChangeIndex) -> Placed:
    """The finding with the second try at its suggestion, which may quote other lines around the same place.

    Without a second try, or where it is about another place, the finding has no suggestion any more.
    """
    is_removal_meant = speaks_of_removal(placed.finding.title, placed.finding.message)
    if repair.suggestion is None or (not repair.suggestion and not is_removal_meant):
        return without_suggestion(placed, "The model withdrew the suggestion.")
    finding = replace(
        placed.finding, quote=repair.quote or placed.quote, lines=placed.lines, suggestion=repair.suggestion
    )
    moved = place(finding, change)
    if isinstance(moved, Placed) and moved.side is placed.side and moved.lines.overlaps(placed.lines):
        return moved
    return without_suggestion(placed, "The second try at the suggestion is about other lines.")


def without_suggestion(placed: Placed, problem: str) -> Placed:
    """The finding as prose, with the reason."""
    return replace(placed, finding=replace(placed.finding, suggestion=None), suggestion_problem=problem)


def _why_not(placed: Placed, head_text: str, masked_lines: Collection[int]) -> str:
    """Why nothing can replace these lines, whatever it is."""
    if any(number in placed.lines for number in masked_lines):
        return "The suggestion replaces a line that holds a secret."
    lines = _placed_lines(placed.lines, head_text)
    if any(map(_is_undecodable, lines)):
        return "The suggestion replaces bytes that are not UTF-8."
    if lines != placed.quote.split("\n"):
        return "The lines are not those of the head."
    if squeeze_lines(placed.finding.quote) != squeeze_lines(placed.quote):
        return "The quote is not exactly the whole lines that the suggestion replaces."
    return ""


def _fitted(placed: Placed, head_text: str) -> list[str] | Refused:
    """The lines that replace the placed ones."""
    file_lines = plain_lines(head_text)
    above, old, below = _around(file_lines, placed.lines)
    lines = written_lines(placed.finding.suggestion or "", old)
    if not isinstance(lines, Refused):
        lines = kept_within(lines, old, above, below)
    if not isinstance(lines, Refused):
        lines = reindented(lines, old, plain_lines(placed.finding.quote), file_lines)
    if not isinstance(lines, Refused) and list(map(str.rstrip, lines)) == list(map(str.rstrip, old)):
        return Refused("The suggestion changes nothing.")
    return lines


def _around(lines: Sequence[str], placed: LineRange) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """The lines above, from the placed ones upwards; the placed ones; the lines below."""
    start = placed.first - 1
    return lines[max(0, start - REACH) : start][::-1], lines[start : placed.last], lines[placed.last :][:REACH]


def apply_lines(placed: Placed, head_text: str, lines: Sequence[str]) -> Proposal:
    """Replace the placed lines, byte for byte nothing else; a last line without newline stays one."""
    raw, first, last = head_text.split("\n"), placed.lines.first, placed.lines.last
    before = "".join(f"{line}\n" for line in raw[: first - 1])
    after = "\n".join(raw[last:])
    end = _line_end(raw[last - 1]) if last < len(raw) else ""
    inner = _line_end(raw[first - 1] if first < len(raw) else raw[max(0, first - 2)])
    body = inner.join(lines) + end if lines else ""
    suggestion = replace(placed.finding, suggestion="\n".join(lines))
    return Proposal(replace(placed, finding=suggestion), before + body + after, len(lines))


def _line_end(line: str) -> str:
    """The end of a line of which only the line feed was cut off."""
    return "\r\n" if line.endswith("\r") else "\n"


def _placed_lines(placed: LineRange, head_text: str) -> list[str]:
    return plain_lines(head_text)[placed.first - 1 : placed.last]


def _is_undecodable(line: str) -> bool:
    return display(line) != line
