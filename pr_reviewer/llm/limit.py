"""At most so many calls at a time."""

import asyncio

from pr_reviewer.llm.base import LLM
from pr_reviewer.model.llm import Prompt, Reply


class Limit:
    """An LLM that lets `most` calls through at once; the others wait in order."""

    def __init__(self, inner: LLM, most: int) -> None:
        self._inner = inner
        self._slots = asyncio.Semaphore(most)

    async def complete(self, prompt: Prompt) -> Reply:
        """The inner answer."""
        async with self._slots:
            return await self._inner.complete(prompt)
