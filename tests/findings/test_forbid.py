"""No suggestion against the team's rules."""

import pytest

from pr_reviewer.findings.forbid import Answers, missing_checks, new_hits, read_checks
from pr_reviewer.findings.suggest import Proposal
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.code import PatternHit
from tests.findings.builders import check, placed, reply, verdict

HEAD = "a\nold(1)\nold(2)\nb\nc\n"


def hit(first, last=None, rule_id="r"):
    return PatternHit(rule_id, LineRange(first, last or first))


def added(before, after, *, text="new(1)", lines=(2, 3)):
    """The new hits where lines 2 to 3 of the head become the text."""
    old = HEAD.split("\n")
    new = [*old[: lines[0] - 1], *text.split("\n"), *old[lines[1] :]]
    finding = placed("\n".join(old[lines[0] - 1 : lines[1]]), lines[0], suggestion=text)
    proposal = Proposal(finding, "\n".join(new), text.count("\n") + 1)
    return new_hits(proposal, HEAD, before, after)


def test_a_hit_that_the_head_has_not_is_new():
    assert added([], [hit(2)]) == (hit(2),)
    assert added([hit(2)], [hit(2, rule_id="other")]) == (hit(2, rule_id="other"),)


def test_hits_elsewhere_may_move_with_the_lines():
    assert added([hit(1), hit(4), hit(5)], [hit(1), hit(3), hit(4)]) == ()
    assert added([hit(1), hit(4)], [hit(1), hit(4)]) == (hit(4),)


def test_a_hit_around_the_replaced_lines_is_the_same_hit():
    assert added([hit(1, 4)], [hit(1, 3)]) == ()
    assert added([hit(1, 2)], [hit(1, 2)]) == ()
    assert added([hit(1, 2)], [hit(1, 3)]) == (hit(1, 3),)


def test_a_hit_within_the_replaced_lines_stays_the_same_with_its_own_lines_only():
    assert added([hit(3)], [hit(2)], text="  old( 2 )\nelse_()") == ()
    assert added([hit(3)], [hit(2)], text="old(3)") == (hit(2),)


def test_two_hits_where_one_was_are_one_more():
    assert added([hit(2)], [hit(2), hit(3)], text="old(1)\nold(1)") == (hit(3),)


def test_a_removal_leaves_nothing_within():
    finding = placed("old(1)\nold(2)", 2, suggestion="")
    proposal = Proposal(finding, "a\nb\nc\n", 0)
    assert new_hits(proposal, HEAD, [hit(2), hit(4)], [hit(2)]) == ()
    assert new_hits(proposal, HEAD, [hit(2)], [hit(1, 2)]) == (hit(1, 2),)


ASKED = (("one", "two"), (), ("one",))


def test_every_rule_of_every_suggestion_is_answered_for():
    answer = reply(checks=[check(1, "one"), check(1, "two", "breaks", "It\n prints."), check(3, "`one`")])
    assert missing_checks(answer, ASKED) is None
    first, second, third = read_checks(answer, ASKED)
    assert first == Answers(frozenset({"one"}), (("two", "It prints."),))
    assert (second, third) == (Answers(), Answers(frozenset({"one"})))


def test_a_missing_answer_is_asked_for_and_never_a_yes():
    answer = reply(checks=[check(1, "two"), check(2, "one"), check(9, "one"), check(3, "three")])
    assert missing_checks(answer, ASKED) == (
        "The suggestion of candidate 1 is not checked against `one`. "
        "The suggestion of candidate 3 is not checked against `one`."
    )
    assert [each.answered for each in read_checks(answer, ASKED)] == [{"two"}, frozenset(), frozenset()]


def test_answers_that_contradict_each_other_are_none():
    answer = reply(checks=[check(1, "one"), check(1, "one", "breaks")])
    assert missing_checks(answer, [("one",)]) == "The suggestion of candidate 1 is not checked against `one`."
    assert read_checks(answer, [("one",)]) == (Answers(),)


def test_the_same_answer_twice_counts_once():
    answer = reply(checks=[check(1, "one", "breaks", "First."), check(1, "one", "breaks", "Again.")])
    assert read_checks(answer, [("one",)]) == (Answers(broken=(("one", "First."),)),)


@pytest.mark.parametrize(("word", "is_missing"), [("reject", False), ("confirm", True), ("lower", True)])
def test_a_rejected_candidate_needs_no_answers(word, is_missing):
    assert (missing_checks(reply(verdicts=[verdict(1, word)]), [("one",)]) is not None) is is_missing


def test_answers_of_several_calls_are_joined():
    both = Answers(frozenset({"a"})).joined(Answers(frozenset({"b"}), (("c", "no"),)))
    assert (both.answered, both.broken) == ({"a", "b", "c"}, (("c", "no"),))
