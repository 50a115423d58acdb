"""Globs whose matching could take for ever are refused, ordinary ones are not."""

import time

import pytest

from pr_reviewer.diff.globs import why_costly
from pr_reviewer.diff.skip import SkipRules, skip_reason
from pr_reviewer.model.changes import FileDiff, FileStatus


@pytest.mark.parametrize(
    "glob",
    [
        *("*.py", "!*.py", "/docs/", "src/**", "**/generated/**/*.test.*", "a/*/b/*/c/*/d/*.py", "*-*-*-*.yaml", "**"),
        *("**/a/**/b/**", "", "*", "[*]x"),
    ],
)
def test_ordinary_globs_pass(glob):
    assert why_costly(glob) == ""


@pytest.mark.parametrize("glob", ["*a*a*a*a*b", "**a**b*", "*a*b*/*c*d*", "**/a/**/b/**/c/**/d", "!*a*a*a*a*"])
def test_globs_with_many_ways_to_match_are_refused(glob):
    assert "wildcards" in why_costly(glob)


def test_the_worst_glob_that_passes_meets_the_worst_name_and_still_ends():
    rules = SkipRules.compile(ignore=["*a*a*ab", "**/*a*ab"])
    started = time.process_time()

    assert skip_reason(FileDiff("a" * 255, FileStatus.DELETED), rules) == "the file is deleted"
    assert time.process_time() - started < 2
