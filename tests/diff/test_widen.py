"""Widening adds lines of the head's file around the changes, and touches nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.diff.render import render_file
from pr_reviewer.diff.widen import widen
from pr_reviewer.model.changes import FileDiff, FileStatus, LineKind, LineRange
from tests.diff.builders import apply, changes_of, diff_of

_OLD = [f"line {n}" for n in range(1, 41)]


def _new(**changes: str | None) -> list[str]:
    """The old lines, some replaced (`l7="x"`) or removed (`l7=None`)."""
    lines = (changes.get(f"l{n}", line) for n, line in enumerate(_OLD, start=1))
    return [line for line in lines if line is not None]


def _shown(file: FileDiff) -> list[tuple[int, int]]:
    """First and last head line of each hunk."""
    numbers = [[line.new_number for line in hunk.lines if line.new_number] for hunk in file.hunks]
    return [(shown[0], shown[-1]) for shown in numbers]


@pytest.mark.parametrize(
    ("new", "scopes", "margin", "limit", "shown"),
    [
        (_new(l20="x"), [LineRange(10, 30)], 1, 50, [(10, 30)]),
        (_new(l20="x"), [LineRange(10, 30)], 1, 20, [(17, 23)]),
        (_new(l20="x"), [LineRange(10, 30), LineRange(5, 35), LineRange(18, 21)], 1, 50, [(5, 35)]),
        (_new(l20="x"), [LineRange(10, 30), LineRange(5, 35), LineRange(18, 21)], 1, 25, [(10, 30)]),
        (_new(l20="x"), [], 8, 50, [(12, 28)]),
        (_new(l20="x"), [], 0, 50, [(17, 23)]),
        (_new(l2="x"), [], 10, 50, [(1, 12)]),
        (_new(l39="x"), [], 10, 50, [(29, 40)]),
        (_new(l10="x", l30="y"), [], 10, 50, [(1, 40)]),
        (_new(l10="x", l30="y"), [LineRange(8, 22), LineRange(24, 33)], 0, 50, [(7, 22), (24, 33)]),
        (_new(l10="x", l30="y"), [LineRange(8, 22), LineRange(23, 33)], 0, 50, [(7, 33)]),
        (_new(l20=None), [LineRange(10, 19)], 9, 50, [(10, 28)]),
        (_new(l20=None), [LineRange(20, 30)], 9, 50, [(11, 30)]),
        (_new(l1=None), [], 5, 50, [(1, 5)]),
        (_new(l40=None), [], 5, 50, [(35, 39)]),
        (_new(l20="x", l21="y"), [LineRange(15, 20), LineRange(21, 24)], 1, 50, [(15, 24)]),
    ],
)
def test_a_change_grows_to_its_largest_fitting_definition_else_by_the_margin(new, scopes, margin, limit, shown):
    assert _shown(widen(diff_of(_OLD, new, 3), new, scopes, margin, limit)) == shown


def test_a_removal_without_any_context_grows_by_the_margin_on_both_sides():
    new = _new(l20=None)
    assert _shown(widen(diff_of(_OLD, new, 0), new, [], 2)) == [(18, 21)]


def test_old_numbers_of_new_context_follow_what_was_added_and_removed():
    new = _new(l10="x\ny".replace("\n", " "), l20=None)
    wide = widen(diff_of(_OLD, new, 1), new, [], 4)
    numbers = [(line.old_number, line.new_number) for hunk in wide.hunks for line in hunk.lines]
    assert numbers == [
        *((n, n) for n in range(6, 10)),
        *((10, None), (None, 10)),
        *((n, n) for n in range(11, 15)),
        *((n, n) for n in range(16, 20)),
        *((20, None),),
        *((n, n - 1) for n in range(21, 25)),
    ]


@pytest.mark.parametrize(
    ("section", "shown"), [("line 12", ""), ("line 3", "line 3"), ("", ""), ("line 17", "")], ids=str
)
def test_the_section_goes_where_its_line_is_shown(section, shown):
    new = _new(l20="x")
    file = diff_of(_OLD, new, 3)
    file = replace(file, hunks=(replace(file.hunks[0], section=section),))
    wide = widen(file, new, [], 8 if section != "line 17" else 19)
    assert [hunk.section for hunk in wide.hunks] == [shown]


@pytest.mark.parametrize("status", [FileStatus.DELETED, FileStatus.TYPE_CHANGED])
def test_a_file_without_a_new_side_to_take_context_from_is_left_as_it_is(status):
    file = replace(diff_of(_OLD, _new(l20="x"), 1), status=status)
    assert widen(file, _OLD, [LineRange(1, 40)], 10) is file


def test_a_file_without_hunks_is_left_as_it_is():
    file = FileDiff("f", FileStatus.RENAMED, old_path="g")
    assert widen(file, _OLD, [LineRange(1, 40)], 10) is file


def test_a_text_that_is_shorter_than_the_diff_says_adds_what_it_has():
    new = _new(l20="x")
    file = diff_of(_OLD, new, 3)
    assert _shown(widen(file, new[:5], [], 18)) == [(2, 23)]


_LINES = st.lists(st.sampled_from(["a", "b", "", "def f():", "}"]), max_size=30)
_SCOPES = st.lists(
    st.builds(lambda first, length: LineRange(first, first + length), st.integers(1, 30), st.integers(0, 20)),
    max_size=6,
)


@given(
    old=_LINES,
    new=_LINES.filter(bool),
    scopes=_SCOPES,
    margin=st.integers(0, 8),
    limit=st.integers(1, 40),
    n=st.integers(0, 3),
)
def test_changes_stay_and_every_number_is_that_line(old, new, scopes, margin, limit, n):
    if old == new:
        return
    file = diff_of(old, new, n)
    wide = widen(file, new, scopes, margin, limit)
    assert changes_of(wide.hunks) == changes_of(file.hunks)
    assert apply("".join(f"{line}\n" for line in old), wide) == "".join(f"{line}\n" for line in new)
    shown = {line for hunk in wide.hunks for line in hunk.lines}
    assert shown >= {line for hunk in file.hunks for line in hunk.lines}
    for line in changes_of(wide.hunks):
        if line.kind is LineKind.ADDED and not any(line.new_number in scope for scope in scopes):
            near = range(max(1, line.new_number - margin), line.new_number)
            assert {other.new_number for other in shown} >= {*near} - {0}


def test_widening_twice_is_widening_once():
    new = _new(l10="x", l30=None)
    scopes = [LineRange(8, 14)]
    wide = widen(diff_of(_OLD, new, 3), new, scopes, 5)
    assert render_file(widen(wide, new, scopes, 5)) == render_file(wide)
