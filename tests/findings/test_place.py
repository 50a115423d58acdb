import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.place import REMOVED_LINE, Placement, place, place_all
from pr_reviewer.findings.quotes import squeeze
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange, Side
from pr_reviewer.model.findings import Misplaced, Placed, Unplaced
from tests.findings.builders import change_of, changed, finding, placed_in

OLD = """import os

def load(name):
    data = read(name)
    return data

def save(name, data):
    lock(name)
    write(name, data)
    unlock(name)
    return data
"""
NEW = """import os

def load(name):
    data = read(name.strip())
    return data

def save(name, data):
    write(name, data)
    return data
"""


def test_a_finding_stands_on_the_lines_that_it_quotes():
    result = placed_in(change_of(OLD, NEW), finding("    data = read(name.strip())"))
    assert (result.side, result.lines) == (Side.NEW, LineRange(4, 4))
    assert result.quote == "    data = read(name.strip())"
    assert result.fingerprint.startswith("v1:")


def test_several_lines_stand_together():
    result = placed_in(change_of(OLD, NEW), finding("    data = read(name.strip())\n    return data"))
    assert result.lines == LineRange(4, 5)


def test_a_removed_line_is_commented_on_the_old_side_without_a_suggestion():
    result = placed_in(change_of(OLD, NEW), finding("    lock(name)", side=Side.OLD, suggestion="    lock()"))
    assert (result.side, result.lines) == (Side.OLD, LineRange(8, 8))
    assert result.finding.suggestion is None
    assert result.suggestion_problem == REMOVED_LINE


def test_the_quote_decides_about_the_side():
    change = change_of(OLD, NEW)
    assert placed_in(change, finding("    lock(name)", side=Side.NEW)).side is Side.OLD
    assert placed_in(change, finding("    write(name, data)", side=Side.OLD)).side is Side.NEW


def test_unchanged_lines_are_commented_on_the_new_side_at_the_place_that_the_old_number_names():
    old = "start\nx = 1\nmid\ngone\nx = 1\nend\n"
    new = "start\nx = 1\nmid\nx = 1\nend\n"
    result = placed_in(change_of(old, new), finding("x = 1", side=Side.OLD, lines=LineRange(5, 5)))
    assert (result.side, result.lines) == (Side.NEW, LineRange(4, 4))


def test_unchanged_lines_that_the_change_parted_stand_nowhere():
    change = change_of("a = 1\nb = 2\n", "a = 1\nnew()\nb = 2\n")
    assert place(finding("a = 1\nb = 2", side=Side.OLD), change) == Unplaced(
        finding("a = 1\nb = 2", side=Side.OLD), Misplaced.QUOTE_NOT_FOUND
    )


def test_old_lines_that_span_two_hunks_are_told_apart():
    lines = [f"line_{number}" for number in range(30)]
    old, new = "\n".join(lines), "\n".join(["first", *lines, "last"])
    quote = "line_2\nline_27"
    assert place(finding(quote, side=Side.OLD), change_of(old, new)) == Unplaced(
        finding(quote, side=Side.OLD), Misplaced.SPANS_HUNKS
    )


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        ("", Misplaced.QUOTE_MISSING),
        (" \n\t\n", Misplaced.QUOTE_MISSING),
        ("    explode()", Misplaced.QUOTE_NOT_FOUND),
        ("    return data\n    data = read(name.strip())", Misplaced.QUOTE_NOT_FOUND),
        ("    return data", Misplaced.QUOTE_AMBIGUOUS),
        ("name", Misplaced.QUOTE_NOT_FOUND),
        ("...", Misplaced.QUOTE_NOT_FOUND),
    ],
)
def test_a_quote_that_names_no_place_is_kept_with_its_reason(quote, why):
    assert place(finding(quote), change_of(OLD, NEW)) == Unplaced(finding(quote), why)


