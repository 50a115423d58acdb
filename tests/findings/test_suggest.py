import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.findings.place import REMOVED_LINE
from pr_reviewer.findings.refused import Refused
from pr_reviewer.findings.replies import Repair
from pr_reviewer.findings.suggest import Proposal, judge, propose, repaired, without_suggestion
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.code import SyntaxProblem
from pr_reviewer.model.findings import Placed
from tests.findings.builders import change_of, finding, placed, placed_in

HEAD = """import os


def load(name):
    data = read(name)
    check(data)
    return data


def save(name, data):
    write(name, data)
    return None
"""


def suggest(suggestion, quote="    data = read(name)", *, head=HEAD, **fields):
    first = fields.pop("first", None) or head.replace("\r", "").split("\n").index(quote.split("\n")[0]) + 1
    return propose(placed(quote, first, suggestion=suggestion, **fields), head)


def text_after(suggestion, *args, **fields):
    proposal = suggest(suggestion, *args, **fields)
    assert isinstance(proposal, Proposal), proposal
    return proposal.text_after


def problem(suggestion, *args, **fields):
    refused = suggest(suggestion, *args, **fields)
    assert isinstance(refused, Refused), refused
    return refused.problem


def test_exactly_the_placed_lines_are_replaced():
    proposal = suggest("    data = read(name.strip())")
    assert proposal.text_after == HEAD.replace("read(name)", "read(name.strip())")
    assert (proposal.path, proposal.lines_after) == ("app.py", 1)
    assert proposal.placed.finding.suggestion == "    data = read(name.strip())"


def test_several_lines_become_fewer_or_more():
    quote = "    data = read(name)\n    check(data)"
    assert text_after("    data = checked(read(name))", quote) == HEAD.replace(quote, "    data = checked(read(name))")
    more = "    data = read(name)\n    if data:\n        check(data)"
    assert text_after(more, quote) == HEAD.replace(quote, more)


def test_an_empty_suggestion_deletes_the_lines():
    proposal = suggest("", "    check(data)")
    assert proposal.text_after == HEAD.replace("    check(data)\n", "")
    assert (proposal.lines_after, proposal.placed.finding.suggestion) == (0, "")


def test_line_ends_are_those_of_the_file():
    head = "a\r\nx = 1\r\nb\r\n"
    assert text_after("x = 2\ny = 3", "x = 1", head=head) == "a\r\nx = 2\r\ny = 3\r\nb\r\n"
    assert text_after("x = 2\r\ny = 3\r\n", "x = 1", head=head) == "a\r\nx = 2\r\ny = 3\r\nb\r\n"
    assert text_after("x = 2\r\ny = 3", "x = 1", head="a\nx = 1\n") == "a\nx = 2\ny = 3\n"


def test_where_line_ends_are_mixed_those_of_the_placed_lines_count():
    assert text_after("x = 2\ny = 3", first=2, quote="x = 1", head="a\nx = 1\r\nb\n") == "a\nx = 2\r\ny = 3\r\nb\n"
    assert text_after("x = 2\ny = 3", first=3, quote="x = 1", head="a\nb\r\nx = 1") == "a\nb\r\nx = 2\r\ny = 3"


def test_a_last_line_without_newline_stays_one():
    assert text_after("x = 2", "x = 1", head="a\nx = 1") == "a\nx = 2"
    assert text_after("x = 2\ny = 3\n", "x = 1", head="a\r\nx = 1") == "a\r\nx = 2\r\ny = 3"
    assert text_after("", "x = 1", head="a\nx = 1") == "a\n"
    assert text_after("x = 2\ny = 3", "x = 1", head="x = 1") == "x = 2\ny = 3"


@pytest.mark.parametrize(
    "written",
    [
        "```python\n    data = read(name.strip())\n```",
        "```suggestion\n    data = read(name.strip())\n```\n",
        "\n    data = read(name.strip())\n\n",
        "+    data = read(name.strip())",
        "data = read(name.strip())",
        "\tdata = read(name.strip())",
        "def load(name):\n    data = read(name.strip())",
        "    data = read(name.strip())\n    check(data)",
        "def load(name):\n    data = read(name.strip())\n    check(data)\n    return data",
    ],
)
def test_what_the_model_wrote_around_the_lines_goes(written):
    assert text_after(written) == HEAD.replace("read(name)", "read(name.strip())")


