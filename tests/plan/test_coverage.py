from dataclasses import replace

from pr_reviewer.model.coverage import CoverageState, FileCoverage
from pr_reviewer.model.plan import Batch, Packing
from pr_reviewer.plan.coverage import coverage_of
from tests.plan.builders import changed_lines, edited, patch


def _patch(file):
    return replace(patch(file.path, 1), file=file)


def test_what_is_shown_whole_is_not_mentioned():
    assert coverage_of(Packing((Batch((patch("a.py", 1),)),))) == ()


def test_a_file_that_is_in_no_batch_is_skipped_with_the_reason():
    assert coverage_of(Packing((), ((patch("a.py", 1), "no call is left"),))) == (
        FileCoverage("a.py", CoverageState.SKIPPED, "not shown to the model: no call is left"),
    )


def test_lines_that_are_in_no_batch_are_named():
    added = _patch(changed_lines("a.py", 90, 10, 11, 40).diff)
    removed = _patch(edited("a.py", "@@ -70,2 +73 @@\n-one\n-two\n+TWO"))
    packing = Packing((Batch((patch("a.py", 1),)),), ((added, "no call is left"), (removed, "it is too long")))

    assert coverage_of(packing) == (
        FileCoverage(
            "a.py",
            CoverageState.PARTIAL,
            "lines 10–11, 40, 73 and removed lines 70–71 not shown to the model: no call is left; it is too long",
        ),
    )


def test_removed_lines_alone_are_named_too():
    removed = _patch(edited("a.py", "@@ -70 +69,0 @@\n-one"))

    (entry,) = coverage_of(Packing((Batch((patch("a.py", 1),)),), ((removed, "why"),)))
    assert entry.reason == "removed line 70 not shown to the model: why"


def test_many_places_are_counted():
    many = _patch(changed_lines("a.py", 300, *range(10, 300, 20)).diff)

    (entry,) = coverage_of(Packing((Batch((patch("a.py", 1),)),), ((many, "why"),)))
    assert entry.reason == "lines in 15 places between 10 and 290 not shown to the model: why"
