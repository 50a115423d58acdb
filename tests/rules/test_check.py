"""What `rules check` says of rules before anybody runs them."""

from pr_reviewer.model.rules import Level
from pr_reviewer.rules.check import GoodHit, check_rules
from pr_reviewer.rules.parse import parse_rules
from tests.rules.builders import rule_file

RULE = """\
## {title} {{#{id}}}
Why.
```yaml rule
languages: [python]
pattern: {pattern}
```
### Bad
```python
{bad}
```
### Good
```python
{good}
```
"""


def parsed(text, **fields):
    return parse_rules(text, rule_file(**fields))


def told(*files, **fields):
    return [(each.code, str(each), each.is_error) for each in check_rules(files, **fields)]


def rule(id_, pattern="f($A)", bad="f(1)", good="g(1)"):
    return RULE.format(title=id_.title(), id=id_, pattern=pattern, bad=bad, good=good)


def test_sound_rules_have_no_diagnostics():
    assert told(parsed(rule("a") + rule("b", "h($A)") + "## C\ntext\n"), paths=["x.py"]) == []


def test_problems_of_reading_and_of_merging_are_errors_with_their_code():
    first = parsed("## A {#x}\na\n\n## B {#x}\nb\n")
    second = parsed("## C {#x}\nc\n\n## Off {#y}\n```yaml rule\nseverity: error\n```\n", path="best_practices/b.md")
    taken = "is left out: line 1 has a rule `x` already"
    assert told(first, second) == [
        ("duplicate-id", f"best_practices.md:4: rule “B” {taken}", True),
        (
            "duplicate-id",
            "best_practices/b.md:1: rule “C” is left out: best_practices.md:1 has a rule `x` already",
            True,
        ),
        ("unknown-rule", "best_practices/b.md:4: there is no rule `y` to amend; there is x", True),
    ]


def test_a_good_example_that_another_rule_forbids_is_a_contradiction():
    file = parsed(rule("a") + rule("b", "h($A)"))
    first, second = file.rules
    hit = GoodHit(first, first.examples[1], second)
    text = "best_practices.md:12: a Good example of rule `a` breaks rule `b` (best_practices.md:15)"
    assert told(file, good_hits=[hit]) == [("contradiction", text, True)]


def test_one_pattern_required_and_forbidden_is_a_contradiction():
    asks = "asks for what rule `a` forbids with the same pattern (best_practices.md:1)"
    expected = [("contradiction", f"best_practices.md:15: rule `b` {asks}", True)]
    spaced = rule("a", "'if $A:   f($A)'") + rule("b", "'if $A: f($A)'", "g(1)", "f(1)")
    assert told(parsed(spaced)) == expected
    assert told(parsed(rule("a", bad="f(1)", good="x") + rule("b", bad="y", good="f(1)"))) == expected
    assert told(parsed(rule("a", bad="x", good="y") + rule("b", bad="y", good="z"))) == expected


def test_one_pattern_under_two_ids_is_doubtful_unless_a_nearer_level_restates_it():
    text = "best_practices.md:15: rule `b` has the same pattern as rule `a` (best_practices.md:1)"
    assert told(parsed(rule("a") + rule("b"))) == [("same-pattern", text, False)]
    assert told(parsed(rule("a")), parsed(rule("a"), folder="x")) == []


def test_a_rule_that_nobody_can_act_on_is_doubtful():
    text = "## Long {#long}\n" + "x" * 2001 + "\n\n## Empty {#empty}\n\n## Untested {#untested}\nx\n"
    text += "```yaml rule\nlanguages: [go]\npattern: f()\nseverity: note\nenforcement: required\n```\n"
    assert told(parsed(text)) == [
        (
            "too-long",
            "best_practices.md:1: rule `long` has 2001 characters, more than 2000: split it into several",
            False,
        ),
        ("no-text", "best_practices.md:4: rule `empty` has no text: nobody can tell what it asks for", False),
        (
            "severity-without-effect",
            "best_practices.md:6: rule `untested` is required, so its severity is error, not note",
            False,
        ),
        (
            "untested-pattern",
            "best_practices.md:6: rule `untested` has a pattern and no Bad example to test it with",
            False,
        ),
    ]


def test_globs_are_tried_on_the_files_that_they_could_govern():
    text = "## {0} {{#{0}}}\nx\n```yaml rule\npaths: {1}\n```\n"
    both = text.format("a", "['*.py', '*.rb', '!*.go']") + "\n" + text.format("b", "'*.rb'")
    files = [parsed(both), parsed(text.format("c", "'*.py'"), folder="web")]
    assert told(*files, paths=["x.py", "webx/y.py"]) == [
        ("glob-matches-nothing", "best_practices.md:1: `*.rb`, a path of rule `a`, matches no file", False),
        ("glob-matches-nothing", "best_practices.md:7: `*.rb`, a path of rule `b`, matches no file", False),
        ("glob-matches-nothing", "web/best_practices.md:1: `*.py`, a path of rule `c`, matches no file in web/", False),
    ]
    assert told(*files, paths=["web/y.py", "x.rb"]) == []
    assert told(*files) == []


def test_the_globs_of_packs_are_for_other_repositories_too():
    pack = parsed("## A {#a}\nx\n```yaml rule\npaths: '*.rb'\n```\n", level=Level.PACK)
    assert told(pack, paths=["x.py"]) == []
