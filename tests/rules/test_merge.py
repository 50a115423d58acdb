"""Files of all levels become one book: a nearer file amends, no id stands twice, and nothing goes unsaid."""

import json

from pr_reviewer.model.findings import Severity
from pr_reviewer.model.rules import Enforcement, Level, RuleCategory, Standing, Status, Unread
from pr_reviewer.rules.book import assemble
from pr_reviewer.rules.parse import parse_rules
from tests.rules.builders import rule_file

PRINT = """\
## No print {#no-print}
It is lost.

```yaml rule
languages: [python]
severity: note
pattern: print($$$)
category: style
```
### Bad
```python
print(1)
```
"""


def amendment(id_, *lines):
    return "\n".join([f"## Here {{#{id_}}}", "```yaml rule", *lines, "```", ""])


def book(*texts_and_files, **fields):
    return assemble([parse_rules(text, file) for text, file in texts_and_files], **fields)


def told(book):
    return [str(problem) for problem in book.problems]


def test_a_nearer_file_switches_a_rule_off_without_copying_it():
    off = amendment("no-print", "enforcement: off", "reason: a command line prints")
    result = book((PRINT, rule_file(Level.PACK, "core.md")), (off, rule_file(folder="tools")))

    assert [rule.id for rule in result.governing("x.py", "python")] == ["no-print"]
    assert result.governing("tools/x.py", "python") == ()
    [rule] = result.switched_off("tools/x.py")
    assert (rule.reason, rule.text, rule.title) == ("a command line prints", "It is lost.", "No print")
    assert (rule.source.path, rule.source.line) == ("tools/best_practices.md", 1)
    assert rule.outer is not None
    assert (rule.outer.path, rule.outer.line) == ("core.md", 1)


def test_an_amendment_changes_what_it_says_and_keeps_all_else():
    front = "---\nlanguages: [go]\nseverity: warning\n---\n"
    text = front + amendment("no-print", "enforcement: required", "paths: [src/**]")
    result = book((PRINT, rule_file(Level.PACK)), (text, rule_file()))

    [rule] = result.governing("src/x.py", "python")
    assert (rule.enforcement, rule.severity, rule.paths) == (Enforcement.REQUIRED, Severity.ERROR, ("src/**",))
    assert (rule.languages, rule.pattern) == (("python",), json.dumps({"pattern": "print($$$)"}))
    assert (rule.category, len(rule.examples)) == (RuleCategory.STYLE, 1)


def test_an_amendment_may_leave_the_enforcement_alone():
    text = amendment("no-print", "severity: error")
    required = PRINT.replace("category:", "enforcement: required\nreason: the auditors ask\ncategory:")
    [rule] = book((required, rule_file(Level.PACK)), (text, rule_file())).governing("x.py", "python")
    assert (rule.enforcement, rule.severity, rule.reason) == (Enforcement.REQUIRED, Severity.ERROR, "the auditors ask")


def test_amendments_build_on_one_another_from_the_outside_in():
    required = amendment("no-print", "enforcement: required")
    off = amendment("no-print", "enforcement: off", "reason: old code")
    on = amendment("no-print", "enforcement: advisory")
    files = [
        (on, rule_file(folder="a/b/c")),
        (off, rule_file(folder="a/b")),
        (PRINT, rule_file(Level.PACK)),
        (required, rule_file(Level.ORGANISATION)),
    ]
    result = book(*files)

    def kept(path):
        rule = result.rule_for(path, "no-print")
        return rule.enforcement, rule.severity, rule.reason, rule.outer.origin

    assert kept("x.py") == (Enforcement.REQUIRED, Severity.ERROR, "", "pack core")
    assert kept("a/b/x.py") == (Enforcement.OFF, Severity.NOTE, "old code", "pack core")
    assert kept("a/b/c/x.py") == (Enforcement.ADVISORY, Severity.NOTE, "", "pack core")


def test_an_amendment_reaches_a_rule_of_another_file_of_its_own_level():
    off = amendment("no-print", "enforcement: off", "reason: noisy")
    result = book((PRINT, rule_file(path="best_practices/a.md")), (off, rule_file()))

    assert [rule.enforcement for rule in result.rules] == [Enforcement.OFF]


