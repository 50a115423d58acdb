"""What the fake model server can be told to do: answers, error bodies in every dialect, and faults of the network."""

# ruff: noqa: E501 the sentences of endpoints stand as they were found

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Completion:
    """A chat completion. `content` that is no text is sent as JSON; `choice` and `extra` override what is built."""

    content: Any = ""
    finish_reason: str = "stop"
    message: Mapping[str, Any] = field(default_factory=dict)
    choice: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raw:
    """Any response: a status and a body (JSON, text or bytes)."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hang:
    """Never answers; the connection stays open until the server closes."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The headers and half of a body, then the connection is reset (`politely`: closed, so that the body is short)."""

    politely: bool = False


Scripted = Completion | Raw | Hang | Reset


def error(status: int, message: str, headers: Mapping[str, str] | None = None, **fields: Any) -> Raw:
    """OpenAI's shape of an error."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    body = {"error": {"message": message, "type": kind, "param": None, "code": None} | fields}
    return Raw(status, body, headers or {})


def rate_limited(**headers: str) -> Raw:
    """429, with what the headers say of when to come back (underscores stand for dashes)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return error(429, "Rate limit reached for gpt-x in organization org-1", named, code="rate_limit_exceeded")


def refused_parameter(name: str) -> Raw:
    """OpenAI's words for a parameter that the model does not know."""
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    return error(400, message, param=name, code="unsupported_parameter")


_OPENAI_LONG = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. \
Please reduce the length of the messages."
_VLLM_LONG = "This model's maximum context length is 4096 tokens. However, you requested 5096 tokens (5000 in the \
messages, 96 in the completion). Please reduce the length of the messages or completion."
_LM_STUDIO_LONG = (
    "Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with \
context length of only 32768 tokens, which is not enough."
)

CONTEXT_TOO_LONG: dict[str, Raw] = {
    "openai": error(400, _OPENAI_LONG, param="messages", code="context_length_exceeded"),
    "azure": error(400, _OPENAI_LONG, type="invalid_request_error", code="context_length_exceeded"),
    "openai gpt-5": error(400, "Input tokens exceed the configured limit of 272000 tokens.", code="invalid_request"),
    "openai 429": error(429, "Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, \
Requested 50000.", type="tokens", code="rate_limit_exceeded"),
    "vllm": Raw(400, {"object": "error", "message": _VLLM_LONG, "type": "BadRequestError", "param": None, "code": 400}),
    "vllm output": Raw(400, {"object": "error", "message": "max_tokens must be at least 1, got -186.", "code": 400}),
    "sglang": Raw(400, {"object": "error", "message": "The input (9001 tokens) is longer than the model's context length \
(8192 tokens)."}),
    "llama.cpp": Raw(400, {"error": {"code": 400, "message": "the request exceeds the available context size, try \
increasing it", "type": "exceed_context_size_error", "n_prompt_tokens": 9001, "n_ctx": 8192}}),
    "llama.cpp 500": Raw(500, {"error": {"code": 500, "message": "too many tokens", "type": "exceed_context_size_error"}}),
    "lm studio": Raw(400, {"error": _LM_STUDIO_LONG}),
    "lm studio 200": Raw(200, 'event: error\ndata: {"error": {"message": "The number of tokens to keep from the initial \
prompt is greater than the context length."}}\n\n'),
    "ollama": error(400, "input length exceeds the context length", type="api_error"),
    "litellm": error(400, "litellm.ContextWindowExceededError: AnthropicException - prompt is too long: 209303 tokens > \
200000 maximum. Received Model Group=claude", type=None, code="400"),
    "openrouter": Raw(200, {"error": {"message": "Provider returned error", "code": 400, "metadata": {
        "raw": '{"error": {"message": "The input token count (2800010) exceeds the maximum number of tokens allowed."}}',
        "provider_name": "Google"}}}),
    "bedrock": Raw(400, {"message": "Input is too long for requested model."}),
    "xai": Raw(400, {"code": "Client specified an invalid argument", "error": "This model's maximum prompt length is \
131072 but the request contains 200000 tokens."}),
    "tgi": Raw(422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 37500",
                     "error_type": "validation"}),
    "mistral": Raw(400, {"object": "error", "message": "Prompt contains 40000 tokens, too large for model with 32768 \
maximum context length", "type": "invalid_request_error", "code": "3051"}),
    "a gateway": Raw(413, "<html>413 Request Entity Too Large</html>", {"content-type": "text/html"}),
}  # fmt: skip

CONTENT_FILTERED = error(
    400,
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    type=None,
    param="prompt",
    code="content_filter",
    innererror={"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {"filtered": False}}},
)
