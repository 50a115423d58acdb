"""What is not raised where the organisation says that a repository is legacy or deprecated."""

import pytest

from pr_reviewer.findings.standing import DEPRECATED, LEGACY, StandingFilter
from pr_reviewer.model.findings import Category, Misplaced, Severity, Unplaced
from pr_reviewer.model.rules import Enforcement, Quality, RuleCategory, Standing, Status
from tests.findings.builders import finding, placed, rule

USUAL = StandingFilter(Standing())
OLD = StandingFilter(Standing(Quality.LEGACY))
ENDING = StandingFilter(Standing(status=Status.DEPRECATED))

STYLE = rule("style", category=RuleCategory.STYLE)
NOTED = rule("noted", severity=Severity.NOTE)
WARNED = rule("warned")
SECURE = rule("secure", category=RuleCategory.SECURITY, severity=Severity.NOTE)
MUST = rule("must", category=RuleCategory.STYLE, enforcement=Enforcement.REQUIRED)
GRAVE = rule("grave", severity=Severity.ERROR)
ALL = (STYLE, NOTED, WARNED, SECURE, MUST, GRAVE)


@pytest.mark.parametrize(
    ("standing", "silent"),
    [
        (USUAL, []),
        (OLD, ["style", "noted"]),
        (ENDING, ["style", "noted", "warned"]),
        (StandingFilter(Standing(Quality.LEGACY), keeps_style=True), []),
        (StandingFilter(Standing(Quality.EXEMPLARY, Status.GROWING)), []),
    ],
)
def test_which_rules_are_silent(standing, silent):
    assert [each.id for each in ALL if standing.why_rule_is_silent(each)] == silent


def test_the_reason_names_the_standing_and_the_setting():
    assert OLD.why_rule_is_silent(STYLE) == LEGACY
    assert "rules.legacy_style" in LEGACY
    assert ENDING.why_rule_is_silent(STYLE) == DEPRECATED


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"severity": Severity.ERROR}, ""),
        ({"severity": Severity.WARNING}, DEPRECATED),
        ({"severity": Severity.NOTE, "category": Category.SECURITY}, ""),
        ({"severity": Severity.WARNING, "category": Category.SECRET}, ""),
    ],
)
def test_in_a_deprecated_repository_only_errors_and_security_are_raised(fields, why):
    assert ENDING.why_not_raised(finding(**fields)) == why


def test_in_a_legacy_repository_a_note_without_a_rule_is_raised_and_one_of_style_is_not():
    note = finding(severity=Severity.NOTE)
    assert OLD.why_not_raised(note) == ""
    assert OLD.why_not_raised(note, STYLE) == LEGACY


def test_what_is_not_raised_is_dropped_with_the_reason():
    kept, style = placed("a", 1), placed("b", 2, rule_id="style")
    loose = Unplaced(finding(rule_id="style"), Misplaced.QUOTE_NOT_FOUND)
    other = Unplaced(finding(rule_id="style", path="other.py"), Misplaced.QUOTE_NOT_FOUND)
    result = OLD.select([kept, style], [loose, other], {"app.py": {"style": STYLE}})
    assert (result.placed, result.unplaced) == ((kept,), (other,))
    assert [(each.finding, each.why) for each in result.dropped] == [(style.finding, LEGACY), (loose.finding, LEGACY)]
