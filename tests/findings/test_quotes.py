import pytest

from pr_reviewer.findings.quotes import (
    is_elision,
    readings,
    squeeze,
    squeeze_lines,
    without_fence,
    without_gutter,
    without_number,
)
from pr_reviewer.model.changes import Side


@pytest.mark.parametrize(
    ("one", "other"), [("a = 1", "a=1"), ("\ta", "    a"), ("a\r", "a"), ("\ufeffa", "a"), ("a\u00a0b", "a b")]
)
def test_lines_that_differ_in_whitespace_only_squeeze_to_the_same(one, other):
    assert squeeze(one) == squeeze(other)


def test_blank_lines_are_whitespace_too():
    assert squeeze_lines("\n a\n\n\tb \r\n") == ("a", "b")


@pytest.mark.parametrize("line", ["...", "  …", "# ...", "// ...", "/* ... */", "[...]", "<!-- ... -->", "...."])
def test_an_ellipsis_leaves_something_out(line):
    assert is_elision(line)


@pytest.mark.parametrize("line", ["x = ...", "...args,", "# done ...", "..", ""])
def test_code_with_dots_leaves_nothing_out(line):
    assert not is_elision(line)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```python\nx = 1\n```", "x = 1"),
        ("```\nx\n\ny\n```\n", "x\n\ny"),
        ("~~~\n    x\n    ~~~", "    x"),
        ("````\n```\n````", "```"),
        ("  ```py\n    x\n  ```", "    x"),
        ("```\n```", ""),
        ("x = 1", "x = 1"),
        ("```\nx = 1", "```\nx = 1"),
    ],
)
def test_a_fence_around_everything_goes(text, code):
    assert without_fence(text) == code


@pytest.mark.parametrize(
    ("quote", "side", "code"),
    [
        ("+a\n+b", Side.NEW, "a\nb"),
        ("+a\n b", Side.NEW, "a\nb"),
        ("-old\n+new\n same", Side.NEW, "new\nsame"),
        ("-old\n+new\n same", Side.OLD, "old\nsame"),
        ("11 +    serve(port)", Side.NEW, "    serve(port)"),
        ("10      port = 80\n11 +    serve(port)", Side.NEW, "    port = 80\n    serve(port)"),
        ("old 11 -    serve()\n12      wait()", Side.OLD, "    serve()\n    wait()"),
        ("10 +a\n11 +\n12  \n13\n14 +b", Side.NEW, "a\n\n\n\nb"),
        ("10 | a\n11 | b", Side.NEW, "a\nb"),
        ("7: a", Side.NEW, "a"),
        ("10 port = 80", Side.NEW, "port = 80"),
        ("+a\n\n+b", Side.NEW, "a\n\nb"),
        ("+a\n\\ No newline at end of file", Side.NEW, "a"),
    ],
)
def test_numbers_and_markers_go_where_every_line_has_them(quote, side, code):
    assert without_gutter(quote, side) == code


@pytest.mark.parametrize(
    ("quote", "side"), [("a\n+b", Side.NEW), ("11 +a\nb", Side.NEW), ("x = 1", Side.NEW), ("- item", Side.NEW)]
)
def test_numbers_and_markers_stay_where_a_line_has_none(quote, side):
    assert without_gutter(quote, side) == quote


def test_the_literal_reading_comes_first():
    assert readings("- item\n- other", Side.OLD) == ("- item\n- other", " item\n other")
    assert readings("x = 1", Side.NEW) == ("x = 1",)


@pytest.mark.parametrize(("line", "code"), [("11 +a", "+a"), ("old 3 -a", "-a"), ("a", "a")])
def test_a_shown_line_loses_its_number(line, code):
    assert without_number(line) == code
