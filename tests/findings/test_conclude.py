import pytest

from pr_reviewer.findings.conclude import NO_MODEL, FailedPass, assemble_coverage, conclude
from pr_reviewer.model.changes import FileDiff, FileStatus
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.findings import Misplaced, Unplaced
from pr_reviewer.model.llm import Task
from pr_reviewer.model.plan import Batch, Patch
from pr_reviewer.model.review import Conclusion
from tests.findings.builders import changed, finding, placed

FULL, PARTIAL, SKIPPED = CoverageState.FULL, CoverageState.PARTIAL, CoverageState.SKIPPED
FILES = [changed("a\n", "b\n", path) for path in ("z.py", "a.py", "m.py")]
RENAMED = FileDiff("moved.py", FileStatus.RENAMED, old_path="here.py")


def batch(*paths, text="patch"):
    return Batch(tuple(Patch(path, text, 1, FileDiff(path, FileStatus.MODIFIED)) for path in paths))


EVERY = batch("z.py", "a.py", "m.py")


def cover(files=FILES, *, skipped=(), batches=(EVERY,), **fields):
    coverage = assemble_coverage(files, skipped=skipped, batches=batches, **fields)
    return [(file.path, file.state, file.reason) for file in coverage.files]


def test_every_file_is_covered_once_in_the_order_of_the_change():
    assert cover() == [("z.py", FULL, ""), ("a.py", FULL, ""), ("m.py", FULL, "")]


def test_what_was_left_out_deliberately_says_so_and_leaves_the_review_complete():
    generated = FileCoverage("a.py", SKIPPED, "a lock file", is_deliberate=True)
    coverage = assemble_coverage(FILES, skipped=[generated], batches=[batch("z.py", "m.py")])
    assert coverage.files[1] == generated
    assert coverage.is_complete


def test_what_the_plan_left_out_is_named():
    dropped = FileCoverage("a.py", SKIPPED, "beyond the cap on model calls")
    cut = FileCoverage("m.py", PARTIAL, "part 2 of 2 is beyond the cap")
    assert cover(skipped=[dropped, cut], batches=[batch("z.py", "m.py")])[1:] == [
        ("a.py", SKIPPED, "beyond the cap on model calls"),
        ("m.py", PARTIAL, "part 2 of 2 is beyond the cap"),
    ]


def test_a_file_whose_call_failed_for_good_is_skipped():
    lost = batch("a.py", "m.py")
    failed = [FailedPass(lost, Task.REVIEW, "time-out"), FailedPass(lost, Task.RULES, "time-out")]
    assert cover(batches=[batch("z.py"), lost], failed=failed)[1:] == [
        (
            "a.py",
            SKIPPED,
            "the model call failed: time-out",
        ),
        (
            "m.py",
            SKIPPED,
            "the model call failed: time-out",
        ),
    ]


def test_a_file_of_which_a_part_failed_is_partial():
    parts = [batch("a.py", text="one"), batch("a.py", text="two")]
    failed = [FailedPass(parts[1], Task.REVIEW, "refused")]
    assert cover(FILES[1:2], batches=parts, failed=failed) == [("a.py", PARTIAL, "the model call failed: refused")]


@pytest.mark.parametrize("task", [Task.RULES, Task.VERIFY])
def test_a_file_that_lost_a_later_pass_is_partial(task):
    failed = [FailedPass(EVERY, task, "refused", paths=("a.py",))]
    assert [state for _, state, _ in cover(failed=failed)] == [FULL, PARTIAL, FULL]


@pytest.mark.parametrize("task", [Task.REPAIR, Task.SUMMARY])
def test_a_failed_repair_or_summary_costs_no_coverage(task):
    assert {state for _, state, _ in cover(failed=[FailedPass(EVERY, task, "no")])} == {FULL}


def test_without_a_model_nothing_with_lines_is_full():
    skipped = [
        FileCoverage("a.py", SKIPPED, "binary", is_deliberate=True),
        FileCoverage("m.py", SKIPPED, "beyond the cap"),
    ]
    assert cover([*FILES, RENAMED], skipped=skipped, batches=[], is_model_asked=False) == [
        ("z.py", PARTIAL, NO_MODEL),
        ("a.py", SKIPPED, "binary"),
        ("m.py", PARTIAL, NO_MODEL),
        ("moved.py", FULL, ""),
    ]


def test_a_file_that_nobody_showed_is_never_full():
    assert cover(FILES[:1], batches=[]) == [("z.py", SKIPPED, "no model call showed it")]


def test_a_file_without_lines_has_nothing_to_show():
    assert cover([RENAMED], batches=[]) == [("moved.py", FULL, "")]


def test_a_file_without_lines_can_be_left_out_with_a_reason():
    left_out = FileCoverage("moved.py", SKIPPED, "too large")
    assert cover([RENAMED], skipped=[left_out], batches=[]) == [("moved.py", SKIPPED, "too large")]


def test_notes_make_a_review_incomplete_and_are_said_once():
    coverage = assemble_coverage(FILES[:1], skipped=[], batches=[batch("z.py")], notes=["cut", "cut"])
    assert coverage.notes == ("cut",)
    assert not coverage.is_complete


COMPLETE = Coverage((FileCoverage("a.py", FULL),))
INCOMPLETE = Coverage((FileCoverage("a.py", PARTIAL, NO_MODEL),))


@pytest.mark.parametrize(
    ("findings", "coverage", "calls", "failed", "conclusion"),
    [
        ([], COMPLETE, 3, 0, Conclusion.CLEAN),
        ([], Coverage(()), 0, 0, Conclusion.CLEAN),
        ([placed()], COMPLETE, 3, 0, Conclusion.FINDINGS),
        ([Unplaced(finding(), Misplaced.QUOTE_MISSING)], COMPLETE, 3, 0, Conclusion.FINDINGS),
        ([placed()], INCOMPLETE, 3, 1, Conclusion.INCOMPLETE),
        ([], INCOMPLETE, 0, 0, Conclusion.INCOMPLETE),
        ([placed()], INCOMPLETE, 3, 3, Conclusion.FAILED),
    ],
)
def test_the_conclusion_is_the_worst_that_is_true(findings, coverage, calls, failed, conclusion):
    assert conclude(findings, coverage, calls=calls, failed_calls=failed) is conclusion
