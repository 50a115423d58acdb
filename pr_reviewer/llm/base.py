"""What every model client and every wrapper around one is."""

from typing import Protocol

from pr_reviewer.model.llm import Prompt, Reply


class LLM(Protocol):
    """Something that answers prompts: the client, or a wrapper (fallback, retry, meter, …) around another LLM."""

    async def complete(self, prompt: Prompt) -> Reply:
        """One answer. Raises a ModelError; safe to call concurrently from one event loop."""
        ...
