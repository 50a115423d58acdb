"""/improve, step by step: real diff, plan, worker and findings; a provider in memory and a scripted model."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.diff.unified import unified
from pr_reviewer.findings.offers import OVERLAPS
from pr_reviewer.findings.place import REMOVED_LINE
from pr_reviewer.findings.standing import DEPRECATED, LEGACY
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.errors import BudgetSpent, ModelRefused, UsageError
from pr_reviewer.model.findings import Misplaced, Severity
from pr_reviewer.model.improvements import Impact, Improved, Improvements, Theme
from pr_reviewer.model.llm import Cost, Task
from pr_reviewer.model.posting import Thread
from pr_reviewer.model.review import Conclusion
from pr_reviewer.model.rules import Quality, Rule, Standing, Status
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.workflows.combining import APART
from pr_reviewer.workflows.improve import DISMISSED, OPEN, TOO_SMALL, improve
from pr_reviewer.workflows.progress import Progress, Stage
from pr_reviewer.workflows.proposing import SAME_PLACE
from pr_reviewer.workflows.trying import NO_CALL, NOT_VERIFIED
from tests.rules.builders import rule_source
from tests.workflows.builders import ScriptedModel, desk, review_settings
from tests.workflows.improving import NOTHING, improve_settings, improving, place

BASE = {"a.py": "def f(items):\n    return items\n", "b.py": "def g(n):\n    return n\n"}
HEAD = {
    "a.py": "def f(items):\n    out = []\n    for i in range(len(items)):\n"
    "        out.append(items[i])\n    return out\n",
    "b.py": "def g(n):\n    if n == True:\n        return 1\n    return 0\n",
}
LOOP = "    for i in range(len(items)):\n        out.append(items[i])"
WHOLE = "    out = []\n    for i in range(len(items)):\n        out.append(items[i])\n    return out"
BETTER = "    for item in items:\n        out.append(item)"
TEST, PLAIN = "    if n == True:", "    if n:"


async def improved(  # noqa: PLR0913 each is a part of the scene
    model: ScriptedModel | None,
    *,
    head: dict[str, str] | None = None,
    base: dict[str, str] | None = None,
    threads: Sequence[Thread] = (),
    on_progress: Any = lambda _: None,
    review: dict[str, Any] | None = None,
    legacy_style: bool = False,
    spent: Any = Cost,
    rules: Any = (),
    **settings: Any,
) -> Improved:
    async with desk(
        BASE if base is None else base, head or HEAD, model, rules=rules, spent=spent, legacy_style=legacy_style
    ) as here:
        return await improve(
            here,
            review_settings(**(review or {})),
            improve_settings(**settings),
            SkipRules.compile(),
            on_progress,
            threads=threads,
        )


async def improvements(model: ScriptedModel, **more: Any) -> Improvements:
    return (await improved(model, **more)).improvements


def offered(found: Improvements) -> list[tuple[str, int, str | None]]:
    return [
        (each.placed.finding.path, each.placed.lines.first, each.placed.finding.suggestion) for each in found.offers
    ]


def whys(found: Improvements) -> list[str]:
    return [each.why for each in found.withheld]


def rule(name: str = "no-index", **fields: Any) -> Rule:
    values = {"title": "No index", "text": "Loop over items.", "source": rule_source("repository", "r.md", 1)}
    return Rule(name, **{**values, **fields})


async def test_an_idea_is_placed_tried_verified_and_offered():
    model = improving(place("a.py", LOOP, BETTER), place("b.py", TEST, PLAIN))
    found = await improvements(model)
    assert offered(found) == [("a.py", 3, BETTER), ("b.py", 2, PLAIN)]
    assert (found.withheld, found.review.conclusion) == ((), Conclusion.FINDINGS)
    assert found.review.coverage.is_complete
    assert found.review.models == ("scripted",)
    assert model.tasks() == [Task.REVIEW, Task.VERIFY]


async def test_nothing_to_say_is_a_clean_outcome():
    found = await improvements(improving())
    assert (found.offers, found.withheld, found.review.conclusion) == ((), (), Conclusion.CLEAN)


async def test_the_patch_holds_every_offer():
    made = await improved(improving(place("a.py", LOOP, BETTER), place("b.py", TEST, PLAIN)))
    assert "".join(map(unified, made.patch)).count("\n@@ ") == 2
    assert [file.path for file in made.patch] == ["a.py", "b.py"]
    assert [file.path for file in made.files] == ["a.py", "b.py"]


async def test_without_a_model_there_is_nothing_to_do():
    with pytest.raises(UsageError, match="/improve needs a model"):
        await improved(None)


async def test_the_best_candidate_that_parses_is_taken():
    model = improving(place("a.py", LOOP, f"{BETTER})", LOOP, BETTER))
    found = await improvements(model)
    assert offered(found) == [("a.py", 3, BETTER)]
    assert model.tasks() == [Task.REVIEW, Task.VERIFY]


async def test_the_next_candidate_is_verified_where_one_is_rejected():
    worse = "    for item in list(items):\n        out.append(item)"
    model = improving(place("a.py", LOOP, worse, BETTER), place("b.py", TEST, PLAIN), rejects=["list(items)"])
    found = await improvements(model)
    assert offered(found) == [("a.py", 3, BETTER), ("b.py", 2, PLAIN)]
    assert model.tasks() == [Task.REVIEW, Task.VERIFY, Task.VERIFY]
    assert "Candidate 2" not in model.prompts[2].messages[-1].content


async def test_what_fails_goes_back_once_with_the_error_and_is_verified():
    model = improving(place("a.py", LOOP, f"{BETTER})", LOOP), repairs={"append(item))": BETTER})
    found = await improvements(model)
    assert offered(found) == [("a.py", 3, BETTER)]
    assert model.tasks() == [Task.REVIEW, Task.REPAIR, Task.VERIFY]
    told = model.prompts[1].messages[-1].content
    assert "With the suggestion, line 4 does not parse" in told


async def test_what_is_rejected_goes_back_with_the_reason():
    model = improving(place("b.py", TEST, "    if n is True:"), rejects=["is True"], repairs={"is True": PLAIN})
    found = await improvements(model)
    assert offered(found) == [("b.py", 2, PLAIN)]
    assert "What was wrong with it: rejected: Read `if n is True:`." in model.prompts[2].messages[-1].content


@pytest.mark.parametrize(
    ("second", "asked"),
    [
        (None, [Task.REVIEW, Task.REPAIR]),
        ("    if n", [Task.REVIEW, Task.REPAIR]),
        ("    if n is True:", [Task.REVIEW, Task.REPAIR, Task.VERIFY]),
        ({"quote": "def g(n):", "suggestion": "def g(number):"}, [Task.REVIEW, Task.REPAIR]),
    ],
    ids=["withdrawn", "broken again", "rejected", "about other lines"],
)
async def test_there_is_no_third_time(second, asked):
    model = improving(place("b.py", TEST, "    if n"), rejects=["is True"], repairs={"if n": second})
    found = await improvements(model)
    assert (offered(found), found.review.conclusion) == ([], Conclusion.CLEAN)
    assert whys(found) == ["With the suggestion, line 2 does not parse: expected ':'"]
    assert model.tasks() == asked


async def test_a_second_try_may_replace_other_lines_around():
    wider = {"quote": WHOLE, "suggestion": "    return list(items)"}
    found = await improvements(improving(place("a.py", LOOP, "    return ("), repairs={"return (": wider}))
    assert offered(found) == [("a.py", 2, "    return list(items)")]


async def test_a_candidate_that_breaks_a_rule_of_prose_makes_room_for_the_next():
    worse = "    for k in range(len(items)):\n        out.append(items[k])"
    model = improving(place("a.py", LOOP, worse, BETTER), breaks=["range("])
    found = await improvements(model, rules=[rule()])
    assert offered(found) == [("a.py", 3, BETTER)]
    assert "No index" in model.prompts[0].messages[-1].content


async def test_a_rule_that_every_way_breaks_is_told_with_the_error():
    model = improving(place("a.py", LOOP, BETTER), breaks=["for item"])
    found = await improvements(model, rules=[rule()])
    assert offered(found) == []
    assert whys(found) == ["The suggestion breaks the rule `no-index` (No index): It says so."]
    assert "breaks the rule `no-index`" in model.prompts[2].messages[-1].content


async def test_a_suggestion_that_nobody_held_against_a_rule_is_not_offered():
    model = improving(place("a.py", LOOP, BETTER), answers_rules=False)
    found = await improvements(model, rules=[rule()])
    assert offered(found) == []
    assert whys(found) == ["It could not be checked whether the suggestion keeps to the rule `no-index` (No index)."]


async def test_a_candidate_that_breaks_a_pattern_rule_never_reaches_verification():
    pattern = rule("no-print", title="No print", pattern='{"pattern": "print($$$)"}', languages=("python",))
    noisy = "    if n:\n        print(n)"
    model = improving(place("b.py", TEST, noisy, PLAIN))
    found = await improvements(model, rules=[pattern])
    assert offered(found) == [("b.py", 2, PLAIN)]
    assert "print(n)" not in model.prompts[1].messages[-1].content.partition("The candidates:")[2]


async def test_a_line_with_a_secret_is_never_part_of_a_suggestion():
    key = "AKIA" + "QWERTYUIOPASDFGH"
    head = {"k.py": f'def load(n):\n    key = "{key}"\n    if n == True:\n        return key\n    return None\n'}
    shown = '    key = "[masked AWS access key]"'
    model = improving(
        place("k.py", shown, "    key = read_key()"),
        place("k.py", f"{shown}\n{TEST}", f"{shown}\n{PLAIN}"),
        place("k.py", TEST, PLAIN),
    )
    found = await improvements(model, base={}, head=head)
    assert offered(found) == [("k.py", 3, PLAIN)]
    assert set(whys(found)) == {"The suggestion replaces a line that holds a secret."}
    assert key not in "".join(message.content for prompt in model.prompts for message in prompt.messages)


async def test_what_a_verification_finds_smaller_is_worth_less():
    model = improving(
        place("a.py", LOOP, BETTER, impact="high"),
        place("b.py", TEST, PLAIN, impact="medium"),
        verdict=lambda code: {"verdict": "lower", "severity": "note"} if "item" in code else {},
    )
    found = await improvements(model)
    assert [(each.placed.finding.path, each.impact) for each in found.offers] == [
        ("b.py", Impact.MEDIUM),
        ("a.py", Impact.LOW),
    ]
    above = await improvements(model, min_impact=Impact.MEDIUM)
    assert (offered(above), whys(above)) == ([("b.py", 2, PLAIN)], [TOO_SMALL])


async def test_small_ideas_are_not_even_tried_where_they_are_not_wanted():
    model = improving(place("b.py", TEST, PLAIN, impact="low"))
    found = await improvements(model, min_impact=Impact.MEDIUM)
    assert (whys(found), model.tasks()) == ([TOO_SMALL], [Task.REVIEW])


async def test_an_idea_that_stands_nowhere_is_withheld_with_the_reason():
    model = improving(
        place("a.py", "    never()", BETTER),
        place("a.py", "    return items", "    return list(items)"),
        place("c.py", "x", "y"),
        place("b.py", TEST, PLAIN, goal=""),
        place("b.py", TEST, PLAIN, goal="Say it shorter"),
        place("b.py", TEST, "    if bool(n):", impact="low"),
    )
    found = await improvements(model)
    assert offered(found) == [("b.py", 2, PLAIN)]
    assert set(whys(found)) == {
        "it has no title or no message",
        Misplaced.QUOTE_NOT_FOUND,
        Misplaced.FILE_NOT_IN_DIFF,
        REMOVED_LINE,
        SAME_PLACE,
    }


async def test_of_overlapping_suggestions_the_best_is_offered():
    model = improving(place("a.py", LOOP, BETTER), place("a.py", WHOLE, "    return list(items)", impact="high"))
    found = await improvements(model)
    assert (offered(found), whys(found)) == ([("a.py", 2, "    return list(items)")], [OVERLAPS])


async def test_what_goes_beyond_the_cap_is_folded():
    model = improving(place("a.py", LOOP, BETTER, impact="low"), place("b.py", TEST, PLAIN))
    made = await improved(model, max_suggestions=1)
    assert offered(made.improvements) == [("b.py", 2, PLAIN)]
    assert [each.placed.finding.path for each in made.improvements.folded] == ["a.py"]
    assert [file.path for file in made.patch] == ["b.py"]


async def test_suggestions_for_one_file_parse_together():
    head = {"q.py": "def f(\n    a,\n    b=1,\n    c=2,\n):\n    return a + b\n"}
    first, second = place("q.py", "    b=1,", "    b,", impact="high"), place("q.py", "    a,", "    a=0,")
    third = place("q.py", "    return a + b", "    return b + a", impact="low")
    for alone in (first, second):
        assert len((await improvements(improving(alone), base={}, head=head)).offers) == 1
    found = await improvements(improving(first, second, third), base={}, head=head)
    assert [line for _, line, _ in offered(found)] == [3, 6]
    ((line, why),) = [(each.placed.lines.first if each.placed else 0, each.why) for each in found.withheld]
    assert (line, why.startswith(f"{APART}. With the suggestion, line ")) == (2, True)


async def test_suggestions_for_one_file_keep_the_pattern_rules_together():
    head = {"q.py": "def f():\n    return call(\n        one,\n        two,\n    )\n"}
    pattern = rule("no-bad", title="Not so", pattern='{"pattern": "call(bad, worse)"}', languages=("python",))
    first = place("q.py", "        one,", "        bad,", impact="high")
    second = place("q.py", "        two,", "        worse,")
    third = place("q.py", "def f():", "def g():", impact="low")
    for alone in (first, second):
        assert len((await improvements(improving(alone), base={}, head=head, rules=[pattern])).offers) == 1
    made = await improved(improving(first, second, third), base={}, head=head, rules=[pattern])
    assert offered(made.improvements) == [("q.py", 3, "        bad,"), ("q.py", 1, "def g():")]
    assert whys(made.improvements) == [f"{APART}. The suggestion breaks the rule `no-bad` (Not so)."]
    assert "worse" not in "".join(map(unified, made.patch))


async def test_a_problem_that_one_suggestion_cures_is_none_that_others_may_make():
    head = {"q.py": "def f(:\n    return 1\n\n\ndef g(\n    a,\n    b=1,\n):\n    return a\n"}
    cured = place("q.py", "def f(:", "def f():", impact="high", theme="correctness")
    first, second = place("q.py", "    b=1,", "    b,"), place("q.py", "    a,", "    a=0,", impact="low")
    found = await improvements(improving(cured, first, second), base={}, head=head)
    assert ("q.py", 6, "    a=0,") not in offered(found)
    assert ("q.py", 1, "def f():") in offered(found)


async def test_a_file_that_no_parser_reads_can_be_improved_at_several_places():
    head = {"notes.txt": "one two\nthree four\n"}
    model = improving(place("notes.txt", "one two", "one, two"), place("notes.txt", "three four", "three, four"))
    assert len((await improvements(model, base={}, head=head)).offers) == 2


async def test_in_a_legacy_repository_style_is_no_idea():
    book = RuleBook((), standing=Standing(Quality.LEGACY))
    ideas = place("b.py", TEST, PLAIN), place("a.py", LOOP, BETTER, theme="performance")
    found = await improvements(improving(*ideas), rules=book)
    assert (offered(found), whys(found)) == ([("a.py", 3, BETTER)], [LEGACY])
    assert len((await improvements(improving(*ideas), rules=book, legacy_style=True)).offers) == 2


async def test_in_a_deprecated_repository_only_what_is_grave_is_offered():
    book = RuleBook((), standing=Standing(status=Status.DEPRECATED))
    model = improving(
        place("b.py", TEST, PLAIN),
        place("a.py", LOOP, BETTER, theme="security"),
        place("a.py", "    out = []", "    out: list = []", impact="high"),
    )
    found = await improvements(model, rules=book)
    assert ([line for _, line, _ in offered(found)], whys(found)) == ([2, 3], [DEPRECATED])


async def test_a_comment_silences_ideas_about_its_rule():
    head = {"a.py": HEAD["a.py"].replace("    for i", "    # pr-reviewer: ignore[no-index] needed\n    for i")}
    model = improving(place("a.py", LOOP, BETTER, rule_id="no-index"))
    found = await improvements(model, head=head, rules=[rule()])
    assert (offered(found), whys(found)) == ([], ["silenced by the comment on line 3: needed"])


async def test_an_idea_to_keep_a_rule_names_it():
    model = improving(place("a.py", LOOP, BETTER, rule_id="no-index"))
    (offer,) = (await improvements(model, rules=[rule(severity=Severity.ERROR)])).offers
    assert (offer.theme, offer.placed.finding.rule_id, offer.impact) == (Theme.RULE, "no-index", Impact.HIGH)


async def standing_name(*places: Any) -> str:
    (offer,) = (await improvements(improving(*places))).offers
    return offer.name


async def test_what_stands_is_not_verified_again_and_nothing_else_is_tried_there():
    name = await standing_name(place("b.py", TEST, PLAIN))
    model = improving(place("b.py", TEST, "    if n is True:", "    if  n:"))
    found = await improvements(model, threads=[Thread("T1", name, is_suggestion=True, url="https://x/1")])
    assert offered(found) == [("b.py", 2, "    if  n:")]
    assert found.standing == {name}
    assert model.tasks() == [Task.REVIEW]


@pytest.mark.parametrize(
    ("lines", "is_resolved", "why"),
    [
        (LineRange(2, 2), False, [OPEN]),
        (LineRange(1, 4), False, [OPEN]),
        (LineRange(3, 4), False, []),
        (LineRange(2, 2), True, [DISMISSED]),
        (LineRange(2, 3), True, []),
        (None, False, []),
        (None, True, []),
    ],
)
async def test_where_a_suggestion_is_open_or_was_dismissed_no_other_words_for_it_come(lines, is_resolved, why):
    posted = Thread("T1", "s1:other", is_resolved, is_suggestion=True, path="b.py", lines=lines)
    elsewhere = Thread("T2", "s1:else", is_suggestion=True, path="a.py", lines=LineRange(2, 2))
    finding = Thread("T3", "v1:else", path="b.py", lines=LineRange(2, 2))
    model = improving(place("b.py", TEST, "    if bool(n):"))
    found = await improvements(model, threads=[posted, elsewhere, finding])
    assert whys(found) == why
    assert len(offered(found)) == (not why)
    assert model.tasks() == [Task.REVIEW] + [Task.VERIFY] * (not why)


async def test_what_was_dismissed_stays_silent():
    name = await standing_name(place("b.py", TEST, PLAIN))
    thread = Thread("T1", name, is_resolved=True, is_suggestion=True)
    found = await improvements(improving(place("b.py", TEST, PLAIN)), threads=[thread])
    assert (offered(found), whys(found)) == ([], [DISMISSED])


async def test_a_finding_with_the_same_name_is_no_suggestion_that_stands():
    name = await standing_name(place("b.py", TEST, PLAIN))
    found = await improvements(improving(place("b.py", TEST, PLAIN)), threads=[Thread("T1", name)])
    assert found.standing == frozenset()


async def test_no_more_calls_are_made_than_are_left():
    model = improving(place("b.py", TEST, PLAIN))
    found = await improvements(model, spent=lambda: Cost(calls=3), review={"max_model_calls": 3})
    assert (offered(found), whys(found), model.tasks()) == ([], [NO_CALL], [Task.REVIEW])


async def test_a_second_round_needs_calls_of_its_own():
    model = improving(place("b.py", TEST, "    if n is True:", PLAIN), rejects=["is True"])
    found = await improvements(model, spent=lambda: Cost(calls=len(model.prompts)), review={"max_model_calls": 2})
    assert (offered(found), model.tasks()) == ([], [Task.REVIEW, Task.VERIFY])
    assert whys(found) == ["rejected: Read `if n is True:`."]


async def test_what_cannot_be_verified_is_not_offered_and_leaves_it_incomplete():
    def say(prompt):
        if prompt.task is Task.REVIEW:
            return NOTHING | {"places": [place("b.py", TEST, PLAIN, "    if bool(n):")]}
        return ModelRefused("the endpoint refused it")

    model = ScriptedModel(say)
    found = await improvements(model)
    assert (offered(found), found.review.conclusion) == ([], Conclusion.INCOMPLETE)
    assert whys(found) == ["not proven: the endpoint refused it"]
    assert model.tasks() == [Task.REVIEW, Task.VERIFY]
    assert NOT_VERIFIED not in whys(found)


async def test_a_lost_call_costs_its_part_of_the_change():
    def say(prompt):
        return ModelRefused("no") if prompt.task is Task.REVIEW else NOTHING

    found = await improvements(ScriptedModel(say))
    assert found.review.conclusion is Conclusion.FAILED
    assert found.review.failures == ("no",)


async def test_a_budget_that_is_spent_while_asking_is_told():
    def say(prompt):
        return (
            BudgetSpent("all 1 call is spent")
            if prompt.task is Task.VERIFY
            else NOTHING | {"places": [place("b.py", TEST, PLAIN)]}
        )

    found = await improvements(ScriptedModel(say))
    assert found.review.conclusion is Conclusion.INCOMPLETE


async def test_the_progress_is_told():
    seen: list[Progress] = []
    await improved(improving(place("b.py", TEST, PLAIN)), on_progress=seen.append)
    stages = list(dict.fromkeys(each.stage for each in seen))
    assert stages == [Stage.READING, Stage.CHECKING, Stage.PLANNING, Stage.ASKING, Stage.VERIFYING, Stage.FINISHING]


async def test_masked_words_of_the_model_stay_masked():
    key = "AKIA" + "QWERTYUIOPASDFGH"
    model = improving(place("b.py", TEST, f'    if n == "{key}":', PLAIN, goal=f"Use {key}", idea=key))
    (offer,) = (await improvements(model)).offers
    assert key not in str(offer)


async def test_it_can_be_cancelled():
    waiting = asyncio.Event()

    class Slow:
        async def complete(self, _prompt):
            waiting.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(improved(Slow()))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