@pytest.mark.parametrize("written", ["    data = read(name)", "    data = read(name)  ", "data = read(name)\n"])
def test_a_suggestion_that_changes_nothing_is_refused(written):
    assert problem(written) == "The suggestion changes nothing."


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (" \n", "is blank"),
        ("    check(data)", "only repeats lines"),
        ("-    data = read(name)\n+    data = read(name.strip())", "written as a diff"),
        ("    data = read('[masked AWS access key]')", "masked secret"),
        ("    data = read(name)\u202e", "invisible characters"),
        ("    data = read('\ufffd')", "invisible characters"),
        ("    data = read(name.strip())\n    ...", "leaves code out: `...`"),
        ("    data = load(name)\n    # ... rest of the function", "leaves code out"),
        ("    data = load(name)\n    // existing code", "leaves code out"),
        ("    data = load(name)\n    /* unchanged */", "leaves code out"),
        ("\n".join(["    x = 1"] * 101), "longer than 100 lines"),
        ("x" * 8001, "longer than 100 lines or 8,000 characters"),
        ("      data = read(name.strip())", "indented by 6 spaces, the lines that it replaces by 4 spaces"),
        (" data = read(name.strip())", "indented by 1 space, the lines"),
    ],
)
def test_a_suggestion_that_is_no_replacement_is_refused_with_its_reason(written, why):
    assert why in problem(written)


@pytest.mark.parametrize(
    "written",
    [
        "    data = read(name)\n    return check(data)\n\n\ndef save(name, data):\n    write(name, data)",
        "    data = read(name.strip())\n    check(data)\n    return data\n\n\ndef save(name, data):",
        "def load(name: str):\n    pass\n\ndef save(name, data):\n    pass",
    ],
)
def test_a_suggestion_that_reaches_into_the_next_function_is_refused(written):
    assert "`def save(name, data):`, which stands outside" in problem(written)


def test_a_suggestion_that_rewrites_what_stands_around_it_is_refused():
    body = "".join(f"    step_{number}()\n" for number in range(12))
    written = "    step_2()\n    extra()\n    step_4()\n    more()\n    step_6()\n    last()"
    assert "repeats lines that stand outside" in problem(written, "    step_5()", head=body)


def test_brackets_are_no_repetition():
    head = "{\n(\n[\nx = 1\n]\n)\n}\nend\n"
    written = "[\n(\n{\nx = 2\n}\n)\n]"
    assert text_after(written, "x = 1", head=head) == head.replace("x = 1", written)


def test_a_gap_in_what_is_repeated_does_not_matter():
    head = "first = 1\nx = 1\nfoo()\n}\n\nbar()\nend\n"
    assert text_after("x = 2\nfoo()\n}\n\nbar()", "x = 1", head=head) == head.replace("x = 1", "x = 2")


def test_a_line_or_two_may_occur_again():
    head = "if err:\n    return err\nx = 1\nend\n"
    written = "x = 2\nif err:\n    return err\nlast()"
    assert text_after(written, "x = 1", head=head) == head.replace("x = 1", written)


def test_a_suggestion_that_repeats_many_lines_is_refused():
    head = "x = 1\nfoo()\n}\n\n]\n)\nend\n"
    assert "repeats lines" in problem("x = 2\nfoo()\n}\n\n]\n)", "x = 1", head=head)
    head = "foo()\n}\n\n]\n)\nx = 1\nend\n"
    assert "repeats lines" in problem("foo()\n}\n\n]\n)\nx = 2", "x = 1", head=head)


def test_a_suggestion_may_be_as_long_as_the_limits():
    assert suggest("x" * 8_000, "x = 1", head="x = 1\n").lines_after == 1
    assert suggest("\n".join(f"x{number}" for number in range(100)), "x = 1", head="x = 1\n").lines_after == 100


def test_a_repeated_line_is_kept_where_the_placed_lines_have_it_too():
    head = "begin_with(this)\nbegin_with(this)\nx = 1\nend\n"
    after = text_after("begin_with(this)\nx = 2", "begin_with(this)\nx = 1", head=head, first=2)
    assert after == "begin_with(this)\nbegin_with(this)\nx = 2\nend\n"


