"""What the calls cost, and the caps that hold.

A call is *counted* when it was answered, or may have been: a call that ended in silence (time-out, broken connection,
gateway error) may be billed. One that was definitely refused (429, 4xx, no connection) is not counted: it cost nothing,
and a rate limit must not eat up a review's calls. Put the meter inside Retry and outside Limit, so that it sees every
attempt and holds no slot while it waits.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import BudgetSpent, ModelError, ModelRefused
from pr_reviewer.model.llm import Cost, Price, Prompt, Reply, Usage

_TOKENS_A_MESSAGE = 16  # roles and separators: OpenAI's take four
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Caps:
    """Hard limits of one run; None: no limit."""

    calls: int | None = None
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a run, for a progress display: `cost` so far, calls in flight, attempts that were refused."""

    cost: Cost
    in_flight: int
    refused: int


class Meter:
    """An LLM that counts calls, tokens and dollars, and forbids (BudgetSpent) a call that could break a cap.

    Before a call, its upper bound is reserved: `count` of the prompt's text, and all of its output limit. A call that
    fits only once others have ended (and turned out cheaper) waits for them; it is forbidden when nothing is in flight
    and it still does not fit. `price_of` a model may be None: then dollars are unknown (None) in the cost, and under a
    dollar cap, which could not hold, that model is refused. `on_change` gets a snapshot after each change.
    """

    def __init__(
        self,
        inner: LLM,
        *,
        price_of: Callable[[str], Price | None],
        count: Callable[[str], int],
        caps: Caps | None = None,
        on_change: Callable[[Snapshot], None] | None = None,
    ) -> None:
        self._inner = inner
        self._price_of = price_of
        self._count = count
        self._caps = caps or Caps()
        self._on_change = on_change
        self._changed = asyncio.Condition()
        self._reserved: list[float] = []
        self._calls = 0
        self._refused = 0
        self._usage = Usage()
        self._usd: float | None = 0.0
        self._spent = 0.0  # like _usd, with the upper bound of what nobody told: this is held against the cap

    def snapshot(self) -> Snapshot:
        """The state now. `cost.seconds` is not the meter's to know."""
        return Snapshot(Cost(self._calls, self._usage, self._usd), len(self._reserved), self._refused)

    async def complete(self, prompt: Prompt) -> Reply:
        """The inner answer, reserved before and settled after."""
        price = self._price_of(prompt.models[0])
        bound = self._bound(prompt, price)
        await self._reserve(prompt.models[0], bound, price)
        usage: Usage | None = None
        is_answered = False
        try:
            reply = await self._inner.complete(prompt)
            is_answered, usage = True, reply.usage if reply.usage != Usage() else None
        except ModelError as error:
            usage = error.usage
            raise
        else:
            return reply
        finally:
            await self._settle(bound, usage, price, is_answered=is_answered)

    def _bound(self, prompt: Prompt, price: Price | None) -> float:
        """The most that the call can cost, in dollars; 0 where no price is known."""
        if price is None:
            return 0.0
        schema = self._count(prompt.schema.json) if prompt.schema else 0
        tokens = schema + sum(self._count(turn.content) + _TOKENS_A_MESSAGE for turn in prompt.messages)
        return (tokens * max(price.input, price.cached) + prompt.max_output_tokens * price.output) / _MILLION

    async def _reserve(self, model: str, bound: float, price: Price | None) -> None:
        """Set the bound aside, atomically. Raises BudgetSpent, or ModelRefused where there is no price for a cap."""
        if price is None and self._caps.usd is not None:
            raise ModelRefused(
                f"the price of {model} is unknown, so the cap of ${self._caps.usd:g} could not hold",
                hint="Give its price in models.toml (0 if it costs nothing), or do not set review.max_usd.",
                usage=Usage(),
            )
        async with self._changed:
            while (refusal := self._refusal(bound)) is not None:
                if not self._reserved:
                    raise refusal
                await self._changed.wait()
            self._reserved.append(bound)
        self._tell()

    def _refusal(self, bound: float) -> BudgetSpent | None:
        """Why the call does not fit now."""
        calls, usd = self._caps.calls, self._caps.usd
        if calls is not None and self._calls + len(self._reserved) >= calls:
            says = f"the cap of {calls} model calls is reached"
            return BudgetSpent(says, hint="Raise review.max_model_calls to ask for more.", usage=Usage())
        if usd is not None and self._spent + sum(self._reserved) + bound > usd:
            says = (
                f"the cap of ${usd:g} could be broken: ${self._spent:.4f} are spent and this call may cost ${bound:.4f}"
            )
            return BudgetSpent(says, hint="Raise review.max_usd to ask for more.", usage=Usage())
        return None

    async def _settle(self, bound: float, usage: Usage | None, price: Price | None, *, is_answered: bool) -> None:
        """Replace the bound by the truth. Without a task switch first: a cancelled call is settled, too."""
        self._reserved.remove(bound)
        if usage == Usage() and not is_answered:
            self._refused += 1
        else:
            self._book(bound, usage, price)
        self._tell()
        with suppress(asyncio.CancelledError):
            async with self._changed:
                self._changed.notify_all()

    def _book(self, bound: float, usage: Usage | None, price: Price | None) -> None:
        """One call more. What nobody told costs an unknown sum, and its bound against the cap."""
        self._calls += 1
        self._usage += usage or Usage()
        if usage is None or price is None:
            self._usd = None
            self._spent += bound
            return
        cost = cost_of(usage, price)
        self._spent += cost
        self._usd = None if self._usd is None else self._usd + cost

    def _tell(self) -> None:
        """Show the state to who wants to see it."""
        if self._on_change:
            self._on_change(self.snapshot())


def cost_of(usage: Usage, price: Price) -> float:
    """Dollars for these tokens."""
    fresh = usage.input_tokens - usage.cached_tokens
    return (fresh * price.input + usage.cached_tokens * price.cached + usage.output_tokens * price.output) / _MILLION
