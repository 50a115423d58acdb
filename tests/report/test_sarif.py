"""SARIF: valid against its schema whatever the review, and what GitHub's code scanning needs on top of that."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.findings import (
    Category,
    Confidence,
    Finding,
    Misplaced,
    Origin,
    Placed,
    Severity,
    Unplaced,
)
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.model.rules import Enforcement, Rule, RuleCategory
from pr_reviewer.report import sarif
from pr_reviewer.report.sarif import to_sarif
from tests.report.builders import (
    BOOK,
    DOUBLE_CHARGE,
    FAILED,
    INCOMPLETE,
    LINKS,
    NASTY,
    NO_MODEL,
    REVIEWS,
    THREE,
    TIMEOUT,
    WITH_RULES,
    covered,
    finding,
    placed,
    review,
)
from tests.rules.builders import rule_source

PLAIN_RULE = "Without one, a server that never answers blocks a worker for ever.\n\n1. Pass timeout=.\n2. Choose it."
SCHEMA = Path(__file__).parent / "sarif_data" / "sarif-2.1.0-rtm.5.json"
RULES = (
    Rule(
        "core/py-http-timeout",
        "Calls over the network have a `timeout`",
        "Without one, a server that never answers blocks a worker for ever.\n\n1. Pass `timeout=`.\n2. Choose it.",
        rule_source("pack core", "best_practices/core/python.md", 12),
        Severity.ERROR,
        category=RuleCategory.SECURITY,
    ),
    Rule("acme/names", "", "", rule_source("repository", ".pr_reviewer/names.md", 1)),
)


@cache
def _validator() -> Any:
    schema = json.loads(SCHEMA.read_text())
    schema["definitions"]["region"]["anyOf"] = [{"required": ["startLine"]}]  # OASIS's errata 01
    return jsonschema.Draft4Validator(schema)


def log_of(found: Review, *rules: Rule, **more: Any) -> Any:
    """The log, valid."""
    text = to_sarif(found, rules, version="1.2.3", **more)
    assert text.endswith("}\n")
    return valid(json.loads(text))


def valid(log: Any) -> Any:
    """The same log; fails where it does not follow its schema."""
    _validator().validate(log)
    return log


def run_of(found: Review, *rules: Rule, **more: Any) -> Any:
    (run,) = log_of(found, *rules, **more)["runs"]
    return run


def result_of(*comments: Placed, unplaced: tuple[Unplaced, ...] = (), **more: Any) -> Any:
    (result,) = run_of(review(comments=comments, unplaced=unplaced), **more)["results"]
    return result


def location_of(result: Any) -> Any:
    (location,) = result["locations"]
    return location["physicalLocation"]


def notices_of(run: Any) -> list[tuple[str, str, str]]:
    (invocation,) = run["invocations"]
    return [
        (notice["descriptor"]["id"], notice["level"], notice["message"]["text"])
        for notice in invocation["toolExecutionNotifications"]
    ]


@pytest.mark.parametrize("found", [*REVIEWS.values(), NASTY], ids=[*REVIEWS, "nasty"])
def test_every_review_is_a_valid_log_that_code_scanning_takes(found: Review):
    check_for_code_scanning(run_of(found, *RULES, links=LINKS))


def check_for_code_scanning(run: Any) -> None:
    """What docs.github.com marks as required, beyond the schema. It takes no empty texts."""
    rules = run["tool"]["driver"]["rules"]
    names = [rule["id"] for rule in rules]
    assert len(names) == len(set(names))
    for rule in rules:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert 0 < len(rule["properties"]["tags"]) <= 10
    assert len(run["results"]) <= 25_000
    for result in run["results"]:
        assert result["ruleId"] in names
        assert result["message"]["text"]
        assert result["level"] in ("error", "warning", "note")
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        artifact = location_of(result)["artifactLocation"]
        assert artifact["uriBaseId"] in run["originalUriBaseIds"]
        assert re.fullmatch(r"(?!/)(?:[\w.~/-]|%[0-9A-F]{2})+", artifact["uri"], re.ASCII)
        assert not urlsplit(artifact["uri"]).scheme
    descriptors = {each["id"] for each in run["tool"]["driver"]["notifications"]}
    assert {name for name, _, _ in notices_of(run)} <= descriptors


def test_a_finding_stands_on_its_lines_without_columns():
    result = result_of(DOUBLE_CHARGE)
    assert location_of(result) == {
        "artifactLocation": {"uri": "shop/checkout.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 42, "endLine": 45, "snippet": {"text": DOUBLE_CHARGE.quote}},
    }
    assert (result["ruleId"], result["level"]) == ("data-loss", "error")
    assert result["partialFingerprints"] == {"prReviewerFingerprint/v1": "0a1b2c", "primaryLocationLineHash": "0a1b2c"}
    assert result["properties"] == {
        "category": "data-loss",
        "confidence": "high",
        "origin": "model",
        "folded": False,
    }
    assert "fixes" not in result


def test_a_message_is_a_sentence_and_then_the_prose_as_text_and_as_markdown():
    message = result_of(DOUBLE_CHARGE)["message"]
    assert message["text"].split("\n\n")[0] == "A time-out charges the card again, up to three times."
    assert "\n\nFails for: the gateway books" in message["text"]
    assert message["markdown"].startswith(
        "**A time-out charges the card again, up to three times**\n\nA `Timeout` says"
    )
    assert "**Fails for:** the gateway books" in message["markdown"]


@pytest.mark.parametrize(
    ("title", "sentence"),
    [("Is it `None`?", "Is it None?"), ("It ends.", "It ends."), ("Stop!", "Stop!"), ("", "Correctness.")],
)
def test_a_title_becomes_one_sentence(title: str, sentence: str):
    assert result_of(placed(title=title, message=""))["message"]["text"] == sentence


def test_plain_text_keeps_lists_quotes_and_code_and_makes_no_link():
    message = (
        "See [the docs](https://docs.example/a) or <https://docs.example/b>, `a[0](1)`.\\\nNext.\n\n- one\n- two\n\n"
        "3. three\n4. four\n\n> quoted\n\n```python\nx = 1\n```"
    )
    text = result_of(placed(message=message))["message"]["text"]
    assert text == (
        "A title.\n\nSee the docs (docs.example) (https://docs.example/a) or https://docs.example/b, a[0] (1).\n"
        "Next.\n\n- one\n- two\n\n3. three\n4. four\n\nquoted\n\nx = 1"
    )


def test_nothing_active_survives_in_a_message():
    message = result_of(*NASTY.comments)["message"]
    for text in message.values():
        assert "\u202e" not in text
        assert "![" not in text
        assert not re.search(r"(?<!\\)\]\(javascript", text)
    assert "<img" not in message["markdown"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü.py", "a%20b/%C3%BC.py"),
        ("100%/c#?.py", "100%25/c%23%3F.py"),
        ("c:/x.py", "c%3A/x.py"),
        ("bad\udcff.py", "bad%FF.py"),
        ("/abs.py", "abs.py"),
        ("//host/x.py", "host/x.py"),
        ("[id].tsx", "%5Bid%5D.tsx"),
        ("", "."),
    ],
)
def test_paths_are_relative_addresses_that_decode_to_themselves(path: str, uri: str):
    found = location_of(result_of(placed(path=path)))["artifactLocation"]["uri"]
    assert found == uri
    assert unquote(found, errors="surrogateescape") == path.lstrip("/") or path == ""


def test_a_finding_about_removed_lines_is_about_its_file():
    one, many = (result_of(placed(7, last, Side.OLD, suggestion="x")) for last in (7, 9))
    for result in (one, many):
        assert location_of(result) == {"artifactLocation": {"uri": "a.py", "uriBaseId": "%SRCROOT%"}}
        assert "fixes" not in result
    assert one["message"]["text"].endswith("This is about line 7 as it was before the change, which removes it.")
    assert many["message"]["markdown"].endswith(
        "This is about lines 7-9 as they were before the change, which removes them."
    )
    assert (many["properties"]["oldFirstLine"], many["properties"]["oldLastLine"]) == (7, 9)


def fix_of(*arguments: int, **changes: Any) -> Any:
    (fix,) = result_of(placed(*arguments, **changes))["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "a.py", "uriBaseId": "%SRCROOT%"}
    (replacement,) = change["replacements"]
    return replacement


def applied(text: str, replacement: Any) -> str:
    """What a reader that follows the standard makes of it: columns count from 1, no end column means the line's end."""
    region = replacement["deletedRegion"]
    lines = text.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + column - 1

    last = lines[region["endLine"] - 1].rstrip("\r\n") if region["endLine"] <= len(lines) else ""
    start = offset(region["startLine"], region.get("startColumn", 1))
    end = offset(region["endLine"], region.get("endColumn", len(last) + 1))
    return text[:start] + replacement.get("insertedContent", {"text": ""})["text"] + text[end:]


