"""Markdown of a tech lead becomes rules; what cannot be read is said with its line."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.model.findings import Severity
from pr_reviewer.model.rules import Example, Level, Rule, RuleFile
from pr_reviewer.rules.parse import MAX_CHARACTERS, parse_rules
from pr_reviewer.rules.parsed import ParsedRules
from tests.rules.builders import rule_source

FILE = RuleFile(Level.REPOSITORY, "repository", "best_practices.md")

FULL = """\
---
languages: [python]
severity: note
---
# Our rules

What this file is about.

## No bare except {#no-bare-except}
Catch what you can name.

- a list within the rule

```yaml rule
paths: ["services/**"]
severity: error
pattern:
  kind: except_clause
  regex: '^except:'
```

```python
shown()
```

### Bad
```python
except: pass
```
### Good:
~~~
except ValueError: pass
~~~
#### More
Not an example.
"""


def parsed(text, **fields):
    return parse_rules(text, FILE, **fields)


def ids(text):
    return [rule.id for rule in parsed(text).rules]


def problems(text):
    return [str(problem) for problem in parsed(text).problems]


def test_a_rule_with_everything_is_read_whole():
    assert parsed(FULL).rules[0] == Rule(
        id="no-bare-except",
        title="No bare except",
        text="Catch what you can name.\n\n- a list within the rule\n\n```python\nshown()\n```",
        source=rule_source("repository", "best_practices.md", 9),
        severity=Severity.ERROR,
        languages=("python",),
        paths=("services/**",),
        pattern=json.dumps({"kind": "except_clause", "regex": "^except:"}),
        examples=(
            Example("except: pass\n", "python", is_bad=True, line=27),
            Example("except ValueError: pass\n", "python", is_bad=False, line=31),
        ),
    )
    assert ids(FULL) == ["no-bare-except", "more"]
    assert problems(FULL) == []


def test_a_heading_with_text_is_a_rule_and_a_title_is_none():
    text = "# Title\nAbout.\n\n## Keep handlers short\nTen lines.\n\n## Group\n### Inner\nText.\n"
    assert ids(text) == ["keep-handlers-short", "inner"]


def test_each_item_of_a_list_is_a_rule_with_its_own_line_and_id():
    text = """\
## Logging
Use structlog:

