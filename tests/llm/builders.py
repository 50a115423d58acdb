"""Prompts, and a model that answers from a list, for the tests of this package."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict

from pr_reviewer.llm.client import OpenAIClient
from pr_reviewer.llm.endpoint import Endpoint, Timeouts
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.llm import Message, Prompt, Reply, Role, Task, Usage
from tests.fakes.model_server import ModelServer

USED = Usage(10, 4, 2)
KEY = "sk-test-0123456789abcdef"


class Defect(BaseModel):
    """One item of a reply."""

    model_config = ConfigDict(frozen=True)

    reasoning: str
    line: int


class Defects(BaseModel):
    """A small reply."""

    model_config = ConfigDict(frozen=True)

    defects: list[Defect]
    note: str | None


def defects(*lines: int) -> dict[str, Any]:
    """A valid `Defects` as JSON."""
    return {"defects": [{"reasoning": "because", "line": line} for line in lines], "note": None}


def prompt(
    *models: str, text: str = "Review this.", max_output_tokens: int = 100, schema: type[BaseModel] | None = None
) -> Prompt:
    """A prompt like a batch's: instructions, the diff, the task."""
    turns = (Message(Role.SYSTEM, "You review code."), Message(Role.USER, "diff"), Message(Role.USER, text))
    return Prompt(Task.REVIEW, models or ("gpt-x",), turns, reply_schema(schema) if schema else None, max_output_tokens)


def reply(text: str = "ok", model: str = "gpt-x", *, usage: Usage = USED, is_cut: bool = False) -> Reply:
    return Reply(text, model, usage, is_cut)


class ScriptedLLM:
    """An LLM that answers (or raises) what it is given, in order, and keeps the prompts."""

    def __init__(self, *answers: Reply | Exception | Callable[[Prompt], Reply]) -> None:
        self._answers = list(answers)
        self.prompts: list[Prompt] = []

    async def complete(self, prompt: Prompt) -> Reply:
        self.prompts.append(prompt)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Reply) else answer(prompt)


def client(server: ModelServer, **options: Any) -> OpenAIClient:
    """The real client, for the fake server."""
    options.setdefault("timeouts", Timeouts(connect=5, read=20, total=30))
    return OpenAIClient(Endpoint(server.url, api_key=KEY), **options)


@contextmanager
def environment(monkeypatch: Any, **values: str) -> Iterator[None]:
    """The block with these environment variables."""
    with monkeypatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        yield
