"""The real client and wrappers against @copilotkit/aimock: errors as another team imagines them."""

from collections.abc import Callable
from typing import Any

import pytest

from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.client import OpenAIClient
from pr_reviewer.llm.endpoint import Endpoint
from pr_reviewer.llm.retry import Patience, Retry
from pr_reviewer.model.errors import ContextTooLong, InvalidReply, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Usage
from tests.llm.builders import Defects, defects, prompt

Start = Callable[..., str]
GOOD = {"content": '{"defects": [{"reasoning": "because", "line": 3}], "note": null}'}


def failing(status: int, message: str, **fields: Any) -> dict[str, Any]:
    """An error for the first request only."""
    retry_after = {"retryAfter": fields.pop("retry_after")} if "retry_after" in fields else {}
    response = {"error": {"message": message, **fields}, "status": status, **retry_after}
    return {"match": {"sequenceIndex": 0}, "response": response}


def always(**response: Any) -> dict[str, Any]:
    return {"match": {}, "response": response}


def client(url: str) -> OpenAIClient:
    return OpenAIClient(Endpoint(url, api_key="test-key"))


async def test_a_strict_reply_comes_with_usage(aimock: Start) -> None:
    url = aimock(always(**GOOD, usage={"prompt_tokens": 70, "completion_tokens": 9}))
    async with client(url) as llm:
        answer = await ask(llm, prompt(), Defects)
    assert answer.value == Defects.model_validate(defects(3))
    assert answer.replies[0].usage == Usage(70, 0, 9)


async def test_a_rate_limit_is_waited_out_as_long_as_it_asks(aimock: Start) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    url = aimock(failing(429, "Rate limit reached", code="rate_limit_exceeded", retry_after=3), always(**GOOD))
    async with client(url) as llm:
        retry = Retry(llm, Patience(), sleep=sleep, jitter=lambda: 0.0)
        assert (await retry.complete(prompt())).text == GOOD["content"]
    assert slept == [3]


async def test_a_500_is_followed_by_success(aimock: Start) -> None:
    async def sleep(_: float) -> None:
        """At once."""

    url = aimock(failing(500, "Internal error", type="server_error"), always(**GOOD))
    async with client(url) as llm:
        assert (await Retry(llm, Patience(), sleep=sleep).complete(prompt())).text == GOOD["content"]


async def test_a_connection_that_is_cut_is_unavailable(aimock: Start) -> None:
    url = aimock(always(**GOOD), options=("--chaos-disconnect", "1"))
    async with client(url) as llm:
        with pytest.raises(ModelUnavailable, match="broke off its answer"):
            await llm.complete(prompt())


async def test_malformed_json_is_unavailable(aimock: Start) -> None:
    url = aimock(always(**GOOD), options=("--chaos-malformed", "1"))
    async with client(url) as llm:
        with pytest.raises(ModelUnavailable, match="no JSON"):
            await llm.complete(prompt())


async def test_chaotic_rate_limits_are_unavailable(aimock: Start) -> None:
    url = aimock(always(**GOOD), options=("--chaos-ratelimit", "1"))
    async with client(url) as llm:
        with pytest.raises(ModelUnavailable) as caught:
            await llm.complete(prompt())
    assert caught.value.retry_after is not None


async def test_a_reply_that_was_cut_is_asked_for_again_and_then_refused(aimock: Start) -> None:
    url = aimock(always(content='{"defects": [', finishReason="length"))
    async with client(url) as llm:
        with pytest.raises(InvalidReply, match="the output limit cut it"):
            await ask(llm, prompt(), Defects)


async def test_a_prompt_that_is_too_long_is_recognised(aimock: Start) -> None:
    message = "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens."
    url = aimock(failing(400, message, type="invalid_request_error", code="context_length_exceeded"))
    async with client(url) as llm:
        with pytest.raises(ContextTooLong):
            await llm.complete(prompt())


async def test_a_refused_temperature_is_left_out(aimock: Start) -> None:
    message = "Unsupported value: 'temperature' does not support 0.0 with this model."
    url = aimock(failing(400, message, param="temperature", code="unsupported_value"), always(**GOOD))
    async with client(url) as llm:
        assert (await llm.complete(prompt())).text == GOOD["content"]


async def test_reasoning_is_kept_apart(aimock: Start) -> None:
    url = aimock(always(**GOOD, reasoning="Let me think {}"))
    async with client(url) as llm:
        assert (await llm.complete(prompt())).text == GOOD["content"]


async def test_an_unmatched_request_is_refused_with_its_reason(aimock: Start) -> None:
    url = aimock({"match": {"userMessage": "something else"}, "response": GOOD})
    async with client(url) as llm:
        with pytest.raises(ModelRefused, match="No fixture matched"):
            await llm.complete(prompt())
