import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.model.llm import ModelCard
from pr_reviewer.plan.budget import CallBudget, budget_for, holds, later_share, reply_of, room_after

_OURS = ModelCard("gpt-4.1", 128_000, 32_768)
_OTHER = ModelCard("qwen3-coder", 128_000, 16_384)


@pytest.mark.parametrize(
    ("calls", "rules", "batches"),
    [(20, 0, 5), (20, 1, 4), (20, 3, 2), (7, 0, 2), (5, 1, 1), (4, 0, 1), (1, 2, 1), (50, 0, 14)],
)
def test_calls_are_shared_so_that_later_passes_have_theirs(calls, rules, batches):
    assert CallBudget(calls).batches(rules) == batches


@given(st.integers(4, 200), st.integers(0, 5))
def test_reserves_never_exceed_the_cap(calls, rules):
    budget = CallBudget(calls)
    batches = budget.batches(0)

    assert 3 * batches + budget.rules_prompts(batches) + 1 <= calls
    if calls >= 5 + rules:
        assert (3 + rules) * budget.batches(rules) + 1 <= calls


def test_rules_get_what_batches_leave():
    assert CallBudget(20).rules_prompts(4) == 5
    assert CallBudget(20).rules_prompts(5) == 2
    assert CallBudget(1).rules_prompts(1) == 0


def test_window_reply_and_later_turns_are_set_aside():
    budget = budget_for([_OURS], fixed=2_000, tail=1_000)

    assert (budget.window, budget.reply) == (128_000, 16_000)
    assert budget.overhead == 2_000 + 1_000 + 16_000 + 112_000 // 25
    assert budget.patches == 88_520 + 4_000 - 0 - 4_000


def test_a_tokenizer_that_is_not_ours_gets_a_wider_margin():
    ours, other = (budget_for([card], fixed=0, tail=0) for card in (_OURS, _OTHER))

    assert ours.overhead == 16_000 + 4_480
    assert other.overhead == 16_000 + 22_400
    assert budget_for([ModelCard("azure/GPT-5-mini", 128_000, 32_768)], fixed=0, tail=0) == ours


def test_the_smaller_window_of_several_models_counts():
    small = ModelCard("small", 32_000, 4_096)

    assert budget_for([_OURS, small], fixed=0, tail=0).window == 32_000
    assert later_share([_OURS, small]) == 4_000
    assert reply_of([_OURS, small]) == 4_000


def test_a_reply_is_never_longer_than_the_model_can_write():
    assert reply_of([ModelCard("m", 1_000_000, 1_000_000)]) == 32_000
    assert reply_of([ModelCard("m", 1_000_000, 8_192)]) == 8_192
    assert reply_of([ModelCard("m", 4, 8_192)]) == 1


def test_a_tiny_window_leaves_no_room_and_no_negative_one():
    tiny = ModelCard("m", 2_000, 500)

    assert budget_for([tiny], fixed=1_900, tail=500).patches == 0
    assert room_after([tiny], 1_999) == 0


@given(st.integers(1_000, 2_000_000), st.integers(0, 5_000), st.integers(0, 2_000))
def test_however_full_a_batch_is_the_last_message_has_its_share(window, fixed, tail):
    cards = [ModelCard("m", window, 16_384)]
    budget = budget_for(cards, fixed=fixed, tail=tail)

    if budget.patches:
        assert room_after(cards, fixed + budget.patches) >= later_share(cards) + tail


def test_a_fallback_is_asked_only_if_its_window_holds_the_prompt():
    small = ModelCard("gpt-small", 32_000, 4_096)

    assert holds(small, 20_000, 16_000)
    assert not holds(small, 27_000, 16_000)
