"""What is known of a model: window, longest reply, tokenizer, price; and which card a model's name means."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pr_reviewer.model.llm import ModelCard, Price
from pr_reviewer.settings.schema.sections import Card

DEFAULT_ENCODING = "o200k_base"

# The share of a window that is planned with where no shipped tokenizer counts exactly: another maker's tokenizer may
# make up to 1.6 times as many tokens of the same code.
ESTIMATED_SHARE = 0.6

# The longest reply that a model without a card is asked for, and never more than a quarter of its window.
UNKNOWN_MAX_OUTPUT = 16_384

_DATE = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$")
_CLOUD_PREFIX = re.compile(r"^([a-z]{2,6}\.)?(anthropic|amazon|meta|mistral|deepseek|openai|qwen|cohere)\.")
_CLOUD_SUFFIX = re.compile(r"(-v\d+:\d+|-v\d+|@[\w.-]+)$")


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card, and whether it was found by a cloud's spelling of the model's name."""

    card: Card
    is_clouds: bool


def read_cards(text: str) -> Mapping[str, Card]:
    """The cards of `settings/models.toml`, by name."""
    return {name: Card.model_validate(card) for name, card in tomllib.loads(text)["models"].items()}


def card_for(name: str, cards: Mapping[str, Card], default_window: int) -> ModelCard:
    """What is known of the model that goes by this name; a name that no card matches gets the default window.

    A card is found by the name as it is, without its maker (`openai/gpt-4.1`), without a date or `-latest`,
    and as clouds spell it (`us.anthropic.claude-…-v1:0`, `claude-…@20250929`). Nothing else is guessed:
    `gpt-4.1-huge` is not `gpt-4.1`. Clouds bill by region, so their spelling keeps the card and loses the price.
    """
    found = find_card(name, cards)
    if found is None:
        return ModelCard(name, default_window, min(UNKNOWN_MAX_OUTPUT, max(1, default_window // 4)), DEFAULT_ENCODING)
    return _model_card(name, found.card, has_price=not found.is_clouds)


def find_card(name: str, cards: Mapping[str, Card]) -> FoundCard | None:
    """The card that a name means, by the same rules; None: nothing is known of the model."""
    by_lower = {known.lower(): card for known, card in cards.items()}
    for candidate, is_clouds in _candidates(name.lower()):
        if candidate in by_lower:
            return FoundCard(by_lower[candidate], is_clouds)
    return None


def _candidates(name: str) -> Iterator[tuple[str, bool]]:
    """Names under which a card may stand, the most literal first, and whether a cloud's spelling was undone."""
    yield name, False
    bare = name.rpartition("/")[2]
    yield from ((each, False) for each in _undated(bare))
    cloudless = _CLOUD_SUFFIX.sub("", _CLOUD_PREFIX.sub("", bare))
    if cloudless != bare:
        yield from ((each, True) for each in _undated(cloudless))


def _undated(name: str) -> Iterator[str]:
    """Also with dashes for dots, as Claude's names are spelled both ways."""
    for each in (name, name.removesuffix("-latest"), _DATE.sub("", name)):
        yield each
        yield each.replace(".", "-")


def _model_card(name: str, card: Card, *, has_price: bool) -> ModelCard:
    window = card.window if card.encoding else int(card.window * ESTIMATED_SHARE)
    max_output = card.max_output or min(UNKNOWN_MAX_OUTPUT, max(1, window // 4))
    price = _price(card) if has_price else None
    return ModelCard(name, max(1, window), max_output, card.encoding or DEFAULT_ENCODING, price)


def _price(card: Card) -> Price | None:
    if card.input is None or card.output is None:
        return None
    return Price(card.input, card.input if card.cached is None else card.cached, card.output)
