"""What a model proposes, and what of it makes sense."""

from typing import Any

import pytest

from pr_reviewer.findings.ideas import ImproveReply, read_ideas
from pr_reviewer.findings.refused import Refused
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.findings import Category, Severity
from pr_reviewer.model.improvements import Impact, Theme
from tests.fakes.strict_schema import violations
from tests.findings.builders import changed, rule

FILE = changed("x = 0\n", "x = 1\n")


def candidate(suggestion: str = "x = 2") -> dict[str, Any]:
    return {"approach": "Two.", "risk": "None.", "suggestion": suggestion}


def place(*candidates: str, **fields: Any) -> dict[str, Any]:
    return {
        "path": "app.py",
        "quote": "x = 1",
        "first_line": 1,
        "last_line": 1,
        "why": "x is too small.",
        "goal": "Use a larger x.",
        "candidates": [candidate(text) for text in candidates or ("x = 2", "x = 3")],
        "ranking": [1, 2],
        "theme": "simplicity",
        "impact": "medium",
        "rule_id": None,
        "idea": None,
        **fields,
    }


def read(*places: dict[str, Any], **more: Any):
    reply = ImproveReply.model_validate({"places": list(places), "verdicts": [], "checks": [], "repairs": []})
    return read_ideas(reply, [FILE], **more)


def one(**fields: Any):
    found = read(place(**fields))
    assert found.dropped == ()
    (idea,) = found.ideas
    return idea


def test_the_schema_keeps_to_the_strict_subset():
    import json

    assert violations(json.loads(reply_schema(ImproveReply).json)) == []


def test_a_place_is_a_finding_without_a_suggestion_and_its_candidates():
    idea = one(idea="  larger   x ")
    finding = idea.finding
    assert (finding.path, finding.quote, finding.title, finding.message) == (
        "app.py",
        "x = 1",
        "Use a larger x",
        "x is too small.",
    )
    assert (finding.severity, finding.category, finding.suggestion) == (Severity.WARNING, Category.CORRECTNESS, None)
    assert (idea.theme, idea.name, idea.candidates) == (Theme.SIMPLICITY, "larger x", ("x = 2", "x = 3"))


@pytest.mark.parametrize(
    ("ranking", "order"),
    [
        ([2, 1], ["b", "a", "c"]),
        ([3, 3, 9, 0, -1], ["c", "a", "b"]),
        ([], ["a", "b", "c"]),
        (None, ["a", "b", "c"]),
    ],
)
def test_candidates_come_in_the_order_of_their_ranking(ranking, order):
    (idea,) = read(place("a", "b", "c", ranking=ranking)).ideas
    assert list(idea.candidates) == order


def test_equal_candidates_are_one_and_three_are_enough():
    (idea,) = read(place("a", "a", "b", "c", "d")).ideas
    assert idea.candidates == ("a", "b", "c")


def test_lines_go_only_where_the_idea_speaks_of_that():
    (kept,) = read(place("", "x = 2")).ideas
    (removed,) = read(place("", "x = 2", goal="Remove the unused x")).ideas
    assert (kept.candidates, removed.candidates) == (("x = 2",), ("", "x = 2"))


@pytest.mark.parametrize("candidates", [[], None, [candidate("")]])
def test_an_idea_without_a_candidate_is_dropped(candidates):
    found = read(place(candidates=candidates))
    assert (found.ideas, [each.why for each in found.dropped]) == ((), ["it has no candidate"])


def test_what_makes_no_sense_is_dropped_with_its_reason():
    found = read(place(goal=" "))
    assert [each.why for each in found.dropped] == ["it has no title or no message"]


@pytest.mark.parametrize(
    ("theme", "read_as", "category"),
    [
        ("security", Theme.SECURITY, Category.SECURITY),
        ("Error handling", Theme.ROBUSTNESS, Category.ERROR_HANDLING),
        ("perf", Theme.PERFORMANCE, Category.PERFORMANCE),
        ("naming", Theme.READABILITY, Category.CORRECTNESS),
        ("rule", Theme.SIMPLICITY, Category.CORRECTNESS),
    ],
)
def test_themes_are_read_leniently_and_one_about_a_rule_needs_the_rule(theme, read_as, category):
    idea = one(theme=theme)
    assert (idea.theme, idea.finding.category) == (read_as, category)


@pytest.mark.parametrize(("word", "impact"), [("high", Impact.HIGH), ("Major", Impact.HIGH), ("minor", Impact.LOW)])
def test_impact_ranks_as_severity_does(word, impact):
    severity = one(impact=word).finding.severity
    assert (Impact.of(severity), impact.severity) == (impact, severity)


def test_an_idea_to_keep_a_rule_has_the_rules_severity():
    small = rule("small-x", severity=Severity.NOTE)
    (idea,) = read(place(rule_id="small-x", impact="high"), rule_of=lambda _path, _id: small).ideas
    assert (idea.theme, idea.finding.rule_id, idea.finding.severity) == (Theme.RULE, "small-x", Severity.NOTE)


def test_a_rule_that_does_not_hold_there_is_not_cited():
    (idea,) = read(place(rule_id="invented"), rule_of=lambda _path, _id: Refused("which does not exist")).ideas
    assert (idea.theme, idea.finding.rule_id) == (Theme.SIMPLICITY, None)


def test_a_reply_holds_sixty_places():
    found = read(*(place() for _ in range(62)))
    assert len(found.ideas) == 60
    assert [each.why for each in found.dropped] == ["the reply holds more than 60 places"] * 2


def test_what_leaves_the_code_doing_the_same_is_style():
    assert [theme for theme in Theme if theme.is_style] == [Theme.SIMPLICITY, Theme.READABILITY]
