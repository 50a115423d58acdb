"""The verdict: one line that never looks better than the review was."""

from dataclasses import replace

import pytest

from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.findings import Severity
from pr_reviewer.model.llm import Cost, Usage
from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.amounts import cost_text, count, listed
from pr_reviewer.report.verdict import verdict
from tests.report.builders import FAILED, INCOMPLETE, NO_MODEL, THREE, covered, placed, review

SKIPPED = FileCoverage("a.lock", CoverageState.SKIPPED, "a lock file", is_deliberate=True)
LOST = FileCoverage("c.py", CoverageState.SKIPPED, "the model call failed")
PART = FileCoverage("d.py", CoverageState.PARTIAL, "the budget is used up")


def incomplete(*files, notes=()):
    return review(conclusion=Conclusion.INCOMPLETE, coverage=Coverage(files, notes))


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (review(), "No problems found in 2 files."),
        (review(coverage=Coverage(covered("a.py"))), "No problems found in 1 file."),
        (review(coverage=Coverage(())), "No problems found: the change is empty."),
        (review(coverage=Coverage((*covered("a"), SKIPPED))), "No problems found in 1 file (1 skipped)."),
        (review(coverage=Coverage((SKIPPED,))), "No problems found: nothing to review in 1 changed file."),
        (THREE, "3 findings: 1 error, 2 warnings."),
        (
            review(conclusion=Conclusion.FINDINGS, comments=(placed(severity=Severity.NOTE),)),
            "1 finding: 1 note.",
        ),
        (
            INCOMPLETE,
            "Incomplete: 2 of 6 files not reviewed and 1 reviewed only in part. 4 findings: 1 error, 3 warnings.",
        ),
        (incomplete(*covered("a"), LOST), "Incomplete: 1 of 2 files not reviewed. No findings."),
        (incomplete(PART), "Incomplete: 1 of 1 file reviewed only in part. No findings."),
        (incomplete(*covered("a"), notes=("a rule was left out",)), "Incomplete: a check was left out. No findings."),
        (NO_MODEL, "No model was asked: only pattern rules, parsers and searches ran. 1 finding: 1 warning."),
        (FAILED, "The review failed: no model call succeeded. No findings."),
        (
            replace(FAILED, comments=(placed(),)),
            "The review failed: no model call succeeded. 1 finding: 1 warning.",
        ),
    ],
)
def test_the_verdict_is_one_honest_line(given, line):
    assert verdict(given) == line


@pytest.mark.parametrize(
    ("cost", "models", "text"),
    [
        (Cost(seconds=0.42), (), "no model calls · 0.4 s"),
        (Cost(1, Usage(5, 0, 1_500_000), 0.004, 12), (), "1 model call · 5 tokens in · 1.5M out · under $0.01 · 12 s"),
        (
            Cost(2000, Usage(999, 10, 0), None, 61.2),
            ("a", "b"),
            "2,000 model calls (a, b) · 999 tokens in (10 cached) · 0 out · price unknown · 1 min 1 s",
        ),
        (Cost(1, usd=0.0, seconds=1), (), "1 model call · 0 tokens in · 0 out · $0.00 · 1.0 s"),
    ],
)
def test_the_cost_is_stated(cost, models, text):
    assert cost_text(cost, models) == text


@pytest.mark.parametrize(("parts", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_a_list_reads_like_a_sentence(parts, text):
    assert listed(parts) == text


def test_numbers_and_nouns_agree():
    assert [count(0, "file"), count(1, "file"), count(1200, "file")] == ["0 files", "1 file", "1,200 files"]
