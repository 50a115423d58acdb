import pytest

from pr_reviewer.findings.replies import ConsolidateReply
from pr_reviewer.findings.select import Selection, consolidate, select, worst_first
from pr_reviewer.model.findings import Category, Confidence, Severity
from tests.findings.builders import by_code, placed

A = placed(title="A", severity=Severity.ERROR)
B = placed(title="B", first=2)
C = placed(title="C", first=3)
D = placed(title="D", first=4)
E = placed(title="E", first=5, severity=Severity.NOTE)


def titles(each):
    return "".join(one.finding.title for one in each)


def test_the_worst_comes_first():
    ordered = [
        placed(severity=Severity.ERROR, confidence=Confidence.LOW),
        placed(confidence=Confidence.HIGH, category=Category.PERFORMANCE),
        placed(),
        placed(category=Category.SECURITY),
        placed(category=Category.SECURITY, path="b.py"),
        placed(category=Category.SECURITY, path="b.py", first=2),
        placed(severity=Severity.NOTE, confidence=Confidence.HIGH),
    ]
    assert worst_first(reversed(ordered)) == tuple(ordered)


def test_what_is_beyond_the_cap_is_folded_not_lost():
    assert select([E, B, A, C], 2) == Selection((A, B), (C, E))
    assert select([A], 3) == Selection((A,), ())
    assert select([A], 0) == Selection((), (A,))


def consolidated(*, groups=(), order=(), claims=(A, B, C, D, E)):
    answer = ConsolidateReply.model_validate({"reasoning": "", "groups": list(groups), "order": list(order)})
    result = consolidate(claims, answer)
    return titles(result.placed), titles(result.dropped)


def test_without_an_answer_code_orders():
    assert titles(consolidate([E, C, A], None).placed) == "ACE"


def test_the_model_orders_what_is_equally_severe():
    assert consolidated(order=[5, 4, 3, 2, 1]) == ("ADCBE", "")


@pytest.mark.parametrize("order", [[], [1, 2], [1, 1, 2, 3, 4], [5, 4, 3, 2, 0], [5, 4, 3, 2, 1, 6]])
def test_an_order_that_is_none_is_ignored(order):
    assert consolidated(order=order) == ("ABCDE", "")


def test_findings_of_one_defect_merge_over_files():
    assert consolidated(groups=[[4, 2]]) == ("ABCE", "D")
    assert consolidated(groups=[[2, 4], [3, 5]]) == ("ABC", "DE")


@pytest.mark.parametrize("groups", [[[2]], [[2, 2]], [[2, 99]], [[0, -1, 2]], [[2, 3], [3, 4]], [[]]])
def test_groups_that_are_none_are_ignored(groups):
    assert consolidated(groups=groups) == ("ABCDE", "")


def test_what_cannot_be_one_defect_stays_apart():
    race = placed(title="R", message="Two threads meet.", first=9, category=Category.CONCURRENCY)
    assert consolidated(groups=[[1, 2, 3]], claims=[B, C, race]) == ("BR", "C")


def test_whoever_joins_a_group_is_like_all_of_it():
    one = placed(title="Wrong value", message="?")
    both = placed(title="Wrong value", message="!", first=2, category=Category.SECURITY)
    other = placed(title="Injection", message="…", first=3, category=Category.SECURITY)
    assert consolidated(groups=[[1, 2, 3]], claims=[one, both, other]) == ("Wrong valueInjection", "Wrong value")


def test_what_code_found_is_never_dropped_on_a_models_word():
    certain = [placed(title=title, first=at, **by_code()) for at, title in enumerate("XY", start=1)]
    assert consolidated(groups=[[1, 2, 3]], claims=[*certain, B]) == ("XY", "B")
