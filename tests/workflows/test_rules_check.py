"""Patterns are run on examples; two rules contradict each other only where both can hold for one file."""

import pytest

from pr_reviewer.model.rules import Level, RuleFile
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.rules.parse import parse_rules
from pr_reviewer.workflows.rules_check import check_levels

ROOT = RuleFile(Level.REPOSITORY, "repository", "best_practices.md")
PACK = RuleFile(Level.PACK, "pack core", "core.md")
OFF = "## Off {#no-print}\n\n```yaml rule\nenforcement: off\nreason: a tool\n```\n"


def folder(name):
    return RuleFile(Level.DIRECTORY, f"{name}/", f"{name}/best_practices.md", name)


def forbids(code, languages="python", bad='print("x")', good='log.info("x")', fence="python", extra=""):
    options = f"```yaml rule\nlanguages: [{languages}]\n{extra}pattern: {code}\n```"
    return (
        f"## Rule {{#no-print}}\n\nWhy.\n\n{options}\n\n### Bad\n\n```{fence}\n{bad}\n```\n"
        f"\n### Good\n\n```{fence}\n{good}\n```\n"
    )


def shows(good, id_="print-it", options=""):
    return f"## Shown {{#{id_}}}\n\nWhy.\n{options}\n### Good\n\n```python\n{good}\n```\n"


async def said(*files, checked=None, paths=()):
    parsed = [parse_rules(text, file) for file, text in files]
    texts = {file.path: text for file, text in files if checked is None or file is checked}
    async with PatternWorker(seconds=30) as worker:
        found = await check_levels(parsed, paths, texts, worker)
    return [(each.code, f"{each.path}:{each.line}", each.is_error) for each in found]


async def test_a_rule_that_hits_its_bad_and_no_good_example_is_fine():
    assert await said((ROOT, forbids("print($$$)"))) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (forbids("puts($$$)"), [("failed-example", 12)]),
        (forbids("$F($$$)"), [("failed-example", 18)]),
        (forbids("print($$$)", fence="go"), [("failed-example", 12), ("failed-example", 18)]),
        (forbids("SELECT", languages="sql", fence="sql"), [("pattern-language", 7)]),
        (forbids("{kind: nope}"), [("broken-pattern", 7)]),
        (forbids("{regex: '('}"), [("broken-pattern", 7)]),
        (forbids("print($$$)", languages="python, sql"), [("pattern-language", 7)]),
        (forbids("print($$$)", languages="typescript", fence="tsx"), []),
    ],
)
async def test_what_is_wrong_with_a_pattern_is_said_on_its_line(rule, expected):
    found = await said((ROOT, rule))
    assert found == [(code, f"best_practices.md:{line}", True) for code, line in expected]


async def test_a_bad_example_that_does_not_parse_is_told_so():
    text = forbids("print($$$)", bad="def (:\n  puts")
    async with PatternWorker(seconds=30) as worker:
        (found,) = await check_levels([parse_rules(text, ROOT)], (), {ROOT.path: text}, worker)
    assert found.text == "this Bad example of rule `no-print` is not hit by its pattern (it does not parse)"


@pytest.mark.parametrize(
    ("first", "second", "is_contradiction"),
    [
        ((ROOT, forbids("print($$$)")), (folder("a"), shows("print(1)")), True),
        ((folder("a"), forbids("print($$$)")), (ROOT, shows("print(1)")), True),
        ((folder("a"), forbids("print($$$)")), (folder("ab"), shows("print(1)")), False),
        ((folder("a"), forbids("print($$$)")), (folder("a/b"), shows("print(1)")), True),
        ((PACK, forbids("print($$$)")), (ROOT, shows("print(1)") + OFF), False),
        ((PACK, forbids("print($$$)")), (ROOT, shows("print(1)", "no-print")), False),
        ((ROOT, forbids("print($$$)")), (folder("a"), shows("f(1)")), False),
        ((ROOT, forbids("print($$$)", languages="ruby", fence="ruby")), (folder("a"), shows("print(1)")), False),
        (
            (ROOT, forbids("print($$$)", extra="paths: [src/**]\n")),
            (folder("a"), shows("print(1)", options="\n```yaml rule\npaths: [lib/**]\n```\n")),
            False,
        ),
    ],
)
async def test_rules_contradict_only_where_both_can_hold(first, second, is_contradiction):
    found = await said(first, second)
    assert any(code == "contradiction" for code, *_ in found) is is_contradiction


async def test_a_contradiction_with_a_rule_that_is_not_checked_is_said_where_somebody_looks():
    good, bad = (PACK, shows("print(1)")), (ROOT, forbids("print($$$)"))
    assert await said(good, bad, checked=ROOT) == [("contradiction", "best_practices.md:1", True)]
    assert await said((PACK, forbids("print($$$)")), (ROOT, shows("print(1)")), checked=ROOT) == [
        ("contradiction", "best_practices.md:7", True)
    ]


async def test_what_is_wrong_elsewhere_is_not_said():
    assert await said((PACK, forbids("puts($$$)")), (ROOT, shows("f(1)")), checked=ROOT) == []


async def test_an_example_that_no_pattern_could_be_run_on_is_said():
    text = forbids("print($$$)")
    async with PatternWorker(seconds=30, max_characters=5) as worker:
        first, _ = await check_levels([parse_rules(text, ROOT)], (), {ROOT.path: text}, worker)
    assert (first.code, first.line) == ("failed-example", 12)
    assert "cannot be checked: it is too long" in first.text