- Never **print**. It is lost.
- Log ids {#log-ids}
  and their
  - kinds

1. Ordered too
"""
    source = rule_source("repository", "best_practices.md", 4)
    around = "\n\nLogging: Use structlog:"
    first, second, third = parsed(text).rules
    never = "Never **print**. It is lost."
    assert first == Rule("logging-never-print", "Never print", never + around, source)
    assert (second.id, second.title, second.source.line) == ("log-ids", "Log ids", 5)
    assert second.text == "Log ids\nand their\n- kinds" + around
    assert third.id == "logging-ordered-too"


def test_a_byte_order_mark_hides_neither_front_matter_nor_a_heading():
    [rule] = parsed("\ufeff---\r\nseverity: note\r\n---\r\n## A {#a}\r\nb\r\n").rules
    assert (rule.id, rule.severity, rule.source.line) == ("a", Severity.NOTE, 4)
    assert ids("\ufeff## A {#a}\nb\n") == ["a"]


def test_the_box_of_a_task_is_no_part_of_its_rule():
    first, second = parsed("## Before merging\n\n- [ ] Every bug gets a test.\n- [x] [Names](n.md) are words.\n").rules
    assert (first.id, first.title) == ("before-merging-every-bug-gets-a-test", "Every bug gets a test")
    assert (second.text, second.source.line) == ("[Names](n.md) are words.", 4)


def test_a_list_without_a_heading_is_rules():
    assert ids("- Use tabs.\n- Use tabs.\n") == ["use-tabs", "use-tabs-2"]


def test_a_long_item_has_a_short_title():
    [rule] = parsed("- " + "word " * 40).rules
    assert rule.title == "word " * 14 + "word…"
    assert rule.id == "-".join(["word"] * 8)


@pytest.mark.parametrize(
    ("item", "derived"),
    [
        ("Catch the exception that you can answer, and let the others go", "catch-the-exception-that-you-can-answer"),
        ("One two three four five six of the same kind", "one-two-three-four-five-six"),
        ("Know what it is for", "know-what-it-is-for"),
        ("Who asks whom and who is it that may", "who-asks-whom"),
        ("The " + "of the " * 20 + "end", "the"),
    ],
)
def test_the_id_of_an_item_ends_with_a_word_that_leads_to_no_next(item, derived):
    [rule] = parsed(f"## A\n- {item}\n").rules
    assert rule.id == f"a-{derived}"


def test_a_long_id_is_cut_between_two_words():
    long = "Words of the kind that makes headings longer than any reader of them could wish for and then some more"
    ids = [rule.id for rule in parsed(f"## {long}\nX.\n\n## {'x' * 200}\nY.\n").rules]
    assert ids == ["words-of-the-kind-that-makes-headings-longer-than-any-reader-of-them-could-wish", "x" * 90]


def test_ids_derived_from_equal_headings_are_numbered_as_anchors_are():
    assert ids("## A\nx\n## A\ny\n## !!!\nz\n") == ["a", "a-2", "rule"]


def test_an_id_taken_by_an_earlier_rule_leaves_the_later_out():
    text = "## A {#x}\na\n\n## B {#x}\nb\n"
    assert ids(text) == ["x"]
    assert problems(text) == ["best_practices.md:4: rule “B” is left out: line 1 has a rule `x` already"]


def test_a_code_pattern_needs_no_rule_around_it():
    [rule] = parsed("## A\n```yml rule\npattern: ' print($$$) '\nlanguages: py\n```\n").rules
    assert rule.pattern == '{"pattern": "print($$$)"}'
    assert rule.languages == ("python",)


def test_languages_come_from_the_caller_where_the_file_names_none():
    [rule] = parsed("## A\nx\n", default_languages=["go"]).rules
    assert rule.languages == ("go",)


def test_an_example_without_a_language_has_none_where_the_rule_has_none():
    [rule] = parsed("## A\nx\n### Bad\n    indented\n```\nf()\n```\n").rules
    assert rule.examples == (Example("f()\n", "", is_bad=True, line=5),)


def test_examples_belong_to_the_rule_before_them_whatever_their_level():
    [rule] = parsed("# Bad\nx\n\n## A\ny\n## Bad\n```go\nf()\n```\n").rules
    assert (rule.id, [example.language for example in rule.examples]) == ("a", ["go"])


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_numbers_hold_with_any_line_ends(end):
    lone = "a lone\rcarriage return and a \u2028 separator"
    text = end.join(["---", "severity: note", "---", lone, "", "## A", "x"])
    assert parsed(text).rules[0].source.line == 6


def test_front_matter_that_does_not_end_is_text():
    assert ids("---\n\n## A\nx\n") == ["a"]


BLOCK = "# T\n\n## A\nWhy.\n\n```yaml rule\n{}\n```\n\n## B\nkept\n"


@pytest.mark.parametrize(
    ("block", "line", "why"),
    [
        ("severty: note", 7, "`severty` is no key of a rule; did you mean `severity`?"),
        (
            "paths: a\nzzzz: 1",
            8,
            "`zzzz` is no key of a rule; there is languages, paths, severity, changes, ",
        ),
        ("enforcement: off", 7, "`enforcement: off` needs a `reason:`, which people are shown"),
        ("enforcement: true", 7, "`True` is no enforcement: use off, advisory or required"),
        ("enforcement: off\nreason: [a]", 8, "`reason` must be a text that says why"),
        ("category: taste", 7, "`taste` is no category: use general, style or security"),
        (
            "changes: [added, moved]",
            7,
            "`moved` is no kind of change: use added, modified, deleted, renamed, ",
        ),
        ("severity: bad", 7, "`bad` is no severity: use error, warning or note"),
        ("languages: [phyton]", 7, "`phyton` is no known language; did you mean `python`?"),
        ("languages: [qqqqqq]", 7, "`qqqqqq` is no known language"),
        ("languages: {a: b}", 7, "`languages` must be a list of texts, such as `[a, b]`"),
        ("paths: [1]", 7, "`paths` must be a list of texts, such as `[a, b]`"),
        (
            "languages: [go]\npattern: f($A)\npaths: ['*a*a*a*a*b']",
            9,
            "`paths` holds something that is no glob: it has too",
        ),
        ("languages: [go]\npattern: f($A)\npaths: ['!']", 9, "`paths` holds something that is no glob"),
        ("pattern: f($A)", 7, "a pattern needs `languages`: it is written in one"),
        ("languages: [go]\npattern: [a]", 8, "`pattern` must be code such as `print($$$)`, or an ast-grep rule"),
        ("languages: [go]\npattern: {a: 2020-01-01}", 8, "`pattern` holds what ast-grep cannot read"),
        ("a: [", 8, "invalid YAML: "),
        ("a: " + "x" * 20_000, 7, "it is longer than 20000 characters"),
        ("a: \x01", 7, "invalid YAML: "),
        ("[" * 3000, 7, "YAML nests deeper than 50 levels"),
        ("- " * 3000, 7, "YAML nests deeper than 50 levels"),
        ("severity: note\na: b: c", 8, "invalid YAML: mapping values are not allowed"),
        ("a: &x [1]\nb: [*x, *x]", 8, "YAML aliases (`*name`) are not read here"),
        (
            "severity: note\nlanguages: [go]\nseverity: error",
            9,
            "`severity` stands here a second time: only one can hold",
        ),
        (
            "languages: [go]\npattern:\n  any:\n  - has: {kind: x}\n    has: {kind: y}",
            11,
            "`has` stands here a second time",
        ),
        ("- a", 7, "expected `key: value` lines, such as `languages: [python]`"),
        ("", 7, "expected `key: value` lines, such as `languages: [python]`"),
    ],
)
def test_a_broken_rule_is_left_out_and_said_with_its_line(block, line, why):
    text = BLOCK.replace("{}", block)
    assert ids(text) == ["b"]
    [problem] = problems(text)
    assert problem.startswith(f"best_practices.md:{line}: rule “A” is left out: {why}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## \nx\n\n## A\ny\n", "1: a heading without text names no rule; it is left out with what stands below it"),
        (
            "## A {#no id}\nx\n\n## B\ny",
            "1: rule “A” is left out: `no id` is no id (letters, digits, `-`, `_`, `.`, `/`)",
        ),
        ("## A\n-\n- b\n", "2: an empty list item states no rule"),
        ("just text", "1: this file states no rule: a rule is a heading with text below it, or a list item"),
        ("a\0b", "1: this file is not text, so none of its rules is read"),
        (
            "---\nseverity: note\nseverity: error\n---\n## A\nx",
            "3: the front matter is not used: `severity` stands here a second time: only one can hold",
        ),
        ("---\nseverity: a: b\n---\n## A\nx", "2: the front matter is not used: invalid YAML: "),
    ],
)
def test_what_states_no_rule_is_said_with_its_line(text, expected):
    [problem] = problems(text)
    assert problem.startswith(f"best_practices.md:{expected}")


def test_a_second_rule_block_is_said_and_not_read():
    block = "```yaml rule\nseverity: {}\n```\n"
    text = "## A\n" + block.format("error") + block.format("note")
    assert parsed(text).rules[0].severity is Severity.ERROR
    assert problems(text) == ["best_practices.md:5: rule “A” has a second `yaml rule` block; only the first is read"]


def test_an_empty_file_has_no_rules_and_no_problems():
    assert parsed("") == parsed(" \n") == ParsedRules(())


def test_a_file_that_is_too_long_is_not_read():
    assert problems("- a\n" * MAX_CHARACTERS) == [
        "best_practices.md:1: this file is longer than 200000 characters, so none of its rules is read"
    ]


def test_a_billion_laughs_cost_nothing():
    laughs = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    text = BLOCK.replace("{}", f"a0: &a0 [x]\n{laughs}\npattern: *a11")
    start = time.process_time()
    assert ids(text) == ["b"]
    assert time.process_time() - start < 2


@given(st.lists(st.sampled_from([*"-#`~ \n\r\f>*{}[]:|", "---\n", "```yaml rule\n", "severity: ", "## A {#a}\n", "x"])))
def test_no_text_is_too_strange(pieces):
    text = "".join(pieces)
    result = parsed(text)
    last = text.count("\n") + 1
    assert all(1 <= rule.source.line <= last for rule in result.rules)
    assert all(1 <= problem.line <= last + 1 for problem in result.problems)
    assert len({rule.id for rule in result.rules}) == len(result.rules)