def test_a_file_outside_the_change_is_said():
    claim = finding("x = 1", path="other.py")
    assert place(claim, change_of(OLD, NEW)) == Unplaced(claim, Misplaced.FILE_NOT_IN_DIFF)


def test_a_file_without_lines_is_said():
    change = ChangeIndex([FileDiff("app.py", FileStatus.RENAMED, old_path="old.py")])
    assert place(finding("x = 1"), change) == Unplaced(finding("x = 1"), Misplaced.FILE_WITHOUT_LINES)


def test_of_five_equal_places_the_nearest_to_the_claimed_line_counts():
    change = change_of("", "x = 1\n" * 5)
    assert placed_in(change, finding("x = 1", lines=LineRange(4, 4))).lines == LineRange(4, 4)
    assert placed_in(change, finding("x = 1", lines=LineRange(90, 91))).lines == LineRange(5, 5)
    assert place(finding("x = 1"), change) == Unplaced(finding("x = 1"), Misplaced.QUOTE_AMBIGUOUS)


def test_blank_lines_before_a_quote_do_not_shift_the_claim():
    change = change_of("", "x = 1\n\nx = 1\n\nx = 1\n")
    claim = finding("\n\nx = 1\n", lines=LineRange(1, 3))
    assert placed_in(change, claim).lines == LineRange(3, 3)


def test_between_two_equally_near_places_the_changed_one_counts():
    change = change_of("x = 1\ny\nz\n", "x = 1\ny\nx = 1\nz\n")
    assert placed_in(change, finding("x = 1", lines=LineRange(2, 2))).lines == LineRange(3, 3)
    assert placed_in(change, finding("x = 1")).lines == LineRange(3, 3)


def test_between_two_equally_near_changed_places_nothing_is_guessed():
    change = change_of("", "x = 1\ny\nx = 1\n")
    claim = finding("x = 1", lines=LineRange(2, 2))
    assert place(claim, change) == Unplaced(claim, Misplaced.QUOTE_AMBIGUOUS)


@pytest.mark.parametrize(
    "quote",
    [
        "data=read( name.strip() )",
        "\tdata = read(name.strip())",
        "data = read(name.strip())   ",
        "    data = read(name.strip())\r\n",
        "+    data = read(name.strip())",
        "4 +    data = read(name.strip())",
        "```python\n    data = read(name.strip())\n```",
        "```diff\n-    data = read(name)\n+    data = read(name.strip())\n```",
        "read(name.strip())",
    ],
)
def test_a_quote_is_found_however_the_model_copied_it(quote):
    assert placed_in(change_of(OLD, NEW), finding(quote)).lines == LineRange(4, 4)


def test_the_exact_place_is_preferred_to_one_with_other_whitespace():
    change = change_of("", "  x = 1\nif y:\n    x = 1\n")
    assert placed_in(change, finding("    x = 1")).lines == LineRange(3, 3)


def test_a_stripped_quote_stands_on_the_claimed_line_rather_than_on_one_without_indentation():
    change = change_of("", "f(\n)\nif y:\n    g(\n    )\n")
    assert placed_in(change, finding(")", lines=LineRange(5, 5))).lines == LineRange(5, 5)
    assert placed_in(change, finding(")", lines=LineRange(4, 4))).lines == LineRange(2, 2)
    assert placed_in(change, finding("    )", lines=LineRange(2, 2))).lines == LineRange(5, 5)


def test_code_that_starts_with_a_marker_is_found_as_it_is():
    change = change_of("items:\n", "items:\n- one\n- two\n", "app.py")
    assert placed_in(change, finding("- one\n- two")).lines == LineRange(2, 3)


def test_numbers_and_markers_leave_the_suggestion_with_the_quote():
    claim = finding("4 +    data = read(name.strip())", suggestion="4 +    data = read(name)")
    result = placed_in(change_of(OLD, NEW), claim)
    assert result.finding.quote == "    data = read(name.strip())"
    assert result.finding.suggestion == "    data = read(name)"


