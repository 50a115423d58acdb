import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pr_reviewer.model.changes import LineKind
from pr_reviewer.plan.packing import NO_WINDOW, TOO_LONG, Limits, Packer, order_of
from pr_reviewer.plan.patches import PatchMaker
from tests.plan.builders import ChangedFile, changed_lines, edited, measure, new_file


def _packer(files, room):
    files = [file if isinstance(file, ChangedFile) else ChangedFile(file) for file in files]
    return Packer(files, order_of(files), PatchMaker(measure, room, {}))


def _pack(files, room, batches=9, without_rules=0):
    return _packer(files, room).pack(Limits(batches, max(batches, without_rules)), "no call is left")


def _changed(packing):
    """Every changed line that is in a batch, and every one that is in none."""
    shown = [each for batch in packing.batches for each in batch.patches]
    left = [each for each, _ in packing.omitted]
    return _lines(shown), _lines(left)


def _lines(patches):
    return [
        (each.path, line.kind, line.old_number, line.new_number)
        for each in patches
        for hunk in each.file.hunks
        for line in hunk.lines
        if line.kind is not LineKind.CONTEXT
    ]


def _context(packing):
    patches = [each for batch in packing.batches for each in batch.patches]
    return sum(line.kind is LineKind.CONTEXT for each in patches for hunk in each.file.hunks for line in hunk.lines)


def test_everything_that_fits_travels_in_one_batch_riskiest_first():
    packing = _pack([new_file("README.md", "a"), new_file("tests/test_b.py", "b"), new_file("auth.py", "c")], 1_000)

    assert [[each.path for each in batch.patches] for batch in packing.batches] == [
        ["auth.py", "tests/test_b.py", "README.md"]
    ]
    assert packing.omitted == ()


def test_a_file_too_big_for_one_batch_comes_in_numbered_parts():
    packing = _pack([changed_lines("a.py", 300, 10, 60, 110, 160, 210, 260)], 150)
    parts = [(each.part, each.parts, _lines([each])[0][3]) for batch in packing.batches for each in batch.patches]

    assert sorted(parts) == sorted((part, parts[0][1], line) for part, _, line in parts)
    assert len(packing.batches) == parts[0][1] > 1
    assert [line for _, _, line in sorted(parts)] == sorted(line for _, _, line in parts)


