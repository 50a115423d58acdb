"""Which suggestions are offered, in which order, and under which names."""

from dataclasses import replace

from pr_reviewer.findings.offers import OVERLAPS, by_impact, keep_apart, offer_of, select_offers
from pr_reviewer.model.findings import Confidence, Severity
from pr_reviewer.model.improvements import Idea, Impact, Theme
from tests.findings.builders import placed


def offer(first=1, lines=1, *, name="", severity=Severity.WARNING, suggestion="y = 2", path="app.py", **fields):
    quote = "\n".join(f"x = {number}" for number in range(lines))
    where = placed(quote, first, severity=severity, suggestion=suggestion, path=path, **fields)
    return offer_of(where, Idea(where.finding, Theme.SIMPLICITY, name, (suggestion,)))


def test_the_same_suggestion_has_the_same_name_whatever_its_spaces_and_words():
    one = offer(suggestion="if x:\n    y = 2")
    assert offer(suggestion="if x:\n\n\ty  =  2\n", title="In other words", severity=Severity.NOTE).name == one.name
    assert one.name.startswith("s1:")


def test_another_suggestion_or_another_place_has_another_name():
    names = {
        offer().name,
        offer(suggestion="y = 3").name,
        offer(2).name,
        offer(path="b.py").name,
        offer(suggestion="").name,
    }
    assert len(names) == 5


def test_offers_are_ranked_by_impact_then_by_confidence_then_by_place():
    low, high = offer(1, severity=Severity.NOTE), offer(9, severity=Severity.ERROR)
    sure, unsure = offer(7, confidence=Confidence.HIGH), offer(2, confidence=Confidence.LOW)
    other = offer(7, path="a.py", confidence=Confidence.HIGH)
    assert by_impact([low, unsure, sure, other, high]) == (high, other, sure, unsure, low)
    assert [each.impact for each in (high, sure, low)] == [Impact.HIGH, Impact.MEDIUM, Impact.LOW]


def test_of_suggestions_for_the_same_lines_the_best_stays():
    small, large = offer(2, severity=Severity.NOTE), offer(1, 3, severity=Severity.ERROR)
    elsewhere = offer(2, path="b.py")
    apart = keep_apart([small, large, elsewhere])
    assert apart.offers == (large, elsewhere)
    assert [(each.placed, each.why) for each in apart.withheld] == [(small.placed, OVERLAPS)]


def test_the_best_are_offered_and_the_rest_is_folded():
    offers = [offer(number, severity=Severity.NOTE if number < 4 else Severity.ERROR) for number in range(1, 7)]
    selection = select_offers(offers, 4)
    assert selection.offers == (*offers[3:], offers[0])
    assert selection.folded == (offers[1], offers[2])


def test_those_of_one_idea_stand_beside_each_other():
    first = offer(1, severity=Severity.ERROR, name="Same  idea")
    between = offer(3, severity=Severity.ERROR)
    second = offer(5, severity=Severity.NOTE, name="same idea")
    selection = select_offers([between, second, first], 9)
    assert selection.offers == (first, second, between)
    assert first.key == second.key
    assert replace(first, idea="").key == first.name
