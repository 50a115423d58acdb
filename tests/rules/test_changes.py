"""Which rules a pull request changes by editing their files."""

from pr_reviewer.model.rules import RuleChange
from pr_reviewer.rules.changes import changed_rules
from pr_reviewer.rules.parse import parse_rules
from tests.rules.builders import rule_file

OFF = "## X {#x}\n```yaml rule\nenforcement: off\nreason: r\n```\n"


def parsed(text, path="best_practices.md", folder=""):
    return parse_rules(text, rule_file(path=path, folder=folder))


def changes(before, after):
    return [(each.verb, each.rule_id) for each in changed_rules(before, after)]


def test_rules_are_added_changed_and_removed():
    before = [parsed("## A\na\n\n## B\nb\n\n## C\nc\n")]
    after = [parsed("\n\n## D\nd\n\n## B\nnew\n\n## A\na\n")]
    assert changed_rules(before, after) == (
        RuleChange("best_practices.md", "d", "D", "added"),
        RuleChange("best_practices.md", "b", "B", "changed"),
        RuleChange("best_practices.md", "c", "C", "removed"),
    )


def test_a_rule_that_only_moved_is_not_changed():
    example = "## A\na\n### Bad\n```go\nf()\n```\n"
    assert changes([parsed(example)], [parsed("\n\n" + example, "best_practices/go.md")]) == []


def test_a_rule_that_goes_into_a_folder_is_another():
    assert changes([parsed("## A\na\n")], [parsed("## A\na\n", folder="x")]) == [("added", "a"), ("removed", "a")]


def test_rules_of_one_id_are_compared_file_by_file():
    first, second = parsed("## A\na\n", "best_practices/1.md"), parsed("## A\nb\n", "best_practices/2.md")
    assert changes([first, second], [second, first]) == []
    assert changes([first, second], [parsed("## A\nc\n", "best_practices/2.md"), first]) == [("changed", "a")]


def test_switching_a_rule_off_is_a_change_of_its_own():
    stricter = OFF.replace("off", "required")
    assert changes([], [parsed(OFF)]) == [("switched off", "x")]
    assert changes([parsed(stricter)], [parsed(OFF)]) == [("switched off", "x")]
    assert changes([parsed(OFF)], [parsed(OFF.replace("reason: r", "reason: s"))]) == [("changed", "x")]
    whole = "## A {#a}\na\n```yaml rule\nseverity: note\n```\n"
    assert changes([parsed(whole)], [parsed(whole.replace("severity: note", "enforcement: off\nreason: r"))]) == [
        ("switched off", "a")
    ]
    assert changes([parsed(OFF)], [parsed(stricter)]) == [("changed", "x")]
    assert changes([parsed(OFF)], [parsed("\n" + OFF)]) == []
    assert changes([parsed(OFF)], []) == [("removed", "x")]
