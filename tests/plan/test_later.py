from dataclasses import replace

from hypothesis import given as given_
from hypothesis import settings
from hypothesis import strategies as st

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.llm import ModelCard, Task
from pr_reviewer.model.rules import Level
from pr_reviewer.plan.excerpts import Excerpt
from pr_reviewer.plan.inputs import TaskModels
from pr_reviewer.plan.later import (
    Failure,
    Question,
    check_prompts,
    repair_prompts,
    rules_against,
    verify_prompts,
)
from pr_reviewer.plan.later_pass import NO_ROOM
from pr_reviewer.plan.review import plan_review
from tests.plan.builders import CARD, ChangedFile, WordCounter, changed_lines, inputs, new_file, placed, rule
from tests.rules.builders import rule_source

_LARGE = replace(changed_lines("a.py", 900, 400), scopes=(LineRange(380, 420),))


def _planned(*files, **values):
    given = inputs(*files, **values)
    return given, plan_review(given).batches[0]


def _last(later):
    return later.prompt.messages[-1].content


def _numbers(later):
    return _last(later).count("\n## Candidate ")


def test_a_candidate_is_shown_with_the_definition_around_it():
    given, batch = _planned(_LARGE)
    given = replace(given, files=(replace(_LARGE, scopes=(LineRange(300, 440),)),))
    plan = verify_prompts(given, batch, [placed("a.py", 400)])

    (later,) = plan.prompts
    assert "\n290  line 290\n" in _last(later)
    assert "\n450  line 450\n" in _last(later)
    assert (later.prompt.task, later.candidates, plan.left_out) == (Task.VERIFY, (placed("a.py", 400),), ())


def test_code_that_the_batch_shows_already_is_not_shown_twice():
    given, batch = _planned(changed_lines("a.py", 60, 10))
    (later,) = verify_prompts(given, batch, [placed("a.py", 10)]).prompts

    assert "More code" not in _last(later)


def test_all_code_in_the_prompt_is_what_a_proof_may_quote_and_claims_are_not():
    given, batch = _planned(_LARGE)
    (later,) = verify_prompts(given, batch, [placed("a.py", 400, message="Says line 7000.")]).prompts

    assert "400 +line 400\n" in later.shown
    assert "\n372  line 372\n" in later.shown
    assert "7000" not in later.shown


def test_candidates_are_numbered_from_one_in_the_order_given():
    given, batch = _planned(new_file("a.py", "x", "y"))
    found = [placed("a.py", 2, title="Second"), placed("a.py", 1, title="First")]
    (later,) = verify_prompts(given, batch, found).prompts

    assert later.candidates == tuple(found)
    assert "in order: 1, 2." in _last(later)
    assert _last(later).index("Second") < _last(later).index("First")


def test_many_candidates_go_out_in_several_prompts_that_a_reply_can_answer():
    small = replace(CARD, max_output=1_000)
    given, batch = _planned(new_file("a.py", *"abcde"), card=small)
    plan = verify_prompts(given, batch, [placed("a.py", number) for number in range(1, 6)])

    assert [_numbers(later) for later in plan.prompts] == [2, 2, 1]
    assert plan.left_out == ()


def test_claims_too_long_for_one_prompt_are_parted_and_each_is_asked_once():
    small = replace(CARD, window=16_000)
    given, batch = _planned(new_file("a.py", *"abcde"), card=small)
    found = [placed("a.py", number, message=f"Case {number}: " + "words " * 1_200) for number in range(1, 6)]
    plan = verify_prompts(given, batch, found)

    assert len(plan.prompts) > 1
    assert [each for later in plan.prompts for each in later.candidates] == found
    for later in plan.prompts:
        tokens = sum(WordCounter().count(message.content) for message in later.prompt.messages)
        assert tokens + later.prompt.max_output_tokens <= 16_000


def test_a_claim_that_no_call_holds_is_named():
    given, batch = _planned(new_file("a.py", "x"))
    endless, short = placed("a.py", 1, message="words " * 99_000), placed("a.py", 1)
    plan = verify_prompts(given, batch, [endless, short])

    assert [later.candidates for later in plan.prompts] == [(short,)]
    assert plan.left_out == ((endless, NO_ROOM),)


def test_where_room_is_short_the_code_around_a_candidate_is_shortened_first():
    long_lines = replace(_LARGE, head_lines=tuple(f"{line} = {'word ' * 12}" for line in _LARGE.head_lines), scopes=())
    given, batch = _planned(long_lines, card=replace(CARD, window=6_000))
    (later,) = verify_prompts(given, batch, [placed("a.py", 400)]).prompts
    shown = [line for line in _last(later).split("\n") if " = word" in line]

    assert len(shown) in (80, 30, 10)
    assert any(line.startswith("400  ") for line in shown)