def test_brackets_that_happen_to_repeat_stay():
    head = "{\n{\nx = 1\n}\n}\n"
    assert text_after("{\ny = 1\n}", "x = 1", head=head) == "{\n{\n{\ny = 1\n}\n}\n}\n"


def test_half_a_character_is_no_code():
    assert "invisible characters" in problem("    data = read('\ud800')")


def test_comments_that_stood_there_before_may_leave_things_out():
    head = "a()\n# ... and so on\nb()\n"
    assert text_after("# ... and so on\nd()", "# ... and so on\nb()", head=head) == "a()\n# ... and so on\nd()\n"


def test_a_fence_that_is_the_code_itself_stays():
    head = "text\n```\nold\n```\n"
    assert text_after("```\nnew\n```", "```\nold\n```", head=head) == "text\n```\nnew\n```\n"


def test_plus_signs_that_the_file_has_stay():
    head = "list:\n+ one\n+ two\n"
    assert text_after("+ 1", "+ one", head=head) == "list:\n+ 1\n+ two\n"


def test_a_removed_line_cannot_be_replaced():
    assert propose(placed(side=Side.OLD, suggestion="x = 2"), "x = 1\n") == Refused(REMOVED_LINE)


def test_a_finding_without_suggestion_proposes_nothing():
    assert propose(placed(), "x = 1\n") == Refused("There is no suggestion.")


def test_a_file_that_is_not_at_hand_cannot_be_changed():
    assert "text is not known" in propose(placed(suggestion="x = 2"), None).problem


def test_a_line_that_holds_a_secret_is_never_replaced():
    claim = placed("x = 1\ny = 2", suggestion="x = 2")
    assert propose(claim, "x = 1\ny = 2\n", {2}) == Refused("The suggestion replaces a line that holds a secret.")
    assert isinstance(propose(claim, "x = 1\ny = 2\nz\n", {3}), Proposal)


def test_bytes_that_are_not_utf_8_are_never_replaced():
    claim = placed("name = '\ufffd'", suggestion="name = 'e'")
    assert "not UTF-8" in propose(claim, "name = '\udce9'\n").problem
    after = propose(placed("x = 1", 2, suggestion="x = 2"), "name = '\udce9'\nx = 1\n").text_after
    assert after == "name = '\udce9'\nx = 2\n"


@pytest.mark.parametrize("head", ["", "y = 1\n", "x = 1 # other\n"])
def test_lines_that_are_not_those_of_the_head_are_never_replaced(head):
    assert propose(placed("x = 1", suggestion="x = 2"), head) == Refused("The lines are not those of the head.")


def test_a_quote_of_a_part_of_the_lines_cannot_be_replaced():
    part = placed_in(change_of("", HEAD), finding("read(name)", suggestion="read(name.strip())"))
    assert "not exactly the whole lines" in propose(part, HEAD).problem


problems = st.tuples(st.integers(1, 9), st.just(1), st.just("bad")).map(lambda each: SyntaxProblem(*each))


def proposal(quote="x = 1\ny = 2", suggestion="z = 1", first=3):
    return propose(placed(quote, first, suggestion=suggestion), "a\nb\nx = 1\ny = 2\nc\nd\n")


def wrong(*lines):
    return tuple(SyntaxProblem(line, 1, "unexpected `)`") for line in lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), ()),
        (None, None),
        (None, ()),
        (wrong(1), wrong(1)),
        (wrong(5), wrong(4)),
        (wrong(6, 1), wrong(1, 5)),
        (wrong(4), wrong(3)),
        (wrong(3, 4), wrong(3)),
        (wrong(1, 6), ()),
    ],
)
def test_a_file_that_is_no_worse_than_before_is_accepted(before, after):
    assert judge(proposal(), before, after) is None


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ((), wrong(3), 3),
        ((), wrong(1), 1),
        (None, wrong(3), 3),
        (wrong(5), wrong(5), 5),
        (wrong(1), wrong(1, 1), 1),
        (wrong(1), wrong(5, 1), 5),
        (wrong(1, 2), wrong(3), 3),
        (wrong(4), wrong(3, 3), 3),
    ],
)
def test_a_suggestion_that_breaks_the_file_is_refused(before, after, line):
    assert judge(proposal(), before, after) == f"With the suggestion, line {line} does not parse: unexpected `)`"


