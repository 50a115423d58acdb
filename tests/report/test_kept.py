"""What a summary remembers of the findings that stand in it alone."""

from dataclasses import replace

import pytest

from pr_reviewer.model.findings import Misplaced, Unplaced
from pr_reviewer.report.comments import entry
from pr_reviewer.report.explanation import explained_in_summary, explanation_body
from pr_reviewer.report.kept import FOLDED, LONGEST_KEPT, read_kept, write_kept
from pr_reviewer.report.links import Links
from pr_reviewer.report.markers import Marker, MarkerKind, find_marker, mark, without_markers
from pr_reviewer.report.posting import draft_summary
from pr_reviewer.report.record import name_of, record_of, short_id
from tests.report.builders import INCOMPLETE, LINKS, THREE, finding, placed, review

LOST = Unplaced(finding(quote="key = 'AKIAIOSFODNN7EXAMPLF'", path="a b.py"), Misplaced.QUOTE_NOT_FOUND)
STANDING = replace(placed(3, 4, quote="a\nb"), verification="It is so -->", fingerprint="v1:77aa")
REFUSED = Unplaced(STANDING.finding, "GitHub takes no comment at this place of the diff", STANDING)
FEW = review(unplaced=(LOST, REFUSED), folded=(replace(STANDING, fingerprint="v1:88bb"),))


def test_what_a_summary_remembers_is_read_again():
    lost, refused, folded = read_kept(draft_summary(FEW, LINKS).replace("\n", "\r\n"))
    assert (lost.name, lost.path, lost.lines, lost.why) == (name_of(LOST), "a b.py", None, LOST.why)
    assert lost.quote == "key = '[masked AWS access key]'"
    assert (lost.record, lost.record.is_verified) == (record_of(LOST), False)
    assert (refused.name, refused.lines, refused.quote) == ("v1:77aa", STANDING.lines, "a\nb")
    assert (refused.record.verification, refused.why) == ("It is so -->", REFUSED.why)
    assert (folded.name, folded.why) == ("v1:88bb", FOLDED)


def test_nobody_sees_it_and_the_marker_stays_the_last_line():
    body = draft_summary(FEW, LINKS)
    assert find_marker(body) == Marker(MarkerKind.SUMMARY)
    assert "pr-reviewer:kept" not in without_markers(body)


def test_where_every_finding_has_a_comment_nothing_is_remembered():
    assert write_kept(THREE) == ""
    assert "pr-reviewer:kept" not in draft_summary(THREE, LINKS)


@pytest.mark.parametrize(("number", "fitting"), [(1, 1), (40, 12), (400, 12)])
def test_however_many_there_are_the_body_stays_within_its_limit(number, fitting):
    long = replace(STANDING, verification="w" * 700, quote="q" * 600)
    many = review(folded=tuple(replace(long, fingerprint=f"v1:{at:032x}") for at in range(number)))
    body = draft_summary(many, LINKS)
    kept = read_kept(body)
    assert len(body) < 65_300
    assert len(write_kept(many)) <= LONGEST_KEPT
    assert [each.name for each in kept] == [each.fingerprint for each in many.folded[: len(kept)]]
    assert len(kept) == fitting


def test_what_stands_elsewhere_in_a_summary_is_somebodys_text():
    line = write_kept(FEW)
    assert read_kept(mark(f"{line}\n\nWords.", Marker(MarkerKind.SUMMARY))) == ()
    assert read_kept("") == ()


@pytest.mark.parametrize(
    "facts",
    [
        "{}",
        "{broken}",
        '{"name": "v1:a", "path": "a.py"}',
        '{"name": "v1:a", "path": "a.py", "first": "x", "last": 2}',
        '{"name": "v1:a", "path": "a.py", "first": 3, "last": 2}',
        '{"path": "a.py", "severity": "error", "category": "rule", "origin": "model", "confidence": "low"}',
    ],
)
def test_a_line_that_tells_too_little_is_none_and_costs_no_other(facts):
    body = draft_summary(FEW, LINKS).replace(
        "\n<!-- pr-reviewer:summary", f"\n<!-- pr-reviewer:kept v1 {facts} -->\n<!-- pr-reviewer:summary"
    )
    assert len(read_kept(body)) == 3


def test_each_is_explained_with_why_it_has_no_comment():
    lost, refused, folded = (explained_in_summary(each, "https://x/s") for each in read_kept(draft_summary(FEW, LINKS)))
    text = explanation_body(lost, Links())
    assert f"[`{short_id(name_of(LOST))}`](https://x/s) at `a b.py`" in text
    assert "in the summary alone: the quoted code does not stand in the change" in text
    assert "no other pass verified the claim" in text
    assert "verification said" not in text
    assert "AKIA" not in text
    assert "> It is so" in explanation_body(refused, Links())
    assert "`a.py:3-4`" in explanation_body(folded, Links())
    assert "```\na\nb\n```" in explanation_body(folded, Links())


def test_the_summary_shows_the_ids_that_can_be_asked_about():
    body = draft_summary(INCOMPLETE, LINKS)
    for found in (*INCOMPLETE.unplaced, *INCOMPLETE.folded):
        assert f"`{short_id(name_of(found))}`</sub>" in body


def test_what_the_provider_refused_is_shown_with_its_lines_and_its_change():
    shown = entry(Unplaced(finding(suggestion="y"), "no place", placed(3, 4, quote="x", suggestion="y")), LINKS)
    assert "`a.py:3-4`" in shown
    assert "```diff\n-x\n+y\n```" in shown