def test_an_amendment_does_not_reach_into_other_folders():
    off = amendment("no-print", "enforcement: off", "reason: noisy")
    result = book((PRINT, rule_file(folder="a")), (off, rule_file(folder="ab")), (off, rule_file()))

    assert [rule.enforcement for rule in result.rules] == [Enforcement.ADVISORY]
    elsewhere = "here: it stands at a/best_practices.md:1, for another folder"
    assert told(result) == [
        "best_practices.md:1: there is no rule `no-print` to switch off",
        f"ab/best_practices.md:1: there is no rule `no-print` to switch off {elsewhere}",
    ]


def test_an_amendment_without_an_outer_rule_names_the_nearest():
    text = "x\n\n" + amendment("no-prnt", "severity: error")
    result = book((PRINT, rule_file(Level.PACK)), (text, rule_file()))

    assert told(result) == ["best_practices.md:3: there is no rule `no-prnt` to amend; did you mean `no-print`?"]
    assert [problem.code for problem in result.problems] == ["unknown-rule"]


def test_who_says_nothing_of_enforcement_has_the_setting():
    text = "## A\nx\n\n## B\ny\n```yaml rule\nenforcement: advisory\n```\n"
    result = book((text, rule_file()), default_enforcement=Enforcement.REQUIRED)

    assert [(rule.id, rule.enforcement, rule.severity) for rule in result.rules] == [
        ("a", Enforcement.REQUIRED, Severity.ERROR),
        ("b", Enforcement.ADVISORY, Severity.WARNING),
    ]


def test_the_setting_off_switches_every_rule_off():
    text = "## A\nx\n\n## B\ny\n```yaml rule\nenforcement: required\n```\n"
    text += "## C\ny\n```yaml rule\nenforcement: off\nreason: mine\n```\n"
    result = book((text, rule_file()), default_enforcement=Enforcement.OFF)

    setting = "the setting `rules.enforcement` is `off`"
    assert [rule.reason for rule in result.switched_off("x.py")] == [setting, setting, "mine"]
    assert result.governing("x.py", "python") == ()


def test_an_id_written_twice_on_one_level_is_the_first_files():
    first, second = rule_file(), rule_file(path="best_practices/go.md")
    result = book(("## A {#x}\na\n", first), ("\n## B {#x}\nb\n", second), ("## C {#x}\nc\n", rule_file(folder="f")))

    assert [rule.title for rule in result.rules] == ["A", "C"]
    assert told(result) == [
        "best_practices/go.md:2: rule “B” is left out: best_practices.md:1 has a rule `x` already",
    ]
    assert [problem.code for problem in result.problems] == ["duplicate-id"]


def test_a_derived_id_gives_way_to_a_written_one_and_gets_a_number():
    files = [
        ("## Naming\na\n", rule_file()),
        ("## Naming\nb\n", rule_file(path="best_practices/b.md")),
        ("## Other {#naming}\nc\n", rule_file(path="best_practices/c.md")),
    ]
    assert [(rule.id, rule.text) for rule in book(*files).rules] == [
        ("naming-2", "a"),
        ("naming-3", "b"),
        ("naming", "c"),
    ]


def test_a_rule_that_another_file_says_too_is_left_out_and_said():
    result = book(("## Naming\na\n", rule_file()), ("\n## Naming\na\n", rule_file(path="best_practices/b.md")))

    assert [rule.id for rule in result.rules] == ["naming"]
    assert result.problems == ()
    assert [str(part) for part in result.left_out] == [
        "best_practices/b.md:2: “Naming” says what best_practices.md:1 says already"
    ]


def test_problems_and_what_was_not_read_go_into_the_book():
    unread = Unread("acme/.pr-reviewer", "the token cannot read it")
    standing = Standing(status=Status.DEPRECATED)
    result = book(("## \nx\n", rule_file(Level.ORGANISATION)), unread=[unread], standing=standing)

    assert result.unread == (unread,)
    assert result.standing == standing
    assert [(problem.origin, problem.code) for problem in result.problems] == [("acme/.pr-reviewer", "no-title")]
    assert book().standing == Standing()
