"""What is posted on a pull request."""

from dataclasses import replace

import pytest

from pr_reviewer.model.changes import Side
from pr_reviewer.model.findings import Severity, Unplaced
from pr_reviewer.model.posting import AnnotationLevel, CheckState
from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.links import Links
from pr_reviewer.report.markers import Marker, MarkerKind, find_marker
from pr_reviewer.report.posting import (
    check_in_progress,
    check_of,
    draft_review,
    draft_summary,
    failed_check,
    queued_check,
    superseded_check,
    untouched_check,
)
from tests.report.builders import INCOMPLETE, LINKS, NASTY, THREE, placed, review
from tests.report.test_sanitise_properties import render

CLEAN = review()
FAILED = replace(THREE, conclusion=Conclusion.FAILED)


def test_a_superseded_head_concludes_as_an_incomplete_review_does():
    assert superseded_check("4" * 40, CheckState.NEUTRAL).state is CheckState.NEUTRAL


def test_an_annotation_ends_with_its_rule():
    (one,) = check_of(
        review(comments=(placed(rule_id="no-print"),)), LINKS, gate=None, incomplete=CheckState.NEUTRAL
    ).annotations

    assert one.message == (
        "A message.\n\nNo print in services · rule no-print · repository · "
        "https://git.example/acme/shop/blob/9d1fa07/best_practices.md?plain=1#L12"
    )


def test_each_comment_ends_with_the_marker_of_its_finding():
    draft = draft_review(THREE, LINKS)
    assert draft.head_sha == THREE.head_sha
    assert [comment.fingerprint for comment in draft.comments] == [each.fingerprint for each in THREE.comments]
    for comment in draft.comments:
        assert find_marker(comment.body) == Marker(MarkerKind.FINDING, comment.fingerprint)


@pytest.mark.parametrize("each", [THREE, NASTY, INCOMPLETE, CLEAN])
def test_the_summary_ends_with_its_marker_whatever_the_model_wrote(each):
    assert find_marker(draft_summary(each, Links())) == Marker(MarkerKind.SUMMARY)


@pytest.mark.parametrize(
    ("each", "gate", "incomplete", "state"),
    [
        (CLEAN, Severity.NOTE, CheckState.NEUTRAL, CheckState.SUCCESS),
        (THREE, None, CheckState.NEUTRAL, CheckState.SUCCESS),
        (THREE, Severity.ERROR, CheckState.NEUTRAL, CheckState.FAILURE),
        (INCOMPLETE, None, CheckState.NEUTRAL, CheckState.NEUTRAL),
        (INCOMPLETE, None, CheckState.FAILURE, CheckState.FAILURE),
        (FAILED, Severity.ERROR, CheckState.NEUTRAL, CheckState.ERROR),
    ],
)
def test_only_a_complete_review_below_the_gate_is_a_success(each, gate, incomplete, state):
    assert check_of(each, LINKS, gate=gate, incomplete=incomplete).state is state


def test_the_title_tells_the_gate_from_the_verdict():
    check = check_of(THREE, LINKS, gate=Severity.WARNING, incomplete=CheckState.NEUTRAL)
    assert check.title == "3 findings: 1 error, 2 warnings. 3 findings at or above warning."
    assert check.summary == "3 findings: 1 error, 2 warnings."


def test_the_text_of_a_check_holds_coverage_and_cost():
    check = check_of(INCOMPLETE, LINKS, gate=None, incomplete=CheckState.NEUTRAL)
    assert "not reviewed" in check.text.lower()
    assert "model call" in check.text


def test_each_comment_on_the_head_is_an_annotation():
    check = check_of(THREE, LINKS, gate=None, incomplete=CheckState.NEUTRAL)
    assert [(each.path, each.lines, each.level) for each in check.annotations] == [
        (each.finding.path, each.lines, level)
        for each, level in zip(
            THREE.comments,
            [AnnotationLevel.FAILURE, AnnotationLevel.WARNING, AnnotationLevel.WARNING],
            strict=True,
        )
    ]
    old = replace(THREE, comments=(replace(THREE.comments[0], side=Side.OLD),))
    assert check_of(old, LINKS, gate=None, incomplete=CheckState.NEUTRAL).annotations == ()


def test_what_is_under_way_and_what_failed_are_told_apart():
    assert check_in_progress("abc").state is CheckState.IN_PROGRESS
    failed = failed_check("abc", "the model\x1b[31m is gone")
    assert failed.state is CheckState.ERROR
    assert "\x1b" not in failed.summary + failed.title


def test_a_failure_says_why_in_its_title_and_what_to_do_below():
    failed = failed_check("abc", "the settings are\nbroken", "Mend `.pr_reviewer.toml`.")
    assert failed.title == "The review failed: the settings are broken"
    assert failed.summary == "the settings are broken.\n\nMend `.pr_reviewer.toml`."
    assert len(failed_check("abc", "x" * 9_000, "y" * 9_000).title) == 255


HOSTILE = "refused <img src=x> ![y](https://evil.example/z) @octo/everyone"


def assert_harmless(body):
    page = render(body)
    assert "img" not in page.elements
    assert "https://evil.example/z" not in page.addresses
    assert "@octo" not in "".join(page.words)


def test_the_words_of_an_error_do_nothing_where_they_are_posted():
    assert_harmless(failed_check("abc", HOSTILE).summary)
    assert_harmless(failed_check("abc", "it failed", HOSTILE).summary)


def test_a_provider_s_reason_for_a_refusal_does_nothing_where_it_is_posted():
    assert_harmless(draft_summary(replace(THREE, unplaced=(Unplaced(THREE.comments[0].finding, HOSTILE),)), LINKS))


def test_a_head_that_waits_and_one_that_is_left_alone_are_told_apart():
    assert queued_check("sha").state is CheckState.QUEUED
    check = untouched_check("sha", "Skipped", "it is a\ndraft of @octocat")
    assert (check.state, check.title) == (CheckState.NEUTRAL, "Skipped: it is a draft of @octocat")
    assert_harmless(check.summary)
