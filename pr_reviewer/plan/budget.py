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
    window, reply = min(card.window for card in cards), reply_of(cards)
    overhead = fixed + tail + later_share(cards) + _margin(cards, window - reply)
    return TokenBudget(window, reply, overhead)


def later_share(cards: Iterable[ModelCard]) -> int:
    """What the last message may always add to its task, however full the batch is."""
    return min(_MOST_LATER, min(card.window for card in cards) // _LATER_SHARE)


def room_after(cards: Sequence[ModelCard], used: int) -> int:
    """What is left for the last message when the prefix has `used` tokens, never negative."""
    asked = min(card.window for card in cards) - reply_of(cards)
    return max(0, asked - _margin(cards, asked) - used)


def reply_of(cards: Iterable[ModelCard]) -> int:
    """The tokens that a reply may have."""
    return min(min(card.max_output, _MOST_REPLY, max(1, card.window // _REPLY_SHARE)) for card in cards)


def holds(card: ModelCard, tokens: int, reply: int) -> bool:
    """Whether the model's window holds a prompt of so many of our tokens beside its reply."""
    asked = card.window - min(reply, card.max_output)
    return tokens + _margin((card,), asked) <= asked


def _margin(cards: Iterable[ModelCard], asked: int) -> int:
    """What our count may be short of the models' own, of so many tokens asked."""
    are_ours = all(card.name.rpartition("/")[2].lower().startswith(_OPENAI) for card in cards)
    return max(0, asked) // (_EXACT_MARGIN if are_ours else _OTHER_MARGIN)
