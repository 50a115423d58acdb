"""The straight line, step by step: real diff, plan, worker and findings; a provider in memory and a scripted model."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import pytest

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.model.coverage import CoverageState
from pr_reviewer.model.errors import BudgetSpent, InvalidDiff, ModelRefused
from pr_reviewer.model.findings import Category, Severity, Side
from pr_reviewer.model.llm import Prompt, Task
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.model.rules import Rule
from pr_reviewer.providers.local import DiffFile
from pr_reviewer.workflows.preparing import first_pass_coverage, prepare
from pr_reviewer.workflows.progress import Progress, Stage
from pr_reviewer.workflows.review import review
from pr_reviewer.workflows.together import together
from tests.rules.builders import rule_source
from tests.workflows.builders import NOTHING, ScriptedModel, confirmed, desk, found, review_settings

BEFORE = {"a.py": "def f(n):\n    return n\n", "b.py": "def g(n):\n    return n\n"}
AFTER = {"a.py": "def f(n):\n    return 10 / n\n", "b.py": "def g(n):\n    return n[0]\n"}
DIVISION = found("a.py", "    return 10 / n")
INDEX = found("b.py", "    return n[0]")


async def reviewed(
    model: ScriptedModel | None,
    base: Mapping[str, str] = BEFORE,
    head: Mapping[str, str] = AFTER,
    *,
    on_progress: Any = lambda _: None,
    settings: Mapping[str, Any] | None = None,
    **more: Any,
) -> Review:
    async with desk(base, head, model, **more) as here:
        outcome = await review(here, review_settings(**(settings or {})), SkipRules.compile(), on_progress)
        return outcome.review


def script(*findings: dict[str, Any], verdicts: Any = None, repairs: Any = ()) -> Any:
    """Find these, confirm each with its own line as proof (unless told otherwise), repair as told."""

    def say(prompt: Prompt) -> Any:
        last = prompt.messages[-1].content
        if prompt.task is Task.REVIEW:
            shown = prompt.messages[1].content
            return NOTHING | {"findings": [each for each in findings if f"### {each['path']}" in shown]}
        if prompt.task is Task.VERIFY:
            proofs = re.findall(r"is about:\n\n(.*)$", last, re.MULTILINE)
            said = [confirmed(number, proof) for number, proof in enumerate(proofs, start=1)]
            return NOTHING | {"verdicts": said if verdicts is None else verdicts(said)}
        if prompt.task is Task.REPAIR:
            return NOTHING | {"repairs": list(repairs)}
        if prompt.task is Task.SUMMARY:
            count = len(re.findall(r"^## Finding", last, re.MULTILINE))
            return {"reasoning": "", "groups": [], "order": list(range(1, count + 1))}
        return NOTHING

    return say


def lines_of(result: Review) -> list[tuple[str, int]]:
    return [(each.finding.path, each.lines.first) for each in (*result.comments, *result.folded)]


async def test_findings_are_verified_placed_and_counted():
    model = ScriptedModel(script(DIVISION, INDEX))
    result = await reviewed(model)
    assert lines_of(result) == [("a.py", 2), ("b.py", 2)]
    assert result.conclusion is Conclusion.FINDINGS
    assert result.coverage.is_complete
    assert model.tasks() == [Task.REVIEW, Task.VERIFY]
    assert result.models == ("scripted",)


async def test_code_needs_no_verification_and_no_model():
    head = {**BEFORE, "a.py": "def f(n):\n    try:\n        return n\n    except:\n        return 0\n"}
    result = await reviewed(None, head=head)
    assert [each.finding.rule_id for each in result.comments] == ["python-bare-except"]
    assert result.conclusion is Conclusion.INCOMPLETE
    assert [(file.state, file.reason) for file in result.coverage.files] == [
        (CoverageState.PARTIAL, "no model was asked")
    ]
    assert result.models == ()


async def test_all_passes_over_a_batch_share_their_prefix_and_schema():
    rule = Rule(
        "no-floats",
        "No floats",
        "Money is never a float.",
        rule_source("repository", "best_practices.md", 3),
    )
    model = ScriptedModel(script(DIVISION))
    await reviewed(model, rules=[rule])
    assert model.tasks() == [Task.REVIEW, Task.RULES, Task.VERIFY]
    assert len({prompt.messages[:2] for prompt in model.prompts}) == 1
    assert len({prompt.schema for prompt in model.prompts}) == 1
    assert "Money is never a float." in model.prompts[1].messages[-1].content


async def test_a_call_that_fails_costs_its_files_and_no_others():
    body = "".join(f"def f{n}(value):\n    return value + {n}\n\n\n" for n in range(250))

    def say(prompt: Prompt) -> Any:
        if prompt.task is Task.REVIEW and "### part_0.py" in prompt.messages[1].content:
            return ModelRefused("the endpoint says no")
        return NOTHING

    head = {f"part_{n}.py": body for n in range(6)}
    result = await reviewed(ScriptedModel(say), {}, head, window=24_000)
    files = {file.path: file for file in result.coverage.files}
    assert files["part_0.py"].state is CoverageState.SKIPPED
    assert "the endpoint says no" in files["part_0.py"].reason
    assert CoverageState.FULL in {file.state for file in files.values()}
    assert result.conclusion is Conclusion.INCOMPLETE
    assert result.failures == ("the endpoint says no",)


async def test_a_review_without_any_answer_has_failed():
    result = await reviewed(ScriptedModel(lambda _: ModelRefused("no")))
    assert result.conclusion is Conclusion.FAILED


async def test_what_could_not_be_verified_is_not_raised_and_leaves_the_review_incomplete():
    def say(prompt: Prompt) -> Any:
        return BudgetSpent("the cap is reached") if prompt.task is Task.VERIFY else script(DIVISION)(prompt)

    result = await reviewed(ScriptedModel(say))
    assert result.comments == ()
    assert result.conclusion is Conclusion.INCOMPLETE
    assert [dropped.why for dropped in result.dropped] == ["not proven: the cap is reached"]


async def test_the_same_defect_from_two_batches_is_said_once_where_the_model_says_so():
    pad = "".join(f"def pad{n}(value):\n    return value + {n}\n\n\n" for n in range(900))
    head = {"a.py": f"{AFTER['a.py']}\n\n{pad}", "b.py": f"{AFTER['b.py']}\n\n{pad}"}
    twins = [DIVISION | {"message": "It divides."}, INDEX | {"message": "It indexes."}]

    def say(prompt: Prompt) -> Any:
        if prompt.task is Task.SUMMARY:
            return {"reasoning": "the same", "groups": [[1, 2]], "order": [1, 2]}
        return script(*twins)(prompt)

    model = ScriptedModel(say)
    result = await reviewed(model, {}, head, window=24_000)
    assert model.tasks().count(Task.REVIEW) > 1
    assert Task.SUMMARY in model.tasks()
    assert len(result.comments) == 1
    assert any("said once already" in dropped.why for dropped in result.dropped)


async def test_where_consolidating_fails_codes_own_order_stands():
    pad = "".join(f"def pad{n}(value):\n    return value + {n}\n\n\n" for n in range(900))
    head = {"a.py": f"{AFTER['a.py']}\n\n{pad}", "b.py": f"{AFTER['b.py']}\n\n{pad}"}

    def say(prompt: Prompt) -> Any:
        return ModelRefused("no") if prompt.task is Task.SUMMARY else script(DIVISION, INDEX)(prompt)

    result = await reviewed(ScriptedModel(say), {}, head, window=24_000)
    assert lines_of(result) == [("a.py", 2), ("b.py", 2)]
    assert result.conclusion is Conclusion.FINDINGS


async def test_a_suggestion_that_fails_twice_becomes_prose_with_the_reason():
    broken = DIVISION | {"suggestion": "    return ("}
    again = {"candidate": 1, "quote": None, "suggestion": "    return (("}
    model = ScriptedModel(script(broken, repairs=[again]))
    result = await reviewed(model)
    assert model.tasks() == [Task.REVIEW, Task.VERIFY, Task.REPAIR]
    (comment,) = result.comments
    assert comment.finding.suggestion is None
    assert "does not parse" in comment.suggestion_problem


async def test_a_repaired_suggestion_is_checked_again_and_offered():
    broken = DIVISION | {"suggestion": "    return ("}
    again = {"candidate": 1, "quote": None, "suggestion": "    return 10 / (n or 1)"}
    result = await reviewed(ScriptedModel(script(broken, repairs=[again])))
    assert result.comments[0].finding.suggestion == "    return 10 / (n or 1)"


async def test_a_failed_repair_call_leaves_prose():
    def say(prompt: Prompt) -> Any:
        return (
            ModelRefused("no")
            if prompt.task is Task.REPAIR
            else script(DIVISION | {"suggestion": "    return ("})(prompt)
        )

    result = await reviewed(ScriptedModel(say))
    assert result.comments[0].finding.suggestion is None
    assert result.conclusion is Conclusion.FINDINGS
    assert result.coverage.is_complete


async def test_the_cap_on_comments_folds_the_rest():
    result = await reviewed(ScriptedModel(script(DIVISION, INDEX | {"severity": "note"})), settings={"max_comments": 1})
    assert [each.finding.severity for each in result.comments] == [Severity.ERROR]
    assert [each.finding.path for each in result.folded] == ["b.py"]


async def test_a_secret_reaches_neither_prompt_nor_report_and_is_itself_found():
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    head = {**AFTER, "a.py": f'def f(n):\n    return connect("{token}")\n'}

    def say(prompt: Prompt) -> Any:
        assert all(token not in message.content for message in prompt.messages)
        echo = found("b.py", "    return n[0]", message=f"Use {token} instead.", title=f"Use {token}")
        return script(echo)(prompt)

    result = await reviewed(ScriptedModel(say), head=head)
    assert token not in repr(result)
    assert {each.finding.category.value for each in result.comments} == {"secret", "correctness"}


async def test_a_secret_in_a_path_is_masked_and_its_file_reviewed_all_the_same():
    one, two = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8", "ghp_" + "Z1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R9"
    broken = "def f(:\n"
    model = ScriptedModel(script())
    result = await reviewed(
        model,
        {f"{two}.txt": "moved\n", f"old/{one}.py": "x = 1\n"},
        {f"keys/{one}.py": broken, f"keys/{two}.py": broken, f"moved-{one}.txt": "moved\n"},
    )
    seen = repr(model.prompts) + repr(result)
    assert one not in seen
    assert two not in seen
    assert sorted(lines_of(result), reverse=True) == [
        ("keys/[masked GitHub token].py", 1),
        ("keys/(2) [masked GitHub token].py", 1),
    ]
    assert [file.path for file in result.coverage.files if file.state is CoverageState.FULL] == [
        "keys/[masked GitHub token].py",
        "keys/(2) [masked GitHub token].py",
    ]


async def test_a_secret_that_a_model_puts_where_no_prose_stands_is_masked():
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    claims = [found(f"{token}.py", "x"), found("a.py", "    return 10 / n", rule_id=token)]
    result = await reviewed(ScriptedModel(lambda _prompt: NOTHING | {"findings": claims}))
    assert token not in repr(result)
    assert [each.finding.path for each in result.unplaced] == ["[masked GitHub token].py"]
    assert [each.finding.rule_id for each in result.dropped] == ["[masked GitHub token]"]


async def test_a_parser_that_stumbles_over_a_secret_does_not_quote_it():
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    head = {"a.go": f"package a\nvar x = 1 {token}\n"}
    result = await reviewed(ScriptedModel(script()), {"a.go": "package a\n"}, head)
    assert {each.finding.category for each in result.comments} == {Category.SYNTAX, Category.SECRET}
    assert token[:12] not in repr(result)


async def test_progress_names_each_step_and_counts_the_calls():
    seen: list[Progress] = []
    await reviewed(ScriptedModel(script(DIVISION)), on_progress=seen.append)
    stages = list(dict.fromkeys(progress.stage for progress in seen))
    assert stages == [
        Stage.READING,
        Stage.CHECKING,
        Stage.PLANNING,
        Stage.ASKING,
        Stage.VERIFYING,
        Stage.FINISHING,
    ]
    assert Progress(Stage.ASKING, 1, 1) in seen


async def test_a_removed_line_is_commented_on_the_old_side():
    base = {"a.py": "def f(n):\n    check(n)\n    return n\n"}
    head = {"a.py": "def f(n):\n    return n\n"}
    removed = found("a.py", "    check(n)", side="old", suggestion="    pass")
    (comment,) = (await reviewed(ScriptedModel(script(removed)), base, head)).comments
    assert (comment.side, comment.lines.first, comment.finding.suggestion) == (Side.OLD, 2, None)


async def test_a_change_of_nothing_but_skipped_files_asks_nothing_and_is_clean():
    model = ScriptedModel(script())
    result = await reviewed(model, {}, {"package-lock.json": "{}\n"})
    assert model.prompts == []
    assert result.conclusion is Conclusion.CLEAN
    assert result.coverage.files[0].state is CoverageState.SKIPPED


async def test_a_diff_alone_is_reviewed_without_its_files():
    diff = "--- a/x.py\n+++ b/x.py\n@@ -1,1 +1,2 @@\n a = 1\n+b = 1 / 0\n"
    claim = found("x.py", "b = 1 / 0", suggestion="b = 1")
    model = ScriptedModel(script(claim))
    result = await reviewed(model, provider=DiffFile(diff))
    (comment,) = result.comments
    assert (comment.lines.first, comment.finding.suggestion) == (2, None)
    assert "Only a diff was given" in comment.suggestion_problem


async def test_a_secret_in_a_diff_alone_is_masked_and_found():
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    diff = f'--- a/x.py\n+++ b/x.py\n@@ -70,1 +70,2 @@\n a = 1\n+b = "{token}"\n'
    model = ScriptedModel(script())
    result = await reviewed(model, provider=DiffFile(diff))
    assert token not in repr(model.prompts) + repr(result)
    assert lines_of(result) == [("x.py", 71)]


async def test_a_diff_that_claims_absurd_line_numbers_costs_no_memory():
    diff = "--- a/x.py\n+++ b/x.py\n@@ -0,0 +999999999,1 @@\n+b = 1\n"
    result = await reviewed(ScriptedModel(script()), provider=DiffFile(diff))
    assert result.conclusion is Conclusion.CLEAN


async def test_a_broken_diff_is_told_before_anything_is_asked():
    model = ScriptedModel(script())
    with pytest.raises(InvalidDiff):
        await reviewed(model, provider=DiffFile("--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n a\n"))
    assert model.prompts == []


async def test_what_the_first_pass_would_cover_is_known_without_asking():
    async with desk(BEFORE, {**AFTER, "yarn.lock": "x\n"}, None) as here:
        prepared = await prepare(here, review_settings(), SkipRules.compile())
    coverage = {file.path: file.state for file in first_pass_coverage(prepared).files}
    assert coverage == {"a.py": CoverageState.FULL, "b.py": CoverageState.FULL, "yarn.lock": CoverageState.SKIPPED}


async def test_the_first_error_ends_what_runs_beside_it():
    ended = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await together([waits(), fails()])
    assert ended.is_set()
