"""What an answer's body may look like."""

from typing import Any

import pytest

from pr_reviewer.llm.responses import failure_inside, parse_body, read_reply, read_usage
from pr_reviewer.model.errors import ModelError, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Reply, Usage

USAGE = {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 64}}


def body(message: Any = None, *, finish_reason: Any = "stop", usage: Any = USAGE) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish_reason}], "usage": usage}


def read(payload: Any) -> Reply:
    return read_reply(payload, "gpt-x", "host, model gpt-x,")


@pytest.mark.parametrize(
    "message",
    [
        {"content": "hi"},
        {"content": "hi", "reasoning_content": "hm, {"},
        {"content": "hi", "refusal": None, "tool_calls": None},
        {"content": [{"type": "text", "text": "h"}, {"type": "output_text", "text": "i"}]},
        {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "hi"},
            ]
        },
        {"content": [{"text": "hi"}, None, {"type": "text", "text": None}]},
    ],
)
def test_the_text_is_the_answer_without_reasoning(message: dict[str, Any]) -> None:
    assert read(body(message)) == Reply("hi", "gpt-x", Usage(100, 64, 7))


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning"])
def test_an_answer_that_a_server_took_for_reasoning_is_found(key: str) -> None:
    assert read(body({"content": None, key: ' {"a": 1}'})).text == ' {"a": 1}'


@pytest.mark.parametrize("message", [None, "hi", {}, {"content": None, "reasoning_content": "hm"}, {"content": 3}])
def test_an_answer_without_text_may_be_asked_for_again(message: Any) -> None:
    with pytest.raises(ModelUnavailable, match="without text") as caught:
        read(body(message))
    assert caught.value.usage == Usage(100, 64, 7)


@pytest.mark.parametrize("payload", [{}, {"choices": []}, {"choices": None}, {"choices": ["x"]}, [], None, 3])
def test_an_answer_without_a_choice_may_be_asked_for_again(payload: Any) -> None:
    with pytest.raises(ModelUnavailable):
        read(payload)


@pytest.mark.parametrize("reason", ["length", "max_tokens", "MAX_TOKENS"])
def test_a_cut_answer_says_so(reason: str) -> None:
    assert read(body({"content": "{"}, finish_reason=reason)).is_cut


@pytest.mark.parametrize("reason", ["stop", None, "eos", "tool_calls"])
def test_a_whole_answer_is_not_cut(reason: str | None) -> None:
    assert not read(body({"content": "{"}, finish_reason=reason)).is_cut


def test_an_output_limit_spent_on_reasoning_is_explained() -> None:
    with pytest.raises(ModelRefused, match=r"output limit \(7 tokens\) before it answered") as caught:
        read(body({"content": "", "reasoning_content": '{"draft": 1}'}, finish_reason="length"))
    assert "reasoning effort" in caught.value.hint


@pytest.mark.parametrize(
    "message", [{"content": None, "refusal": "I can't."}, {"content": [{"type": "refusal", "refusal": "I can't."}]}]
)
def test_a_refusal_is_quoted_and_paid(message: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused, match=r"refused: I can't\.") as caught:
        read(body(message))
    assert caught.value.usage == Usage(100, 64, 7)


def test_a_filtered_answer_is_refused_even_if_some_of_it_came() -> None:
    with pytest.raises(ModelRefused, match="content filter"):
        read(body({"content": '{"defects'}, finish_reason="content_filter"))


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, Usage()),
        ("many", Usage()),
        ({}, Usage()),
        ({"prompt_tokens": None, "completion_tokens": "7"}, Usage()),
        ({"prompt_tokens": 5, "completion_tokens": 7, "prompt_tokens_details": None}, Usage(5, 0, 7)),
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}}, Usage(5, 5, 0)),
        ({"prompt_tokens": 5, "prompt_cache_hit_tokens": 4}, Usage(5, 4, 0)),
        ({"prompt_tokens": -5, "completion_tokens": True}, Usage()),
        ({"prompt_tokens": 5.0}, Usage(5, 0, 0)),
    ],
)
def test_usage_is_read_as_far_as_it_is_there(usage: Any, expected: Usage) -> None:
    assert read_usage(usage) == expected


@pytest.mark.parametrize("code", [429, "429"])
def test_an_error_in_a_whole_answer_keeps_its_status(code: Any) -> None:
    found = failure_inside({"error": {"code": code, "message": "slow down"}})
    assert found is not None
    assert (found.status, found.message) == (429, "slow down")


@pytest.mark.parametrize("code", ["rate_limit", None, 200, 12])
def test_an_error_without_a_status_is_a_refusal(code: Any) -> None:
    found = failure_inside({"error": {"code": code, "message": "no"}})
    assert found is not None
    assert found.status == 400


@pytest.mark.parametrize("payload", [{}, {"error": None, "choices": [{}]}, [], "text"])
def test_an_answer_without_an_error_has_none(payload: Any) -> None:
    assert failure_inside(payload) is None


def test_a_body_is_json_or_the_error_of_a_stream_or_its_text() -> None:
    assert parse_body(b' {"a": 1}\n') == {"a": 1}
    assert parse_body(b'event: error\ndata: {"error": "no"}\n\n') == {"error": "no"}
    assert parse_body(b"<html>\xff</html>") == "<html>\ufffd</html>"


def test_a_body_that_nests_beyond_what_can_be_read_is_only_text() -> None:
    assert parse_body(b"[" * 100_000) == "[" * 100_000


def test_a_body_that_is_only_text_is_no_answer() -> None:
    with pytest.raises(ModelError):
        read(parse_body(b"<html>"))
