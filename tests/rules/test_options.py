"""What a rule says of itself, and what it takes over from its file."""

from pr_reviewer.model.rules import Enforcement, RuleCategory
from pr_reviewer.rules.parse import parse_rules
from tests.rules.builders import rule_file

FRONT = """\
---
category: security
changes: [added, type changed]
enforcement: required
reason: the auditors ask for it
include: [other.md]
---
"""


def parsed(text):
    return parse_rules(text, rule_file())


def test_a_file_gives_its_rules_what_they_do_not_say():
    result = parsed(
        FRONT + "## A\nx\n\n## B\ny\n```yaml rule\ncategory: style\nchanges: added\nenforcement: advisory\n```\n"
    )
    first, second = result.rules
    assert (first.category, first.changes) == (RuleCategory.SECURITY, ("added", "type changed"))
    assert (first.enforcement, first.reason) == (Enforcement.REQUIRED, "the auditors ask for it")
    assert (second.category, second.changes) == (RuleCategory.STYLE, ("added",))
    assert second.enforcement is Enforcement.ADVISORY
    assert (result.undecided, result.derived) == (frozenset(), {"a", "b"})


def test_off_may_be_written_as_yaml_reads_it():
    for off in ("off", "false", "'off'"):
        [rule] = parsed(f"## A\nx\n```yaml rule\nenforcement: {off}\nreason: noisy\n```\n").rules
        assert rule.enforcement is Enforcement.OFF


def test_an_id_and_a_block_amend_where_text_a_pattern_or_examples_make_a_rule():
    block = "```yaml rule\nlanguages: [go]\n{}```\n"
    amends = "## A {#a}\n<!-- why -->\n" + block.format("")
    rules = [
        "## A {#a}\n" + block.format("pattern: f($A)\n"),
        "## A {#a}\ntext\n" + block.format(""),
        "## A {#a}\n" + block.format("") + "### Bad\n```go\nf()\n```\n",
        "## A\n" + block.format(""),
        "## A {#a}\n",
    ]
    assert [(each.rule_id, each.options.said) for each in parsed(amends).amendments] == [("a", {"languages"})]
    assert parsed(amends).problems == ()
    assert [(len(parsed(text).rules), len(parsed(text).amendments)) for text in rules] == [(1, 0)] * 5


def test_an_amendment_takes_its_id_as_a_rule_does():
    result = parsed("## A {#a}\nx\n\n## A {#a}\n```yaml rule\nseverity: note\n```\n")
    assert [str(each) for each in result.problems] == [
        "best_practices.md:4: rule “A” is left out: line 1 has a rule `a` already"
    ]
    assert result.amendments == ()


def test_a_file_that_only_takes_in_others_states_enough():
    assert parsed(FRONT).problems == ()
