"""docs/packs.md says what the rule files, the last scan and the verdicts say."""

from benchmarks.false_alarms.hits import Hit, read_figures, read_results, read_verdicts
from benchmarks.false_alarms.page import PAGE, page
from tests.best_practices.test_packs import RULES


def test_the_page_has_the_tables_of_the_rule_files_and_of_the_last_scan():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run `python -m benchmarks.false_alarms.page`"


def test_the_page_names_every_rule():
    text = PAGE.read_text(encoding="utf-8")
    assert [rule.id for rule in RULES if f"| `{rule.id}` |" not in text] == []


def test_every_pattern_was_scanned_and_every_hit_was_judged():
    figures = read_figures()
    assert {figure.rule for figure in figures} == {rule.id for rule in RULES if rule.pattern}
    assert [figure for figure in figures if figure.judged != figure.hits] == []


def test_no_rule_that_hits_much_is_often_wrong():
    assert [figure for figure in read_figures() if figure.judged >= 10 and figure.false / figure.judged > 0.1] == []


def test_the_pack_that_is_on_for_everybody_is_seldom_wrong():
    core = {rule.id for rule in RULES if rule.source.origin == "pack core"}
    figures = [figure for figure in read_figures() if figure.rule in core]
    assert sum(figure.false for figure in figures) <= 0.1 * sum(figure.judged for figure in figures)
    assert [figure.rule for figure in figures if figure.false > 0.1 * figure.judged] == []


def test_a_verdict_is_about_a_hit_that_there_is():
    hits = {Hit(row["rule"], *place) for row in read_results()["rules"] for place in row["places"]}
    assert set(read_verdicts()) - hits == set()
