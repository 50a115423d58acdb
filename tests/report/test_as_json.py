"""The JSON form: what the issue and docs/json-output.md promise, checked by the schema that users get."""

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.findings import Category, Confidence, Misplaced, Origin, Severity, Unplaced
from pr_reviewer.model.llm import Cost, Message, Prompt, ReplySchema, Role, Task
from pr_reviewer.model.review import Conclusion
from pr_reviewer.model.rules import Quality, Status
from pr_reviewer.report.as_json import dry_run_to_json, to_json
from tests.report.builders import INCOMPLETE, LINKS, REVIEWS, WITH_RULES, covered, finding, placed, review

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "review.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
NO_RULES = {
    "applied": [],
    "changes": [],
    "silenced": [],
    "left_out": [],
    "unread": [],
    "standing": {"quality": "normal", "status": "maintained", "note": "", "successor": None, "exemplars": []},
}
PROMPT = Prompt(
    Task.REVIEW,
    ("gpt-5", "other"),
    (Message(Role.SYSTEM, "Review."), Message(Role.USER, "diff \udcff\x1b")),
    ReplySchema("reply", '{"type": "object"}'),
    1000,
)


def parsed(text: str):
    document = json.loads(text)
    VALIDATOR.validate(document)
    return document


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", REVIEWS)
def test_every_review_keeps_to_the_schema(name):
    parsed(to_json(REVIEWS[name]))
    parsed(to_json(REVIEWS[name], LINKS))


def test_a_finding_cites_its_rule():
    cited = parsed(to_json(WITH_RULES, LINKS))["findings"][0]["rule"]

    assert cited == {
        "id": "http-timeout",
        "title": "Every request has a time-out",
        "origin": "acme/.pr-reviewer",
        "place": "best_practices/http.md:31",
        "address": "https://git.example/acme/.pr-reviewer/blob/77ab01c/best_practices/http.md?plain=1#L31",
        "amended_by": None,
    }


def test_no_folder_of_the_operators_disk_is_told():
    text = to_json(WITH_RULES, LINKS)

    assert '"old.md"' in text
    assert '"house.md:7"' in text
    assert "/etc/" not in text


def test_comments_come_first_then_folded_then_unplaced_findings():
    document = parsed(to_json(INCOMPLETE))

    assert [(each["path"], each["placed"], each["folded"]) for each in document["findings"]] == [
        ("shop/checkout.py", True, False),
        ("shop/coupons.py", True, False),
        ("shop/rates.py", True, True),
        ("shop/stock.py", False, False),
    ]


def test_a_placed_finding_says_all_that_is_known_of_it():
    one = placed(3, 4, quote="x\ny", suggestion="", rule_id="core/r", problem="", origin=Origin.CODE)
    document = parsed(to_json(review(conclusion=Conclusion.FINDINGS, comments=(one,))))

    assert document["findings"] == [
        {
            "id": "v1:0a1b2c",
            "path": "a.py",
            "side": "new",
            "first_line": 3,
            "last_line": 4,
            "quote": "x\ny",
            "severity": "warning",
            "category": "correctness",
            "title": "A title",
            "message": "A message.",
            "rule_id": "core/r",
            "rule": {"id": "core/r", "title": None, "origin": None, "place": None, "address": None, "amended_by": None},
            "confidence": "medium",
            "origin": "code",
            "suggestion": "",
            "suggestion_problem": None,
            "placed": True,
            "why_unplaced": None,
            "folded": False,
        }
    ]


def test_an_unplaced_finding_has_neither_lines_nor_suggestion_but_a_reason_and_a_stable_id():
    lost = Unplaced(finding(suggestion="y = 2"), Misplaced.QUOTE_AMBIGUOUS)
    first, again = (parsed(to_json(review(unplaced=(each,))))["findings"][0] for each in (lost, lost))

    assert first["id"] == again["id"]
    assert first["id"].startswith("unplaced:")
    assert [first[key] for key in ("first_line", "last_line", "suggestion")] == [None, None, None]
    assert first["why_unplaced"] == "the quoted code stands in several places of the change"