def test_a_fence_around_the_quote_leaves_the_suggestion_alone():
    claim = finding("```\n    data = read(name.strip())\n```", suggestion="- x")
    result = placed_in(change_of(OLD, NEW), claim)
    assert (result.finding.quote, result.finding.suggestion) == ("    data = read(name.strip())", "- x")


def test_blank_lines_that_the_model_left_out_do_not_matter():
    result = placed_in(change_of("", "a = 1\n\n\nb = 2\n"), finding("a = 1\nb = 2"))
    assert (result.lines, result.quote) == (LineRange(1, 4), "a = 1\n\n\nb = 2")


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        ("def load(name):\n    ...\n    return data", LineRange(3, 5)),
        ("def load(name):\n    data = read(name.strip())\n    ...", LineRange(3, 4)),
        ("# ...\ndef save(name, data):", LineRange(7, 7)),
    ],
)
def test_an_ellipsis_stands_for_the_lines_between(quote, lines):
    assert placed_in(change_of(OLD, NEW), finding(quote)).lines == lines


def test_an_ellipsis_stands_for_few_lines_only():
    claim = finding("first()\n...\nlast()\nend()")
    change = change_of("", "first()\n" + "x = 1\n" * 40 + "last()\nend()\n")
    assert placed_in(change, claim).lines == LineRange(1, 43)
    change = change_of("", "first()\n" + "x = 1\n" * 41 + "last()\nend()\n")
    assert place(claim, change) == Unplaced(claim, Misplaced.QUOTE_NOT_FOUND)
    assert place(finding("last()\n...\nfirst()"), change).why is Misplaced.QUOTE_NOT_FOUND


def test_an_ellipsis_that_is_code_is_found_as_code():
    change = change_of("", "def stub():\n    ...\n    x = 1\n")
    assert placed_in(change, finding("def stub():\n    ...")).lines == LineRange(1, 2)


def test_a_part_of_the_lines_stands_on_the_whole_lines():
    change = change_of("", "value = compute(first,\n                second) + 1\n")
    assert placed_in(change, finding("compute(first,\nsecond)")).lines == LineRange(1, 2)


def test_a_part_that_stands_twice_on_a_line_stands_there_once():
    change = change_of("", "copy(source.path, source.path)\nother()\n")
    assert placed_in(change, finding("source.path")).lines == LineRange(1, 1)


def test_a_quote_across_two_hunks_is_no_place():
    lines = [f"line_{number}" for number in range(30)]
    old, new = "\n".join(lines), "\n".join(["first", *lines, "last"])
    claim = finding("line_2\nline_27")
    assert place(claim, change_of(old, new)) == Unplaced(claim, Misplaced.SPANS_HUNKS)


def numbered(count, **changes):
    return "\n".join(changes.get(f"line_{number}", f"line_{number}") for number in range(1, count + 1)) + "\n"


def test_a_quote_that_reaches_out_of_its_hunk_stands_on_the_lines_inside():
    change = change_of(numbered(30), numbered(30, line_10="changed()"), is_head_known=True)
    quote = "\n".join(["changed()", *(f"line_{number}" for number in range(11, 18))])
    result = placed_in(change, finding(quote, lines=LineRange(10, 17)))
    assert (result.lines, result.quote) == (LineRange(10, 13), "changed()\nline_11\nline_12\nline_13")
    assert placed_in(change, finding(quote)).lines == LineRange(10, 13)


def test_a_quote_that_reaches_out_of_its_hunk_without_the_changed_lines_stands_nowhere():
    change = change_of(numbered(30), numbered(30, line_10="changed()"), is_head_known=True)
    quote = "\n".join(f"line_{number}" for number in range(11, 18))
    assert place(finding(quote), change).why is Misplaced.QUOTE_NOT_FOUND