def test_a_deletion_has_no_place_of_its_own_for_problems():
    assert judge(proposal(suggestion=""), wrong(3), wrong(3)) is not None
    assert judge(proposal(suggestion=""), wrong(5), wrong(3)) is None


def test_a_suggestion_that_the_parser_does_not_survive_is_refused():
    assert judge(proposal(), (), None) == "With the suggestion, the file cannot be parsed any more."


def test_a_finding_whose_suggestion_failed_becomes_prose():
    claim = placed(suggestion="x = 2")
    assert without_suggestion(claim, "It breaks.") == Placed(
        finding("x = 1"), claim.side, claim.lines, claim.quote, claim.fingerprint, "It breaks."
    )


def repair(**fields):
    return Repair.model_validate({"candidate": 1, "quote": None, "suggestion": None, **fields})


def test_a_second_try_replaces_the_first():
    change = change_of("", HEAD)
    claim = placed_in(change, finding("read(name)", suggestion="read(name.strip())"))
    again = repaired(claim, repair(suggestion="    data = read(name.strip())"), change)
    assert propose(again, HEAD).text_after == HEAD.replace("read(name)", "read(name.strip())")


def test_a_second_try_may_quote_more_lines():
    change = change_of("", HEAD)
    claim = placed_in(change, finding("    check(data)", suggestion="x"))
    quote = "    data = read(name)\n    check(data)"
    again = repaired(claim, repair(quote=quote, suggestion="    data = checked(name)"), change)
    assert again.lines == LineRange(5, 6)
    assert propose(again, HEAD).text_after == HEAD.replace(quote, "    data = checked(name)")


def test_a_second_try_may_remove_the_lines_of_a_finding_that_speaks_of_removal():
    change = change_of("", HEAD)
    claim = placed_in(change, finding("    check(data)", title="Remove the second check", suggestion="x"))
    assert propose(repaired(claim, repair(suggestion=""), change), HEAD).lines_after == 0


@pytest.mark.parametrize(
    "again",
    [
        {"suggestion": None},
        {"quote": "    return None", "suggestion": "    return 1"},
        {"quote": "?", "suggestion": "x"},
    ],
)
def test_no_second_try_or_one_about_other_lines_leaves_prose(again):
    change = change_of("", HEAD)
    claim = placed_in(change, finding("    check(data)", suggestion="x"))
    result = repaired(claim, repair(**again), change)
    assert (result.lines, result.finding.suggestion) == (claim.lines, None)
    assert result.suggestion_problem


heads = st.lists(st.sampled_from(["a = 1", "\tb()", "    c = 'é'", "", "}", "d\r", "\udcff"]), min_size=1, max_size=12)
codes = st.lists(st.sampled_from(["new = 1", "\tb()", "    c = 2", "", "}"]), max_size=4).map("\n".join)


@given(heads, st.data(), codes)
def test_every_byte_outside_the_placed_lines_stays(lines, data, suggestion):
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    head = "\n".join(lines)
    quote = "\n".join(line.removesuffix("\r") for line in lines[first - 1 : last])
    result = propose(placed(quote, first, suggestion=suggestion), head)
    if isinstance(result, Proposal):
        before = "".join(f"{line}\n" for line in lines[: first - 1])
        after = "".join(f"\n{line}" for line in lines[last:])
        assert result.text_after.startswith(before)
        assert result.text_after.removeprefix(before).endswith(after[1:] if result.lines_after == 0 else after)
        middle = result.text_after[len(before) : len(result.text_after) - len(after)]
        assert not result.lines_after or middle.count("\n") + 1 == result.lines_after


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_proposing_never_raises(quote, suggestion, head):
    assert isinstance(propose(placed(quote, suggestion=suggestion), head), Proposal | Refused)


@given(st.lists(problems), st.lists(problems))
def test_judging_never_lets_problems_grow(before, after):
    if judge(proposal(), tuple(before), tuple(after)) is None:
        assert len(after) <= len(before)
