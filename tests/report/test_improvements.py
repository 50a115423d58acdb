"""What /improve says: the exact texts, and that nothing in them does harm or outgrows its room."""

import json
from dataclasses import replace

import pytest

from pr_reviewer.model.changes import Side
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.improvements import Improvements
from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.improvements import (
    Whereabouts,
    draft_suggestions,
    improvements_body,
    improvements_markdown,
    improvements_verdict,
    offer_body,
)
from pr_reviewer.report.improvements_json import improvements_json
from pr_reviewer.report.improvements_text import improvements_text
from pr_reviewer.report.links import Links
from pr_reviewer.report.markers import MarkerKind, find_marker
from tests.report.builders import LINKS, covered, review
from tests.report.improving import ACTIVE, FOLDER, INJECTION, NONE, SKIPPED, SOME, TOTAL, UNUSED, offer, texts

TEXTS = texts()


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_reads_exactly_like_its_golden_file(name):
    assert TEXTS[name] == (FOLDER / name).read_bytes().decode("utf-8")


def test_every_golden_file_has_its_text():
    assert {path.name for path in FOLDER.iterdir()} == set(TEXTS)


def test_every_comment_ends_with_its_own_name():
    comments = draft_suggestions(SOME, LINKS).comments
    markers = [find_marker(each.body) for each in comments]
    assert [(each.kind, each.name) for each in markers] == [
        (MarkerKind.SUGGESTION, each.fingerprint) for each in comments
    ]
    assert {each.side for each in comments} == {Side.NEW}


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (NONE, "No suggestions worth a click in 2 files."),
        (replace(NONE, review=review(coverage=Coverage(()))), "No suggestions: nothing to look at."),
        (replace(NONE, review=review(coverage=Coverage((SKIPPED,)))), "No suggestions: nothing to look at."),
        (Improvements(review(), (ACTIVE,), (), ()), "1 suggestion of medium impact."),
        (Improvements(review(), (UNUSED,), (TOTAL,), ()), "2 suggestions of low impact."),
        (Improvements(review(), (INJECTION,), (TOTAL,), ()), "2 suggestions: 1 of high impact and 1 of low impact."),
        (
            replace(NONE, review=review(coverage=Coverage(covered("a.py"), ("a rule was not read",)))),
            "Incomplete. No suggestions worth a click in 1 file.",
        ),
        (
            replace(NONE, review=review(coverage=Coverage((FileCoverage("a.py", CoverageState.PARTIAL, "cut"),)))),
            "Incomplete: 1 file not looked at, or only in part. No suggestions worth a click in 1 file.",
        ),
        (replace(NONE, review=review(conclusion=Conclusion.FAILED)), "No suggestions: every model call failed."),
    ],
)
def test_the_verdict_says_never_more_than_was_looked_at(made, verdict):
    assert improvements_verdict(made) == verdict


def test_what_was_skipped_on_purpose_is_folded_away():
    body = improvements_body(replace(NONE, review=review(coverage=Coverage((*covered("a.py"), SKIPPED)))))
    assert "<summary>1 file skipped on purpose</summary>" in body
    assert "`poetry.lock` — a lock file" in body


def test_a_long_list_of_places_is_cut_and_counted():
    many = [offer(f"n{number}", number, number, idea="the same") for number in range(1, 31)]
    body = offer_body(many[0], many, Links())
    assert "The same idea at 29 other places:" in body
    assert "- `shop/orders.py:21`\n- and 9 more" in body
    assert "- `shop/orders.py:22`" not in body


def test_of_many_earlier_suggestions_some_are_linked():
    where = Whereabouts(earlier=tuple(f"https://git.example/{number}" for number in range(30)))
    assert "[20](https://git.example/19) and 10 more." in improvements_body(NONE, LINKS, where)


def test_a_summary_fits_whatever_there_is_to_say():
    many = tuple(offer(f"n{number}", number, number, message="word " * 500) for number in range(1, 200))
    made = replace(SOME, offers=many[:50], folded=many[50:])
    for limit in (65_000, 5_000):
        assert len(improvements_body(made, LINKS, limit=limit)) <= limit


def test_a_document_shows_the_quote_where_no_diff_holds_it():
    assert "\n     unused = len(orders)\n" in improvements_markdown(replace(SOME, offers=(UNUSED,)), (), Links())


def test_json_names_everything_once():
    document = json.loads(improvements_json(SOME))
    assert [each["id"] for each in document["suggestions"]] == [
        "s1:injection",
        "s1:printed",
        "s1:active",
        "s1:total",
        "s1:unused",
    ]
    assert [each["folded"] for each in document["suggestions"]] == [False] * 4 + [True]
    assert [each["suggested_before"] for each in document["suggestions"]] == [False, True, False, False, False]
    assert [each["first_line"] for each in document["withheld"]] == [31, None]


def test_one_idea_left_out_is_one():
    text = improvements_text(replace(SOME, offers=(), folded=(), withheld=SOME.withheld[:1]))
    assert "1 further idea has no suggestion that can be committed; --verbose says why" in text
