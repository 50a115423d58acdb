"""The client against a server on loopback: what is sent, what is read, what is stepped down."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from pr_reviewer.llm.client import OpenAIClient
from pr_reviewer.llm.endpoint import Endpoint, Sampling, Timeouts
from pr_reviewer.model.errors import ContextTooLong, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Message, Reply, Role, Usage
from tests.fakes.model_replies import Completion, Hang, Raw, Reset, error, rate_limited, refused_parameter
from tests.fakes.model_server import ModelServer
from tests.llm.builders import KEY, Defects, client, defects, prompt


async def test_a_prompt_is_sent_with_its_strict_schema_and_answered_with_usage() -> None:
    with ModelServer([defects(3)]) as server:
        async with client(server, sampling=Sampling(temperature=0.2, reasoning_effort="low")) as llm:
            answer = await llm.complete(prompt(schema=Defects))
    body = server.requests[0].body
    assert answer.text == '{"defects": [{"reasoning": "because", "line": 3}], "note": null}'
    assert answer.model == "gpt-x"
    assert answer.usage.input_tokens == server.requests[0].tokens
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"]["strict"] is True
    assert list(body["response_format"]["json_schema"]["schema"]["properties"]) == ["defects", "note"]
    assert (body["temperature"], body["reasoning_effort"], body["max_tokens"]) == (0.2, "low", 100)
    assert [turn["role"] for turn in body["messages"]] == ["system", "user", "user"]


async def test_without_a_schema_plain_text_is_asked_for() -> None:
    with ModelServer(["Hello"]) as server:
        async with client(server, sampling=Sampling(temperature=None)) as llm:
            assert (await llm.complete(prompt())).text == "Hello"
    assert server.requests[0].body.keys() == {"model", "messages", "max_tokens"}


async def test_the_key_goes_by_header_and_nothing_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer other\nX-Tracking: yes")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-env")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    with ModelServer(["ok"]) as server:
        async with OpenAIClient(Endpoint(server.url, api_key=KEY, headers={"X-Gateway": "mine"})) as llm:
            await llm.complete(prompt())
    headers = server.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-gateway"] == "mine"
    assert headers.keys() == {
        "host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent",
        "authorization", "x-gateway",
    }  # fmt: skip


async def test_without_a_key_no_credential_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    with ModelServer(["ok"]) as server:
        async with OpenAIClient(Endpoint(server.url)) as llm:
            await llm.complete(prompt())
    assert "authorization" not in server.requests[0].headers


async def test_azure_is_asked_by_deployment_with_its_api_version_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "token-env")
    with ModelServer(["ok"]) as server:
        async with OpenAIClient(Endpoint(server.origin, api_key=KEY, azure_api_version="2024-10-21")) as llm:
            await llm.complete(prompt("my-deployment"))
    request = server.requests[0]
    assert request.path == "/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21"
    assert request.headers["api-key"] == KEY
    assert "authorization" not in request.headers
    assert request.body["max_completion_tokens"] == 100


async def test_azure_takes_an_entra_token_instead_of_a_key() -> None:
    with ModelServer(["ok"]) as server:
        endpoint = Endpoint(server.origin, api_key=KEY, azure_api_version="2024-10-21", entra_token="entra-token")
        async with OpenAIClient(endpoint) as llm:
            await llm.complete(prompt())
    assert server.requests[0].headers["authorization"] == "Bearer entra-token"
    assert "api-key" not in server.requests[0].headers


async def test_azure_without_a_credential_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key-env")
    with ModelServer(["ok"]) as server:
        async with OpenAIClient(Endpoint(server.origin, azure_api_version="2024-10-21")) as llm:
            await llm.complete(prompt())
    assert not {"api-key", "authorization"} & server.requests[0].headers.keys()


@pytest.mark.parametrize(
    ("refuses", "sent"),
    [
        ({"json_schema"}, [("json_schema", True), ("json_object", True)]),
        ({"json_schema", "json_object"}, [("json_schema", True), ("json_object", True), (None, True)]),
        ({"temperature"}, [("json_schema", True), ("json_schema", False)]),
    ],
)
async def test_what_is_refused_is_stepped_down_and_remembered(refuses: set[str], sent: list[Any]) -> None:
    with ModelServer(lambda _: defects(), refuses=refuses) as server:
        async with client(server) as llm:
            await llm.complete(prompt(schema=Defects))
            await llm.complete(prompt(schema=Defects))
    asked = [(r.body.get("response_format", {}).get("type"), "temperature" in r.body) for r in server.requests]
    assert asked == [*sent, sent[-1]]


async def test_the_schema_stands_in_the_system_message_where_the_endpoint_takes_none() -> None:
    with ModelServer(lambda _: defects(), refuses={"json_schema", "json_object"}) as server:
        async with client(server) as llm:
            await llm.complete(prompt(text="find", schema=Defects))
            await llm.complete(prompt(text="verify", schema=Defects))
    first, second = server.requests[-2], server.requests[-1]
    assert '"additionalProperties":false' in first.messages[0]["content"]
    assert first.messages[:-1] == second.messages[:-1]


async def test_a_schema_without_a_system_message_gets_one() -> None:
    lone = replace(prompt(schema=Defects), messages=(Message(Role.USER, "Review."),))
    with ModelServer(lambda _: defects(), refuses={"json_schema"}) as server:
        async with client(server) as llm:
            await llm.complete(lone)
    assert [turn["role"] for turn in server.requests[-1].messages] == ["system", "user"]


@pytest.mark.parametrize(
    ("refuses", "name"),
    [
        (set(), "max_tokens"),
        ({"max_tokens"}, "max_completion_tokens"),
        ({"max_tokens", "max_completion_tokens"}, None),
    ],
)
async def test_the_output_limit_finds_the_name_that_the_endpoint_knows(refuses: set[str], name: str | None) -> None:
    with ModelServer(lambda _: "ok", refuses=refuses) as server:
        async with client(server) as llm:
            await llm.complete(prompt())
    assert {"max_tokens", "max_completion_tokens"} & server.requests[-1].body.keys() == ({name} if name else set())


async def test_models_whose_roles_must_alternate_get_merged_turns() -> None:
    with ModelServer(lambda _: "ok", refuses={"repeated roles"}) as server:
        async with client(server) as llm:
            await llm.complete(prompt())
    assert server.requests[-1].messages == [
        {"role": "system", "content": "You review code."},
        {"role": "user", "content": "diff\n\nReview this."},
    ]


async def test_models_without_a_system_role_get_one_user_turn() -> None:
    with ModelServer(lambda _: "ok", refuses={"system"}) as server:
        async with client(server) as llm:
            await llm.complete(prompt())
    assert server.requests[-1].messages == [{"role": "user", "content": "You review code.\n\ndiff\n\nReview this."}]


async def test_everything_can_be_refused_at_once_and_is_asked_anew_only_once_per_model() -> None:
    refuses = {"json_schema", "json_object", "temperature", "reasoning_effort", "max_tokens", "system"}
    with ModelServer(lambda _: defects(), refuses=refuses) as server:
        async with client(server, sampling=Sampling(0.0, "high")) as llm:
            await llm.complete(prompt("a", schema=Defects))
            negotiated = len(server.requests)
            await llm.complete(prompt("a", schema=Defects))
            assert len(server.requests) == negotiated + 1
            await llm.complete(prompt("b", schema=Defects))
    assert len(server.requests) == 2 * negotiated + 1


async def test_concurrent_calls_step_down_together_and_no_further_than_needed() -> None:
    with ModelServer(lambda _: defects(), refuses={"json_schema", "max_tokens"}) as server:
        async with client(server) as llm:
            answers = await asyncio.gather(*(llm.complete(prompt(schema=Defects)) for _ in range(12)))
            await llm.complete(prompt(schema=Defects))
    assert len(answers) == 12
    last = server.requests[-1].body
    assert last["response_format"] == {"type": "json_object"}
    assert last["max_completion_tokens"] == 100


async def test_a_parameter_that_was_not_sent_is_not_stepped_down() -> None:
    with ModelServer(lambda _: refused_parameter("temperature")) as server:
        async with client(server, sampling=Sampling(None)) as llm:
            with pytest.raises(ModelRefused, match="temperature"):
                await llm.complete(prompt())
    assert len(server.requests) == 1


async def test_an_endpoint_that_refuses_the_same_thing_for_ever_is_given_up() -> None:
    with ModelServer(lambda _: error(400, "response_format, temperature and max_tokens are wrong")) as server:
        async with client(server) as llm:
            with pytest.raises(ModelRefused):
                await llm.complete(prompt(schema=Defects))
    assert len(server.requests) == 6


async def test_surrogates_are_sent_as_replacement_characters() -> None:
    with ModelServer(["ok"]) as server:
        async with client(server) as llm:
            await llm.complete(prompt(text="caf\udce9 😀 é"))
    assert server.requests[0].messages[-1]["content"] == "caf\ufffd 😀 é"


async def test_a_shared_prefix_is_reported_as_cached() -> None:
    long = replace(prompt(), messages=(Message(Role.SYSTEM, "x" * 20_000), Message(Role.USER, "find")))
    with ModelServer(lambda _: "ok") as server:
        async with client(server) as llm:
            first = await llm.complete(long)
            second = await llm.complete(replace(long, messages=(long.messages[0], Message(Role.USER, "verify"))))
    assert first.usage.cached_tokens == 0
    assert second.usage.cached_tokens == 4992


async def test_a_silent_server_is_a_time_out() -> None:
    with ModelServer([Hang()]) as server:
        async with client(server, timeouts=Timeouts(read=0.05)) as llm:
            with pytest.raises(ModelUnavailable, match=f"{server.host}, model gpt-x, did not answer in time") as caught:
                await llm.complete(prompt())
    assert caught.value.usage is None


async def test_a_call_as_a_whole_has_a_deadline() -> None:
    with ModelServer([Hang()]) as server:
        async with client(server, timeouts=Timeouts(total=0.05)) as llm:
            with pytest.raises(ModelUnavailable, match=r"took longer than 0\.05 s"):
                await llm.complete(prompt())


@pytest.mark.parametrize("reset", [Reset(), Reset(politely=True)])
async def test_a_connection_that_breaks_in_the_middle_may_be_retried_and_may_be_billed(reset: Reset) -> None:
    with ModelServer([reset, "ok"]) as server:
        async with client(server) as llm:
            with pytest.raises(ModelUnavailable, match="broke off its answer") as caught:
                await llm.complete(prompt())
            assert (await llm.complete(prompt())).text == "ok"
    assert caught.value.usage is None


async def test_nobody_there_is_unavailable_and_costs_nothing() -> None:
    with ModelServer([]) as server:
        url = server.url
    async with OpenAIClient(Endpoint(url)) as llm:
        with pytest.raises(ModelUnavailable, match="cannot be reached") as caught:
            await llm.complete(prompt())
    assert caught.value.usage == Usage()
    assert "OPENAI_BASE_URL" in caught.value.hint


async def test_a_malformed_body_may_be_retried() -> None:
    with ModelServer([Raw(200, '{"choices": [')]) as server:
        async with client(server) as llm:
            with pytest.raises(ModelUnavailable, match="no JSON"):
                await llm.complete(prompt())


async def test_a_web_page_means_a_wrong_address() -> None:
    with ModelServer([Raw(200, "<html>Please log in</html>", {"content-type": "text/html"})]) as server:
        async with client(server) as llm:
            with pytest.raises(ModelRefused, match="web page"):
                await llm.complete(prompt())


async def test_a_redirect_is_not_followed_with_the_key() -> None:
    with ModelServer(["stolen"]) as other:
        with ModelServer([Raw(307, "", {"location": f"{other.url}/chat/completions?key=1"})]) as server:
            async with client(server) as llm:
                with pytest.raises(ModelRefused, match="redirects to") as caught:
                    await llm.complete(prompt())
        assert other.requests == []
    assert other.origin in caught.value.message
    assert "key=1" not in caught.value.message


async def test_rate_limits_carry_the_time_to_wait() -> None:
    with ModelServer([rate_limited(retry_after="7")]) as server:
        async with client(server) as llm:
            with pytest.raises(ModelUnavailable) as caught:
                await llm.complete(prompt())
    assert caught.value.retry_after == 7
    assert caught.value.usage == Usage()


async def test_ollama_cutting_a_prompt_silently_is_noticed() -> None:
    cut = Completion("ok", extra={"system_fingerprint": "fp_ollama", "usage": {"prompt_tokens": 2048}})
    fits = Completion("ok", extra={"system_fingerprint": "fp_ollama", "usage": {"prompt_tokens": 9000}})
    mute = Completion("ok", extra={"system_fingerprint": "fp_ollama", "usage": []})
    with ModelServer([cut, fits, mute]) as server:
        async with client(server) as llm:
            with pytest.raises(ContextTooLong, match="read only 2048 tokens"):
                await llm.complete(prompt(text="x" * 40_000))
            assert await llm.complete(prompt(text="x" * 40_000)) == Reply("ok", "gpt-x", Usage(9000))
            assert await llm.complete(prompt(text="x" * 40_000)) == Reply("ok", "gpt-x", Usage())


async def test_the_sdk_can_be_loaded_beforehand_in_a_thread() -> None:
    with ModelServer(["ok"]) as server:
        async with client(server) as llm:
            await asyncio.to_thread(llm.prepare)
            assert (await llm.complete(prompt())).text == "ok"


async def test_a_closed_client_opens_again() -> None:
    with ModelServer(lambda _: "ok") as server:
        llm = client(server)
        await llm.aclose()
        await llm.complete(prompt())
        await llm.aclose()
        assert (await llm.complete(prompt())).text == "ok"
        await llm.aclose()


async def test_an_echoed_key_is_redacted_even_where_the_sentence_is_shortened() -> None:
    padding = "x" * 385
    with ModelServer([error(401, f"Incorrect key {KEY}"), error(400, f"{padding} {KEY}"), Completion(KEY)]) as server:
        async with client(server) as llm:
            with pytest.raises(ModelRefused) as first:
                await llm.complete(prompt())
            with pytest.raises(ModelRefused) as second:
                await llm.complete(prompt())
            assert (await llm.complete(prompt())).text == "[redacted]"
    assert "Incorrect key [redacted]" in str(first.value)
    assert "sk-" not in str(second.value) + repr(second.value)
    assert first.value.__cause__ is None
