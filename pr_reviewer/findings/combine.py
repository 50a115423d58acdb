"""Several checked suggestions for one file at once: its text with all of them, and the diff that makes it so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pr_reviewer.diff.rewrite import Replacement, rewritten
from pr_reviewer.findings.moved import Moved, Replaced
from pr_reviewer.findings.suggest import apply_lines
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.findings import Placed


@dataclass(frozen=True, slots=True)
class Combination:
    """A file with several suggestions: the whole text, and where its lines stand."""

    text_after: str
    moved: Moved


def combine(head_text: str, placed: Iterable[Placed]) -> Combination:
    """The file with every suggestion. They do not overlap, and each was checked against this very text."""
    text, replaced = head_text, []
    for each in sorted(placed, key=lambda each: -each.lines.first):  # from below: the numbers above stay right
        proposal = apply_lines(each, text, _lines(each))
        text = proposal.text_after
        replaced.append(Replaced(each.lines, proposal.lines_after))
    return Combination(text, Moved(replaced))


def patch_of(path: str, head_text: str, placed: Sequence[Placed]) -> FileDiff:
    """The same as a diff against the head, byte for byte what `git apply` needs."""
    return rewritten(path, head_text, [_replacement(each, head_text) for each in placed])


def _replacement(placed: Placed, head_text: str) -> Replacement:
    """The lines as they will stand in the file, with its line ends."""
    proposal = apply_lines(placed, head_text, _lines(placed))
    start = placed.lines.first - 1
    return Replacement(placed.lines, tuple(proposal.text_after.split("\n")[start : start + proposal.lines_after]))


def _lines(placed: Placed) -> list[str]:
    suggestion = placed.finding.suggestion
    return suggestion.split("\n") if suggestion else []
