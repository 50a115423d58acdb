"""The team's rules through a whole review: found, never suggested against, silenced only where they may be."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.findings.hits import OLD_LINES
from pr_reviewer.findings.silence import NEW_CODE, REQUIRED
from pr_reviewer.findings.standing import DEPRECATED, LEGACY
from pr_reviewer.model.coverage import CoverageState
from pr_reviewer.model.errors import ModelRefused
from pr_reviewer.model.findings import Category, Severity
from pr_reviewer.model.llm import Cost, Prompt, Task
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.model.rules import (
    Enforcement,
    Level,
    Quality,
    Rule,
    RuleCategory,
    RuleProblem,
    Silenced,
    Standing,
    Status,
    Unread,
)
from pr_reviewer.providers.local import DiffFile
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.workflows.applying import ONLY_A_DIFF, SILENCES
from pr_reviewer.workflows.review import review
from tests.fakes.provider import FakeProvider
from tests.patterns.builders import ENDLESS
from tests.rules.builders import rule_source
from tests.workflows.builders import NOTHING, ScriptedModel, confirmed, desk, found, review_settings

BEFORE = {"a.py": "def f(n):\n    old(n)\n    return n\n"}
AFTER = {"a.py": "def f(n):\n    old(n)\n    return 10 / n\n"}
LINE = "    return 10 / n"
FIXED = "    return 10 / (n or 1)"


def rule(name: str, text: str = "Say why.", *, folder: str = "", **fields: Any) -> Rule:
    level = Level.DIRECTORY if folder else Level.REPOSITORY
    source = rule_source(f"{folder}/" if folder else "repository", level=level, folder=folder)
    return Rule(name, name.replace("-", " ").capitalize(), text, source, **fields)


def pattern(name: str, code: str, **fields: Any) -> Rule:
    return rule(name, languages=("python",), pattern=json.dumps({"pattern": code}), **fields)


PRINT = pattern("no-print", "print($$$)")
PROSE = rule("no-floats", "Money is never a float.")


class Team:
    """A scripted model: finds, breaks rules, confirms, answers for rules and repairs as told; counts what it is asked.

    `breaks` are ids of rules that suggestions break, in the first `times` answers about each; `silent` are ids that it
    gives no answer for.
    """

    def __init__(  # noqa: PLR0913 each is a way to answer
        self,
        finds: Sequence[Mapping[str, Any]] = (),
        by_rules: Sequence[Mapping[str, Any]] = (),
        *,
        breaks: Sequence[str] = (),
        times: int = 99,
        silent: Sequence[str] = (),
        repairs: Sequence[str | None] = (),
        fails: Callable[[Prompt], bool] = lambda _: False,
    ) -> None:
        self._answers = {Task.REVIEW: list(finds), Task.RULES: list(by_rules)}
        self._breaks, self._times, self._silent, self._repairs = breaks, times, silent, repairs
        self._fails = fails
        self._asked: dict[str, int] = {}
        self.model = ScriptedModel(self._say)

    def last(self, task: Task) -> str:
        """What the last prompt of a task ends with."""
        return next(each for each in reversed(self.model.prompts) if each.task is task).messages[-1].content

    def _say(self, prompt: Prompt) -> Any:
        last = next(each.content for each in prompt.messages[2:] if each.content.startswith("# Task"))
        if self._fails(prompt):
            return ModelRefused("no")
        if prompt.task in self._answers:
            return NOTHING | {"findings": self._answers[prompt.task]}
        if prompt.task is Task.REPAIR:
            tries = enumerate(self._repairs, start=1)
            return NOTHING | {"repairs": [{"candidate": at, "quote": None, "suggestion": code} for at, code in tries]}
        proofs = re.findall(r"is about:\n\n(.*)$", last, re.MULTILINE)
        verdicts = [confirmed(number, proof) for number, proof in enumerate(proofs, start=1)]
        return NOTHING | {"verdicts": verdicts, "checks": list(self._checks(last))}

    def _checks(self, last: str) -> Any:
        for at, part in enumerate(last.split("## Candidate ")[1:], start=1):
            listed = re.search(r"^Hold the suggestion against: (.*)$", part, re.MULTILINE)
            for rule_id in re.findall(r"`([^`]+)`", listed[1]) if listed else ():
                if rule_id in self._silent:
                    continue
                self._asked[rule_id] = self._asked.get(rule_id, 0) + 1
                is_broken = rule_id in self._breaks and self._asked[rule_id] <= self._times
                answer = "breaks" if is_broken else "keeps"
                yield {"candidate": at, "rule_id": rule_id, "reasoning": "It is a float.", "answer": answer}


async def reviewed(
    team: Team | None,
    rules: Sequence[Rule] | RuleBook,
    base: Mapping[str, str] = BEFORE,
    head: Mapping[str, str] = AFTER,
    settings: Mapping[str, Any] | None = None,
    **more: Any,
) -> Review:
    async with desk(base, head, team.model if team else None, rules=rules, **more) as here:
        return (await review(here, review_settings(**(settings or {})), SkipRules.compile())).review


def ids(result: Review) -> list[str | None]:
    return [each.finding.rule_id for each in result.comments]


def whys(result: Review) -> list[str]:
    return [each.why for each in result.dropped]


class TestFind:
    async def test_each_file_is_held_against_the_rules_that_govern_it(self):
        near = pattern("no-print", "log($$$)", folder="lib")
        head = {"a.py": "print(1)\nlog(1)\n", "lib/b.py": "print(1)\nlog(1)\n"}
        result = await reviewed(None, [PRINT, near], {}, head)
        assert sorted((each.finding.path, each.quote) for each in result.comments) == [
            ("a.py", "print(1)"),
            ("lib/b.py", "log(1)"),
        ]

    async def test_a_rule_about_added_files_leaves_changed_ones_alone(self):
        only_new = pattern("new", "print($$$)", changes=("added",))
        result = await reviewed(None, [only_new], {"a.py": "x = 1\n"}, {"a.py": "print(1)\n", "b.py": "print(1)\n"})
        assert [each.finding.path for each in result.comments] == ["b.py"]

    async def test_a_hit_that_was_there_before_is_not_raised_and_says_so(self):
        result = await reviewed(None, [pattern("no-old", "old($$$)")])
        assert (ids(result), whys(result)) == ([], [OLD_LINES])

    async def test_rules_decide_on_severity_and_category(self):
        must = pattern("must", "print($$$)", enforcement=Enforcement.REQUIRED, severity=Severity.NOTE)
        secure = pattern("secure", "exec($$$)", category=RuleCategory.SECURITY)
        result = await reviewed(None, [must, secure], {}, {"a.py": "print(1)\n\n\n\nexec(x)\n"})
        assert {each.finding.rule_id: (each.finding.severity, each.finding.category) for each in result.comments} == {
            "must": (Severity.ERROR, Category.RULE),
            "secure": (Severity.WARNING, Category.SECURITY),
        }

    async def test_a_judged_rule_is_found_in_its_own_pass_with_its_own_severity(self):
        must = replace(PROSE, enforcement=Enforcement.REQUIRED)
        claim = found("a.py", LINE, rule_id="no-floats", severity="note", category="correctness")
        team = Team(by_rules=[claim])
        result = await reviewed(team, [must])
        [comment] = result.comments
        assert (comment.finding.rule_id, comment.finding.severity) == ("no-floats", Severity.ERROR)
        assert team.model.tasks() == [Task.REVIEW, Task.RULES, Task.VERIFY]

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("invented", "it names the rule 'invented', which does not exist"),
            ("in-lib", "it names the rule 'in-lib', which does not govern this file"),
            ("off", "it names the rule 'off', which is switched off for this file: too noisy"),
            ("off-too", "it names the rule 'off-too', which is switched off for this file"),
            ("no-print", "it names the rule 'no-print', which code checks by its pattern"),
            (None, "it names no rule, and only rules were asked about"),
        ],
    )
    async def test_a_finding_by_a_rule_that_does_not_hold_is_refused(self, name, why):
        off = rule("off", enforcement=Enforcement.OFF, reason="too noisy")
        others = [PRINT, rule("in-lib", folder="lib"), off, rule("off-too", enforcement=Enforcement.OFF)]
        team = Team(by_rules=[found("a.py", LINE, rule_id=name)])
        result = await reviewed(team, [PROSE, *others])
        assert (ids(result), whys(result)) == ([], [why])

    async def test_a_finding_by_a_rule_in_a_file_that_is_not_part_of_the_change_is_refused(self):
        result = await reviewed(Team(by_rules=[found("z.py", LINE, rule_id="no-floats")]), [PROSE])
        assert whys(result) == ["it names the rule 'no-floats', about a file that is not part of this change"]

    async def test_an_answer_is_about_the_rules_that_were_asked_about(self):
        long_rules = [rule(f"r{at}", "A long sentence about code. " * 500) for at in range(3)]
        team = Team(by_rules=[found("a.py", LINE, rule_id="r0")])
        result = await reviewed(team, long_rules, window=12_000)
        assert team.model.tasks().count(Task.RULES) == 3
        assert ids(result) == ["r0"]
        assert whys(result) == ["it names the rule 'r0', which was not asked about"] * 2


class TestApplied:
    async def test_every_file_is_listed_with_the_rules_that_were_held_against_it(self):
        only_lib = rule("in-lib", folder="lib")
        head = {"a.py": "x = 1\n", "lib/b.py": "x = 1\n", "c.txt": "x\n"}
        result = await reviewed(Team(), [PRINT, PROSE, only_lib, pattern("broken", "")], {}, head)
        assert dict(result.rules.by_file) == {
            "a.py": ("no-print", "no-floats"),
            "c.txt": (),  # prose, and the rule is about code
            "lib/b.py": ("no-print", "no-floats", "in-lib"),
        }

    async def test_a_rule_whose_pass_failed_was_not_applied(self):
        result = await reviewed(Team(fails=lambda prompt: prompt.task is Task.RULES), [PRINT, PROSE])
        assert result.rules.by_file == (("a.py", ("no-print",)),)
        assert result.coverage.files[0].reason == "the model call for the best-practice rules failed: no"

    async def test_a_failed_pass_of_rules_costs_only_the_files_that_they_govern(self):
        head = {"a.py": "x = 1\n", "lib/b.py": "x = 1\n"}
        team = Team(fails=lambda prompt: prompt.task is Task.RULES)
        result = await reviewed(team, [rule("in-lib", folder="lib")], {}, head)
        assert {file.path: file.state for file in result.coverage.files} == {
            "a.py": CoverageState.FULL,
            "lib/b.py": CoverageState.PARTIAL,
        }

    async def test_without_a_model_patterns_alone_are_applied(self):
        assert (await reviewed(None, [PRINT, PROSE])).rules.by_file == (("a.py", ("no-print",)),)

    async def test_a_diff_alone_is_held_against_what_a_model_judges(self):
        provider = DiffFile("--- a/x.py\n+++ b/x.py\n@@ -1,1 +1,2 @@\n a = 1\n+print(1)\n")
        result = await reviewed(Team(), [PRINT, PROSE], provider=provider)
        assert result.rules.by_file == (("x.py", ("no-floats",)),)

    async def test_a_rule_that_no_call_holds_is_left_out_by_name(self):
        endless = rule("endless", "word " * 200_000)
        result = await reviewed(Team(), [endless, PROSE])
        assert result.rules.by_file == (("a.py", ("no-floats",)),)
        assert any("endless" in note and "longer than one model call" in note for note in result.coverage.notes)
        assert result.conclusion is Conclusion.INCOMPLETE

    async def test_a_pattern_that_runs_for_ever_is_named_with_its_file_and_line_and_the_others_go_on(self):
        head = {"a.py": "x = [" + "1, " * 400 + "]\nprint(1)\n"}
        result = await reviewed(None, [ENDLESS, PRINT], {}, head, seconds=0.5)
        assert ids(result) == ["no-print"]
        assert "rule endless (core.md:7) was not checked on a.py: it took longer than 0.5 s" in result.coverage.notes
        assert result.rules.by_file == (("a.py", ("no-print",)),)

    async def test_a_file_whose_text_cannot_be_read_is_not_taken_for_checked(self):
        provider = FakeProvider({"a.py": "x = 1\n"}, {"a.py": "x = 1\n" * 40}, max_file_bytes=100)
        result = await reviewed(None, [PRINT, PROSE], provider=provider)
        assert "a.py was not checked by pattern rules: its text cannot be read" in result.coverage.notes
        assert result.rules.by_file == (("a.py", ()),)

    async def test_what_was_not_read_is_told_and_leaves_the_review_incomplete_unless_it_was_expected(self):
        problem = RuleProblem("best_practices.md", 3, "no text")
        missing = Unread("octo/.pr-reviewer", "it is not there", is_expected=True)
        book = RuleBook((PROSE,), (problem,), (missing,))
        result = await reviewed(Team(), book)
        assert (result.rules.problems, result.rules.unread) == ((problem,), (missing,))
        assert result.conclusion is Conclusion.CLEAN
        secret = replace(missing, why="the token may not read it", is_expected=False)
        result = await reviewed(Team(), replace(book, unread=(secret,)))
        assert result.conclusion is Conclusion.INCOMPLETE
        assert result.coverage.notes == ("the rules of octo/.pr-reviewer were not read: the token may not read it",)

    async def test_rules_that_the_change_itself_edits_are_named(self):
        old = {"best_practices.md": "# Rules\n\n## Be kind {#be-kind}\nAlways.\n"}
        new = {"best_practices.md": "# Rules\n\n## Be kind {#be-kind}\nSometimes.\n"}
        result = await reviewed(Team(), [PROSE], old, new)
        assert [(each.rule_id, each.verb) for each in result.rules.changes] == [("be-kind", "changed")]


SUGGESTED = found("a.py", LINE, suggestion=FIXED)


class TestForbid:
    async def test_a_suggestion_that_keeps_every_rule_is_offered_after_one_call_more(self):
        team = Team([SUGGESTED])
        [comment] = (await reviewed(team, [PRINT, PROSE])).comments
        assert comment.finding.suggestion == FIXED
        assert team.model.tasks() == [Task.REVIEW, Task.RULES, Task.VERIFY]

    async def test_one_that_breaks_a_pattern_goes_back_once_with_the_rules_text_and_is_checked_again(self):
        team = Team([SUGGESTED | {"suggestion": "    print(n)\n    return n"}], repairs=[FIXED])
        [comment] = (await reviewed(team, [replace(PRINT, text="Use the log.")])).comments
        assert comment.finding.suggestion == FIXED
        assert team.model.tasks() == [Task.REVIEW, Task.VERIFY, Task.REPAIR]
        assert "Use the log." in team.last(Task.REPAIR)
        assert "The suggestion breaks the rule `no-print` (No print)." in team.last(Task.REPAIR)

    async def test_one_that_breaks_a_pattern_twice_becomes_prose_that_names_the_rule(self):
        broken = "    print(n)\n    return n"
        [comment] = (await reviewed(Team([SUGGESTED | {"suggestion": broken}], repairs=[broken]), [PRINT])).comments
        assert comment.finding.suggestion is None
        assert comment.suggestion_problem == "The suggestion breaks the rule `no-print` (No print)."

    async def test_a_hit_that_stays_as_it_was_is_not_the_suggestions_doing(self):
        head = {"a.py": "def f(n):\n    print(n)\n    return 10 / n\n"}
        quote = "    print(n)\n    return 10 / n"
        team = Team([found("a.py", quote, suggestion="    print(n)\n    return 10 / (n or 1)")])
        result = await reviewed(team, [PRINT], BEFORE, head)
        assert [each.finding.suggestion for each in result.comments if each.finding.rule_id is None] == [
            "    print(n)\n    return 10 / (n or 1)"
        ]

    async def test_a_pattern_that_cannot_be_tried_on_the_result_leaves_prose(self):
        suggestion = "    return [" + "1, " * 400 + "]"
        team = Team([SUGGESTED | {"suggestion": suggestion}])
        [comment] = (await reviewed(team, [ENDLESS], seconds=0.5)).comments
        assert comment.finding.suggestion is None
        assert comment.suggestion_problem == (
            "It could not be checked whether the suggestion keeps to the rule `endless` (endless)."
        )
        assert Task.REPAIR not in team.model.tasks()

    async def test_a_rule_without_a_meaning_in_the_language_forbids_nothing(self):
        head = {"a.txt": "one\ntwo\n"}
        team = Team([found("a.txt", "two", suggestion="three")])
        everywhere = replace(PRINT, languages=(), paths=("*.txt",))
        [comment] = (await reviewed(team, [everywhere], {"a.txt": "one\n"}, head)).comments
        assert comment.finding.suggestion == "three"

    async def test_a_suggestion_cannot_silence_a_rule(self):
        silencing = "    return 10 / (n or 1)  # pr-reviewer: ignore[no-floats] fine"
        [comment] = (await reviewed(Team([SUGGESTED | {"suggestion": silencing}]), [PRINT])).comments
        assert (comment.finding.suggestion, comment.suggestion_problem) == (None, SILENCES)

    async def test_one_that_breaks_a_prose_rule_goes_back_and_its_repair_is_asked_about_again(self):
        team = Team([SUGGESTED], breaks=["no-floats"], times=1, repairs=["    return 10 // n"])
        [comment] = (await reviewed(team, [PROSE])).comments
        assert comment.finding.suggestion == "    return 10 // n"
        assert team.model.tasks() == [Task.REVIEW, Task.RULES, Task.VERIFY, Task.REPAIR, Task.VERIFY]
        assert "breaks the rule `no-floats` (No floats): It is a float." in team.last(Task.REPAIR)
        assert "Money is never a float." in team.last(Task.REPAIR)
        assert len({prompt.messages[:2] for prompt in team.model.prompts}) == 1

    async def test_one_that_breaks_a_prose_rule_twice_becomes_prose(self):
        team = Team([SUGGESTED], breaks=["no-floats"], repairs=["    return 10 // n"])
        [comment] = (await reviewed(team, [PROSE])).comments
        assert comment.finding.suggestion is None
        assert comment.suggestion_problem == ("The suggestion breaks the rule `no-floats` (No floats): It is a float.")

    @pytest.mark.parametrize(
        ("ids", "named"),
        [
            ("ab", "the rules `a` (A) and `b` (B)"),
            ("abc", "the rules `a` (A), `b` (B) and `c` (C)"),
            ("abcde", "the rules `a` (A), `b` (B), `c` (C) and 2 more"),
        ],
    )
    async def test_of_many_rules_a_sentence_names_a_few_and_counts_the_rest(self, ids, named):
        [comment] = (await reviewed(Team([SUGGESTED], silent=list(ids)), list(map(rule, ids)))).comments
        assert comment.suggestion_problem == f"It could not be checked whether the suggestion keeps to {named}."

    async def test_a_missing_answer_is_asked_for_and_then_taken_for_no_yes(self):
        team = Team([SUGGESTED], silent=["no-floats"])
        result = await reviewed(team, [PROSE, rule("other")])
        [comment] = result.comments
        assert comment.finding.suggestion is None
        assert comment.suggestion_problem == (
            "It could not be checked whether the suggestion keeps to the rule `no-floats` (No floats)."
        )
        asked_again = [each for each in team.model.prompts if each.task is Task.VERIFY and len(each.messages) > 3]
        assert "is not checked against `no-floats`" in asked_again[0].messages[-1].content
        assert result.conclusion is Conclusion.FINDINGS

    async def test_rules_too_many_for_the_verification_are_asked_about_on_their_own(self):
        rules = [rule(f"r{at}", "word " * 2_000) for at in range(9)]
        team = Team([SUGGESTED], breaks=["r7"])
        [comment] = (await reviewed(team, rules, window=16_000, settings={"max_model_calls": 60})).comments
        assert "`r7`" in comment.suggestion_problem
        kept = Team([SUGGESTED])
        [comment] = (await reviewed(kept, rules, window=16_000, settings={"max_model_calls": 60})).comments
        assert comment.finding.suggestion == FIXED

    async def test_where_no_call_is_left_a_repaired_suggestion_becomes_prose(self):
        team = Team([SUGGESTED], breaks=["no-floats"], times=1, repairs=["    return 10 // n"])
        result = await reviewed(team, [PROSE], settings={"max_model_calls": 9}, spent=lambda: Cost(calls=8))
        assert result.comments[0].finding.suggestion is None
        assert "could not be checked" in result.comments[0].suggestion_problem
        assert team.model.tasks()[-1] is Task.REPAIR

    async def test_a_failed_call_about_a_repaired_suggestion_leaves_prose(self):
        def fails(prompt: Prompt) -> bool:
            return "# Task: hold suggestions" in prompt.messages[2].content

        team = Team([SUGGESTED], breaks=["no-floats"], times=1, repairs=["    return 10 // n"], fails=fails)
        [comment] = (await reviewed(team, [PROSE])).comments
        assert (comment.finding.suggestion, "could not be checked" in comment.suggestion_problem) == (None, True)

    async def test_of_two_repairs_that_move_to_one_place_the_first_stays(self):
        head = {"a.py": "def f(n):\n    old(n)\n    x = 10 / n\n    return 10 / x\n"}
        claims = [
            found("a.py", "    x = 10 / n", suggestion="    x = ("),
            found("a.py", "    return 10 / x", suggestion="    return ("),
        ]
        both = "    x = 10 / n\n    return 10 / x"
        tries = [{"candidate": at, "quote": both, "suggestion": "    return n"} for at in (1, 2)]
        team = Team(claims)

        def say(prompt: Prompt) -> Any:
            return NOTHING | {"repairs": tries} if prompt.task is Task.REPAIR else team._say(prompt)

        team.model = ScriptedModel(say)
        result = await reviewed(team, [], BEFORE, head)
        assert sorted(each.finding.suggestion or "" for each in result.comments) == ["", "    return n"]

    async def test_only_a_diff_offers_nothing(self):
        provider = DiffFile("--- a/x.py\n+++ b/x.py\n@@ -1,1 +1,2 @@\n a = 1\n+b = 1 / 0\n")
        [comment] = (
            await reviewed(Team([found("x.py", "b = 1 / 0", suggestion="b = 1")]), [], provider=provider)
        ).comments
        assert (comment.finding.suggestion, comment.suggestion_problem) == (None, ONLY_A_DIFF)

    async def test_two_suggestions_share_one_call_about_their_rules(self):
        head = {"a.py": "def f(n):\n    old(n)\n    x = 10 / n\n    return 10 / x\n"}
        claims = [
            found("a.py", "    x = 10 / n", suggestion="    x = n"),
            found("a.py", "    return 10 / x", suggestion="    return x"),
        ]
        team = Team(claims)
        result = await reviewed(team, [PROSE], BEFORE, head)
        assert sorted(each.finding.suggestion or "" for each in result.comments) == ["    return x", "    x = n"]
        assert team.model.tasks().count(Task.VERIFY) == 1


class TestSuppress:
    async def test_a_silenced_rule_is_not_raised_and_its_comment_is_listed(self):
        head = {"a.py": "print(1)  # pr-reviewer: ignore[no-print] a demo\n"}
        result = await reviewed(Team(), [PRINT], {}, head)
        assert (result.comments, result.conclusion) == ((), Conclusion.CLEAN)
        assert whys(result) == ["silenced by the comment on line 1: a demo"]
        assert result.rules.silenced == (Silenced("a.py", 1, ("no-print",), "a demo", is_added=True),)

    async def test_without_a_reason_the_comment_itself_is_a_note(self):
        result = await reviewed(None, [PRINT], {}, {"a.py": "print(1)  # pr-reviewer: ignore[no-print]\n"})
        [note] = result.comments
        assert (note.finding.severity, note.finding.title) == (
            Severity.NOTE,
            "An ignore comment without a reason",
        )

    async def test_a_required_rule_is_not_silenced_from_the_head_be_the_comment_new_or_old(self):
        must = replace(PRINT, enforcement=Enforcement.REQUIRED)
        line = "print(1)  # pr-reviewer: ignore[no-print] a demo\n"
        result = await reviewed(None, [must], {}, {"a.py": line})
        assert ids(result) == ["no-print"]
        assert result.rules.silenced[0].refused == REQUIRED
        above = {"a.py": "# pr-reviewer: ignore[no-print] a demo\nlog(1)\n"}
        result = await reviewed(None, [must], above, {"a.py": "# pr-reviewer: ignore[no-print] a demo\nprint(1)\n"})
        assert ids(result) == ["no-print"]
        assert [(each.is_added, each.refused) for each in result.rules.silenced] == [(False, NEW_CODE)]

    async def test_what_was_excused_and_is_not_touched_stays_excused(self):
        must = replace(PRINT, enforcement=Enforcement.REQUIRED)
        before = {"a.py": "# pr-reviewer: ignore[no-print] a demo\nprint(1)\nlog(2)\n"}
        after = {"a.py": "# pr-reviewer: ignore[no-print] a demo\nprint(1)\nlog(3)\n"}
        result = await reviewed(None, [must], before, after)
        assert ids(result) == []

    async def test_what_a_model_judges_is_silenced_before_it_is_verified(self):
        head = {"a.py": f"def f(n):\n    old(n)\n{LINE}  # pr-reviewer: ignore[no-floats] a ratio\n"}
        team = Team(by_rules=[found("a.py", f"{LINE}  # pr-reviewer: ignore[no-floats] a ratio", rule_id="no-floats")])
        result = await reviewed(team, [PROSE], BEFORE, head)
        assert result.comments == ()
        assert team.model.tasks() == [Task.REVIEW, Task.RULES]


class TestStanding:
    STYLE = replace(PRINT, category=RuleCategory.STYLE)
    TASTE = rule("taste", category=RuleCategory.STYLE)
    HEAD: Mapping[str, str] = {"a.py": "print(1)\n"}

    async def test_in_a_legacy_repository_style_is_neither_asked_about_nor_raised(self):
        book = RuleBook((self.STYLE, self.TASTE, PROSE), standing=Standing(Quality.LEGACY))
        team = Team()
        result = await reviewed(team, book, {}, self.HEAD)
        assert (ids(result), whys(result)) == ([], [LEGACY])
        assert "taste" not in team.last(Task.RULES)
        assert result.rules.by_file == (("a.py", ("no-floats",)),)
        assert result.rules.standing == Standing(Quality.LEGACY)
        assert "no model to imitate" in team.model.prompts[0].messages[1].content

    async def test_the_setting_keeps_style_in_a_legacy_repository(self):
        book = RuleBook((self.STYLE, self.TASTE), standing=Standing(Quality.LEGACY))
        result = await reviewed(Team(), book, {}, self.HEAD, legacy_style=True)
        assert ids(result) == ["no-print"]
        assert result.rules.by_file == (("a.py", ("no-print", "taste")),)

    async def test_in_a_deprecated_repository_only_errors_and_security_are_raised(self):
        book = RuleBook((PRINT,), standing=Standing(status=Status.DEPRECATED))
        claims = [
            found("a.py", "x = 1 / 0", severity="error"),
            found("a.py", "y = 2", severity="warning"),
            found("a.py", "z = 3", severity="note", category="security"),
        ]
        head = {"a.py": "print(1)\n\nx = 1 / 0\n\ny = 2\n\nz = 3\n"}
        team = Team(claims)
        result = await reviewed(team, book, {}, head)
        assert [each.quote for each in result.comments] == ["x = 1 / 0", "z = 3"]
        assert whys(result) == [DEPRECATED, DEPRECATED]
        assert "in order: 1, 2." in team.last(Task.VERIFY)

    async def test_what_the_verification_lowers_below_the_bar_is_not_raised(self):
        book = RuleBook((), standing=Standing(status=Status.DEPRECATED))
        team = Team([found("a.py", LINE, severity="error")])

        def say(prompt: Prompt) -> Any:
            if prompt.task is Task.VERIFY:
                return NOTHING | {"verdicts": [confirmed(1, LINE, verdict="lower", severity="warning")]}
            return team._say(prompt)

        team.model = ScriptedModel(say)
        result = await reviewed(team, book)
        assert (result.comments, whys(result)) == ((), [DEPRECATED])

    async def test_a_feature_in_a_deprecated_repository_gets_one_remark_about_its_successor(self):
        book = RuleBook(standing=Standing(status=Status.DEPRECATED, successor="octo/app-2"))
        head = {f"new_{at}.py": "x = 1\n" * 40 for at in range(3)}
        result = await reviewed(Team(), book, {}, head)
        assert result.remarks == (
            "This repository is deprecated, and the change adds to it: new features belong in octo/app-2.",
        )
        assert (await reviewed(Team(), book)).remarks == ()
