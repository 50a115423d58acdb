"""Every shipped rule says why, names its sources, and its pattern hits each Bad example and no Good one."""

import re

import pytest

from pr_reviewer.model.rules import Level, Rule, RuleFile
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.resources import data_text, list_data
from pr_reviewer.rules.parse import parse_rules

PACKS = {
    path: parse_rules(data_text(path), RuleFile(Level.PACK, "pack core", path)) for path in list_data("best_practices")
}
RULES = [rule for parsed in PACKS.values() for rule in parsed.rules]
SUFFIXES = {"python": "py", "javascript": "js", "typescript": "ts", "go": "go"}


@pytest.fixture(scope="module")
def by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in RULES}


def test_every_pack_reads_without_a_problem():
    assert [str(problem) for parsed in PACKS.values() for problem in parsed.problems] == []


def test_the_first_pack_covers_python_javascript_and_go(by_id):
    assert len(by_id) == len(RULES) >= 36
    assert {language for rule in RULES for language in rule.languages} == {"python", "javascript", "typescript", "go"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_why_names_its_sources_and_shows_both_sides(rule):
    why = rule.text.partition("\n\n")[0]
    assert 40 < len(why) < 400
    assert len(rule.title) <= 80
    assert re.search(r"^Sources: \[.+\]\(https://", rule.text, re.MULTILINE)
    assert rule.pattern is not None
    assert {example.is_bad for example in rule.examples} == {True, False}


def _files(rule: Rule) -> list[tuple[str, str, bool, int]]:
    """Path, code, whether it must be hit, and line of each example, in each language that it is written in."""
    stem = "a_test" if "*_test.go" in rule.paths else "a"
    return [
        (f"{stem}.{SUFFIXES[language]}", example.code, example.is_bad, example.line)
        for example in rule.examples
        for language in (rule.languages if example.language == "javascript" else (example.language,))
    ]


@pytest.mark.parametrize("source", sorted(PACKS))
async def test_a_pattern_hits_every_bad_example_and_no_good_one(source):
    wrong: list[str] = []
    async with PatternWorker(seconds=20) as worker:
        for rule in PACKS[source].rules:
            for path, code, is_bad, line in _files(rule):
                result = await worker.matches({path: code}, [rule])
                assert result.problems == ()
                if bool(result.hits[path]) is not is_bad:
                    wrong.append(f"{source}:{line}: {rule.id} on {path}")
    assert wrong == []


@pytest.mark.parametrize("source", sorted(PACKS))
async def test_every_example_parses(source):
    files = {f"{rule.id}-{line}-{path}": code for rule in PACKS[source].rules for path, code, _, line in _files(rule)}
    async with PatternWorker(seconds=20) as worker:
        assert set((await worker.syntax_errors(files)).values()) == {()}
