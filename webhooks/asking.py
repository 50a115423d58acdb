"""The model as a job asks it: what is recorded is not asked again, and what is asked is allowed and counted."""

from collections.abc import Awaitable, Callable

from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.meter import cost_of
from pr_reviewer.model.errors import BudgetSpent, ModelError, ModelUnavailable
from pr_reviewer.model.llm import Price, Prompt, Reply, Usage
from webhooks.numbers import WorkNumbers
from webhooks.spending import Purse

_TOO_MANY = 429


class WatchedLLM:
    """An LLM that asks the fence and the purse before each call, and remembers how calls failed.

    Put it inside the journal: what is found there costs nothing.
    """

    def __init__(
        self,
        inner: LLM,
        fence: Callable[[], Awaitable[None]],
        purse: Purse,
        price_of: Callable[[str], Price | None],
        numbers: WorkNumbers,
    ) -> None:
        self._inner = inner
        self._fence = fence
        self._purse = purse
        self._price_of = price_of
        self._numbers = numbers
        self.is_limited = False
        self.unavailable: ModelUnavailable | None = None
        self.spent: BudgetSpent | None = None

    async def complete(self, prompt: Prompt) -> Reply:
        """The inner answer, booked."""
        await self._fence()
        try:
            await self._purse.take()
        except BudgetSpent as error:
            self.spent = error
            raise
        try:
            reply = await self._inner.complete(prompt)
        except ModelError as error:
            await self._failed(error)
            raise
        usd = self._usd(reply.model, prompt.models[0], reply.usage)
        await self._purse.book(reply.usage, usd)
        self._numbers.called("answered")
        self._numbers.used(reply.usage, usd)
        return reply

    async def _failed(self, error: ModelError) -> None:
        self._numbers.called("failed")
        if isinstance(error, ModelUnavailable):
            self.unavailable = error
            self.is_limited |= error.status == _TOO_MANY
        if error.usage == Usage():
            await self._purse.give_back()
        elif error.usage is not None:
            await self._purse.book(error.usage, 0.0)

    def _usd(self, answered: str, asked: str, usage: Usage) -> float:
        price = self._price_of(answered) or self._price_of(asked)
        return cost_of(usage, price) if price else 0.0
