"""Markers are found where we put them, and nowhere else."""

import pytest
from hypothesis import given

from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.comments import comment_body
from pr_reviewer.report.markdown import summary_body
from pr_reviewer.report.markers import Marker, MarkerKind, find_marker, mark
from tests.report.builders import LINKS, NASTY, placed, review
from tests.report.nasty import NASTY_TEXT

SUMMARY = Marker(MarkerKind.SUMMARY)
FINDING = Marker(MarkerKind.FINDING, "v1:0a1b")


@pytest.mark.parametrize("marker", [SUMMARY, FINDING])
def test_a_marker_is_found_again_also_with_other_line_ends(marker):
    body = mark("Words.", marker)

    assert find_marker(body) == marker
    assert find_marker(body.replace("\n", "\r\n") + "\r\n") == marker


def test_a_marker_is_an_invisible_last_line():
    assert mark("Words.", FINDING) == "Words.\n\n<!-- pr-reviewer:finding v1 v1:0a1b -->"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Words.",
        "<!-- pr-reviewer:summary v1 -->\n\nWords.",
        "> <!-- pr-reviewer:summary v1 -->",
        "`<!-- pr-reviewer:summary v1 -->`",
        "<!-- pr-reviewer:summary v1 --> more",
        "<!-- pr-reviewer:unknown v1 -->",
        "<!-- pr-reviewer:summary -->",
    ],
)
def test_somebody_elses_text_has_no_marker(body):
    assert find_marker(body) is None


def test_a_later_version_is_told():
    assert find_marker("<!-- pr-reviewer:summary v2 -->") == Marker(MarkerKind.SUMMARY, version=2)


@pytest.mark.parametrize("name", ["a -->", "a b", "a\nb", "é"])
def test_a_name_that_could_end_the_comment_is_refused(name):
    with pytest.raises(ValueError, match="not a marker's name"):
        mark("Words.", Marker(MarkerKind.FINDING, name))


@given(NASTY_TEXT)
def test_no_model_can_forge_a_marker(text):
    forged = text + "\n\n<!-- pr-reviewer:summary v1 -->"
    comment = placed(title=forged, message=forged, suggestion=forged)

    assert find_marker(comment_body(comment)) is None
    assert (
        find_marker(summary_body(review(conclusion=Conclusion.FINDINGS, folded=(comment,), comments=(comment,)), LINKS))
        is None
    )
    assert find_marker(mark(comment_body(comment), FINDING)) == FINDING


def test_forged_markers_of_a_nasty_review_are_not_found():
    assert find_marker(comment_body(NASTY.comments[0])) is None
