"""Parts hold each changed line once, with its number, and break where a reader would."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.diff.numbers import end_of, start_of
from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.diff.split import characters, split_hunk
from pr_reviewer.diff.unified import unified
from pr_reviewer.model.changes import Hunk
from tests.diff.builders import added, changes_of, context, diff_of, removed


def _one(_line: object) -> int:
    return 1


def _added(count: int) -> Hunk:
    return Hunk(0, 1, "", tuple(added(f"line {n}", n) for n in range(1, count + 1)))


def _firsts(hunks: tuple[Hunk, ...]) -> list[int]:
    return [hunk.lines[0].new_number for hunk in hunks]


def test_a_hunk_that_fits_is_left_as_it_is():
    hunk = _added(5)
    assert split_hunk(hunk, (), 5, _one) == (hunk,)


@pytest.mark.parametrize(
    ("breaks", "limit", "firsts"),
    [
        ((4, 8), 10, [1, 8]),
        ((4, 8), 5, [1, 4, 8]),
        ((), 5, [1, 6, 11]),
        ((1, 15), 6, [1, 7]),
        ((3,), 5, [1, 3, 8]),
        ((), 1, [*range(1, 13)]),
    ],
)
def test_parts_break_before_the_last_definition_that_fits_else_anywhere(breaks, limit, firsts):
    assert _firsts(split_hunk(_added(12), breaks, limit, _one)) == firsts


def test_without_definitions_a_change_stays_together_if_it_can():
    lines = (context("a", 1, 1), added("b", 2), context("c", 2, 3), removed("d", 3), added("D", 4), added("E", 5))
    assert [len(part.lines) for part in split_hunk(Hunk(1, 1, "s", lines), (), 5, _one)] == [3, 3]


def test_lines_removed_above_a_definition_go_with_it():
    lines = (added("a", 1), removed("def old", 1), removed("x", 2), added("def new", 2), added("y", 3))
    assert [part.lines for part in split_hunk(Hunk(1, 1, "", lines), (2,), 4, _one)] == [lines[:1], lines[1:]]


def test_parts_without_a_change_are_left_out_and_the_section_stays_with_the_first_lines():
    lines = (*(context("x", n, n) for n in range(1, 7)), added("y", 7), context("x", 7, 8))
    assert split_hunk(Hunk(1, 1, "section", lines), (), 3, _one) == (Hunk(7, 7, "", lines[6:]),)


def test_a_part_with_one_side_only_starts_where_the_other_side_stands():
    lines = (context("a", 4, 9), removed("b", 5), removed("c", 6), added("d", 10))
    parts = split_hunk(Hunk(4, 9, "", lines), (), 2, _one)
    assert [(part.old_start, part.new_start) for part in parts] == [(5, 9), (6, 10)]


def test_a_line_that_is_heavier_than_the_limit_is_a_part_of_its_own():
    lines = (added("a", 1), added("b" * 100, 2), added("c", 3))
    assert [part.lines for part in split_hunk(Hunk(0, 1, "", lines), (), 30)] == [lines[:1], lines[1:2], lines[2:]]


_LINES = st.lists(st.sampled_from(["a", "bb", "", "def f():", "}" * 40]), max_size=40)


@given(
    old=_LINES, new=_LINES, breaks=st.frozensets(st.integers(1, 40)), limit=st.integers(1, 120), n=st.integers(0, 40)
)
def test_every_changed_line_stands_in_exactly_one_part_within_the_limit(old, new, breaks, limit, n):
    if old == new:
        return
    file = diff_of(old, new, n)
    hunks = tuple(part for hunk in file.hunks for part in split_hunk(hunk, breaks, limit))
    assert changes_of(hunks) == changes_of(file.hunks)
    for hunk in hunks:
        assert sum(map(characters, hunk.lines)) <= limit or len(hunk.lines) == 1
        part = replace(file, hunks=(hunk,))
        assert parse_diff(unified(part)) == (part,)
    for hunk, following in pairwise(hunks):
        assert end_of(hunk) <= start_of(following)


def test_parts_of_a_hundred_thousand_lines_are_cut_in_one_go():
    parts = split_hunk(_added(100_000), range(1, 100_000, 7), 1_000)
    assert sum(len(part.lines) for part in parts) == 100_000
