"""What /improve, /describe and /ask print as JSON keeps to the schemas that users get."""

import json
from dataclasses import replace

import jsonschema
import pytest

from pr_reviewer.model.answering import Answer
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.describing import ChangeKind
from pr_reviewer.model.improvements import Impact, Offer, Theme
from pr_reviewer.model.llm import Message, Prompt, ReplySchema, Role, Task
from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.as_json import dry_run_to_json
from pr_reviewer.report.improvements_json import improvements_json
from pr_reviewer.report.told_json import answer_json, description_json
from tests.report import improving
from tests.report.builders import LINKS, WITH_RULES
from tests.report.schemas import COMMANDS, DOCS, SCHEMAS, valid
from tests.report.test_told import ANSWERED, DESCRIPTION, PORTRAIT

SOME = improving.SOME


@pytest.mark.parametrize("command", COMMANDS)
def test_each_schema_is_one_and_the_documentation_links_it(command):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[command])
    assert f"({command}.schema.json)" in (DOCS / "json-output.md").read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_what_schemas_share_is_the_same_in_each(command):
    known = SCHEMAS["review"]["$defs"]
    shared = {name: text for name, text in SCHEMAS[command]["$defs"].items() if name in known and name != "dry_run"}
    assert {"coverage", "cost", "prompt", "rules", "sentences"} <= set(shared)
    assert shared == {name: known[name] for name in shared}


@pytest.mark.parametrize("made", ["SOME", "NONE", "INCOMPLETE", "FAILED", "NASTY"])
def test_all_improvements_keep_to_the_schema(made):
    valid("improve", json.loads(improvements_json(getattr(improving, made))))


@pytest.mark.parametrize("impact", Impact)
@pytest.mark.parametrize("theme", Theme)
def test_every_impact_and_theme_is_known(impact, theme):
    placed = improving.ACTIVE.placed
    graded = replace(placed, finding=replace(placed.finding, severity=impact.severity))
    made = replace(SOME, offers=(Offer(graded, theme, "", "s1:x"),))
    (first, *_) = valid("improve", json.loads(improvements_json(made)))["suggestions"]
    assert (first["impact"], first["theme"], first["idea"]) == (impact, theme, None)


@pytest.mark.parametrize("conclusion", Conclusion)
def test_every_conclusion_is_known(conclusion):
    valid("improve", json.loads(improvements_json(replace(SOME, review=replace(SOME.review, conclusion=conclusion)))))


@pytest.mark.parametrize("kind", ChangeKind)
def test_every_kind_of_change_is_known(kind):
    told = replace(DESCRIPTION, portrait=replace(PORTRAIT, kind=kind))
    assert valid("describe", json.loads(description_json(told)))["kind"] == kind


def test_a_description_without_words_keeps_to_the_schema():
    bare = replace(DESCRIPTION, portrait=replace(PORTRAIT, title="", summary=(), concerns=(), labels=()))
    assert valid("describe", json.loads(description_json(bare)))["title"] is None


def test_an_answer_with_and_without_citations_keeps_to_the_schema():
    told = valid("ask", json.loads(answer_json(ANSWERED)))
    assert [each["first_line"] for each in told["citations"]] == [3, None, None]
    assert [each["why_not_found"] is None for each in told["citations"]] == [True, False, False]
    assert not valid("ask", json.loads(answer_json(replace(ANSWERED, answer=Answer("", is_told=False)))))["told"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("task", Task)
def test_every_dry_run_keeps_to_each_schema(command, task):
    messages = tuple(Message(role, "x") for role in Role)
    coverage = Coverage((FileCoverage("a.py", CoverageState.FULL),), ("left out",))
    for schema in (None, ReplySchema("reply", "{}")):
        prompt = Prompt(task, ("m",), messages, schema, 10)
        valid(command, json.loads(dry_run_to_json([(prompt, 3)], coverage, ["a.py"], WITH_RULES.rules, LINKS)))


def test_a_schema_takes_nothing_that_it_does_not_name():
    documents = {
        "improve": improvements_json(SOME),
        "describe": description_json(DESCRIPTION),
        "ask": answer_json(ANSWERED),
    }
    for command, text in documents.items():
        document = json.loads(text)
        for name in document:
            rest = {key: value for key, value in document.items() if key != name}
            assert not jsonschema.Draft202012Validator(SCHEMAS[command]).is_valid(rest), name
        assert not jsonschema.Draft202012Validator(SCHEMAS[command]).is_valid(document | {"more": 1})