def test_a_quote_over_two_hunks_of_the_head_spans_them():
    new = numbered(40, line_10="changed()", line_30="also()")
    change = change_of(numbered(40), new, is_head_known=True)
    quote = "\n".join(new.split("\n")[9:30])
    assert place(finding(quote), change).why is Misplaced.SPANS_HUNKS
    assert place(finding(quote, lines=LineRange(10, 30)), change).why is Misplaced.SPANS_HUNKS


def test_a_true_statement_about_a_line_outside_the_change_is_not_put_on_an_equal_line_inside():
    new = numbered(30, line_10="return None", line_25="return None")
    change = change_of(numbered(30, line_25="return None"), new, is_head_known=True)
    assert placed_in(change, finding("return None")).lines == LineRange(10, 10)
    assert placed_in(change, finding("return None", lines=LineRange(10, 10))).lines == LineRange(10, 10)
    for line in (25, 23, 28):
        outside = finding("return None", lines=LineRange(line, line))
        assert place(outside, change) == Unplaced(outside, Misplaced.QUOTE_NOT_FOUND)
    assert placed_in(change, finding("return None", lines=LineRange(29, 29))).lines == LineRange(10, 10)


def test_an_equal_line_outside_the_change_takes_no_finding_from_a_place_as_near():
    new = numbered(30, line_10="changed()", line_12="x = 1", line_16="x = 1")
    old = numbered(30, line_12="x = 1", line_16="x = 1")
    change = change_of(old, new, is_head_known=True)
    assert placed_in(change, finding("x = 1", lines=LineRange(14, 14))).lines == LineRange(12, 12)


def test_a_blank_added_line_is_no_place():
    old, new = numbered(20), numbered(20).replace("line_10\n", "line_10\n\n")
    lines = [LineRange(14, 18)]
    change = change_of(old, new, is_head_known=True)
    claim = finding("\n".join(new.split("\n")[13:18]), lines=lines[0])
    assert place(claim, change).why is Misplaced.QUOTE_NOT_FOUND


def test_line_ends_and_a_missing_last_newline_do_not_matter():
    change = change_of("a\r\nb", "a\r\nx = 1\r\ny = 2")
    result = placed_in(change, finding("x = 1\ny = 2"))
    assert (result.lines, result.quote) == (LineRange(2, 3), "x = 1\ny = 2")


def test_a_quote_of_bytes_that_are_not_utf_8_is_found_as_it_was_shown():
    change = change_of("", "name = '\udce9t\udce9'\n")
    assert placed_in(change, finding("name = '\ufffdt\ufffd'")).quote == "name = '\ufffdt\ufffd'"


def test_form_feeds_and_lone_carriage_returns_end_no_line():
    change = change_of("", "a = 1\x0c\nb\rc\nx = 1\n")
    assert placed_in(change, finding("x = 1")).lines == LineRange(3, 3)
    assert placed_in(change, finding("b\rc")).lines == LineRange(2, 2)


@pytest.mark.parametrize("is_head_known", [True, False])
def test_an_empty_fence_is_no_code(is_head_known):
    claim = finding("```\n```")
    assert place(claim, change_of(OLD, NEW, is_head_known=is_head_known)).why is Misplaced.QUOTE_NOT_FOUND


def test_all_findings_are_accounted_for_in_order():
    claims = [finding("nowhere()"), finding("import os"), finding("    write(name, data)")]
    placement = place_all(claims, change_of(OLD, NEW))
    assert [each.finding for each in placement.placed] == claims[1:]
    assert placement == Placement(placement.placed, (Unplaced(claims[0], Misplaced.QUOTE_NOT_FOUND),))


def test_thousands_of_findings_in_a_large_file_with_a_line_of_two_megabytes_are_placed_quickly():
    body = "".join(f"value_{number} = {number}\n}}\n" for number in range(5_000))
    change = change_of("", body + "y" * 2_000_000 + "\n")
    claims = [finding(f"value_{number} = {number}", lines=LineRange(1, 1)) for number in range(1_000)]
    claims += [finding("}", lines=LineRange(number + 1, number + 1)) for number in range(0, 2_000, 2)]
    start = time.process_time()
    placement = place_all(claims, change)
    assert time.process_time() - start < 5
    assert [each.lines.first for each in placement.placed[:3]] == [1, 3, 5]


