"""Other models, when one fails."""

from dataclasses import replace

from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import BudgetSpent, ModelError
from pr_reviewer.model.llm import Prompt, Reply


class Fallback:
    """An LLM that asks `prompt.models` in order until one answers.

    Any ModelError moves on to the next (a larger window may hold what was too long), except BudgetSpent: a cap forbids
    every model. If all fail, the last error is raised, its text naming what each said.
    """

    def __init__(self, inner: LLM) -> None:
        self._inner = inner

    async def complete(self, prompt: Prompt) -> Reply:
        """The first answer."""
        failures: list[ModelError] = []
        for model in prompt.models:
            try:
                return await self._inner.complete(replace(prompt, models=(model,)))
            except BudgetSpent:
                raise
            except ModelError as error:
                failures.append(error)
        raise _all_of(failures)


def _all_of(failures: list[ModelError]) -> ModelError:
    """One error for all."""
    last = failures[-1]
    if len(failures) == 1:
        return last
    said = "; ".join(failure.message for failure in failures)
    return type(last)(said, hint=failures[0].hint, retry_after=last.retry_after, usage=last.usage, status=last.status)
