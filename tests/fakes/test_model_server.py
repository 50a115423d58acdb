"""The stand-in applies the real endpoint's rules: a test that breaks one must fail."""

import json
import urllib.error
import urllib.request
from typing import Any

import jsonschema
import pytest

from tests.fakes.model_replies import CONTEXT_TOO_LONG, Completion
from tests.fakes.model_server import ModelServer
from tests.fakes.strict_schema import violations

STRICT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def post(server: ModelServer, path: str = "/v1/chat/completions", **body: Any) -> tuple[int, Any]:
    body = {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}], **body}
    headers = {"authorization": "Bearer key"}
    request = urllib.request.Request(server.origin + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, json.load(exc)


def with_schema(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": schema}}


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({"type": "array", "items": {"type": "string"}}, "'type: \"object\"'"),
        ({**STRICT, "required": []}, "'required'"),
        ({**STRICT, "additionalProperties": True}, "'additionalProperties'"),
        ({**STRICT, "properties": {"a": {"type": "string", "minLength": 1}}}, "'minLength' is not permitted"),
        ({**STRICT, "properties": {"a": {"type": "string", "default": ""}}}, "'default' is not permitted"),
        ({**STRICT, "properties": {"a": {}}}, "must have a 'type'"),
        ({**STRICT, "properties": {"a": {"type": "array"}}}, "missing items"),
        ({**STRICT, "properties": {"a": {"$ref": "#/$defs/B"}}}, "can only point to definitions"),
        (
            {**STRICT, "properties": {"a": {"$ref": "#/$defs/B", "description": "x"}}, "$defs": {"B": STRICT}},
            "keywords",
        ),
        ({**STRICT, "$defs": {"B": {"type": "object", "properties": {}}}}, "'additionalProperties'"),
        ({**STRICT, "properties": {"a": {"anyOf": [{"type": "array"}]}}}, "missing items"),
    ],
)
def test_a_schema_that_breaks_strict_mode_is_refused(schema: dict[str, Any], rule: str) -> None:
    with ModelServer() as server:
        status, body = post(server, response_format=with_schema(schema))
    assert status == 400
    assert rule in body["error"]["message"]


def test_a_strict_schema_is_accepted() -> None:
    assert violations(STRICT) == []
    with ModelServer([{"a": "x"}]) as server:
        assert post(server, response_format=with_schema(STRICT))[0] == 200


def test_a_reply_that_breaks_the_schema_is_noticed_when_asked() -> None:
    with ModelServer([{"b": 1}], checks_replies=True) as server:
        with pytest.raises(OSError, match=r"closed connection|refused|reset"):
            post(server, response_format=with_schema(STRICT))
        assert isinstance(server.failures[0], jsonschema.ValidationError)


def test_keys_models_and_the_window_are_checked() -> None:
    with ModelServer(keys=["other"]) as server:
        assert post(server)[0] == 401
    with ModelServer(keys=["key"], models=["gpt-y"]) as server:
        assert post(server)[1]["error"]["code"] == "model_not_found"
        assert post(server, model="gpt-y")[0] == 200
    with ModelServer(window=10, dialect="llama.cpp") as server:
        assert post(server, messages=[{"role": "user", "content": "x" * 100}])[1] == CONTEXT_TOO_LONG["llama.cpp"].body


def test_other_paths_are_not_found() -> None:
    with ModelServer() as server:
        assert post(server, "/chat/completions")[0] == 404
        assert post(server, "/openai/deployments/d/chat/completions")[0] == 404
        assert post(server, "/openai/deployments/d/chat/completions?api-version=1")[0] == 200


def test_models_are_listed() -> None:
    with ModelServer() as server, urllib.request.urlopen(f"{server.url}/models") as response:
        assert [model["id"] for model in json.load(response)["data"]] == ["gpt-x"]


def test_a_script_that_has_ended_says_so() -> None:
    with ModelServer([Completion("one")]) as server:
        assert post(server)[0] == 200
        assert "script has ended" in post(server)[1]["error"]["message"]
        assert [request.number for request in server.requests] == [1, 2]
