"""Bounded concurrency."""

import asyncio

from pr_reviewer.llm.limit import Limit
from pr_reviewer.model.llm import Prompt, Reply
from tests.llm.builders import prompt, reply


class Crowd:
    """An LLM that counts who is inside."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0

    async def complete(self, prompt: Prompt) -> Reply:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0)
        self.inside -= 1
        return reply(prompt.messages[-1].content)


async def test_no_more_than_the_limit_are_asked_at_once_and_all_are_answered() -> None:
    crowd = Crowd()
    llm = Limit(crowd, 3)
    answers = await asyncio.gather(*(llm.complete(prompt(text=str(number))) for number in range(20)))
    assert crowd.most == 3
    assert [answer.text for answer in answers] == [str(number) for number in range(20)]