def test_where_there_is_no_room_for_code_the_claim_goes_alone():
    long_lines = replace(_LARGE, head_lines=tuple("word " * 900 for _ in _LARGE.head_lines))
    given, batch = _planned(long_lines, card=replace(CARD, window=6_000))
    (later,) = verify_prompts(given, batch, [placed("a.py", 400)]).prompts

    assert "More code" not in _last(later)


def test_a_candidate_in_a_file_that_nobody_has_is_asked_about_all_the_same():
    given, batch = _planned(new_file("a.py", "x"))
    (later,) = verify_prompts(given, batch, [placed("gone.py", 1)]).prompts

    assert "File: gone.py" in _last(later)


def test_a_candidate_about_removed_lines_says_so():
    given, batch = _planned(new_file("a.py", "x"))
    (later,) = verify_prompts(given, batch, [placed("a.py", 7, 9, side=Side.OLD)]).prompts

    assert "Place: removed lines 7 to 9 of the old version" in _last(later)


def test_other_code_is_shown_as_far_as_there_is_room():
    given, batch = _planned(new_file("a.py", "x"))
    more = [Excerpt("b.py", 1, ("def helped():",)), Excerpt("c.py", 1, ("word " * 200_000,))]
    (later,) = verify_prompts(given, batch, [placed("a.py", 1)], more).prompts

    assert "def helped():" in later.shown
    assert "c.py" not in _last(later)


def test_a_candidate_that_breaks_a_rule_is_shown_with_that_rule():
    changed = ChangedFile(new_file("a.py", "x"), rules=(rule("one", "Rule one."), rule("two", "Rule two.")))
    given, batch = _planned(changed)
    (later,) = verify_prompts(given, batch, [placed("a.py", 1, rule_id="two"), placed("a.py", 1, rule_id="no")]).prompts

    assert "Rule two." in _last(later)
    assert "Rule one." not in _last(later)


def test_another_model_may_verify():
    judge = ModelCard("gpt-judge", 64_000, 8_000)
    given, batch = _planned(new_file("a.py", "x"), models=TaskModels((CARD,), (judge, CARD), (CARD,)))
    (later,) = verify_prompts(given, batch, [placed("a.py", 1)]).prompts

    assert later.prompt.models == ("gpt-judge", "gpt-test")
    assert later.prompt.max_output_tokens == 8_000


def test_nothing_to_verify_asks_nothing():
    given, batch = _planned(new_file("a.py", "x"))

    assert verify_prompts(given, batch, []).prompts == ()
    assert repair_prompts(given, batch, []).prompts == ()


def test_small_reviews_verify_without_a_tokenizer():
    counter = WordCounter()
    given, batch = _planned(_LARGE, counter=counter)
    verify_prompts(given, batch, [placed("a.py", 400)])

    assert not counter.counted


def test_a_failed_suggestion_goes_back_with_its_error_and_its_code():
    given, batch = _planned(_LARGE)
    failure = Failure(placed("a.py", 400, suggestion="fixed("), "Line 400 does not parse.")
    (later,) = repair_prompts(given, batch, [failure]).prompts

    assert (later.prompt.task, later.candidates) == (Task.REPAIR, (failure.placed,))
    for part in ("fixed(", "What was wrong with it: Line 400 does not parse.", "\n372  line 372\n"):
        assert part in _last(later)


def _governed(*rules, lines=("x", "y", "z")):
    return ChangedFile(new_file("a.py", *lines), rules=rules)


