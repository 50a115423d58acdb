"""An endpoint's error, read in every dialect: whose fault it is, what was refused, what a person should do.

The shapes and sentences are those of OpenAI, Azure OpenAI, vLLM, SGLang, llama.cpp, Ollama, LM Studio, LiteLLM's proxy,
OpenRouter, Mistral, DeepSeek, Groq, Gemini and Bedrock. They come with an error status, or inside a 200.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from pr_reviewer.llm.request import Abilities, Feature
from pr_reviewer.model.errors import ContextTooLong, ModelError, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Usage

_LONGEST_DETAIL = 400
_DEEPEST = 4
# These may hold our own prompt: never searched, never shown.
_ECHOES = ("input", "ctx", "failed_generation", "user_id", "url")

_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|contextwindowexceeded|string_above_max_length"
    r"|context (?:length|window|size)|prompt length|(?:prompt|input|request) (?:is )?too (?:long|large)"
    r"|too many (?:input )?tokens|reduce the length|input token(?:s| count)[^.]* exceed|max(?:imum)?_model_len"
    r"|max_new_tokens`? must be <=|max_tokens must be at least 1, got -"
)
_UNPAID = re.compile(r"insufficient_quota|insufficient balance|exceeded your current quota|billing|credit")
_FILTERED = re.compile(r"content_filter|content management policy|responsibleaipolicy|content_policy|moderation")
_NO_MODEL = re.compile(
    r"model_not_found|deploymentnotfound|deployment for this resource does not exist|invalid model|unknown model"
    r"|model\b.{0,80}?(?:not found|does not exist|not exist|is not (?:a )?valid|not supported in this region)"
)
_PASSING = re.compile(r"json_validate_failed|failed to generate json|overloaded|temporarily|loading model")

_REFUSALS = (  # the first that fits: a message about roles may quote a template that names anything
    (
        Feature.REPEATED_ROLE,
        re.compile(r"roles? must alternate|alternate between|consecutive (?:user|messages)"),
    ),
    (
        Feature.SYSTEM_ROLE,
        re.compile(
            r"system (?:role|message|prompt)s?\b.{0,40}not (?:be )?(?:support|allow)|got system"
            r"|role'? does not support 'system'|only user and assistant roles"
        ),
    ),
    (Feature.TEMPERATURE, re.compile(r"\btemperature\b")),
    (
        Feature.EFFORT,
        re.compile(r"reasoning[_. ]?effort|support thinking|think value|\breasoning\b.*not support"),
    ),
    (Feature.LIMIT, re.compile(r"\bmax_(?:completion_|output_)?tokens\b|maximum tokens you requested")),
    (
        Feature.FORMAT,
        re.compile(
            r"response_?format|json_schema|json_object|json mode|structured output|guided|grammar|output_config"
            r"|\bschema\b"
        ),
    ),
)
_REFUSING = (400, 404, 415, 422, 500, 501)  # llama.cpp answers 500 where a chat template refuses


@dataclass(frozen=True, slots=True)
class Failure:
    """An endpoint's refusal: its `message` for people, `text` (lower case) of every field that may say why."""

    status: int
    message: str
    text: str
    wait: float | None = None
    usage: Usage | None = None


def read_failure(status: int, payload: Any, wait: float | None = None) -> Failure:  # noqa: ANN401 parsed JSON
    """The failure that a body tells: an object with `error` (object or text), `message`, `detail`, or plain text."""
    texts = list(_texts(payload, 0))
    # A second message is what the model's own provider said, behind a gateway's "Provider returned error".
    messages = list(dict.fromkeys(text for key, text in texts if key in ("message", "detail", "msg", "error")))[:2]
    is_definite = status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.REQUEST_TIMEOUT
    return Failure(
        status=status,
        message=_short(": ".join(messages)),
        text=" ".join(text for _, text in texts).lower(),
        wait=wait,
        usage=Usage() if is_definite else None,  # what a server or gateway gave up on may be billed
    )


