"""An endpoint's answer (status 200) → a Reply, or the failure that it really is.

Answers differ: an error object inside a 200, `choices` empty or null, content null or in parts, the whole answer in
`reasoning_content`, usage missing or null. Reasoning is never part of the text.
"""

import json
import re
from http import HTTPStatus
from typing import Any

from pr_reviewer.llm.endpoint import redact
from pr_reviewer.llm.failures import Failure, read_failure
from pr_reviewer.model.errors import ModelError, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Reply, Usage

_ERROR_STATUS = re.compile(r"[45]\d\d")
_LIMIT_WORDS = ("length", "max_tokens", "max_output_tokens", "model_length")
_FILTER_WORDS = ("content_filter", "safety", "prohibited_content")


def parse_body(body: bytes, secrets: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 parsed JSON
    """The body's JSON; the data of an event stream's error (LM Studio); else its text. Echoed secrets are redacted."""
    text = redact(body.decode("utf-8", "replace").strip(), secrets)
    for line in (text, *(line[5:] for line in text.split("\n") if line.startswith("data:"))):
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            continue
    return text


def failure_inside(payload: Any) -> Failure | None:  # noqa: ANN401 parsed JSON
    """The error that came with status 200, of the whole answer (OpenRouter, LM Studio) or of its only choice."""
    if not isinstance(payload, dict):
        return None
    error = payload.get("error") or _choice(payload).get("error")
    if not error:
        return None
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if _ERROR_STATUS.fullmatch(code) else HTTPStatus.BAD_REQUEST
    return read_failure(status, {"error": error})


def read_reply(payload: Any, model: str, where: str) -> Reply:  # noqa: ANN401 parsed JSON
    """The reply. Raises ModelRefused (refusal, filter, no room to answer) or ModelUnavailable (no answer in it)."""
    if not isinstance(payload, dict):
        raise _not_an_answer(str(payload), where)
    choice, usage = _choice(payload), read_usage(payload.get("usage"))
    message = _dict(choice.get("message"))
    reason = str(choice.get("finish_reason") or "").lower()
    is_cut = reason in _LIMIT_WORDS
    if refusal := _refusal(message):
        raise ModelRefused(f"{where} refused: {refusal[:300]}", hint="Another model may answer.", usage=usage)
    if reason in _FILTER_WORDS:
        hint = "The endpoint's content filter stopped the answer; its operator can loosen the filter."
        raise ModelRefused(f"{where} stopped its answer: content filter", hint=hint, usage=usage)
    text = _text(message.get("content")) or ("" if is_cut else _misplaced_answer(message))
    if not text.strip():
        raise _empty(where, usage, is_cut=is_cut)
    return Reply(text=text, model=model, usage=usage, is_cut=is_cut)


def read_usage(raw: Any) -> Usage:  # noqa: ANN401 parsed JSON
    """Tokens as the endpoint counted them; zero where it does not say."""
    usage = _dict(raw)
    prompt = _count(usage.get("prompt_tokens"))
    details = _dict(usage.get("prompt_tokens_details"))
    cached = _count(details.get("cached_tokens")) or _count(usage.get("prompt_cache_hit_tokens"))  # DeepSeek's word
    return Usage(prompt, min(cached, prompt), _count(usage.get("completion_tokens")))


def _choice(payload: dict[str, Any]) -> dict[str, Any]:
    """The first choice, empty if there is none."""
    choices = payload.get("choices")
    return _dict(choices[0]) if isinstance(choices, list) and choices else {}


def _refusal(message: dict[str, Any]) -> str:
    """What the model said instead of an answer."""
    content = message.get("content")
    parts = [_dict(part).get("refusal") for part in content] if isinstance(content, list) else []
    return next((text.strip() for text in (message.get("refusal"), *parts) if isinstance(text, str)), "")


def _text(content: Any) -> str:  # noqa: ANN401 parsed JSON
    """The content, or the text parts of a content array; thinking parts are left out."""
    if isinstance(content, str):
        return content
    parts = [_dict(part) for part in content] if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if part.get("type", "text") in ("text", "output_text")]
    return "".join(text for text in texts if isinstance(text, str))


def _misplaced_answer(message: dict[str, Any]) -> str:
    """A finished answer that a server's reasoning parser took for reasoning (vLLM, with a schema and thinking off)."""
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    return reasoning if isinstance(reasoning, str) and reasoning.lstrip().startswith("{") else ""


def _empty(where: str, usage: Usage, *, is_cut: bool) -> ModelError:
    """No text: either the whole output limit went into reasoning, or the answer got lost."""
    if is_cut:
        says = f"{where} used up its output limit ({usage.output_tokens} tokens) before it answered"
        return ModelRefused(
            says, hint="Lower the reasoning effort, or choose a model with a larger output.", usage=usage
        )
    return ModelUnavailable(f"{where} sent an answer without text", hint="It may answer later.", usage=usage)


def _not_an_answer(text: str, where: str) -> ModelError:
    """A body that is no JSON: a web page means a wrong address, anything else a broken answer."""
    if text.lstrip().startswith("<"):
        hint = "Check OPENAI_BASE_URL: it usually ends in /v1, and a proxy or portal may answer in its place."
        return ModelRefused(f"{where} answered with a web page", hint=hint, usage=Usage())
    return ModelUnavailable(f"{where} sent an answer that is no JSON", hint="It may answer later.")


def _dict(value: Any) -> dict[str, Any]:  # noqa: ANN401 parsed JSON
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int:  # noqa: ANN401 parsed JSON
    """A count of tokens; anything else is none."""
    return max(0, int(value)) if isinstance(value, int | float) and not isinstance(value, bool) else 0
