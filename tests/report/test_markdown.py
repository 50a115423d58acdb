"""Bodies: what stands in them, and that they fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.findings import Misplaced, Unplaced
from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.comments import comment_body, entry, location
from pr_reviewer.report.links import Links
from pr_reviewer.report.markdown import LONGEST_BODY, summary_body, to_markdown
from pr_reviewer.report.sections import Section, details, fit
from tests.report.builders import (
    CHECKOUT,
    INCOMPLETE,
    LINKS,
    NEGATIVE,
    TIMEOUT,
    covered,
    file,
    finding,
    hunk,
    placed,
    review,
)
from tests.report.judging import HARMLESS
from tests.report.test_sanitise_properties import render

GITHUB_LIMIT = 65_536


def test_a_clean_review_is_one_line():
    assert summary_body(review()).count("\n") == 0


def test_a_suggestion_is_never_altered():
    code = "\t@decorator\n```\n<b>#1</b>\r\n/close  "

    assert f"\n````suggestion\n{code}\n````\n" in comment_body(placed(suggestion=code))


def test_an_empty_suggestion_deletes_the_lines():
    assert "\n```suggestion\n```\n" in comment_body(placed(suggestion=""))


def test_a_suggestion_that_is_not_utf8_cannot_be_committed():
    assert "```\ncaf\ufffd\n```" in comment_body(placed(suggestion="caf\udce9"))


def test_a_suggestion_too_long_for_a_body_is_named_instead():
    for suggestion in ("x\n" * 30_000, "`" * 25_000):
        body = comment_body(placed(suggestion=suggestion))
        assert "The suggested change is too long to be shown here." in body
        assert len(body) < 65_536
    assert "suggestion\n" not in body


@pytest.mark.parametrize(
    ("found", "links", "text"),
    [
        (placed(3), Links(), "`a.py:3`"),
        (placed(3, 5), LINKS, "[`a.py:3-5`](https://git.example/acme/shop/blob/4f2a9c1/a.py#L3-L5)"),
        (placed(3, side=Side.OLD), LINKS, "`a.py:3 (old)`"),
        (
            placed(3, path="a b|`é.py"),
            LINKS,
            "[<code>a b&#124;&#96;é&#46;py&#58;3</code>](https://git.example/acme/shop/blob/4f2a9c1/a%20b%7C%60%C3%A9.py#L3)",
        ),
        (
            placed(3, path="\udce9\n.py"),
            LINKS,
            '[`"\\351\\n.py":3`](https://git.example/acme/shop/blob/4f2a9c1/%E9%0A.py#L3)',
        ),
    ],
)
def test_a_location_names_path_and_lines(found, links, text):
    assert location(found, links) == text


def test_an_entry_shows_the_suggestion_as_a_diff_that_nobody_can_commit_by_mistake():
    assert "```diff\n-    response = requests.get(RATES_URL)\n+    response" in entry(TIMEOUT, LINKS)
    assert "```diff\n-x = 1\n```" in entry(placed(suggestion=""), LINKS)
    assert "```" not in entry(placed(), LINKS)


def test_the_document_shows_each_comment_below_its_lines():
    text = to_markdown(
        review(conclusion=Conclusion.FINDINGS, comments=(NEGATIVE, placed(9, problem="The file does not parse"))), ()
    )

    assert "```diff\n     if coupon.percent:\n" in text
    assert text.endswith("<sub>No suggestion: The file does not parse.</sub>\n")


def test_old_lines_are_shown_from_the_old_side():
    removed = placed(40, path=CHECKOUT.path, side=Side.OLD, quote="    total = order.total()")

    assert "`shop/checkout.py:40 (old)`\n\n```diff\n def charge" in to_markdown(
        review(conclusion=Conclusion.FINDINGS, comments=(removed,)), [CHECKOUT]
    )


def test_a_tall_excerpt_leaves_out_its_middle():
    tall = file("a.py", hunk(1, *(f"+line {number}" for number in range(1, 41))))

    shown = to_markdown(review(conclusion=Conclusion.FINDINGS, comments=(placed(1, 40),)), [tall])

    assert "+line 8\n …\n+line 33\n" in shown


def test_many_gaps_are_folded_and_few_stand_open():
    files = tuple(FileCoverage(f"{n}.py", CoverageState.SKIPPED, f"reason {n}") for n in range(6))
    few, many = (
        summary_body(review(conclusion=Conclusion.INCOMPLETE, coverage=Coverage(each))) for each in (files[:5], files)
    )

    assert "\n- Not reviewed: `0.py` — reason 0\n" in few
    assert "<details>" not in few
    assert "<summary>What was not reviewed, or only in part: 6 files</summary>" in many


def test_a_group_of_very_many_files_is_counted():
    files = tuple(FileCoverage(f"{n}.py", CoverageState.SKIPPED, "r") for n in range(60))
    body = summary_body(review(conclusion=Conclusion.INCOMPLETE, coverage=Coverage((*covered("x"), *files))))

    assert "`49.py`, 10 more — r" in body


def test_rows_that_do_not_fit_are_counted():
    section = details("Fold", ["- one", "- two", "- three"], rank=0)

    assert section.within(500) == "<details>\n<summary>Fold</summary>\n\n- one\n- two\n- three\n\n</details>"
    assert section.within(65) == "<details>\n<summary>Fold</summary>\n\n- one\n- and 2 more\n\n</details>"
    assert section.within(20) == ""


def test_the_higher_ranked_section_gets_room_first():
    low, high = Section("", ("a" * 20, "b" * 20), rank=2), Section("", ("c" * 20, "d" * 20), rank=1)

    assert fit([low, high], 60) == f"- and 2 more\n\n{'c' * 20}\n{'d' * 20}"


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 90),
    st.sampled_from(["x", "`|`<", "@a ", "word " * 40, "# \n"]),
    st.sampled_from([300, 2_000, 9_000]),
)
def test_a_body_keeps_to_its_limit_and_leaves_markup_whole(number, words, limit):
    one = placed(path=words.strip()[:50], title=words * 5, message=words * 20, quote=words, suggestion=words * 20)
    lost = Unplaced(finding(title=words, message=words * 20), Misplaced.QUOTE_MISSING)
    files = tuple(FileCoverage(f"{words[:9]}{n}", CoverageState.SKIPPED, f"{words}{n}") for n in range(number))
    given_review = review(
        conclusion=Conclusion.INCOMPLETE,
        comments=(one,) * (number // 2),
        folded=(one,) * (number // 3),
        unplaced=(lost,) * (number // 5),
        coverage=Coverage(files, ("a note",)),
    )
    body = summary_body(given_review, LINKS, limit)

    assert len(body) <= limit
    assert len(comment_body(one, LINKS)) <= GITHUB_LIMIT
    page = render(body)
    assert page.open == 0
    assert page.elements <= HARMLESS | {"table", "thead", "tbody", "tr", "th", "td", "details", "summary", "sub"}


def test_a_body_of_thousands_of_findings_fits_in_what_github_takes():
    given_review = review(conclusion=Conclusion.FINDINGS, comments=(TIMEOUT,) * 3000, folded=(TIMEOUT,) * 300)
    body = summary_body(given_review, LINKS)

    assert LONGEST_BODY - 1000 < len(body) <= LONGEST_BODY < GITHUB_LIMIT


def test_the_longest_comment_fits():
    longest = placed(title="<" * 500, message="<*" * 50_000, suggestion="x" * 50_000, rule_id="r" * 100)

    assert len(comment_body(longest, LINKS)) <= GITHUB_LIMIT


def test_the_summary_of_an_incomplete_review_keeps_verdict_and_cost_in_little_room():
    body = summary_body(INCOMPLETE, LINKS, 400)

    assert body.startswith("**Incomplete: 2 of 6 files")
    assert body.endswith("21 s</sub>")


def test_every_section_says_at_least_what_it_leaves_out():
    first, last = details("First", ["a" * 50] * 9, rank=1), details("Last", ["b" * 50] * 9, rank=2)

    text = fit([first, last], 400)

    assert text.count("a" * 50) == 5
    assert "- and 4 more" in text
    assert text.endswith("<summary>Last</summary>\n\n- and 9 more\n\n</details>")


def test_where_not_even_the_counts_fit_the_higher_ranked_section_stands():
    first, last = Section("", ("a" * 20,), more="{} a", rank=1), details("Last", ["b"] * 9, rank=2)

    assert fit([first, last], 30) == "1 a"


def test_links_leave_what_looks_like_a_placeholder_in_a_path_alone():
    assert Links(code="https://x.yz/{path}#{first}").to_code("{first}", LineRange(2, 2)) == "https://x.yz/%7Bfirst%7D#2"