def test_a_suggestion_is_shown_with_every_prose_rule_of_its_file_by_id():
    given, batch = _planned(
        _governed(rule("one", "Rule one."), rule("two", "Rule two."), rule("by-pattern", pattern="{}")),
        ChangedFile(new_file("b.py", "x"), rules=(rule("elsewhere", "Rule of b."),)),
    )
    found = [placed("a.py", 1, suggestion="fixed()"), placed("a.py", 2)]
    (later,) = verify_prompts(given, batch, found).prompts

    assert later.checked == (("one", "two"), ())
    assert "Hold the suggestion against: `one`, `two`" in _last(later)
    assert "fixed()" in _last(later)
    assert [text in _last(later) for text in ("Rule one.", "Rule two.", "by-pattern", "Rule of b.")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_rule_that_many_suggestions_must_keep_is_shown_once():
    given, batch = _planned(_governed(rule("one", "Rule one.")))
    (later,) = verify_prompts(given, batch, [placed("a.py", at, suggestion="f()") for at in (1, 2, 3)]).prompts

    assert _last(later).count("Rule one.") == 1


def test_without_suggestions_nothing_is_said_about_checking_them():
    given, batch = _planned(_governed(rule("one", "Rule one.")))
    (later,) = verify_prompts(given, batch, [placed("a.py", 1)]).prompts

    assert later.checked == ((),)
    assert "Hold the suggestion" not in _last(later)


def test_of_two_rules_with_one_id_the_one_that_governs_the_file_is_shown():
    near = replace(rule("one", "The near one."), source=rule_source("src/", level=Level.DIRECTORY, folder="src"))
    files = (_governed(rule("one", "The far one.")), ChangedFile(new_file("src/b.py", "x"), rules=(near,)))
    given, batch = _planned(*files)
    (later,) = verify_prompts(given, batch, [placed("src/b.py", 1, rule_id="one")]).prompts

    assert "The near one." in _last(later)
    assert "Applies to: files in `src/`" in _last(later)
    assert "The far one." not in _last(later)


def test_rules_that_do_not_fit_beside_a_claim_are_left_for_prompts_of_their_own():
    long_rules = tuple(rule(f"r{number}", "word " * 2_000) for number in range(6))
    given, batch = _planned(_governed(*long_rules), card=replace(CARD, window=16_000))
    finding = placed("a.py", 1, suggestion="f()")
    (later,) = verify_prompts(given, batch, [finding]).prompts
    plan = check_prompts(given, batch, [Question(finding, long_rules)])

    assert later.checked == ((),)
    assert [each.prompt.task for each in plan.prompts] == [Task.VERIFY] * len(plan.prompts)
    assert [name for each in plan.prompts for ids in each.checked for name in ids] == [each.id for each in long_rules]
    assert plan.left_out == ()


def test_a_rule_that_no_prompt_holds_is_named_with_its_suggestion():
    endless = rule("endless", "word " * 99_000)
    given, batch = _planned(_governed(endless))
    finding = placed("a.py", 1, suggestion="f()")
    plan = check_prompts(given, batch, [Question(finding, (endless, rule("short")))])

    assert [each.checked for each in plan.prompts] == [(("short",),)]
    assert plan.left_out == ((finding, NO_ROOM),)


def test_a_suggestion_that_breaks_rules_goes_back_with_their_text():
    given, batch = _planned(_governed(rule("one", "Rule one."), rule("two", "Rule two.")))
    failure = Failure(placed("a.py", 1, suggestion="f()"), "It breaks one.", (rule("one", "Rule one."),))
    (later,) = repair_prompts(given, batch, [failure]).prompts

    assert "Rule one." in _last(later)
    assert "Rule two." not in _last(later)


def test_a_file_that_nobody_has_has_no_rules_to_hold_suggestions_against():
    given, _ = _planned(_governed(rule("one")))

    assert rules_against(given, placed("gone.py", 1, suggestion="f()")) == ()
    assert rules_against(given, placed("a.py", 1)) == ()


@settings(max_examples=40, deadline=None)
@given_(
    st.lists(st.integers(1, 3_000), min_size=1, max_size=8),
    st.lists(st.integers(1, 400), min_size=1, max_size=6),
    st.integers(6_000, 20_000),
    st.sampled_from([600, 16_000]),
)
def test_every_suggestion_meets_every_rule_once_or_is_left_out_and_every_prompt_fits(rules, claims, window, output):
    card = replace(CARD, window=window, max_output=output)
    governing = tuple(rule(f"r{at}", "word " * words) for at, words in enumerate(rules))
    given_inputs, batch = _planned(_governed(*governing), card=card)
    found = [
        replace(placed("a.py", 1, suggestion="word " * words), fingerprint=f"1:{at}") for at, words in enumerate(claims)
    ]
    verify = verify_prompts(given_inputs, batch, found)
    asked = _asked(verify)
    open_ = [
        Question(each, tuple(one for one in governing if (each.fingerprint, one.id) not in asked)) for each in found
    ]
    check = check_prompts(given_inputs, batch, [each for each in open_ if each.rules])
    pairs = [*asked, *_asked(check)]

    assert sorted([each for later in verify.prompts for each in later.candidates], key=_name) == found
    assert len(pairs) == len(set(pairs))
    assert len(pairs) + len(check.left_out) == len(found) * len(governing)
    for later in (*verify.prompts, *check.prompts):
        tokens = sum(WordCounter().count(message.content) for message in later.prompt.messages)
        assert tokens + later.prompt.max_output_tokens <= window


def _name(placed_):
    return placed_.fingerprint


def _asked(plan):
    return [
        (each.fingerprint, rule_id)
        for later in plan.prompts
        for each, ids in zip(later.candidates, later.checked, strict=True)
        for rule_id in ids
    ]
