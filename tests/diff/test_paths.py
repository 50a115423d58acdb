"""Paths survive git's quoting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.diff.paths import header_name, quote, unquote


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("plain name.py", "plain name.py"),
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ("t\tn\nr\r", '"t\\tn\\nr\\r"'),
        ("\x7f\x01", '"\\177\\001"'),
        ("ä", '"\\303\\244"'),
        ("\udcff", '"\\377"'),
        ("\ud800", '"\\355\\240\\200"'),
    ],
)
def test_a_path_is_quoted_as_git_does_it(path, quoted):
    assert quote(path) == quoted


@given(st.binary(min_size=1))
def test_any_bytes_come_back_from_their_quoted_form(raw):
    path = raw.decode("utf-8", "surrogateescape")
    quoted = quote(path)
    assert (unquote(quoted) if quoted.startswith('"') else quoted) == path


def test_the_name_ends_at_its_quote_or_at_the_tab_before_the_time():
    assert header_name('"a\\tb"\t2020-01-01') == "a\tb"
    assert header_name("a b\t2020-01-01\t(revision 1)") == "a b"


@pytest.mark.parametrize("text", ['"open', "bare", '"\\x41"'])
def test_what_is_not_a_quoted_path_is_refused(text):
    with pytest.raises(ValueError, match="quoted path"):
        unquote(text)
