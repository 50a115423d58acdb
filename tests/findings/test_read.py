import pytest

from pr_reviewer.findings.read import read_findings
from pr_reviewer.findings.refused import Refused
from pr_reviewer.model.changes import FileDiff, FileStatus, LineRange, Side
from pr_reviewer.model.findings import Category, Dropped, Finding, Origin, Severity
from pr_reviewer.model.rules import Rule
from tests.findings.builders import found, reply
from tests.rules.builders import rule_source

FILES = [
    FileDiff("app.py", FileStatus.MODIFIED),
    FileDiff("a/deep.py", FileStatus.MODIFIED),
    FileDiff("new.py", FileStatus.RENAMED, old_path="old.py"),
    FileDiff("caf\udce9.py", FileStatus.MODIFIED),
    FileDiff("tab\there.py", FileStatus.MODIFIED),
]
RULE = Rule("py/eval", "No eval", "…", rule_source("pack core", "core.md", 1), severity=Severity.NOTE)


def rule_of(path, rule_id):
    if path == "app.py" and rule_id == RULE.id:
        return RULE
    return Refused("which does not exist")


def read(*, must_name_rule=False, **fields):
    return read_findings(reply(findings=[found(**fields)]), FILES, rule_of, must_name_rule=must_name_rule)


def one(**fields) -> Finding:
    result = read(**fields)
    assert not result.dropped, result.dropped
    return result.findings[0]


def test_a_claim_becomes_a_finding():
    assert one(first_line=3, last_line=4, suggestion="x = 2", severity="error", side="old") == Finding(
        path="app.py",
        quote="x = 1",
        severity=Severity.ERROR,
        category=Category.CORRECTNESS,
        title="Wrong value",
        message="x is never 1.\n\nFailing case: f(0) returns 1",
        lines=LineRange(3, 4),
        side=Side.OLD,
        suggestion="x = 2",
        origin=Origin.MODEL,
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("app.py", "app.py"),
        (" app.py\n", "app.py"),
        ("b/app.py", "app.py"),
        ("a/app.py", "app.py"),
        ("./app.py", "app.py"),
        ("././app.py", "app.py"),
        ("### app.py", "app.py"),
        ("a/deep.py", "a/deep.py"),
        ("b/a/deep.py", "a/deep.py"),
        ("old.py", "new.py"),
        ("a/old.py", "new.py"),
        ("caf\ufffd.py", "caf\udce9.py"),
        ('"tab\\there.py"', "tab\there.py"),
        ("deep.py", "deep.py"),
        ("App.py", "App.py"),
        ("src/app.py", "src/app.py"),
        ("no\x00where\n.py", "nowhere .py"),
    ],
)
def test_paths_are_read_by_their_prefix_and_never_guessed(said, meant):
    assert one(path=said).path == meant


@pytest.mark.parametrize(
    ("first", "last", "lines"),
    [
        (3, 5, LineRange(3, 5)),
        (5, 3, LineRange(3, 5)),
        (3, 0, LineRange(3, 3)),
        (3, 1, LineRange(1, 3)),
        (0, 0, None),
        (0, 7, None),
        (-1, -1, None),
    ],
)
def test_claimed_lines_are_a_range_or_nothing(first, last, lines):
    assert one(first_line=first, last_line=last).lines == lines


def test_titles_are_one_short_line():
    assert one(title=" Wrong\n  value. ").title == "Wrong value"
    assert one(title="x" * 500).title == "x" * 119 + "…"


def test_messages_are_plain_and_bounded():
    assert one(message="a\r\nb\x1b[31m\u202e\ud800", failing_case="").message == "a\nb[31m\ufffd"
    assert len(one(message="m" * 9_000).message) == 2_000


def test_a_failing_case_that_the_message_names_is_not_said_again():
    assert one(message="Since f(0) returns 1, it fails.").message == "Since f(0) returns 1, it fails."


@pytest.mark.parametrize("field", ["title", "message"])
@pytest.mark.parametrize("text", ["", " \n ", "\x00"])
def test_a_finding_that_says_nothing_is_dropped(field, text):
    assert [each.why for each in read(**{field: text}).dropped] == ["it has no title or no message"]


def test_a_rule_decides_on_severity_and_category():
    finding = one(rule_id="py/eval", category="correctness", severity="error")
    assert (finding.rule_id, finding.severity, finding.category) == ("py/eval", Severity.NOTE, Category.RULE)


def test_an_unknown_rule_is_refused():
    result = read(rule_id="py/exec\x1b")
    assert result.findings == ()
    assert [each.why for each in result.dropped] == ["it names the rule 'py/exec', which does not exist"]


def test_where_no_rule_is_known_none_may_be_named():
    result = read_findings(reply(findings=[found(rule_id="py/eval")]), FILES)
    assert [each.why for each in result.dropped] == ["it names the rule 'py/eval', which was not asked about"]


def test_asked_about_rules_alone_a_finding_names_one_and_quotes_what_breaks_it():
    assert len(read(must_name_rule=True, rule_id="py/eval").findings) == 1
    for fields, why in (
        ({}, "it names no rule, and only rules were asked about"),
        ({"rule_id": "py/eval", "quote": " \n"}, "it quotes no code that breaks the rule"),
    ):
        assert [each.why for each in read(must_name_rule=True, **fields).dropped] == [why]


def test_a_broken_rule_without_a_name_is_refused():
    assert [each.why for each in read(category="rule").dropped] == ["it is about a rule and names none"]


def test_an_enormous_quote_is_refused():
    assert [each.why for each in read(quote="x" * 20_001).dropped] == ["its quote is longer than 20,000 characters"]


def test_an_empty_suggestion_deletes_only_what_the_finding_says_to_delete():
    assert one(suggestion="").suggestion is None
    assert one(suggestion="", title="Remove the left-over debug call").suggestion == ""
    assert one(suggestion="", message="This line is unreachable.").suggestion == ""


def test_a_flood_of_findings_is_cut_and_said():
    result = read_findings(reply(findings=[found(title=f"Defect {number}") for number in range(103)]), FILES)
    assert [each.title for each in result.findings] == [f"Defect {number}" for number in range(100)]
    assert [each.why for each in result.dropped] == ["the reply holds more than 100 findings"] * 3


def test_findings_keep_their_order_and_the_dropped_keep_their_finding():
    result = read_findings(reply(findings=[found(title="A"), found(title=""), found(title="B")]), FILES)
    assert [each.title for each in result.findings] == ["A", "B"]
    assert isinstance(result.dropped[0], Dropped)
    assert result.dropped[0].finding.quote == "x = 1"
