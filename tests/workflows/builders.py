"""A desk with real parts but for the two at the seams: the provider is in memory, the model is scripted."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pr_reviewer.bootstrap import prompt_templates, shipped_rules
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.llm import Cost, ModelCard, Prompt, Reply, Task, Usage
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.plan.inputs import TaskModels
from pr_reviewer.plan.templates import Templates
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.settings.load import load_settings
from pr_reviewer.settings.schema.sections import ReviewSettings
from pr_reviewer.workflows.desk import Desk
from tests.fakes.provider import FakeProvider

NOTHING: dict[str, Any] = {"findings": [], "verdicts": [], "checks": [], "repairs": []}
Script = Callable[[Prompt], Any]


class ScriptedModel:
    """An LLM whose answers a function gives: a value is sent as JSON, an error is raised. `prompts` is what it saw."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.prompts: list[Prompt] = []

    async def complete(self, prompt: Prompt) -> Reply:
        self.prompts.append(prompt)
        said = self._script(prompt)
        if isinstance(said, ModelError):
            raise said
        return Reply(json.dumps(said), prompt.models[0], Usage(100, 0, 10))

    def tasks(self) -> list[Task]:
        return [prompt.task for prompt in self.prompts]


class BytesOnly:
    """A counter that needs no vocabulary: as many tokens as a fourth of the bytes."""

    def count(self, text: str) -> int:
        return len(text.encode()) // 4 + 1

    def at_most(self, text: str) -> int:
        return len(text.encode())


@asynccontextmanager
async def desk(  # noqa: PLR0913 each is a part of the desk
    base: Mapping[str, str],
    head: Mapping[str, str],
    llm: LLM | None,
    *,
    window: int = 128_000,
    rules: Sequence[Rule] | RuleBook | None = None,
    provider: FakeProvider | None = None,
    seconds: float = 30,
    **more: Any,
) -> AsyncIterator[Desk]:
    card = ModelCard("scripted", window, 16_000)
    book = rules if isinstance(rules, RuleBook) else RuleBook(shipped_rules() if rules is None else tuple(rules))
    async with PatternWorker(seconds=seconds) as worker:
        yield Desk(
            source=provider or FakeProvider(base, head),
            worker=worker,
            rules=book,
            models=TaskModels((card,), (card,), (card,)),
            counter=BytesOnly(),
            templates=Templates(prompt_templates()),
            llm=llm,
            **{"spent": Cost} | more,
        )


def review_settings(**changes: Any) -> ReviewSettings:
    return load_settings({}).settings.review.model_copy(update=changes)


def found(path: str, quote: str, **fields: Any) -> dict[str, Any]:
    return {
        "path": path,
        "quote": quote,
        "first_line": 0,
        "last_line": 0,
        "side": "new",
        "failing_case": "always",
        "title": f"Wrong: {quote.strip()[:40]}",
        "message": f"{quote.strip()} is wrong.",
        "category": "correctness",
        "severity": "error",
        "rule_id": None,
        "suggestion": None,
    } | fields


def confirmed(number: int, proof: str, **fields: Any) -> dict[str, Any]:
    return {
        "candidate": number,
        "reasoning": "So it is.",
        "proof": [proof],
        "duplicate_of": None,
        "verdict": "confirm",
        "severity": "error",
        "confidence": "high",
    } | fields