@pytest.mark.parametrize(
    ("lines", "quote", "suggestion", "before", "after"),
    [
        ((2, 3), "b\nc", "B", "a\nb\nc\nd\n", "a\nB\nd\n"),
        ((2, 2), "b", "B\nC", "a\nb\nd", "a\nB\nC\nd"),
        ((2, 2), "b\r", "B\nC", "a\r\nb\r\nd\r\n", "a\r\nB\r\nC\r\nd\r\n"),
        ((2, 3), "b\nc", "", "a\nb\nc\nd\n", "a\nd\n"),
        ((2, 2), "b", "", "a\nb\n", "a\n"),
    ],
)
def test_a_fix_makes_of_the_file_what_the_suggestion_does(
    lines: tuple[int, int], quote: str, suggestion: str, before: str, after: str
):
    assert applied(before, fix_of(*lines, quote=quote, suggestion=suggestion)) == after


def test_a_suggestion_that_is_no_text_is_no_fix():
    assert "fixes" not in result_of(placed(suggestion="x = '\udcff'"))


def test_an_unplaced_finding_of_a_changed_file_is_about_that_file():
    lost = Unplaced(finding(), Misplaced.QUOTE_NOT_FOUND)
    result = result_of(unplaced=(lost,))
    assert location_of(result) == {"artifactLocation": {"uri": "a.py", "uriBaseId": "%SRCROOT%"}}
    assert result["message"]["text"].endswith(
        "\n\nIt is on no line because the quoted code does not stand in the change."
    )
    other = result_of(unplaced=(replace(lost, finding=finding(title="Another")),))
    assert list(result["partialFingerprints"]) == ["prReviewerFingerprint/words-v1", "primaryLocationLineHash"]
    assert result["partialFingerprints"] != other["partialFingerprints"]


