"""Whatever a model writes: what is posted does nothing, and reads again as the same.

The judge is cmark-gfm, GitHub's own renderer.
"""

import re

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st

from pr_reviewer.report.characters import clean
from pr_reviewer.report.sanitise import prose, title
from tests.report.judging import ACTIVE, HARMLESS, Page
from tests.report.nasty import NASTY_TEXT

EXTENSIONS = ["table", "autolink", "tagfilter", "strikethrough", "tasklist"]


def render(markdown: str) -> Page:
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_GITHUB_PRE_LANG | Options.CMARK_OPT_FOOTNOTES
    return Page(cmarkgfm.markdown_to_html_with_extensions(markdown, options, EXTENSIONS))


@given(NASTY_TEXT)
@example("**a**@bob")
@example("[@bob](https://x.yz) ![a](https://x.yz)")
@example("```suggestion\nrm -rf\n")
def test_what_is_posted_renders_as_harmless_elements_only(text):
    page = render(prose(text))

    assert page.elements <= HARMLESS
    assert not [word for word in page.words if ACTIVE.search(word)]
    assert all(re.match(r"https?://[a-z0-9.-]+", address) for address in page.addresses)


@given(NASTY_TEXT)
@example("- a\n\n* b\n\n1) c")
@example("x **a **b** c**")
def test_sanitising_twice_is_sanitising_once(text):
    once = prose(text)

    assert prose(once) == once
    assert title(title(text)) == title(text)


@given(NASTY_TEXT, st.integers(min_value=1, max_value=60))
def test_a_cut_keeps_to_its_limit_and_leaves_markup_whole(text, limit):
    short = prose(text * 3, limit)

    assert len(short) <= limit
    assert prose(short, limit) == short
    assert len(title(text, limit)) <= limit


@given(NASTY_TEXT)
def test_no_line_outside_code_is_a_command_or_a_heading(text):
    fence = ""
    for line in prose(text).split("\n"):
        mark = re.match(r"[ >\d.-]*(`{3,})(\w*)$", line)
        if mark and not fence:
            fence = mark[1]
            assert not mark[2].startswith("sugg")
        elif fence:
            fence = "" if line.strip(" >") == fence else fence
        else:
            assert not re.match(r"\s*(/\w|#+ |::|={2,}|-{2,}\s*$|\[\^)", line)
            assert "<!--" not in re.sub(r"\\.|(`+).+?(?<!`)\1(?!`)", "", line)
    assert not fence


@given(NASTY_TEXT)
def test_what_follows_prose_is_not_swallowed_by_it(text):
    page = render(f"{prose(text)}\n\nplain END\n\n```suggestion\nx\n```")

    assert "plain END" in page.words
    assert "pre" in page.elements


@given(st.text())
def test_cleaning_removes_what_cannot_be_seen_and_nothing_twice(text):
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert cleaned.encode() or not cleaned
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]", cleaned)


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a**b" * 5000, "`" * 5001, "> " * 5000, "a@" * 5000, "- " * 5000, "x" * 50_000]
)
def test_pathological_prose_keeps_to_its_limit(text):
    assert len(prose(text)) <= 10_000
