from dataclasses import replace

from pr_reviewer.model.changes import LineRange
from pr_reviewer.plan.patches import PatchMaker
from pr_reviewer.plan.slices import trim_context
from pr_reviewer.plan.widening import widen_patches
from tests.plan.builders import ChangedFile, changed_lines, measure

MAKER = PatchMaker(measure, 100_000, {})


def _widened(files, room, *, margin=3, **values):
    patches = [replace(MAKER.make(trim_context(file.diff, margin)), **values) for file in files]
    return widen_patches(patches, room, {file.diff.path: file for file in files}, MAKER)


def _shown(patch):
    numbers = [line.new_number for hunk in patch.file.hunks for line in hunk.lines]
    return [(hunk.lines[0].new_number, hunk.lines[-1].new_number) for hunk in patch.file.hunks], len(numbers)


def test_a_small_file_is_shown_whole():
    (wide,) = _widened([changed_lines("a.py", 200, 50, 150)], 100_000)

    assert _shown(wide) == ([(1, 200)], 200)
    assert wide.tokens == measure(wide.text)


def test_a_change_in_a_large_file_is_shown_with_its_definition():
    file = replace(changed_lines("a.py", 400, 50, 300), scopes=(LineRange(40, 120),))
    (wide,) = _widened([file], 100_000)

    assert _shown(wide)[0] == [(40, 120), (297, 303)]


def test_a_smaller_definition_is_shown_where_the_larger_one_has_no_room():
    file = replace(changed_lines("a.py", 400, 50), scopes=(LineRange(40, 180), LineRange(45, 60)))
    (wide,) = _widened([file], 100)

    assert _shown(wide)[0] == [(45, 60)]


def test_context_that_was_trimmed_comes_back_where_there_is_room():
    file = changed_lines("a.py", 400, 50)
    (wide,) = _widened([replace(file, head_lines=())], 100_000, margin=0)

    assert wide.file == file.diff


def test_context_that_was_trimmed_stays_away_where_there_is_no_room_for_it():
    file = changed_lines("a.py", 400, 50)
    diff = replace(file.diff, hunks=(replace(file.diff.hunks[0], section="word " * 120),))
    patch = MAKER.make(trim_context(file.diff, 0))

    assert widen_patches([patch], 100, {"a.py": ChangedFile(diff)}, MAKER) == (patch,)


def test_nothing_grows_beyond_the_room_and_the_first_comes_first():
    files = [changed_lines(f"{name}.py", 190, 50) for name in "abc"]
    narrow = [MAKER.make(file.diff) for file in files]
    whole = MAKER.make(_widened(files[:1], 100_000)[0].file).tokens
    room = whole - narrow[0].tokens + 120
    wide = _widened(files, room)

    assert [_shown(patch)[1] for patch in wide] == [190, 7, 7]
    assert sum(patch.tokens for patch in wide) - sum(patch.tokens for patch in narrow) <= room


def test_without_room_worth_having_nothing_is_even_tried():
    (wide,) = _widened([changed_lines("a.py", 190, 50)], 99)

    assert _shown(wide)[1] == 7


def test_a_part_of_a_file_never_shows_lines_of_another():
    (wide,) = _widened([changed_lines("a.py", 190, 50)], 100_000, part=1, parts=2)

    assert _shown(wide)[1] == 7


def test_a_file_that_may_not_be_widened_keeps_its_context():
    patch = MAKER.make(changed_lines("a.py", 190, 50).diff)

    assert widen_patches([patch], 100_000, {}, MAKER) == (patch,)


def test_a_text_that_is_much_too_long_is_not_counted():
    counted = []

    def counting(text):
        counted.append(text)
        return measure(text)

    file = replace(changed_lines("a.py", 150, 50), scopes=())
    maker = PatchMaker(counting, 100_000, {})
    patch = maker.make(file.diff)
    counted.clear()

    assert widen_patches([patch], 100, {"a.py": file}, maker) == (patch,)
    assert counted == []