def test_an_unplaced_finding_of_any_other_file_is_a_notification():
    ghost = Unplaced(finding(path="gh\nost.py", severity=Severity.ERROR), Misplaced.FILE_NOT_IN_DIFF)
    run = run_of(review(unplaced=(ghost,)))
    assert run["results"] == []
    assert notices_of(run) == [("unplaced", "error", "gh␊ost.py: A title.\n\nA message.")]


def test_gaps_and_failures_are_notifications_and_only_a_complete_review_is_a_success():
    run = run_of(INCOMPLETE)
    assert notices_of(run) == [
        ("coverage", "warning", "shop/rates.py: reviewed only in part: `review.max_model_calls` (2) is used up."),
        ("coverage", "warning", "shop/stock.py: not reviewed: the model call failed: the endpoint answered 503."),
        ("coverage", "warning", "shop/tax.py: not reviewed: the model call failed: the endpoint answered 503."),
        ("coverage", "note", "logo.png: not reviewed: the file is binary."),
        ("coverage", "warning", "the pattern of rule `core/go-defer` could not be compiled."),
        ("failure", "error", "the endpoint answered 503."),
        ("failure", "error", "the second try at a suggestion timed out."),
    ]
    first = run["invocations"][0]["toolExecutionNotifications"][0]
    assert location_of(first) == {"artifactLocation": {"uri": "shop/rates.py", "uriBaseId": "%SRCROOT%"}}
    reasonless = Coverage((FileCoverage("a.py", CoverageState.SKIPPED),))
    assert notices_of(run_of(review(coverage=reasonless))) == [("coverage", "warning", "a.py: not reviewed.")]
    found = {"clean": review(), "three": THREE, "incomplete": INCOMPLETE, "no_model": NO_MODEL, "failed": FAILED}
    successes = {name: run_of(each)["invocations"][0]["executionSuccessful"] for name, each in found.items()}
    assert successes == {"clean": True, "three": True, "incomplete": False, "no_model": False, "failed": False}


def test_folded_findings_are_results_too():
    results = run_of(INCOMPLETE)["results"]
    assert [result["properties"]["folded"] for result in results] == [False, False, True, False]


def test_rules_and_categories_are_described_whether_or_not_they_were_broken():
    rules = {rule["id"]: rule for rule in run_of(review(), *RULES, links=LINKS)["tool"]["driver"]["rules"]}
    assert list(rules) == [*Category, "core/py-http-timeout", "acme/names"]
    assert rules["core/py-http-timeout"] == {
        "id": "core/py-http-timeout",
        "shortDescription": {"text": "Calls over the network have a timeout"},
        "fullDescription": {"text": PLAIN_RULE},
        "help": {
            "text": PLAIN_RULE,
            "markdown": RULES[0].text,
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["rule", "security"], "origin": "pack core"},
    }
    bare = rules["acme/names"]
    assert bare["shortDescription"] == bare["fullDescription"] == {"text": "acme/names"}
    assert bare["help"] == {"text": "acme/names", "markdown": "acme/names"}
    assert rules["security"]["properties"]["tags"] == ["security"]
    assert rules["secret"]["properties"]["tags"] == ["secret", "security"]


def test_a_rule_that_only_a_finding_names_is_described_by_its_name():
    rules = run_of(review(comments=(TIMEOUT,)))["tool"]["driver"]["rules"]
    assert rules[-1]["id"] == "http-timeout"
    assert rules[-1]["help"] == {"text": "http-timeout", "markdown": "http-timeout"}


