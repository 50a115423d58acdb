"""From findings to candidates: placed, without what is silenced or not raised in this repository, each defect once."""

from collections.abc import Sequence
from dataclasses import dataclass

from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.merge import merge
from pr_reviewer.findings.place import place_all
from pr_reviewer.findings.standing import Raised
from pr_reviewer.model.findings import Dropped, Finding, Placed, Unplaced
from pr_reviewer.model.rules import Silenced
from pr_reviewer.workflows.checking import Checked
from pr_reviewer.workflows.governing import Governing


@dataclass(frozen=True, slots=True)
class Claims:
    """What is to be verified or said, what is not, and the comments that silence rules."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    dropped: tuple[Dropped, ...]
    silenced: tuple[Silenced, ...]


def claims_of(findings: Sequence[Finding], index: ChangeIndex, checked: Checked, governing: Governing) -> Claims:
    """What these findings come to; `dropped` begins with what code's own checks dropped."""
    placement = place_all(findings, index)
    heard = checked.silence.apply(placement.placed)
    raised = by_standing(governing, heard.placed, placement.unplaced)
    merged = merge(raised.placed)
    dropped = (*checked.dropped, *heard.dropped, *raised.dropped, *merged.dropped)
    return Claims(merged.placed, raised.unplaced, dropped, heard.silenced)


def by_standing(governing: Governing, placed: Sequence[Placed], unplaced: Sequence[Unplaced]) -> Raised:
    """What is raised in this repository. A verification that lowers a severity may take a finding below the bar."""
    return governing.standing.select(placed, unplaced, governing.rules)
