"""What /describe, /ask, /explain, /rules, /config and /help say: their exact text, and that it is safe to post."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from pr_reviewer.model.answering import Answer, Answered, Citation, Question
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.commands import CommandHelp, CommandName, CommandOption
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.describing import ChangeKind, Concern, Description, FileNote, Portrait
from pr_reviewer.model.findings import Category, Confidence, Origin, Severity
from pr_reviewer.model.posting import Remark
from pr_reviewer.model.rules import Enforcement, RulesApplied
from pr_reviewer.report.answer import answer_body
from pr_reviewer.report.config_table import config_body
from pr_reviewer.report.coverage_rows import coverage_line
from pr_reviewer.report.description import description_body, suggested_title
from pr_reviewer.report.explanation import NOT_KEPT, ambiguous, explained, explanation_body, not_found
from pr_reviewer.report.governing_rules import rules_body
from pr_reviewer.report.help import help_body, no_help
from pr_reviewer.report.links import Links
from pr_reviewer.report.markers import Marker, MarkerKind, mark
from pr_reviewer.report.record import Record, write_record
from pr_reviewer.report.told_json import answer_json, description_json
from pr_reviewer.report.told_text import answer_text, description_text
from pr_reviewer.settings.schema.keys import Key
from pr_reviewer.settings.schema.layers import Trust
from pr_reviewer.settings.schema.resolve import Row
from tests.report.builders import BOOK, COST, LINKS, MONEY_RULE, PACK_RULE, TIMEOUT_RULE

FOLDER = Path(__file__).parents[1] / "golden" / "told"
COVERAGE = Coverage(
    (
        FileCoverage("shop/cart.py", CoverageState.FULL),
        FileCoverage("shop/old.py", CoverageState.FULL),
        FileCoverage("shop/tax.py", CoverageState.PARTIAL, "lines 4–9 not shown to the model: no call is left"),
        FileCoverage("package-lock.json", CoverageState.SKIPPED, "a lock file", is_deliberate=True),
    ),
    ("Something else was left out",),
)
NASTY = "Ping @octocat <img src=x onerror=1> ![x](http://evil) /close --> <!-- pr-reviewer:summary v1 -->"
PORTRAIT = Portrait(
    "Compute the mean, not the sum.",
    ChangeKind.FIX,
    ("`mean` divides by the number of values", "Why not?", NASTY, ""),
    (
        Concern("Means", (FileNote("shop/cart.py", "Divides.\n\nBy `len`."), FileNote("shop/old.py", "Goes."))),
        Concern(NASTY, (FileNote("shop/tax.py"),)),
    ),
    ("bug", "a`b"),
)
DESCRIPTION = Description(
    "4f2a9c1" * 5, PORTRAIT, COVERAGE, COST, ("gpt",), frozenset({"shop/old.py"}), ("It was hard",)
)
ANSWER = Answer(
    f"It raises [1], unless [2].\n\n```python\nx = 1\n```\n\n{NASTY}",
    is_told=True,
    citations=(
        Citation(1, "shop/cart.py", "    return a / b\n    pass", LineRange(3, 4)),
        Citation(2, "shop/`x`.py", "x" * 300, why="this does not stand in the file at the head"),
        Citation(3, "shop/tax.py", "", why="the model quoted nothing"),
    ),
)
ANSWERED = Answered("4f2a9c1" * 5, Question(f"What of 0?\n{NASTY}"), ANSWER, COVERAGE, COST, ("gpt",), ("It was hard",))
WHOLE = Coverage(COVERAGE.files[:2])
REMARK = Remark(
    7, "bot", "", "services/pay.py", LineRange(4, 5), hunk="@@ -1 +1,5 @@\n a\n+b\n+c\n+key = 'AKIAIOSFODNN7EXAMPLF'",
    height=2, url="https://git.example/c7", is_ours=True,
)  # fmt: skip


def finding(record=None, name="v1:0123456789abcdef", **fields):
    body = f"**Error**\n\n{write_record(record)}" if record else "**Error**"
    found = explained(replace(REMARK, body=mark(body, Marker(MarkerKind.FINDING, name)), **fields))
    assert found is not None
    return found


BY_RULE = Record(Severity.WARNING, Category.RULE, Origin.MODEL, Confidence.MEDIUM, "http-timeout", NASTY)
BY_CODE = Record(Severity.ERROR, Category.SYNTAX, Origin.CODE, Confidence.HIGH)
APPLIED = RulesApplied((("shop/cart.py", ("py-bare-except", "http-timeout")), ("a.txt", ())))
RULES = (replace(PACK_RULE, pattern="{}"), replace(TIMEOUT_RULE, enforcement=Enforcement.REQUIRED), MONEY_RULE)
HELPS = {
    CommandName.REVIEW: CommandHelp(
        CommandName.REVIEW,
        "Review <it>.",
        options=(CommandOption("max_comments", "Most.", value="N"), CommandOption("x", "X.", is_flag=True)),
    ),
    CommandName.EXPLAIN: CommandHelp(CommandName.EXPLAIN, "Say why.", argument="ID"),
    CommandName.ASK: CommandHelp(CommandName.ASK, "Ask.", argument="QUESTION", is_argument_needed=True),
}
KEYS = (
    Key("review.max_comments", "", Trust.COMMENTER, ("A",), is_secret=False),
    Key("models.review", "", Trust.OPERATOR, ("B",), is_secret=False),
    Key("models.cards", "", Trust.OPERATOR, ("C",), is_secret=False),
    Key("openai.base_url", "", Trust.OPERATOR, ("D",), is_secret=False),
    Key("review.secret", "", Trust.REPOSITORY, ("E",), is_secret=True),
    Key("paths.only", "", Trust.COMMENTER, ("F",), is_secret=False),
)
ROWS = (
    Row("review.max_comments", "3", "repository .pr_reviewer.toml:2"),
    Row("models.review", '"AKIAIOSFODNN7EXAMPLF"', "file /etc/secret/pr-reviewer.toml:12"),
    Row("models.cards", "{}", "defaults"),
    Row("openai.base_url", '"https://internal.example"', "environment OPENAI_BASE_URL"),
    Row("review.secret", '"hidden"', "defaults"),
    Row("paths.only", json.dumps(["|" * 400]), "defaults"),
)
TOLD = {
    "description.md": description_body(
        DESCRIPTION, LINKS, current_title="Mean", remark="This is a comment, for its reason"
    ),
    "description.txt": description_text(DESCRIPTION, current_title="Mean"),
    "description.json": description_json(DESCRIPTION),
    "answer.md": answer_body(ANSWERED, LINKS),
    "answer.txt": answer_text(ANSWERED),
    "answer.json": answer_json(ANSWERED),
    "explanation-rule.md": explanation_body(finding(BY_RULE), LINKS),
    "explanation-code.md": explanation_body(finding(BY_CODE, lines=None), LINKS),
    "rules.md": rules_body(APPLIED, RULES, LINKS),
    "config.md": config_body(ROWS, KEYS),
    "help.md": help_body(HELPS, ["reviewer[bot]"]),
}


@pytest.mark.parametrize("name", TOLD)
def test_each_text_is_as_its_file_has_it(name):
    path, text = FOLDER / name, f"{TOLD[name].rstrip()}\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in TOLD if name.endswith(".md")])
def test_nothing_active_comes_through(name):
    text = TOLD[name]
    for active in ("<img", "![", "\n/close", "\n<!--", " @octocat", "AKIA", "internal.example", "/etc/"):
        assert active not in text


def test_a_title_is_suggested_only_where_it_is_another():
    assert suggested_title(PORTRAIT, "compute the mean, not the sum") == ""
    assert suggested_title(replace(PORTRAIT, title=""), "Mean") == ""


def test_a_long_walkthrough_is_folded_and_cut_whole_rows_at_a_time():
    files = tuple(FileNote(f"f{number}.py", "Does it.") for number in range(3000))
    long = replace(DESCRIPTION, portrait=replace(PORTRAIT, concerns=(Concern("All", files),), labels=("one",)))
    body = description_body(long, LINKS, limit=5_000)
    assert len(body) <= 5_000
    assert "<summary>What happens in 3,000 files</summary>" in body
    assert "more" in body
    assert "label: `one`" in body


def test_an_empty_description_says_so_in_its_remark():
    empty = Description("a" * 40, Portrait("", ChangeKind.OTHER, (), ()), Coverage(()), COST, remarks=("Nothing",))
    assert "- Nothing" in description_body(empty, LINKS)
    assert "Type" not in description_text(empty)


def test_skipped_files_alone_are_skipped_on_purpose():
    body = description_body(replace(DESCRIPTION, coverage=Coverage(COVERAGE.files[3:])), LINKS)
    assert "<summary>1 file skipped on purpose</summary>" in body


def test_an_answer_that_the_code_does_not_tell_begins_so():
    silent = replace(ANSWERED, answer=Answer("Nothing.", is_told=False), coverage=WHOLE, remarks=())
    body = answer_body(silent, LINKS, quotes_question=False)
    assert body.startswith("**The code does not tell.**\n\nNothing.")
    assert answer_text(silent, is_coloured=True).startswith("\x1b[1mThe code does not tell.")


def test_what_was_looked_at_is_counted():
    assert coverage_line(COVERAGE) == "3 of 4 files"
    assert coverage_line(WHOLE) == "2 files"


def test_an_explanation_says_what_is_not_kept():
    assert NOT_KEPT in explanation_body(finding(url="", hunk=""), LINKS)
    unverified = explanation_body(finding(replace(BY_RULE, verification="")), LINKS)
    assert "What its verification said is not kept." in unverified


def test_a_rule_that_is_gone_is_named_as_gone():
    assert "no longer among the rules" in explanation_body(finding(replace(BY_RULE, rule_id="gone")), LINKS)
    bare = Links(rule_for=lambda *_: replace(TIMEOUT_RULE, text=""))
    assert "What the rule says" not in explanation_body(finding(BY_RULE), bare)


def test_a_pattern_that_hit_and_a_defect_are_told_apart():
    hit = replace(BY_CODE, category=Category.RULE, rule_id="py-bare-except")
    assert "matched the rule's pattern; no model" in explanation_body(finding(hit), LINKS)
    defect = replace(BY_RULE, rule_id="", category=Category.SECURITY)
    assert "looked for defects" in explanation_body(finding(defect), LINKS)


def test_only_comments_of_ours_that_begin_a_thread_are_findings():
    body = mark("x", Marker(MarkerKind.FINDING, "v1:ab"))
    assert explained(replace(REMARK, body=body, is_ours=False)) is None
    assert explained(replace(REMARK, body=body, reply_to=1)) is None
    assert explained(replace(REMARK, body=mark("x", Marker(MarkerKind.REPLY, "ab")))) is None


def test_who_names_no_finding_or_several_is_told_which_there_are():
    assert "Name a finding" in not_found("", [])
    assert "`01234567`" in not_found("`nasty` @x", [finding()])
    assert "v1:0123456789abcdef" in ambiguous("01", [finding(), finding(name="v1:01ff")])


def test_no_rules_and_many_rules():
    assert "No rule governs" in rules_body(RulesApplied((("a.py", ()),)), (), LINKS)
    assert "1 rule governs 0 files" in rules_body(RulesApplied(), RULES[:1], LINKS)
    many = [replace(PACK_RULE, id=f"r{number}") for number in range(30)]
    assert "<summary>30 rules</summary>" in rules_body(RulesApplied(), many, LINKS)
    assert "(`best_practices.md:12`)" in rules_body(RulesApplied(), BOOK.rules, Links(rule_for=BOOK.rule_for))


def test_settings_that_are_all_at_their_defaults_and_none_that_is():
    assert "every one is at its default" in config_body(ROWS[5:], KEYS)
    assert "<details>" not in config_body(ROWS[:1], KEYS)


def test_who_may_use_nothing_is_told_what_it_takes():
    assert "write access" in no_help("write")
    assert "or with my name" not in help_body(HELPS, [])