def test_a_rule_that_can_be_read_on_the_provider_leads_there():
    described = run_of(WITH_RULES, *BOOK.rules, links=LINKS)["tool"]["driver"]["rules"]
    rules = {rule["id"]: rule for rule in described}
    address = "https://git.example/acme/.pr-reviewer/blob/77ab01c/best_practices/http.md?plain=1#L31"
    assert rules["http-timeout"]["helpUri"] == address
    assert rules["http-timeout"]["help"]["markdown"].endswith(f"\n\n[Every request has a time-out]({address})")
    assert rules["http-timeout"]["properties"] == {
        "tags": ["rule"],
        "origin": "acme/.pr-reviewer",
        "place": "best_practices/http.md:31",
    }
    assert "helpUri" not in rules["no-todo"]
    assert rules["no-todo"]["properties"]["place"] == "house.md:7"


def test_a_result_says_whose_rule_it_breaks():
    (result,) = run_of(review(comments=(TIMEOUT,)), links=LINKS)["results"]
    assert result["properties"]["ruleOrigin"] == "acme/.pr-reviewer"
    assert result["properties"]["rulePlace"] == "best_practices/http.md:31"
    assert result["properties"]["ruleAddress"].endswith("/best_practices/http.md?plain=1#L31")


def test_a_rule_that_is_off_is_not_described():
    off = replace(RULES[1], enforcement=Enforcement.OFF)
    assert "acme/names" not in [rule["id"] for rule in run_of(review(), off)["tool"]["driver"]["rules"]]


@pytest.mark.parametrize(
    ("version", "semantic"),
    [("1.2.3", "1.2.3"), ("1.2.0rc1", "1.2.0-rc1"), ("1.2.0.dev4", "1.2.0-dev4"), ("1.2.0+x", "1.2.0+x"), ("2", "2")],
)
def test_the_version_is_told_as_semver_says_it(version: str, semantic: str):
    driver = json.loads(to_sarif(review(), version=version))["runs"][0]["tool"]["driver"]
    assert (driver["version"], driver["semanticVersion"]) == (version, semantic)


def test_the_run_names_its_category_its_commit_and_its_repository():
    run = run_of(review(), repository="https://github.com/acme/shop")
    assert run["automationDetails"] == {"id": f"pr-reviewer/{'4' * 40}"}
    assert run["versionControlProvenance"] == [
        {
            "repositoryUri": "https://github.com/acme/shop",
            "revisionId": "4" * 40,
            "mappedTo": {"uriBaseId": "%SRCROOT%"},
        }
    ]
    assert "versionControlProvenance" not in run_of(review())


def test_what_does_not_fit_in_one_run_is_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    run = run_of(THREE)
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    assert notices_of(run)[-1] == ("left-out", "warning", "1 finding more did not fit in.")


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\udc80\udcff\n\r[](){}`*<>@\\/%#"), max_size=30)
LINES = st.builds(lambda first, more: LineRange(first, first + more), st.integers(1, 999), st.integers(0, 9))
FINDINGS = st.builds(
    Finding,
    path=TEXTS,
    quote=TEXTS,
    severity=st.sampled_from(Severity),
    category=st.sampled_from(Category),
    title=TEXTS,
    message=TEXTS,
    rule_id=st.none() | TEXTS,
    suggestion=st.none() | TEXTS,
    confidence=st.sampled_from(Confidence),
    origin=st.sampled_from(Origin),
)
PLACED = st.builds(
    Placed, FINDINGS, st.sampled_from(Side), LINES, TEXTS, st.from_regex(r"v1:[0-9a-f]{32}", fullmatch=True), TEXTS
)
FILES = st.builds(FileCoverage, TEXTS, st.sampled_from(CoverageState), TEXTS, st.booleans())
ANY_REVIEW = st.builds(
    lambda conclusion, comments, folded, unplaced, files, notes: review(
        conclusion=conclusion,
        comments=comments,
        folded=folded,
        unplaced=unplaced,
        coverage=Coverage((*covered(*(each.finding.path for each in unplaced[:1])), *files), notes),
        failures=notes,
    ),
    st.sampled_from(Conclusion),
    *(st.lists(PLACED, max_size=3).map(tuple) for _ in "12"),
    st.lists(st.builds(Unplaced, FINDINGS, st.sampled_from(Misplaced)), max_size=3).map(tuple),
    st.lists(FILES, max_size=3),
    st.lists(TEXTS, max_size=2).map(tuple),
)
ANY_RULE = st.builds(Rule, TEXTS.filter(bool), TEXTS, TEXTS, st.just(RULES[0].source), st.sampled_from(Severity))


@settings(max_examples=60, deadline=None)
@given(ANY_REVIEW, st.lists(ANY_RULE, max_size=2))
def test_any_review_gives_valid_sarif(found: Review, rules: list[Rule]):
    check_for_code_scanning(run_of(found, *rules))