def test_context_goes_before_any_changed_line_is_left_out():
    file = changed_lines("a.py", 300, 10, 60, 110, 160, 210, 260)
    total = measure("".join(each.text for each in _pack([file.diff], 9_999).batches[0].patches))
    squeezed = _pack([file.diff], total // 2, batches=1)

    assert squeezed.omitted == ()
    assert _context(squeezed) < _context(_pack([file.diff], 9_999))


def test_rules_passes_go_before_any_changed_line_is_left_out():
    files = [new_file(f"f{number}.py", *["line"] * 20) for number in range(4)]

    assert _pack(files, 250, batches=1).omitted != ()
    packing = _pack(files, 250, batches=1, without_rules=4)
    assert (packing.omitted, len(packing.batches)) == ((), 2)


def test_the_riskiest_files_get_the_batches_when_there_are_too_few():
    files = [new_file("README.md", *["line"] * 20), new_file("auth.py", *["line"] * 20)]
    packing = _pack(files, 130, batches=1)

    assert packing.batches[0].paths == ("auth.py",)
    assert [(each.path, why) for each, why in packing.omitted] == [("README.md", "no call is left")]


def test_what_surely_has_no_place_is_named_but_not_counted():
    counted = []

    def counting(text):
        counted.append(text)
        return measure(text)

    files = [ChangedFile(new_file(f"f{number:02}.py", *["line"] * 40)) for number in range(40)]
    packer = Packer(files, order_of(files), PatchMaker(counting, 300, {}))
    packing = packer.pack(Limits(1, 1), "no call is left")
    shown, left = _changed(packing)

    assert len(shown) + len(left) == 1_600
    assert len({text.split("\n")[0] for text in counted if text.startswith("###")}) < 10


def test_a_line_longer_than_any_call_is_left_out_alone_and_said_so():
    packing = _pack([new_file("a.js", "one", "x" * 5_000, "three")], 1_000)

    assert [line[3] for line in _changed(packing)[0]] == [1, 3]
    assert [(_lines([each])[0][3], why) for each, why in packing.omitted] == [(2, TOO_LONG)]


def test_a_file_of_nothing_but_such_a_line_is_left_out_whole():
    packing = _pack([new_file("a.js", "x" * 2_000_000), new_file("b.js", "x")], 1_000)

    assert [batch.paths for batch in packing.batches] == [("b.js",)]
    assert [(each.path, why) for each, why in packing.omitted] == [("a.js", TOO_LONG)]


def test_a_line_that_only_its_tokens_betray_is_left_out_with_the_same_reason():
    packing = _pack([new_file("a.py", "a b " * 300)], 700)

    assert [why for _, why in packing.omitted] == [TOO_LONG]


def test_a_window_without_room_is_named_as_the_reason():
    packing = _pack([new_file("a.py", "x")], 0)

    assert packing.batches == ()
    assert [why for _, why in packing.omitted] == [NO_WINDOW]


def test_a_rename_without_lines_is_shown():
    assert _pack([new_file("empty.py")], 100).batches[0].paths == ("empty.py",)


def test_nothing_to_review_is_no_batch():
    assert _pack([], 100).batches == ()


def test_room_that_is_left_widens_and_never_adds_a_batch():
    packing = _pack([changed_lines("a.py", 150, 75)], 5_000)

    assert len(packing.batches) == 1
    assert _context(packing) == 149


@pytest.mark.parametrize(("room", "fits"), [(1_000, True), (20, False)])
def test_whether_all_fits_one_batch_is_known_before_packing(room, fits):
    assert (
        _packer([new_file("a.py", "one two three"), new_file("b.py", "one two three")], room).fits_one_batch() is fits
    )


def test_a_giant_line_means_that_not_all_fits():
    assert not _packer([new_file("a.py", "x" * 5_000)], 1_000).fits_one_batch()


_FILES = st.lists(
    st.tuples(
        st.sampled_from(["a/auth.py", "a/test_auth.py", "b.md", "c/x.ts", "c/y.ts", "ci.yml"]),
        st.sets(st.integers(1, 59), max_size=25),
    ),
    unique_by=lambda pair: pair[0],
    max_size=6,
)


@settings(max_examples=60)
@given(_FILES, st.integers(0, 400), st.integers(1, 4))
def test_every_change_is_shown_once_or_named_and_no_batch_is_over_its_room(found, room, batches):
    files = [changed_lines(path, 60, *changed) if changed else new_file(path) for path, changed in found]
    packing = _pack(files, room, batches=batches)
    shown, left = _changed(packing)

    assert sorted(shown + left, key=repr) == sorted(
        _lines(_packer(files, 10**6).pack(Limits(1, 1), "").batches[0].patches if files else []), key=repr
    )
    assert len(packing.batches) <= batches
    for batch in packing.batches:
        assert sum(each.tokens for each in batch.patches) <= room
        assert all(each.tokens == measure(each.text) for each in batch.patches)
    assert {path for path, _ in found} == {each.path for b in packing.batches for each in b.patches} | {
        each.path for each, _ in packing.omitted
    }


@settings(max_examples=60)
@given(_FILES, st.integers(100, 400))
def test_with_calls_enough_the_batches_are_as_few_as_the_text_allows(found, room):
    files = [changed_lines(path, 60, *changed).diff for path, changed in found if changed]
    packing = _pack(files, room, batches=50)
    narrow = _packer(files, 10**6).pack(Limits(1, 1), "")
    total = sum(each.tokens for batch in narrow.batches for each in batch.patches)

    assert packing.omitted == ()
    assert len(packing.batches) <= 1 + 2 * total // room


def test_order_is_by_risk_and_the_same_every_time():
    files = [ChangedFile(edited(path, "@@ -1 +1 @@\n-a\n+b")) for path in ("b.md", "z.py", "login.py", "test_login.py")]

    assert order_of(files) == (("login.py", "test_login.py"), ("z.py",), ("b.md",))
    assert order_of(files[::-1]) == order_of(files)
