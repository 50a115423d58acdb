import json

import pytest
from pydantic import ValidationError

from pr_reviewer.findings.replies import BatchReply, ConsolidateReply, FoundFinding, Repair, RuleCheck, Verdict
from tests.findings.builders import check, found, verdict

REPLIES = [FoundFinding, Verdict, RuleCheck, Repair, BatchReply, ConsolidateReply]


@pytest.mark.parametrize("reply_type", REPLIES)
def test_the_schema_fits_the_strict_subset(reply_type):
    schema = reply_type.model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
        assert "default" not in json.dumps(part)
        assert all("description" in each for each in part["properties"].values())


def test_reasoning_comes_before_the_verdict():
    assert list(Verdict.model_fields).index("reasoning") < list(Verdict.model_fields).index("verdict")
    assert list(RuleCheck.model_fields).index("reasoning") < list(RuleCheck.model_fields).index("answer")
    assert list(FoundFinding.model_fields).index("failing_case") < list(FoundFinding.model_fields).index("severity")


@pytest.mark.parametrize(
    ("field", "said", "meant"),
    [
        ("severity", "Critical", "error"),
        ("severity", "HIGH", "error"),
        ("severity", " Warn ", "warning"),
        ("severity", "info", "note"),
        ("category", "Data Loss", "data-loss"),
        ("category", "error_handling", "error-handling"),
        ("category", "Race condition", "concurrency"),
        ("category", "bug", "correctness"),
        ("side", "RIGHT", "new"),
        ("side", "LEFT", "old"),
        ("first_line", "L12", 12),
        ("first_line", "12-14", 12),
        ("first_line", "old 11", 11),
        ("first_line", None, 0),
        ("first_line", "-1", -1),
        ("rule_id", "null", None),
        ("rule_id", " ", None),
        ("rule_id", "py/eval", "py/eval"),
        ("suggestion", "None", "None"),
    ],
)
def test_what_has_only_one_meaning_is_understood(field, said, meant):
    assert getattr(FoundFinding.model_validate(found(**{field: said})), field) == meant


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("severity", "purple"),
        ("severity", 3),
        ("category", "style"),
        ("side", "both"),
        ("first_line", "somewhere"),
        ("title", None),
        ("quote", ["x"]),
    ],
)
def test_what_could_mean_anything_is_refused(field, said):
    with pytest.raises(ValidationError):
        FoundFinding.model_validate(found(**{field: said}))


@pytest.mark.parametrize(
    ("field", "said", "meant"),
    [
        ("candidate", "Candidate #3", 3),
        ("candidate", "candidate-3", 3),
        ("duplicate_of", 0, None),
        ("duplicate_of", "none", None),
        ("duplicate_of", "2", 2),
        ("proof", None, []),
        ("proof", "x = 1", ["x = 1"]),
        ("verdict", "Confirmed", "confirm"),
        ("verdict", "false positive", "reject"),
        ("confidence", "Very High", "high"),
    ],
)
def test_verdicts_are_understood_too(field, said, meant):
    assert getattr(Verdict.model_validate({**verdict(1), field: said}), field) == meant


@pytest.mark.parametrize(("said", "meant"), [("Keeps", "keeps"), ("violates", "breaks"), ("BREAKS", "breaks")])
def test_answers_about_rules_are_understood_too(said, meant):
    assert RuleCheck.model_validate(check("Candidate 2", "r", said)).answer == meant


def test_null_and_absent_lists_are_empty():
    assert BatchReply.model_validate({"findings": None}) == BatchReply(findings=[], verdicts=[], checks=[], repairs=[])


def test_absent_nullable_fields_are_null_and_unknown_ones_ignored():
    values = found(praise="nice code")
    del values["suggestion"], values["rule_id"]
    assert FoundFinding.model_validate(values) == FoundFinding.model_validate(found())


@pytest.mark.parametrize("answer", [{}, {"answer": "fine"}, [], "fine", None])
def test_a_reply_that_answers_nothing_is_no_empty_reply(answer):
    with pytest.raises(ValidationError):
        BatchReply.model_validate(answer)


def test_a_verdict_without_its_word_is_refused():
    values = verdict(1)
    del values["verdict"]
    with pytest.raises(ValidationError, match="verdict"):
        BatchReply.model_validate({"verdicts": [values]})