def test_an_unknown_price_is_null_and_figures_are_rounded():
    cost = Cost(1, usd=None, seconds=1.23456)

    assert parsed(to_json(review(cost=cost)))["cost"] == {
        "calls": 1,
        "input_tokens": 0,
        "cached_tokens": 0,
        "output_tokens": 0,
        "usd": None,
        "seconds": 1.235,
    }
    assert parsed(to_json(review(cost=replace(cost, usd=0.12345678))))["cost"]["usd"] == 0.123457


def test_undecodable_bytes_become_replacement_characters_and_the_output_is_utf8():
    text = to_json(review(coverage=Coverage(covered("caf\udce9.py"))))

    assert parsed(text)["coverage"][0]["path"] == "caf\ufffd.py"
    assert text.encode("utf-8").decode("utf-8") == text


@given(st.text(), st.text(alphabet=st.characters(codec=None)))
def test_any_text_of_a_model_or_repository_is_valid_utf8_json(path, words):
    one = placed(path=path, title=words, message=words, quote=words, suggestion=words)
    document = parsed(to_json(review(comments=(one,))).encode("utf-8").decode("utf-8"))

    assert document["findings"][0]["message"] == re.sub("[\ud800-\udfff]", "\ufffd", words)


def test_a_dry_run_shows_each_prompt_with_its_tokens_and_what_it_would_cover():
    coverage = Coverage(
        (FileCoverage("a.lock", CoverageState.SKIPPED, "a lock file", is_deliberate=True),), ("a note",)
    )
    document = parsed(dry_run_to_json([(PROMPT, 12), (replace(PROMPT, schema=None), 3)], coverage, ["b.py"]))

    assert document == {
        "version": 1,
        "prompts": [
            {
                "task": "review",
                "model": "gpt-5",
                "messages": [{"role": "system", "content": "Review."}, {"role": "user", "content": "diff \ufffd\x1b"}],
                "tokens": 12,
                "schema": {"type": "object"},
            },
            {
                "task": "review",
                "model": "gpt-5",
                "messages": [{"role": "system", "content": "Review."}, {"role": "user", "content": "diff \ufffd\x1b"}],
                "tokens": 3,
                "schema": None,
            },
        ],
        "coverage": [{"path": "a.lock", "state": "skipped", "reason": "a lock file", "deliberate": True}],
        "rules": NO_RULES,
        "notes": ["a note"],
        "later_paths": ["b.py"],
    }


def test_a_dry_run_names_the_rules_of_each_file_as_a_review_does():
    dry = parsed(dry_run_to_json([], Coverage(()), (), WITH_RULES.rules, LINKS))
    assert dry["rules"]["applied"]
    assert dry["rules"] == parsed(to_json(WITH_RULES, LINKS))["rules"]


def test_the_schema_knows_every_word_that_the_model_package_knows():
    definitions = SCHEMA["$defs"]
    properties = definitions["finding"]["properties"]

    assert definitions["category"]["enum"] == list(Category)
    assert definitions["severity"]["enum"] == list(Severity)
    assert properties["confidence"]["enum"] == list(Confidence)
    assert properties["origin"]["enum"] == list(Origin)
    assert definitions["review"]["properties"]["conclusion"]["enum"] == list(Conclusion)
    assert definitions["prompt"]["properties"]["task"]["enum"] == list(Task)
    standing = definitions["rules"]["properties"]["standing"]["properties"]
    assert standing["quality"]["enum"] == list(Quality)
    assert standing["status"]["enum"] == list(Status)


def test_the_documentation_names_every_field_and_its_example_keeps_to_the_schema():
    page = (DOCS / "json-output.md").read_text("utf-8")
    names = {name for each in SCHEMA["$defs"].values() for name in each.get("properties", {})}
    example = json.loads(page.split("```json\n")[1].split("```")[0])

    assert not [name for name in names if f"`{name}" not in page and f'"{name}"' not in page]
    VALIDATOR.validate(example)
