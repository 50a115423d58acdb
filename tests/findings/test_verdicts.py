import pytest

from pr_reviewer.findings.verdicts import apply_verdicts, leave_unverified, missing_verdicts, needs_verdict
from pr_reviewer.model.findings import Confidence, Dropped, Severity
from tests.findings.builders import by_code, placed, reply, verdict

SHOWN = """### app.py
@@ def f():
10  def f(arg):
old 11 -    x = arg
11 +    x = compute(1)
12 +    if x:
13      return x
\tplain(context)
}
"""
ONE = placed("    x = compute(1)", 11, title="One")
TWO = placed("    if x:", 12, title="Two")
THREE = placed("    return x", 13, title="Three")


def apply(*verdicts, candidates=(ONE,), **fields):
    return apply_verdicts(reply(verdicts=list(verdicts)), candidates, SHOWN, **fields)


def severity(claimed, word, said):
    candidate = placed(severity=claimed)
    (result,) = apply(verdict(1, word, severity=said), candidates=[candidate]).placed
    return result.finding.severity


def test_what_is_confirmed_with_proof_is_raised():
    result = apply(verdict(1))
    assert [each.finding.title for each in result.placed] == ["One"]
    assert result.placed[0].finding.confidence is Confidence.HIGH
    assert (result.dropped, result.unverified) == ((), ())
    assert missing_verdicts(reply(verdicts=[verdict(1)]), [ONE], SHOWN) is None


def test_what_is_rejected_is_dropped_with_the_reasoning():
    result = apply(verdict(1, "reject", reasoning="x is\nalways 1", proof=[]))
    assert result.placed == ()
    assert [each.why for each in result.dropped] == ["rejected: x is always 1"]
    assert result.unverified == ()


@pytest.mark.parametrize(
    ("claimed", "word", "said", "meant"),
    [
        (Severity.WARNING, "confirm", "error", Severity.WARNING),
        (Severity.ERROR, "confirm", "error", Severity.ERROR),
        (Severity.ERROR, "confirm", "note", Severity.NOTE),
        (Severity.ERROR, "lower", "error", Severity.WARNING),
        (Severity.ERROR, "lower", "note", Severity.NOTE),
        (Severity.WARNING, "lower", "warning", Severity.NOTE),
        (Severity.NOTE, "lower", "error", Severity.NOTE),
    ],
)
def test_a_verdict_lowers_and_never_raises(claimed, word, said, meant):
    assert severity(claimed, word, said) is meant


@pytest.mark.parametrize("word", ["confirm", "lower"])
def test_how_severe_it_is_to_break_a_rule_is_the_teams_word(word):
    candidate = placed(severity=Severity.ERROR, rule_id="no-x")
    [result] = apply(verdict(1, word, severity="note", confidence="medium"), candidates=[candidate]).placed
    assert (result.finding.severity, result.finding.confidence) == (Severity.ERROR, Confidence.MEDIUM)


@pytest.mark.parametrize(
    "proof",
    [
        "    x = compute(1)",
        "x=compute( 1 )",
        "11 +    x = compute(1)",
        "+    x = compute(1)",
        "-    x = arg",
        "old 11 -    x = arg",
        "compute(1)",
        "x = compute(1)\nif x:",
        "def f(arg):\n...\n    return x",
        "```python\nx = compute(1)\n```",
        "if x:",
        "plain(context)",
    ],
)
def test_proof_stands_in_the_code_that_was_shown(proof):
    assert apply(verdict(1, proof=["not here at all", proof])).unverified == ()


@pytest.mark.parametrize(
    "proof", [[], [""], ["}"], ["..."], ["x = compute(2)"], ["f(a"], ["x = compute(1)\nnot_here()"]]
)
def test_what_is_not_proven_is_no_verdict(proof):
    answer = reply(verdicts=[verdict(1, proof=proof)])
    assert missing_verdicts(answer, [ONE], SHOWN) == (
        "Candidate 1 has no proof that stands in the code shown: copy the deciding lines exactly."
    )
    result = apply_verdicts(answer, [ONE], SHOWN)
    assert result.placed == ()
    assert result.unverified == (ONE,)
    assert result.dropped == (
        Dropped(
            ONE.finding,
            "not proven: it has no proof that stands in the code shown: copy the deciding lines exactly",
        ),
    )


def test_a_missing_verdict_is_neither_yes_nor_no():
    answer = reply(verdicts=[verdict(2), verdict(9)])
    assert missing_verdicts(answer, [ONE, TWO], SHOWN) == "Candidate 1 has no verdict."
    result = apply_verdicts(answer, [ONE, TWO], SHOWN)
    assert result.unverified == (ONE,)
    assert [each.finding.title for each in result.placed] == ["Two"]


def test_every_candidate_without_a_verdict_is_named():
    assert missing_verdicts(reply(), [ONE, TWO], SHOWN) == "Candidate 1 has no verdict. Candidate 2 has no verdict."


def test_verdicts_that_contradict_each_other_are_none():
    answer = reply(verdicts=[verdict(1), verdict(1, "reject")])
    assert missing_verdicts(answer, [ONE], SHOWN) == "Candidate 1 has verdicts that contradict each other."


def test_the_same_verdict_twice_counts_once():
    assert len(apply(verdict(1), verdict(1)).placed) == 1


def test_what_code_found_needs_no_verdict():
    certain = placed(title="Certain", **by_code())
    assert not needs_verdict(certain)
    assert missing_verdicts(reply(), [certain], SHOWN) is None
    assert apply(candidates=[certain]).placed == (certain,)
    assert apply(verdict(1, "reject"), candidates=[certain]).placed == (certain,)


def test_low_confidence_is_filtered():
    result = apply(
        verdict(1, confidence="low"),
        verdict(2, confidence="medium"),
        candidates=[ONE, TWO],
        min_confidence=Confidence.MEDIUM,
    )
    assert [each.finding.title for each in result.placed] == ["Two"]
    assert [each.why for each in result.dropped] == ["the confidence is low, below medium"]


def titles(*verdicts):
    result = apply(*verdicts, candidates=[ONE, TWO, THREE])
    return [each.finding.title for each in result.placed], [each.why for each in result.dropped]


def test_candidates_about_one_defect_merge():
    assert titles(verdict(1), verdict(2, duplicate_of=1), verdict(3)) == (
        ["One", "Three"],
        ["said once already: One"],
    )


def test_chains_and_circles_of_duplicates_keep_one():
    chain = titles(verdict(1, duplicate_of=2), verdict(2, duplicate_of=3), verdict(3))
    circle = titles(verdict(1, duplicate_of=2), verdict(2, duplicate_of=3), verdict(3, duplicate_of=1))
    assert chain == circle == (["One"], ["said once already: One"] * 2)


def test_a_duplicate_of_itself_of_nothing_or_of_what_was_rejected_stays():
    raised, _ = titles(verdict(1, duplicate_of=1), verdict(2, duplicate_of=77), verdict(3, "reject"))
    assert raised == ["One", "Two"]
    raised, _ = titles(verdict(1, "reject"), verdict(2, duplicate_of=1), verdict(3))
    assert raised == ["Two", "Three"]


def test_without_a_verification_only_what_code_found_is_raised():
    certain = placed(title="Certain", **by_code())
    result = leave_unverified([ONE, certain], "the endpoint did not answer")
    assert (result.placed, result.unverified) == ((certain,), (ONE,))
    assert result.dropped == (Dropped(ONE.finding, "not proven: the endpoint did not answer"),)
