"""The prompts of /improve, word for word, and what its plan shares with a review's."""

from dataclasses import replace

from pr_reviewer.model.findings import Severity
from pr_reviewer.model.llm import ModelCard, ReplySchema, Task
from pr_reviewer.plan.improve import improve_inputs, plan_improve
from pr_reviewer.plan.later import Failure, Question, check_prompts, repair_prompts, verify_prompts
from tests.plan.builders import ChangedFile, edited, inputs, new_file, placed, pull, rule
from tests.plan.golden import assert_golden, transcript

_HEAD = (
    "def total(cart):",
    "    prices = []",
    "    for item in cart:",
    "        prices.append(item.price)",
    "    return sum(prices)",
    "",
    "",
    "def main():",
    "    print(total([]))",
)
_DIFF = edited(
    "shop/cart.py",
    "@@ -1,2 +1,5 @@\n def total(cart):\n-    return sum(item.price for item in cart)\n+    prices = []\n"
    "+    for item in cart:\n+        prices.append(item.price)\n+    return sum(prices)",
)
_RULE = rule("no-loops", "A list that is only summed up is not built.", severity=Severity.NOTE)
_SCHEMA = ReplySchema("improve_reply", "{}")
_INPUTS = improve_inputs(
    inputs(
        ChangedFile(_DIFF, _HEAD, rules=(_RULE, rule("by-pattern", pattern="{}"))),
        pull=pull("Sum up in a loop", "Easier to debug."),
    ),
    _SCHEMA,
)
_OFFER = placed(
    "shop/cart.py",
    2,
    5,
    quote="\n".join(_HEAD[1:5]),
    title="Sum up without a list",
    message="The list is built only to be summed up.",
    severity=Severity.WARNING,
    rule_id="no-loops",
    suggestion="    return sum(item.price for item in cart)",
)
_PLAN = plan_improve(_INPUTS)


def test_the_prompt_that_asks_for_ideas():
    (batch,) = _PLAN.batches
    (asked,) = batch.prompts
    assert_golden("improve", transcript(asked))


def test_the_prompts_of_later_passes():
    (batch,) = _PLAN.batches
    (verify,) = verify_prompts(_INPUTS, batch, [_OFFER]).prompts
    removal = replace(_OFFER, finding=replace(_OFFER.finding, suggestion="", rule_id=None))
    (repair,) = repair_prompts(
        _INPUTS, batch, [Failure(removal, "With the suggestion, line 1 does not parse.")]
    ).prompts
    assert_golden("improve-verify", transcript(verify.prompt))
    assert_golden("improve-repair", transcript(repair.prompt))


def test_all_passes_over_a_batch_share_their_prefix_their_model_and_their_schema():
    (batch,) = _PLAN.batches
    (verify,) = verify_prompts(_INPUTS, batch, [_OFFER]).prompts
    (check,) = check_prompts(_INPUTS, batch, [Question(_OFFER, (_RULE,))]).prompts
    (repair,) = repair_prompts(_INPUTS, batch, [Failure(_OFFER, "It fails.")]).prompts
    prompts = [*batch.prompts, verify.prompt, check.prompt, repair.prompt]

    assert [each.task for each in prompts] == [Task.REVIEW, Task.VERIFY, Task.VERIFY, Task.REPAIR]
    assert {each.messages[:-1] for each in prompts} == {batch.prefix}
    assert {each.schema for each in prompts} == {_SCHEMA}


def test_no_pass_looks_for_broken_rules_but_suggestions_are_held_against_them():
    (batch,) = _PLAN.batches
    (verify,) = verify_prompts(_INPUTS, batch, [_OFFER]).prompts
    assert verify.checked == (("no-loops",),)
    assert batch.rules == ((),)
    assert _PLAN.notes == ()


def test_without_rules_the_task_has_none():
    plain = improve_inputs(inputs(ChangedFile(_DIFF, _HEAD)), _SCHEMA)
    (batch,) = plan_improve(plain).batches
    (asked,) = batch.prompts
    assert "The team's rules" not in asked.messages[-1].content


def test_rules_are_told_as_far_as_there_is_room():
    rules = tuple(rule(f"long-{number}", "word " * 3_000) for number in range(8))
    small = improve_inputs(
        inputs(ChangedFile(new_file("a.py", "x = 1"), ("x = 1",), rules=rules), card=ModelCard("gpt-s", 24_000, 4_000)),
        _SCHEMA,
    )
    (batch,) = plan_improve(small).batches
    told = [name for name in (f"long-{number}" for number in range(8)) if name in batch.prompts[0].messages[-1].content]
    assert told == [f"long-{number}" for number in range(len(told))]
    assert 0 < len(told) < 8
