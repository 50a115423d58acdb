"""The request body: what a prompt becomes for a model whose endpoint takes everything, or less.

No endpoint says beforehand what it takes. `Abilities` starts from the most useful form, and each refusal takes one
step down. In every form, requests that share a schema and messages share their beginning, so caches keep working.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pr_reviewer.llm.endpoint import Endpoint, Sampling
from pr_reviewer.model.llm import Message, Prompt, ReplySchema, Role

_OWN_HOSTS = ("api.openai.com", ".openai.azure.com", ".cognitiveservices.azure.com")


class Feature(StrEnum):
    """A part of a request that some endpoint or model refuses."""

    FORMAT = "response_format"
    LIMIT = "max_tokens"
    TEMPERATURE = "temperature"
    EFFORT = "reasoning_effort"
    SYSTEM_ROLE = "a system message"
    REPEATED_ROLE = "two messages of one role in a row"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model is known to take: of formats and names of the output limit the first; `refused` is left out."""

    formats: tuple[str, ...] = ("json_schema", "json_object", "text")
    limits: tuple[str, ...] = ("max_tokens", "max_completion_tokens", "")
    refused: frozenset[Feature] = frozenset()

    def without(self, feature: Feature, used: "Abilities") -> "Abilities":
        """One step down from what a refused request `used`; unchanged where another call stepped down meanwhile."""
        if feature is Feature.FORMAT:
            return replace(self, formats=self.formats[1:]) if self.formats == used.formats else self
        if feature is Feature.LIMIT:
            return replace(self, limits=self.limits[1:]) if self.limits == used.limits else self
        return replace(self, refused=self.refused | {feature})

    def can_step_down(self, feature: Feature) -> bool:
        """Whether there is a form left that does without it."""
        if feature is Feature.FORMAT:
            return len(self.formats) > 1
        if feature is Feature.LIMIT:
            return len(self.limits) > 1
        return feature not in self.refused


def first_abilities(endpoint: Endpoint) -> Abilities:
    """What to try first. OpenAI's own reasoning models know `max_completion_tokens` only; many others ignore it."""
    host = endpoint.host.partition(":")[0]
    if endpoint.is_azure or host.endswith(_OWN_HOSTS):
        return Abilities(limits=("max_completion_tokens", "max_tokens", ""))
    return Abilities()


def request_body(prompt: Prompt, abilities: Abilities, sampling: Sampling) -> dict[str, Any]:
    """The JSON body of a chat completion for `prompt.models[0]`."""
    form = abilities.formats[0]
    body: dict[str, Any] = {"model": prompt.models[0], "messages": _messages(prompt, abilities)}
    if prompt.schema and form != "text":
        body["response_format"] = _response_format(prompt.schema, form)
    if abilities.limits[0]:
        body[abilities.limits[0]] = prompt.max_output_tokens
    if sampling.temperature is not None and Feature.TEMPERATURE not in abilities.refused:
        body["temperature"] = sampling.temperature
    if sampling.reasoning_effort and Feature.EFFORT not in abilities.refused:
        body["reasoning_effort"] = sampling.reasoning_effort
    return body


def _response_format(schema: ReplySchema, form: str) -> dict[str, Any]:
    """OpenAI's two JSON modes; the order of the schema's properties is kept."""
    if form == "json_object":
        return {"type": "json_object"}
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.name, "strict": True, "schema": json.loads(schema.json)},
    }


def _messages(prompt: Prompt, abilities: Abilities) -> list[dict[str, str]]:
    """The turns as this model takes them, without lone surrogates, which JSON in UTF-8 cannot hold."""
    messages = prompt.messages
    if prompt.schema and abilities.formats[0] != "json_schema":
        messages = _with_schema(messages, prompt.schema)
    if Feature.SYSTEM_ROLE in abilities.refused:
        messages = tuple(replace(turn, role=Role.USER) if turn.role is Role.SYSTEM else turn for turn in messages)
    if abilities.refused & {Feature.SYSTEM_ROLE, Feature.REPEATED_ROLE}:
        messages = _merged(messages)
    return [{"role": turn.role.value, "content": _encodable(turn.content)} for turn in messages]


def _with_schema(messages: tuple[Message, ...], schema: ReplySchema) -> tuple[Message, ...]:
    """The schema as words, at the end of the first system message: before everything that differs between passes."""
    words = (
        "Answer with one JSON object and nothing else: no prose, no code fence. "
        f"It must be valid against this JSON Schema:\n{schema.json}"
    )
    if messages and messages[0].role is Role.SYSTEM:
        return (replace(messages[0], content=f"{messages[0].content}\n\n{words}"), *messages[1:])
    return (Message(Role.SYSTEM, words), *messages)


def _merged(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Neighbours of one role joined, for chat templates in which roles must alternate."""
    merged: list[Message] = []
    for turn in messages:
        if merged and merged[-1].role is turn.role:
            merged[-1] = replace(turn, content=f"{merged[-1].content}\n\n{turn.content}")
        else:
            merged.append(turn)
    return tuple(merged)


def _encodable(text: str) -> str:
    """The text with each lone surrogate (a byte that was no UTF-8) as U+FFFD."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
