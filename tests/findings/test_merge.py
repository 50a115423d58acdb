import time
from itertools import permutations

import pytest

from pr_reviewer.findings.merge import is_alike, merge, merge_unplaced
from pr_reviewer.model.changes import Side
from pr_reviewer.model.findings import Category, Confidence, Dropped, Misplaced, Placed, Severity, Unplaced
from tests.findings.builders import by_code, finding, placed


def test_the_same_finding_eight_times_is_said_once():
    claims = [placed()] * 8
    result = merge(claims)
    assert result.placed == (claims[0],)
    assert result.dropped == (Dropped(claims[0].finding, "said once already: Wrong value"),) * 7


def test_the_same_fingerprint_is_the_same_defect_whatever_it_is_called():
    one = placed(fingerprint="v1:x", title="Off by one")
    other = placed(fingerprint="v1:x", title="Missing lock", category=Category.CONCURRENCY, first=90)
    assert merge([one, other]).placed == (one,)


@pytest.mark.parametrize(
    "other",
    [
        {"quote": "x = 1\ny = 2"},
        {"quote": "x = 1\ny = 2\nz = 3", "title": "The wrong value"},
        {"category": Category.CONTRACT, "title": "wrong VALUE", "message": "?"},
        {"category": Category.CONTRACT, "title": "?", "message": "x never is 1"},
        {"category": Category.SYNTAX},
    ],
)
def test_overlapping_findings_about_one_defect_merge(other):
    fields = {"quote": "x = 1", "title": "Different words", "message": "Entirely else.", **other}
    assert len(merge([placed("x = 1", fingerprint="v1:a"), placed(**fields, fingerprint="v1:b")]).placed) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"first": 2},
        {"path": "b.py"},
        {"side": Side.OLD},
        {"category": Category.SECURITY, "title": "Injection", "message": "The name reaches the shell."},
        {"quote": "x = 1\n\n\n\n", "title": "Injection", "message": "The name reaches the shell."},
    ],
)
def test_other_defects_stay(other):
    claims = [placed("x = 1", fingerprint="v1:a"), placed(**{"quote": "x = 1", **other}, fingerprint="v1:b")]
    assert merge(claims).placed == tuple(claims)


def test_two_rules_are_two_findings():
    claims = [placed(rule_id="py/eval"), placed(rule_id="py/exec")]
    assert merge(claims).placed == tuple(claims)


@pytest.mark.parametrize("fields", [by_code(), {}], ids=["a pattern's", "a model's"])
def test_what_is_said_of_a_comment_that_silences_is_no_rules_finding(fields):
    note = placed(title="Without a reason", **(by_code() | {"category": Category.RULE}))
    ruled = placed(**(fields | {"category": Category.RULE}), rule_id="py/eval")
    assert merge([note, ruled]).placed == (note, ruled)
    assert merge([note, note]).placed == (note,)


def test_a_rule_and_no_rule_can_be_one_defect():
    ruled = placed(rule_id="py/eval")
    assert merge([placed(), ruled]).placed == (ruled,)


BEST = [
    placed(title="a", fingerprint="v1:x", severity=Severity.NOTE, **by_code()),
    placed(title="b", fingerprint="v1:x", severity=Severity.ERROR),
    placed(title="c", fingerprint="v1:x", suggestion="x = 2"),
    placed(title="d", fingerprint="v1:x", rule_id="r"),
    placed(title="e", fingerprint="v1:x", confidence=Confidence.HIGH),
    placed(title="f", fingerprint="v1:x"),
]


@pytest.mark.parametrize("at", range(5))
def test_of_one_defect_the_certain_the_severe_and_the_useful_finding_is_kept(at):
    for order in permutations(BEST[at : at + 3]):
        assert merge(order).placed == (BEST[at],)


def test_what_is_kept_stands_where_the_defect_was_first_said():
    first, other = placed(title="a", fingerprint="v1:x"), placed(quote="y()", first=50)
    better = placed(title="b", fingerprint="v1:x", severity=Severity.ERROR)
    assert merge([first, other, better]).placed == (better, other)


def test_findings_without_a_place_are_said_once_too():
    claims = [Unplaced(finding("nowhere()"), Misplaced.QUOTE_NOT_FOUND)] * 8
    result = merge_unplaced(claims)
    assert result.unplaced == (claims[0],)
    assert result.dropped == (Dropped(claims[0].finding, "said once already: Wrong value"),) * 7


def test_a_finding_without_a_place_is_dropped_where_a_placed_one_says_it():
    lost = Unplaced(finding("nowhere()"), Misplaced.QUOTE_NOT_FOUND)
    assert merge_unplaced([lost], [placed()]).unplaced == ()
    assert merge_unplaced([lost], [placed(path="b.py")]).unplaced == (lost,)
    assert merge_unplaced([lost], [placed(title="Race", message="Two threads meet.")]).unplaced == (lost,)


def test_findings_without_a_place_about_two_rules_stay():
    lost = [Unplaced(finding("x", rule_id=rule), Misplaced.QUOTE_NOT_FOUND) for rule in ("a", "b")]
    assert merge_unplaced(lost).unplaced == tuple(lost)


def test_kindred_findings_can_be_one_defect():
    assert is_alike(finding(category=Category.SECRET), finding(category=Category.SECURITY, title="?", message="?"))
    assert not is_alike(finding(), finding(category=Category.CONCURRENCY, title="Race", message="Threads meet."))
    assert not is_alike(finding(rule_id="a"), finding(rule_id="b"))


def test_texts_without_words_say_nothing_alike():
    claims = [
        placed(title="—", message="…", fingerprint="v1:a"),
        placed(title="…", message="—", fingerprint="v1:b", category=Category.SECURITY),
    ]
    assert merge(claims).placed == tuple(claims)


def test_thousands_of_findings_in_one_file_merge_quickly():
    claims: list[Placed] = [placed(f"x{number} = 1", number) for number in range(1, 5_000)]
    start = time.process_time()
    assert len(merge(claims).placed) == len(claims)
    assert time.process_time() - start < 2
