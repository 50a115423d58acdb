from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind
from pr_reviewer.plan.patches import PatchMaker
from tests.plan.builders import changed_lines, measure, new_file


def _maker(room=10_000, **breaks):
    return PatchMaker(measure, room, breaks)


def _added(*patches):
    lines = (line for each in patches if each for hunk in each.file.hunks for line in hunk.lines)
    return [line.new_number for line in lines if line.kind is LineKind.ADDED]


def test_a_patch_is_what_the_model_sees_and_counts_all_of_it():
    made = _maker().make(new_file("a.py", "x = 1"))

    assert made.text == "### a.py\nnew file\n@@\n1 +x = 1\n\n"
    assert made.tokens == measure(made.text)


def test_a_file_is_cut_between_hunks():
    whole = _maker().make(changed_lines("a.py", 90, 10, 40, 70).diff)
    part, rest = _maker().cut(whole, whole.tokens * 2 // 3 + 4)

    assert (_added(part), _added(rest)) == ([10, 40], [70])


def test_a_hunk_is_not_cut_while_it_fits_into_another_batch():
    whole = _maker().make(new_file("a.py", *(f"line {number}" for number in range(50))))

    assert _maker().cut(whole, whole.tokens - 1) == (None, whole)


def test_a_hunk_that_fits_into_no_batch_is_cut_where_a_definition_starts():
    file = new_file("a", *(f"line {number}" for number in range(1, 51)))
    maker = _maker(room=200, a=[20, 35])
    part, rest = maker.cut(maker.make(file), 200)

    assert part.tokens <= 200
    assert _added(part)[-1] == 19
    assert _added(part, rest) == list(range(1, 51))


def test_at_the_last_a_hunk_is_cut_wherever_it_must_be():
    file = new_file("a.py", *(f"line {number}" for number in range(1, 51)))
    part, rest = _maker().cut_anywhere(_maker().make(file), 60)

    assert part.tokens <= 60
    assert _added(part, rest) == list(range(1, 51))


def test_a_line_that_fits_nowhere_leaves_the_patch_whole():
    maker = _maker(room=40)
    whole = maker.make(new_file("a.py", "word " * 60))

    assert maker.cut(whole, 40) == (None, whole)
    assert maker.holds_nothing_of(whole)
    assert not maker.holds_nothing_of(maker.make(new_file("a.py", "x")))


def test_a_change_without_lines_cannot_be_cut():
    whole = _maker().make(new_file("empty.py"))

    assert _maker().cut(whole, 1) == (None, whole)


def test_a_text_that_counts_for_more_than_its_parts_still_keeps_to_the_room():
    def grudging(text):
        return measure(text) + 9 * max(0, text.count("@@") - 1)

    maker = PatchMaker(grudging, 10_000, {})
    whole = maker.make(changed_lines("a.py", 90, 10, 40, 70).diff)
    part, rest = maker.cut(whole, whole.tokens - 1)

    assert part.tokens <= whole.tokens - 1
    assert sorted(_added(part, rest)) == [10, 40, 70]


@given(st.sets(st.integers(1, 60), min_size=1, max_size=30), st.integers(30, 300), st.booleans())
def test_cutting_loses_no_change_and_keeps_to_the_room(changed, room, anywhere):
    maker = _maker(room=200)
    whole = maker.make(changed_lines("a.py", 61, *changed).diff)
    part, rest = (maker.cut_anywhere if anywhere else maker.cut)(whole, room)

    assert part is None or part.tokens <= room
    assert sorted(_added(part, rest)) == sorted(changed)


def test_lines_of_absurd_length_are_told_by_their_length_alone():
    counted = []

    def counting(text):
        counted.append(text)
        return len(text)

    file = new_file("a.min.js", "x", "y" * 2_000_000)
    rest, giants = PatchMaker(counting, 1_000, {}).without_giants(file)

    assert [line.text for hunk in rest.hunks for line in hunk.lines] == ["x"]
    assert [line.new_number for hunk in giants for line in hunk.lines] == [2]
    assert counted == []


def test_a_file_of_many_hunks_is_cut_and_loses_none():
    hunks = tuple(Hunk(n, n, "", (Line(LineKind.ADDED, "x", None, n),)) for n in range(1, 300_000, 10))
    maker = PatchMaker(len, 900_000, {})
    whole = maker.make(FileDiff("a.py", FileStatus.MODIFIED, hunks))
    part, rest = maker.cut(whole, whole.tokens // 2)

    assert part is not None
    assert rest is not None
    assert len(part.file.hunks) + len(rest.file.hunks) == len(hunks)
