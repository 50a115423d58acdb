"""How much fits into one model call, and how many calls the first pass may use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pr_reviewer.model.llm import ModelCard
from pr_reviewer.model.plan import TokenBudget

_REPLY_SHARE = 8  # of the window: a reasoning model thinks within its reply
_MOST_REPLY = 32_000
_LATER_SHARE = 8  # of the window: rules, or candidates with wider code
_MOST_LATER = 24_000
_EXACT_MARGIN = 25  # 4 %: the frame of a chat and what joining texts changes
_OTHER_MARGIN = 5  # 20 %: other makers' tokenizers split code finer than o200k does
_OPENAI = ("gpt-", "chatgpt-", "o1", "o3", "o4")
_CALLS_PER_BATCH = 3  # find, verify, repair


@dataclass(frozen=True, slots=True)
class CallBudget:
    """How `review.max_model_calls` is shared out.

    Each batch needs its find call, one verify call and one repair call; each of its rules prompts is one call more.
    One call is kept for consolidating, and one in ten for the second turn that a malformed reply gets. What these
    reserves leave unused stays unused: the cap is a promise about money, not a goal.
    """

    max_calls: int

    def batches(self, rules_prompts: int) -> int:
        """How many batches there may be, at least one, when each has so many rules prompts besides finding."""
        return max(1, self._shared // (_CALLS_PER_BATCH + rules_prompts))

    def rules_prompts(self, batches: int) -> int:
        """How many rules prompts there may be in all beside so many batches."""
        return max(0, self._shared - _CALLS_PER_BATCH * batches)

    @property
    def _shared(self) -> int:
        return self.max_calls - 1 - self.max_calls // 10


def budget_for(cards: Sequence[ModelCard], *, fixed: int, tail: int) -> TokenBudget:
    """The budget of one batch that every card can hold.

    `fixed` is what stands in every prompt (system message, pull request, frame), `tail` the longest bare task. Set
    aside are the reply, a share for what the last message adds to its task (rules, candidates, wider code), and a
    margin for the difference between our count and the model's own.
    """
    window = min(card.window for card in cards)
    reply = reply_of(cards)
    overhead = fixed + tail + min(_MOST_LATER, window // _LATER_SHARE) + max(_margin(card, reply) for card in cards)
    return TokenBudget(window, reply, overhead)


def reply_of(cards: Iterable[ModelCard]) -> int:
    """The tokens that a reply may have."""
    return min(min(card.max_output, _MOST_REPLY, max(1, card.window // _REPLY_SHARE)) for card in cards)


def tail_room(budget: TokenBudget, cards: Sequence[ModelCard], used: int) -> int:
    """What the last message may have when the prefix before it has `used` tokens, never negative."""
    return max(0, budget.window - budget.reply - max(_margin(card, budget.reply) for card in cards) - used)


def holds(card: ModelCard, tokens: int, reply: int) -> bool:
    """Whether the model's window holds a prompt of so many of our tokens beside its reply."""
    return tokens + min(reply, card.max_output) + _margin(card, reply) <= card.window


def _margin(card: ModelCard, reply: int) -> int:
    """What our count may be short of the model's own."""
    is_ours = card.name.rpartition("/")[2].lower().startswith(_OPENAI)
    return max(0, card.window - reply) // (_EXACT_MARGIN if is_ours else _OTHER_MARGIN)
