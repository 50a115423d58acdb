import pytest

from pr_reviewer.findings.indent import reindented
from pr_reviewer.findings.refused import Refused

TABS = ["\ta", "\t\tb"]
SPACES = ["if x:", "  y", "    z"]


def refit(lines, placed, quoted=None, file_lines=()):
    return reindented(lines, placed, quoted or placed, file_lines)


@pytest.mark.parametrize(
    ("lines", "placed"),
    [
        (["    new"], ["    old"]),
        (["    if c:", "        old"], ["    old"]),
        (["        before()", "    }"], ["    }"]),
        (["    return x", "", "", "def g():", "    pass"], ["    return x"]),
        (["    return x"], ["        return x"]),
        (["        x()"], ["    x()"]),
        ([], ["    old"]),
        (["new"], [""]),
        (["new", "\tmore"], ["old"]),
    ],
)
def test_lines_that_fit_stay_as_they_are(lines, placed):
    assert refit(lines, placed) == lines


@pytest.mark.parametrize(
    ("lines", "placed", "fitted"),
    [
        (["new"], ["    old"], ["    new"]),
        (["if c:", "    old"], ["    old"], ["    if c:", "        old"]),
        (["if c:", "", "    old"], ["    old"], ["    if c:", "", "        old"]),
        (["    new", "else:"], ["        old", "    else:"], ["        new", "    else:"]),
        (["new"], ["\told"], ["\tnew"]),
    ],
)
def test_dedented_lines_are_moved_back(lines, placed, fitted):
    assert refit(lines, placed) == fitted


def test_what_the_model_dedented_in_its_quote_it_dedented_here():
    assert refit(["    new"], ["        old"], ["    old"]) == ["        new"]
    assert refit(["    if c:", "        x"], ["      a", "        b"], ["    a", "      b"]) == [
        "      if c:",
        "          x",
    ]


@pytest.mark.parametrize(
    ("lines", "placed", "quoted"),
    [
        (["  new"], ["        old"], ["    old"]),
        (["  new"], ["        old"], ["old", "more"]),
        (["  new"], ["    old", "      more"], ["old", "more"]),
        (["    new"], ["        old"], ["    old", "    more"]),
        (["      new"], ["    old"], None),
        (["new"], ["        deep", "    old"], None),
    ],
)
def test_what_could_be_meant_in_two_ways_is_refused(lines, placed, quoted):
    assert isinstance(refit(lines, placed, quoted), Refused)


@pytest.mark.parametrize(
    ("lines", "placed", "fitted"),
    [
        (["    a", "        b"], ["\tx"], ["\ta", "\t\tb"]),
        (["        a", "            b"], ["\t\tx"], ["\t\ta", "\t\t\tb"]),
        (["        a"], ["\t\tx"], ["\t\ta"]),
        (["if a:", "    b"], ["\tx"], ["\tif a:", "\t\tb"]),
        (["if a:", "  b", "", "    c"], ["\tx"], ["\tif a:", "\t\tb", "", "\t\t\tc"]),
    ],
)
def test_spaces_become_tabs_where_the_file_has_tabs(lines, placed, fitted):
    assert refit(lines, placed) == fitted


def test_lines_that_mix_tabs_and_spaces_tell_nothing():
    assert isinstance(refit(["    a"], ["\tx", "\t  aligned"]), Refused)
    assert refit(["\ta"], ["\tx", "\t  aligned"]) == ["\ta"]


@pytest.mark.parametrize(
    ("lines", "placed", "file_lines", "fitted"),
    [
        (["\ta", "\t\tb"], ["    x"], [], ["    a", "        b"]),
        (["\ta", "\t\tb"], ["  x"], [], ["  a", "    b"]),
        (["if a:", "\tb"], ["x"], SPACES, ["if a:", "  b"]),
        (["if a:", "\tb"], ["    x"], ["    x"], ["    if a:", "        b"]),
        (["if a:", "\tb"], ["x"], TABS, ["if a:", "\tb"]),
        (["if a:", "\tb"], ["     x"], ["     x"], ["     if a:", "         b"]),
    ],
)
def test_tabs_become_spaces_where_the_file_has_spaces(lines, placed, file_lines, fitted):
    assert refit(lines, placed, None, file_lines) == fitted


@pytest.mark.parametrize("lines", [["if a:", "     b"], ["     a", "   b", "  c"]])
def test_spaces_that_are_no_multiple_of_a_tab_are_refused(lines):
    assert refit(lines, ["\tx"]) == Refused("The suggestion is indented by spaces, the file by tabs.")


def test_the_problem_names_both_indentations():
    assert refit(["\t\t\t\ty", "\t\t\tx"], ["\told", "\t\tdeep"]) == Refused(
        "The suggestion is indented by 3 tabs, the lines that it replaces by 1 tab."
    )
