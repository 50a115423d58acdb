"""Lines end at line feeds only, and what is displayed can be encoded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.diff.text import display, split_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\n\n", ["a", ""]),
        ("\n", [""]),
        ("a\r\nb\x0cc\u2028d\re\x85f\n", ["a\r", "b\x0cc\u2028d\re\x85f"]),
    ],
)
def test_lines_end_at_line_feeds_only(text, lines):
    assert split_lines(text) == lines


@given(st.text(st.characters(exclude_categories=())))
def test_displayed_text_has_the_same_length_and_can_be_encoded(text):
    shown = display(text)
    shown.encode()
    assert len(shown) == len(text)


def test_only_what_cannot_be_encoded_is_replaced():
    assert display("aä\udcff\U0001f600") == "aä\ufffd\U0001f600"
