"""Waiting and asking again, as long as the endpoint's trouble is passing and patience lasts."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import ModelUnavailable
from pr_reviewer.model.llm import Prompt, Reply


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call may wait in all, how often it may be tried, and the first and longest wait; in seconds."""

    total: float = 120.0
    attempts: int = 6
    first: float = 1.0
    longest: float = 30.0


_PATIENCE = Patience()


class Retry:
    """An LLM that repeats a call after ModelUnavailable; every other error passes through at once.

    It waits as long as the endpoint asks (never less), else exponentially longer from `patience.first`; both with
    jitter, so that calls that failed together do not come back together. A wait that `patience.total` does not allow
    ends it: the last error is raised.
    """

    def __init__(
        self,
        inner: LLM,
        patience: Patience = _PATIENCE,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._inner = inner
        self._patience = patience
        self._sleep = sleep
        self._jitter = jitter

    async def complete(self, prompt: Prompt) -> Reply:
        """The first answer."""
        waited = 0.0
        for attempt in range(1, self._patience.attempts + 1):
            try:
                return await self._inner.complete(prompt)
            except ModelUnavailable as error:
                wait = self._wait(attempt, error.retry_after)
                if attempt == self._patience.attempts or waited + wait > self._patience.total:
                    raise _exhausted(error, attempt, wait) from error
            await self._sleep(wait)
            waited += wait
        raise AssertionError("at least one attempt is made")  # pragma: no cover

    def _wait(self, attempt: int, asked: float | None) -> float:
        """Seconds before the next attempt: what was asked and up to a tenth more, or half to all of the backoff."""
        if asked:
            return asked * (1 + self._jitter() / 10)
        backoff = min(self._patience.longest, self._patience.first * 2.0 ** (attempt - 1))
        return backoff * (0.5 + self._jitter() / 2)


def _exhausted(error: ModelUnavailable, attempts: int, wait: float) -> ModelUnavailable:
    """The last error, with how often it was tried; a wait too long to sit out is named."""
    tried = f"{error.message} (tried {attempts} times)" if attempts > 1 else error.message
    hint = f"The endpoint asks to wait {wait:.0f} s: run it again then." if error.retry_after else error.hint
    return ModelUnavailable(tried, hint=hint, retry_after=error.retry_after, usage=error.usage, status=error.status)
