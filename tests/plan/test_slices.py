from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.diff.numbers import end_of, start_of
from pr_reviewer.diff.render import render_file
from pr_reviewer.model.changes import LineKind
from pr_reviewer.plan.slices import split_off_giants, trim_context
from tests.plan.builders import changed_lines, edited


def _changes(file):
    return [line for hunk in file.hunks for line in hunk.lines if line.kind is not LineKind.CONTEXT]


_EDIT = edited(
    "a.py",
    """
@@ -5,11 +5,11 @@ def total():
 five
 six
 seven
-eight
+EIGHT
 nine
 ten
 eleven
+more
 twelve
-thirteen
 fourteen
 fifteen
""",
)


def test_less_context_parts_a_hunk_and_keeps_every_number():
    assert render_file(trim_context(_EDIT, 1)) == (
        "### a.py\n@@ def total():\n7  seven\nold 8 -eight\n8 +EIGHT\n9  nine\n"
        "@@ def total():\n11  eleven\n12 +more\n13  twelve\nold 13 -thirteen\n14  fourteen\n"
    )


def test_without_context_a_side_without_lines_starts_at_the_line_before():
    starts = [(hunk.old_start, hunk.new_start) for hunk in trim_context(_EDIT, 0).hunks]

    assert starts == [(8, 8), (11, 12), (13, 13)]


def test_as_much_context_as_there_is_changes_nothing():
    assert trim_context(_EDIT, 9) == _EDIT


@given(st.sets(st.integers(1, 40), min_size=1), st.integers(0, 3))
def test_trimming_keeps_every_change_and_its_numbers(changed, margin):
    file = (
        changed_lines("a.py", 40, *changed, *([1] if len(changed) == 40 else [])).diff if len(changed) < 40 else _EDIT
    )
    trimmed = trim_context(file, margin)

    assert _changes(trimmed) == _changes(file)
    for hunk in trimmed.hunks:
        here = start_of(hunk)
        for line in hunk.lines:
            assert line.new_number in (None, here.new)
            assert line.old_number in (None, here.old)
            here = here.after([line])
        assert here == end_of(hunk)


def _with_giant(kind):
    return edited("a.js", f"@@ -1,3 +1,3 @@\n-one\n+ONE\n{kind}{'x' * 99}\n-three\n+THREE")


def test_a_giant_line_leaves_the_file_and_comes_back_by_itself():
    file = edited("a.js", f"@@ -1 +1,3 @@\n one\n+{'x' * 99}\n+two")
    rest, giants = split_off_giants(file, 50)

    assert [line.text for line in _changes(rest)] == ["two"]
    assert [[line.new_number for line in hunk.lines] for hunk in giants] == [[2]]


def test_a_giant_line_of_context_just_goes():
    rest, giants = split_off_giants(_with_giant(" "), 50)

    assert [line.text for line in _changes(rest)] == ["one", "ONE", "three", "THREE"]
    assert all(len(line.text) < 50 for hunk in rest.hunks for line in hunk.lines)
    assert giants == ()


def test_a_file_without_giant_lines_stays_as_it_is():
    assert split_off_giants(_EDIT, 50) == (_EDIT, ())
