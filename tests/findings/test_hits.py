"""What patterns hit: only what the change adds, by the nearest of the rules that say it."""

from dataclasses import replace

import pytest

from pr_reviewer.findings.hits import OLD_LINES, pattern_findings
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.code import PatternHit
from pr_reviewer.model.findings import Category, Confidence, Finding, Origin, Severity
from pr_reviewer.model.rules import Enforcement, Level, RuleCategory
from tests.findings.builders import file_of, rule

RULE = rule("no-x", severity=Severity.NOTE)
FILE = file_of("3| a\n-old\n+b\n+c\n d", "20| x\n-y\n z")


def found(first, last, file=FILE, rules=(RULE,)):
    return pattern_findings(file, [PatternHit(each.id, LineRange(first, last)) for each in rules], rules)


def test_a_hit_on_an_added_line_is_a_finding_with_the_rule_and_its_reason():
    assert found(4, 4).findings == (
        Finding(
            "app.py",
            "b",
            Severity.NOTE,
            Category.RULE,
            "No x",
            "It breaks the *build*.",
            LineRange(4, 4),
            rule_id="no-x",
            confidence=Confidence.HIGH,
            origin=Origin.CODE,
        ),
    )


def test_a_required_rule_is_broken_with_an_error_and_a_rule_of_security_is_about_security():
    required = replace(RULE, enforcement=Enforcement.REQUIRED, category=RuleCategory.SECURITY)
    [finding] = found(4, 4, rules=[required]).findings
    assert (finding.severity, finding.category) == (Severity.ERROR, Category.SECURITY)


@pytest.mark.parametrize(("first", "last", "quote"), [(3, 3, "a"), (6, 6, "d"), (20, 21, "x\nz")])
def test_a_hit_on_old_lines_alone_is_not_raised_and_says_why(first, last, quote):
    result = found(first, last)
    assert result.findings == ()
    assert [(each.finding.quote, each.why) for each in result.dropped] == [(quote, OLD_LINES)]


def test_a_hit_that_no_hunk_shows_is_nobodys_business():
    result = found(10, 12)
    assert (result.findings, result.dropped) == ((), ())


@pytest.mark.parametrize(("first", "last", "quote"), [(3, 4, "a\nb"), (1, 99, "a\nb\nc\nd"), (5, 6, "c\nd")])
def test_a_hit_that_reaches_further_quotes_what_the_hunk_shows(first, last, quote):
    [finding] = found(first, last).findings
    assert finding.quote == quote
    assert len(finding.lines) == quote.count("\n") + 1


def test_a_long_hit_is_cut_to_the_lines_that_show_the_change():
    context = "\n".join(f" c{n}" for n in range(20))
    [early] = found(1, 50, file_of(f"1| a\n+b\n{context}")).findings
    [late] = found(1, 50, file_of(f"1|{context}\n+b\n{context}")).findings
    assert (early.lines, early.quote[:3]) == (LineRange(1, 12), "a\nb")
    assert (late.lines, late.quote[:2]) == (LineRange(21, 32), "b\n")


def test_equal_hits_and_hits_of_other_rules_are_passed_over():
    hits = [PatternHit("no-x", LineRange(4, 4))] * 2 + [PatternHit("gone", LineRange(4, 4))]
    assert len(pattern_findings(FILE, hits, [RULE]).findings) == 1


def test_a_rule_without_text_says_its_title():
    [finding] = found(4, 4, rules=[replace(RULE, text="")]).findings
    assert finding.message == "No x"


CORE = rule("core", origin="pack core")
PACK = rule("python", origin="pack python")
OTHERS = rule("theirs", level=Level.ORGANISATION)
OWN = rule("own")
HERE = rule("here", level=Level.DIRECTORY, folder="src")
DEEP = rule("deep", level=Level.DIRECTORY, folder="src/billing")


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ((CORE, PACK), ["python"]),
        ((CORE, PACK, OTHERS), ["theirs"]),
        ((CORE, OWN), ["own"]),
        ((OWN, HERE, DEEP), ["deep"]),
        ((OWN, rule("own-too")), ["own", "own-too"]),
        ((CORE, rule("core-too", origin="pack core")), ["core", "core-too"]),
    ],
)
def test_of_rules_that_hit_the_same_lines_the_nearest_stands(rules, kept):
    result = found(4, 4, rules=rules)
    assert [each.rule_id for each in result.findings] == kept
    whys = {each.why for each in result.dropped}
    assert whys == ({f"said once already: the nearer rule {kept[0]} hits these lines"} if len(kept) == 1 else set())


GRAVE = rule("grave", severity=Severity.ERROR)


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ((GRAVE, OWN), ["grave"]),
        ((OWN, GRAVE), ["grave"]),
        ((rule("core", origin="pack core", severity=Severity.ERROR), PACK), ["core"]),
        ((replace(OWN, enforcement=Enforcement.REQUIRED), rule("own-too")), ["own"]),
        ((OWN, rule("own-note", severity=Severity.NOTE), GRAVE), ["grave"]),
        ((replace(OWN, category=RuleCategory.SECURITY), GRAVE), ["own", "grave"]),
    ],
)
def test_of_rules_of_one_level_that_hit_the_same_lines_the_more_severe_stands(rules, kept):
    result = found(4, 4, rules=rules)
    assert [each.rule_id for each in result.findings] == kept
    whys = {each.why for each in result.dropped}
    assert whys == (
        {f"said once already: the more severe rule {kept[0]} hits these lines"} if len(kept) == 1 else set()
    )


def test_a_nearer_rule_stands_before_a_more_severe_one():
    assert [each.rule_id for each in found(4, 4, rules=[GRAVE, HERE]).findings] == ["here"]


def test_on_other_lines_the_farther_rule_stands():
    hits = [PatternHit("core", LineRange(4, 5)), PatternHit("own", LineRange(4, 4))]
    assert [each.rule_id for each in pattern_findings(FILE, hits, [CORE, OWN]).findings] == ["core", "own"]


@pytest.mark.parametrize("fields", [{"enforcement": Enforcement.REQUIRED}, {"category": RuleCategory.SECURITY}])
def test_advice_never_takes_the_place_of_what_is_required_or_about_security(fields):
    grave = replace(CORE, **fields)
    assert [each.rule_id for each in found(4, 4, rules=[grave, OWN]).findings] == ["core", "own"]
    assert [each.rule_id for each in found(4, 4, rules=[grave, replace(OWN, **fields)]).findings] == ["own"]