def refused_feature(failure: Failure, used: Abilities, sent: dict[str, Any]) -> Feature | None:
    """The part of the request that was refused, if doing without it is possible; None for any other failure."""
    if failure.status not in _REFUSING or _TOO_LONG.search(failure.text):
        return None
    for feature, pattern in _REFUSALS:
        if used.can_step_down(feature) and _was_sent(feature, sent) and pattern.search(failure.text):
            return feature
    return None


def error_for(failure: Failure, where: str) -> ModelError:
    """The error to raise for it; `where` names host and model."""
    reason = f": {failure.message}" if failure.message else ""
    says = f"{where} answered {failure.status}{reason}"
    kind, hint = _kind_and_hint(failure)
    return kind(says, hint=hint, retry_after=failure.wait, usage=failure.usage, status=failure.status)


def _kind_and_hint(failure: Failure) -> tuple[type[ModelError], str]:
    """Which error it is, and what to do about it."""
    text, status = failure.text, failure.status
    if _TOO_LONG.search(text) or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return ContextTooLong, "Set the model's true window (models.toml, models.default_window), or use a larger one."
    if status == HTTPStatus.PAYMENT_REQUIRED or (status in _OUT_OF_QUOTA and _UNPAID.search(text)):
        return ModelRefused, "The account has no credit or quota left: check its plan and billing."
    if _NO_MODEL.search(text):
        return ModelRefused, "Check the name in models.review; on Azure it is the deployment's name."
    if _FILTERED.search(text):
        return ModelRefused, "The endpoint's content filter objects to this change; its operator can loosen the filter."
    if _PASSING.search(text) or status in _LATER:
        return ModelUnavailable, "It may answer later; models.fallbacks names others to ask meanwhile."
    return ModelRefused, _HINTS.get(status, "Check the endpoint (OPENAI_BASE_URL) and the model's settings.")


_OUT_OF_QUOTA = (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
_LATER = {408, 409, 425, 429, *range(500, 600)} - {HTTPStatus.NOT_IMPLEMENTED}
_HINTS = {
    401: "Check the key (OPENAI_API_KEY, or the Azure settings) and that it belongs to this endpoint.",
    403: "The key is known but may not do this: ask for access to the model, or use another key.",
    404: "Nothing answers there: check OPENAI_BASE_URL (it usually ends in /v1) and the model's name.",
    405: "Nothing answers there: check OPENAI_BASE_URL (it usually ends in /v1).",
}


def _was_sent(feature: Feature, sent: dict[str, Any]) -> bool:
    """Whether the request held what is said to be refused; else the words mean something else."""
    if feature is Feature.SYSTEM_ROLE:
        return any(turn["role"] == "system" for turn in sent["messages"])
    if feature is Feature.REPEATED_ROLE:
        roles = [turn["role"] for turn in sent["messages"]]
        return any(role == following for role, following in pairwise(roles))
    if feature is Feature.LIMIT:
        return "max_tokens" in sent or "max_completion_tokens" in sent
    return feature.value in sent


def _texts(value: Any, depth: int, key: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 parsed JSON
    """Every (key, text) in the body that may say why, outermost first; JSON inside a text is opened."""
    if isinstance(value, str) and (inner := _json_inside(value)) is not None and depth < _DEEPEST:
        yield from _texts(inner, depth + 1, key)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield key, str(value)
    elif isinstance(value, list) and depth < _DEEPEST + 4:
        for item in value:
            yield from _texts(item, depth + 1, key)
    elif isinstance(value, dict) and depth < _DEEPEST + 4:
        for name, item in value.items():
            if name not in _ECHOES:
                yield from _texts(item, depth + 1, str(name))


def _json_inside(text: str) -> Any:  # noqa: ANN401 parsed JSON
    """The object or list that a text is, if it is one."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _short(text: str) -> str:
    """One line of bounded length."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_DETAIL else f"{line[:_LONGEST_DETAIL]}…"
