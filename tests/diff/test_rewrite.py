"""Replaced lines as a diff, by real git: it applies, in both directions, byte for byte."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.diff.rewrite import Replacement, rewritten
from pr_reviewer.diff.unified import unified
from pr_reviewer.model.changes import LineRange

ENV = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
TEN = "".join(f"{number}\n" for number in range(1, 11))


def replace_lines(first: int, last: int, *texts: str) -> Replacement:
    return Replacement(LineRange(first, last), texts)


def apply(folder: Path, patch: str, *options: str) -> None:
    call = ["git", "apply", "--unidiff-zero", "--whitespace=nowarn", *options, "-"]
    done = subprocess.run(call, cwd=folder, env=ENV, input=patch.encode(), capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr.decode(), patch)


def plainly(text: str, replacements: list[Replacement]) -> str:
    """The text after, by slicing a list."""
    lines = text.split("\n")
    for each in sorted(replacements, key=lambda each: -each.lines.first):
        lines[each.lines.first - 1 : each.lines.last] = each.texts
    return "\n".join(lines)


def test_the_hunk_has_three_lines_of_context():
    assert unified(rewritten("a.txt", TEN, [replace_lines(5, 5, "five", "half")])) == (
        "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -2,7 +2,8 @@\n"
        " 2\n 3\n 4\n-5\n+five\n+half\n 6\n 7\n 8\n"
    )


@pytest.mark.parametrize(("second", "hunks"), [(9, 1), (10, 2)])
def test_hunks_whose_context_meets_are_one(second, hunks):
    file = rewritten("a", TEN, [replace_lines(second, second, "x"), replace_lines(2, 2, "y")])
    assert len(file.hunks) == hunks


def test_nothing_replaced_is_no_hunk():
    assert rewritten("a", TEN, []).hunks == ()


@st.composite
def rewrites(draw):
    """A text, with or without an end, and replacements that do not overlap."""
    lines = draw(st.lists(st.sampled_from(["a", "b\r", "\tc", "", "d é"]), min_size=1, max_size=30))
    ends = draw(st.booleans()) or lines[-1] == ""
    count, at, chosen = len(lines), 1, []
    while at <= count and len(chosen) < 4:
        first = draw(st.integers(at, count))
        last = draw(st.integers(first, min(count, first + 3)))
        texts = draw(st.lists(st.sampled_from(["x", "y\r", "  z"]), max_size=3))
        is_end = last == count and not ends
        if texts != lines[first - 1 : last] and (texts or not is_end):
            chosen.append(replace_lines(first, last, *texts))
        at = last + 1 + draw(st.integers(0, 9))
    return "\n".join(lines) + ("\n" if ends else ""), chosen


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=rewrites())
def test_git_applies_it_and_takes_it_back(case, tmp_path):
    text, replacements = case
    file = rewritten("file", text, replacements)
    patch = unified(file)
    assert parse_diff(patch) == (file,) or not file.hunks
    (tmp_path / "file").write_bytes(text.encode())
    if file.hunks:
        apply(tmp_path, patch)
        assert (tmp_path / "file").read_bytes() == plainly(text, replacements).encode()
        apply(tmp_path, patch, "-R")
        assert (tmp_path / "file").read_bytes() == text.encode()


def test_a_last_line_without_end_that_goes_leaves_one_with_an_end(tmp_path):
    (tmp_path / "file").write_bytes(b"a\nb")
    apply(tmp_path, unified(rewritten("file", "a\nb", [replace_lines(2, 2)])))
    assert (tmp_path / "file").read_bytes() == b"a\n"
