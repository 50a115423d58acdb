import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.model.llm import ModelCard, Price
from pr_reviewer.settings.load import load_settings, model_cards
from pr_reviewer.settings.schema.cards import card_for, read_cards
from pr_reviewer.settings.schema.sections import Card

CARDS = read_cards("""
[models]
"gpt-4.1" = { window = 1_000, max_output = 100, encoding = "o200k_base", input = 2.0, cached = 0.5, output = 8.0 }
"gpt-4.1-mini" = { window = 900, max_output = 90, encoding = "o200k_base" }
"gpt-4o-2024-05-13" = { window = 128, max_output = 4, encoding = "cl100k_base", input = 5.0, output = 15.0 }
"gpt-4o" = { window = 128, max_output = 16, encoding = "o200k_base" }
"claude-sonnet-4-5" = { window = 200, max_output = 64, input = 3.0, cached = 0.3, output = 15.0 }
"Own/Model" = { window = 100_000 }
""")


def window(name):
    return card_for(name, CARDS, 77).window


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4.1",
        "GPT-4.1",
        "openai/gpt-4.1",
        "openrouter/openai/gpt-4.1",
        "gpt-4.1-2025-04-14",
        "openai/gpt-4.1-2025-04-14",
    ],
)
def test_a_card_is_found_without_maker_and_date(name):
    assert card_for(name, CARDS, 77) == ModelCard(name, 1_000, 100, "o200k_base", Price(2.0, 0.5, 8.0))


@pytest.mark.parametrize("name", ["gpt-4.1-huge", "my-gpt-4.1", "gpt-4", "gpt-4.1.1", "gpt-4.1-", ""])
def test_a_name_that_only_looks_alike_is_unknown(name):
    assert window(name) == 77


def test_a_dated_card_goes_before_the_family():
    assert card_for("gpt-4o-2024-05-13", CARDS, 77).max_output == 4
    assert card_for("gpt-4o-2024-11-20", CARDS, 77).max_output == 16


@pytest.mark.parametrize(
    "name",
    [
        "claude-sonnet-4-5-20250929",
        "anthropic/claude-sonnet-4.5",
        "claude-sonnet-4-5-latest",
    ],
)
def test_claudes_names_match_with_dots_and_dates(name):
    assert card_for(name, CARDS, 77) == ModelCard(name, 120, 64, "o200k_base", Price(3.0, 0.3, 15.0))


@pytest.mark.parametrize(
    "name",
    [
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "bedrock/global.anthropic.claude-sonnet-4-5-v1:0",
        "claude-sonnet-4-5@20250929",
        "vertex_ai/claude-sonnet-4-5@default",
    ],
)
def test_a_clouds_spelling_keeps_the_card_and_loses_the_price(name):
    assert card_for(name, CARDS, 77) == ModelCard(name, 120, 64, "o200k_base", None)


def test_without_an_exact_tokenizer_a_share_of_the_window_stays_free():
    assert window("gpt-4.1") == 1_000
    assert window("claude-sonnet-4-5") == 120


def test_a_missing_longest_reply_is_a_quarter_of_the_window_at_most():
    assert card_for("own/model", CARDS, 77).max_output == 15_000
    assert card_for("unknown", CARDS, 77).max_output == 19
    assert card_for("unknown", CARDS, 128_000).max_output == 16_384


def test_a_cached_price_that_is_not_given_is_the_full_one():
    assert card_for("gpt-4o-2024-05-13", CARDS, 77).price == Price(5.0, 5.0, 15.0)


def test_half_a_price_cannot_be_stated():
    with pytest.raises(ValueError, match="both or neither"):
        Card(window=1, input=2.0)


@given(st.text(), st.integers(1, 10**7))
def test_any_name_has_a_card_that_can_be_planned_with(name, default_window):
    card = card_for(name, CARDS, default_window)
    assert card.name == name
    assert card.window >= 1
    assert card.max_output >= 1


def test_an_operators_card_replaces_the_shipped_one_and_adds_others():
    shipped = model_cards(load_settings({}).settings)
    own = '{"gpt-4.1": {"window": 5}, "mine": {"window": 6}}'
    cards = model_cards(load_settings({"PR_REVIEWER_MODELS__CARDS": own}).settings)
    assert cards == {**shipped, "gpt-4.1": Card(window=5), "mine": Card(window=6)}


def test_the_default_models_card_is_complete():
    settings = load_settings({}).settings
    card = card_for(settings.models.review, model_cards(settings), settings.models.default_window)
    assert card.price is not None
    assert card.window > settings.models.max_output_tokens


def test_every_name_that_the_sdk_lists_and_openai_still_serves_has_a_card():
    from typing import get_args

    from openai.types.shared import ChatModel

    cards = model_cards(load_settings({}).settings)
    not_for_reviews = ("audio", "search", "preview", "-chat-latest", "chatgpt", "codex", "gpt-5.2-pro", "gpt-5.1-mini")
    old = ("gpt-4-", "gpt-3.5-", "o1-mini")
    unknown = [
        name
        for name in get_args(ChatModel)
        if card_for(name, cards, 77).window == 77
        and not any(part in name for part in not_for_reviews)
        and not name.startswith(old)
    ]
    assert unknown == []


def test_every_shipped_card_can_reply_within_its_window():
    cards = model_cards(load_settings({}).settings)
    assert [name for name in cards if card_for(name, cards, 77).window < 4_000] == []
