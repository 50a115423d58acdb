"""Every dialect's errors, over HTTP, become the right error with a sentence that says what to do."""

# ruff: noqa: E501 the sentences of endpoints stand as they were found

import pytest

from pr_reviewer.model.errors import ContextTooLong, ModelError, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Usage
from tests.fakes.model_replies import CONTENT_FILTERED, CONTEXT_TOO_LONG, Completion, Raw, error
from tests.fakes.model_server import ModelServer
from tests.llm.builders import Defects, client, defects, prompt


async def failure(reply: object) -> ModelError:
    with ModelServer(lambda _: reply) as server:
        async with client(server) as llm:
            with pytest.raises(ModelError) as caught:
                await llm.complete(prompt(schema=Defects))
    assert f"{server.host}, model gpt-x," in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("dialect", CONTEXT_TOO_LONG)
async def test_a_prompt_that_is_too_long_is_recognised(dialect: str) -> None:
    assert isinstance(await failure(CONTEXT_TOO_LONG[dialect]), ContextTooLong)


LITELLM_NO_MODEL = (
    "/chat/completions: Invalid model name passed in model=gpt-x. Call `/v1/models` to view available models"
)
REFUSED = {
    "wrong key": (error(401, "Incorrect API key provided"), "OPENAI_API_KEY"),
    "forbidden": (error(403, "You are not allowed to sample from this model"), "access"),
    "openai: no such model": (error(404, "The model `gpt-x` does not exist", code="model_not_found"), "models.review"),
    "ollama: no such model": (error(404, 'model "gpt-x" not found, try pulling it first'), "models.review"),
    "azure: no such deployment": (Raw(404, {"error": {"code": "DeploymentNotFound", "message": "…"}}), "deployment"),
    "litellm: no such model": (error(400, LITELLM_NO_MODEL), "models.review"),
    "bedrock: no such model": (Raw(400, {"message": "The provided model identifier is invalid."}), "OPENAI_BASE_URL"),
    "no such path": (Raw(404, {"detail": "Not Found"}), "/v1"),
    "no such method": (Raw(405, ""), "/v1"),
    "no quota": (error(429, "You exceeded your current quota", code="insufficient_quota"), "billing"),
    "no credit": (Raw(402, {"error": {"message": "Insufficient Balance"}}), "billing"),
    "azure: content filter": (CONTENT_FILTERED, "filter"),
    "openrouter: moderation": (error(403, "Your input was flagged by moderation"), "filter"),
    "anything else": (error(400, "messages[1].content must be a string"), "OPENAI_BASE_URL"),
    "not implemented": (Raw(501, {"error": {"message": "nope"}}), "OPENAI_BASE_URL"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_a_retry_cannot_help_is_refused_with_a_hint(case: str) -> None:
    reply, hint = REFUSED[case]
    found = await failure(reply)
    assert type(found) is ModelRefused
    assert hint in found.hint
    assert found.retry_after is None


UNAVAILABLE = {
    "429": error(429, "Rate limit reached", code="rate_limit_exceeded"),
    "500": error(500, "The server had an error"),
    "502 of a proxy": Raw(502, "<html>Bad Gateway</html>", {"content-type": "text/html"}),
    "503 while loading": Raw(503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
    "529": Raw(529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
    "408": error(408, "Request timeout"),
    "openrouter: upstream 502 in a 200": Raw(200, {"error": {"code": 502, "message": "Provider returned error"}}),
    "openrouter: error in the choice": Completion(None, choice={"error": {"code": 503, "message": "busy"}}),
    "groq: no valid json": error(400, "Failed to generate JSON.", code="json_validate_failed", failed_generation="{"),
    "llama.cpp: output that its own parser refuses": Raw(
        500,
        {
            "error": {
                "code": 500,
                "type": "server_error",
                "message": "The model produced output that does not match the expected peg-native format",
            }
        },
    ),
    "no text": Completion(""),
    "null content": Completion(None),
    "no choices": Completion("", extra={"choices": []}),
    "null choices": Completion("", extra={"choices": None}),
}


@pytest.mark.parametrize("case", UNAVAILABLE)
async def test_what_may_pass_is_unavailable(case: str) -> None:
    assert type(await failure(UNAVAILABLE[case])) is ModelUnavailable


@pytest.mark.parametrize(("status", "usage"), [(429, Usage()), (400, Usage()), (500, None), (504, None), (408, None)])
async def test_what_a_server_gave_up_on_may_be_billed_but_a_refusal_is_not(status: int, usage: Usage | None) -> None:
    assert (await failure(error(status, "no"))).usage == usage


REFUSALS = {
    "openai": error(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
    "azure": Raw(400, {"error": {"code": "BadRequest", "message": "response_format value as json_schema is enabled only \
for api versions 2024-08-01-preview and later"}}),
    "deepseek": error(400, "This response_format type is unavailable now", code="invalid_request_error"),
    "deepseek 422": Raw(422, {"error": {"message": "Failed to deserialize the JSON body into the target type: \
response_format: response_format.type `json_schema` is unavailable now"}}),
    "groq": error(400, "'response_format.type' : value is not one of the allowed values ['text','json_object']"),
    "lm studio": Raw(400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}),
    "vllm": Raw(400, {"object": "error", "message": "The guided decoding backend does not support this", "code": 400}),
    "llama.cpp": Raw(400, {"error": {"code": 400, "message": "failed to parse grammar", "type": "invalid_request_error"}}),
    "mistral": Raw(422, {"object": "error", "message": {"detail": [{"type": "extra_forbidden", "loc":
        ["body", "response_format", "json_schema"], "msg": "Extra inputs are not permitted", "input": "temperature"}]}}),
    "mistral as text": Raw(422, {"object": "error", "message": '{"detail":[{"type":"extra_forbidden","loc":["body",\
"response_format"],"msg":"Extra inputs are not permitted"}]}'}),
    "openrouter in a 200": Raw(200, {"error": {"message": "Provider returned error", "code": 400, "metadata": {
        "raw": '{"error":{"message":"Invalid schema for response_format"}}'}}}),
    "litellm": error(400, "litellm.UnsupportedParamsError: ollama does not support parameters: ['response_format']"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_refused_schema_is_recognised_and_nothing_else_is_given_up(case: str) -> None:
    with ModelServer([REFUSALS[case], defects()]) as server:
        async with client(server) as llm:
            await llm.complete(prompt(schema=Defects))
    second = server.requests[1].body
    assert second["response_format"] == {"type": "json_object"}
    assert {"temperature", "max_tokens"} <= second.keys()


@pytest.mark.parametrize(
    "refusal",
    [
        error(400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' \
instead.", param="max_tokens", code="unsupported_parameter"),
        error(400, "max_tokens is too large: 32768. This model supports at most 16384 completion tokens."),
        Raw(400, {"message": "The maximum tokens you requested exceeds the model limit of 2048."}),
        Raw(422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "max_tokens"], "msg": "Extra inputs"}]}),
    ],
)  # fmt: skip
async def test_a_refused_output_limit_is_recognised(refusal: Raw) -> None:
    with ModelServer([refusal, "ok"]) as server:
        async with client(server) as llm:
            await llm.complete(prompt())
    assert "max_tokens" not in server.requests[1].body
    assert server.requests[1].body["max_completion_tokens"] == 100


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.",
        "Unsupported parameter: 'temperature' is not supported with this model.",
        "litellm.UnsupportedParamsError: gpt-5 models don't support temperature=0.0",
    ],
)
async def test_a_refused_temperature_is_recognised(message: str) -> None:
    with ModelServer([error(400, message), "ok"]) as server:
        async with client(server) as llm:
            await llm.complete(prompt())
    assert "temperature" not in server.requests[1].body


async def test_openrouters_wrapper_shows_what_the_provider_said() -> None:
    raw = '{"error": {"message": "Model supports at most 1 image per prompt."}}'
    reply = Raw(400, {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": raw}}})
    assert "Provider returned error: Model supports at most 1 image per prompt." in (await failure(reply)).message


async def test_a_long_complaint_is_shortened_to_one_line() -> None:
    found = await failure(error(400, "bad\nthing " * 500))
    assert "\n" not in found.message
    assert len(found.message) < 500


@pytest.mark.parametrize("message", ["{not json", "[1, 2"])
async def test_a_message_that_only_looks_like_json_is_shown_as_it_is(message: str) -> None:
    assert (await failure(error(400, message))).message.endswith(f"answered 400: {message}")


async def test_an_error_without_a_message_shows_its_status() -> None:
    assert (await failure(Raw(400, ""))).message.endswith("answered 400")
