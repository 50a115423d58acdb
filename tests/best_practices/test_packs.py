"""Every shipped rule says why, names its sources, and its pattern hits each Bad example and no Good one."""

import re
from collections import Counter

import pytest

from pr_reviewer.model.rules import Level, Rule, RuleCategory, RuleFile
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.resources import data_text, list_data
from pr_reviewer.rules.parse import parse_rules

PACKS = {
    path: parse_rules(data_text(path), RuleFile(Level.PACK, f"pack {path.split('/')[1]}", path))
    for path in list_data("best_practices")
}
RULES = [rule for parsed in PACKS.values() for rule in parsed.rules]
OPT_IN = [rule for rule in RULES if rule.source.origin != "pack core"]
PREFIXES = {"pack python": "python-", "pack javascript": "js-", "pack go": "go-", "pack security": "sec-"}
SUFFIXES = {"python": "py", "javascript": "js", "typescript": "ts", "tsx": "tsx", "go": "go"}


def test_every_pack_reads_without_a_problem():
    assert [str(problem) for parsed in PACKS.values() for problem in parsed.problems] == []


def test_no_two_rules_share_an_id():
    assert [id_ for id_, count in Counter(rule.id for rule in RULES).items() if count > 1] == []


def test_the_first_pack_covers_python_javascript_and_go():
    core = [rule for rule in RULES if rule.source.origin == "pack core"]
    assert len(core) >= 36
    assert all(rule.pattern for rule in core)
    assert {language for rule in core for language in rule.languages} == {"python", "javascript", "typescript", "go"}


def test_the_packs_beside_it_have_rules_for_code_and_rules_for_judgement():
    patterns = [rule for rule in OPT_IN if rule.pattern]
    assert len(patterns) >= 24
    assert len(OPT_IN) - len(patterns) >= 8


@pytest.mark.parametrize("rule", OPT_IN, ids=lambda rule: rule.id)
def test_an_id_says_which_pack_it_is_of(rule):
    assert rule.id.startswith(PREFIXES[rule.source.origin])


@pytest.mark.parametrize("rule", OPT_IN, ids=lambda rule: rule.id)
def test_the_security_pack_alone_is_about_security(rule):
    assert (rule.category is RuleCategory.SECURITY) == (rule.source.origin == "pack security")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_why_names_its_sources_and_shows_both_sides(rule):
    why = rule.text.partition("\n\n")[0]
    assert 40 < len(why) < (400 if rule.pattern else 480)
    assert len(rule.title) <= 80
    assert re.search(r"^Sources: \[.+\]\(https://", rule.text, re.MULTILINE)
    assert {example.is_bad for example in rule.examples} == {True, False}


@pytest.mark.parametrize("rule", [rule for rule in RULES if "security" in rule.source.path], ids=lambda rule: rule.id)
def test_a_security_rule_names_its_weakness(rule):
    assert re.search(r"\[CWE-(\d+)\]\(https://cwe\.mitre\.org/data/definitions/\1\.html\)", rule.text)


def _files(rule: Rule) -> list[tuple[str, str, bool, int]]:
    """Path, code, whether it must be hit, and line of each example, in each language that it is written in."""
    stem = "a_test" if "*_test.go" in rule.paths else "a"
    return [
        (f"{stem}.{SUFFIXES[language]}", example.code, example.is_bad, example.line)
        for example in rule.examples
        for language in (
            (rule.languages or ("javascript",)) if example.language == "javascript" else (example.language,)
        )
    ]


@pytest.mark.parametrize("source", sorted(PACKS))
async def test_a_pattern_hits_every_bad_example_and_no_good_one(source):
    wrong: list[str] = []
    async with PatternWorker(seconds=20) as worker:
        for rule in [rule for rule in PACKS[source].rules if rule.pattern]:
            for path, code, is_bad, line in _files(rule):
                result = await worker.matches({path: code}, [rule])
                assert result.problems == ()
                if bool(result.hits[path]) is not is_bad:
                    wrong.append(f"{source}:{line}: {rule.id} on {path}")
    assert wrong == []


async def test_what_one_rule_shows_as_good_breaks_no_other():
    goods = {
        f"{rule.id}/{line}/{path}": code for rule in RULES for path, code, is_bad, line in _files(rule) if not is_bad
    }
    async with PatternWorker(seconds=20) as worker:
        result = await worker.matches(goods, RULES)
    assert {path: [hit.rule_id for hit in hits] for path, hits in result.hits.items() if hits} == {}


@pytest.mark.parametrize("source", sorted(PACKS))
async def test_every_example_parses(source):
    files = {f"{rule.id}-{line}-{path}": code for rule in PACKS[source].rules for path, code, _, line in _files(rule)}
    async with PatternWorker(seconds=20) as worker:
        assert set((await worker.syntax_errors(files)).values()) == {()}