texts = st.lists(st.sampled_from(["a = 1", "  a = 1", "b()", "", "}", "\tc = 'é'", "d\r", "\udcff"]), max_size=14)


@st.composite
def changes_and_quotes(draw):
    old, new = draw(texts), draw(texts)
    file = changed("\n".join(old), "\n".join(new), context=draw(st.integers(0, 3)))
    side = draw(st.sampled_from(Side))
    sides = [
        (hunk, [line for line in hunk.lines if (line.new_number if side is Side.NEW else line.old_number)])
        for hunk in file.hunks
    ]
    sides = [(hunk, lines) for hunk, lines in sides if lines]
    if not sides:
        return file, side, ()
    _, lines = draw(st.sampled_from(sides))
    first = draw(st.integers(0, len(lines) - 1))
    return file, side, tuple(lines[first : draw(st.integers(first, len(lines) - 1)) + 1])


def shown(line: Line) -> str:
    return line.text.removesuffix("\r").replace("\udcff", "\ufffd")


def held(file: FileDiff, result: Placed) -> tuple[list[Hunk], list[Line]]:
    """The hunks that have all of the placed lines, and those lines."""
    hunks, lines = [], []
    for hunk in file.hunks:
        inside = [
            line
            for line in hunk.lines
            if (line.new_number if result.side is Side.NEW else line.old_number)
            in range(result.lines.first, result.lines.last + 1)
        ]
        if len(inside) == len(result.lines):
            hunks.append(hunk)
            lines += inside
    return hunks, lines


@given(changes_and_quotes(), st.booleans(), st.integers(-3, 20))
def test_a_quote_cut_from_a_hunk_is_placed_on_lines_of_one_hunk_that_hold_exactly_it(case, is_claim_true, off):
    file, side, lines = case
    text = [shown(line) for line in lines]
    first = (lines[0].new_number if side is Side.NEW else lines[0].old_number) if lines else 1
    claimed = first if is_claim_true else max(1, off)
    result = place(finding("\n".join(text), side=side, lines=LineRange(claimed, claimed)), ChangeIndex([file]))
    if isinstance(result, Unplaced):
        code = [at for at, line in enumerate(text) if squeeze(line)]
        told = lines[code[0] : code[-1] + 1] if code else ()
        is_about_no_removal = side is Side.OLD and not any(line.kind is LineKind.REMOVED for line in told)
        is_torn = result.why is Misplaced.QUOTE_AMBIGUOUS and not is_claim_true
        assert not told or is_about_no_removal or is_torn
        return
    hunks, inside = held(file, result)
    assert len(hunks) == 1
    assert result.quote == "\n".join(map(shown, inside))
    assert list(filter(None, map(squeeze, text))) == list(filter(None, map(squeeze, result.quote.split("\n"))))
    if is_claim_true and side is Side.NEW:
        assert "\n".join(text).strip("\n") == result.quote
        assert result.lines.first == first + len(text) - len("\n".join(text).lstrip("\n").split("\n"))


any_text = st.text(st.sampled_from("ab =.\n\r\t+-1 …`}\x00\ufeff"), max_size=30)


claims = st.builds(
    finding,
    quote=any_text,
    path=st.sampled_from(["app.py", "", "x"]),
    side=st.sampled_from(Side),
    lines=st.none() | st.integers(1, 10**12).map(lambda line: LineRange(line, line + 3)),
    suggestion=st.none() | any_text,
)


@given(texts, texts, claims, st.booleans())
def test_placing_never_raises(old, new, claim, is_head_known):
    change = change_of("\n".join(old), "\n".join(new), is_head_known=is_head_known)
    assert isinstance(place(claim, change), Placed | Unplaced)
