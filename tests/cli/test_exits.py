"""Which exit code a review ends with."""

from dataclasses import replace

import pytest

from pr_reviewer.cli.exits import Exit, exit_code
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.findings import Category, Finding, Misplaced, Placed, Severity, Unplaced
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.review import Conclusion, Review

FINDING = Finding("a.py", "x", Severity.WARNING, Category.CORRECTNESS, "It is wrong", "Here is why.")
PLACED = Placed(FINDING, Side.NEW, LineRange(1, 1), "x", "v1:0")
CLEAN = Review("", "", Conclusion.CLEAN, (), (), (), (), Coverage(()), Cost())
COMMENTED = replace(CLEAN, conclusion=Conclusion.FINDINGS, comments=(PLACED,))
FOLDED = replace(CLEAN, conclusion=Conclusion.FINDINGS, folded=(PLACED,))
UNPLACED = replace(CLEAN, conclusion=Conclusion.FINDINGS, unplaced=(Unplaced(FINDING, Misplaced.QUOTE_MISSING),))
INCOMPLETE = replace(COMMENTED, conclusion=Conclusion.INCOMPLETE)
FAILED = replace(COMMENTED, conclusion=Conclusion.FAILED)


@pytest.mark.parametrize(
    ("review", "gate", "complete", "code"),
    [
        (CLEAN, None, False, Exit.DONE),
        (CLEAN, Severity.NOTE, True, Exit.DONE),
        (COMMENTED, None, False, Exit.DONE),
        (COMMENTED, Severity.ERROR, False, Exit.DONE),
        (COMMENTED, Severity.WARNING, False, Exit.FINDINGS),
        (COMMENTED, Severity.NOTE, False, Exit.FINDINGS),
        (FOLDED, Severity.NOTE, False, Exit.FINDINGS),
        (UNPLACED, Severity.NOTE, False, Exit.FINDINGS),
        (INCOMPLETE, None, False, Exit.DONE),
        (INCOMPLETE, Severity.NOTE, False, Exit.FINDINGS),
        (INCOMPLETE, None, True, Exit.INCOMPLETE),
        (INCOMPLETE, Severity.NOTE, True, Exit.INCOMPLETE),
        (FAILED, Severity.NOTE, True, Exit.FAILED),
        (FAILED, None, False, Exit.FAILED),
    ],
)
def test_failed_goes_before_incomplete_and_that_before_findings(review, gate, complete, code):
    assert exit_code(review, fail_on=gate, require_complete=complete) is code
