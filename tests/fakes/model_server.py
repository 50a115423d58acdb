"""An OpenAI-compatible server on loopback that misbehaves on demand.

    with ModelServer(lambda request: {"findings": []}) as server:
        OpenAIClient(Endpoint(server.url, api_key="test-key"))

The script is a function from a request to a reply, or a list of replies that are given in order. A reply is a text, a
JSON value, or one of `model_replies`. Like the real one, it refuses schemas that break strict mode's rules, parameters
that the model lacks (`refuses`), prompts beyond its `window`, wrong keys and unknown models, and it counts tokens
(roughly: four bytes each) and what of a prompt it has seen before. `pages` are its answers to GET, by path; any other
path is a list of one model.
"""

import json
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.fakes.model_replies import (
    CONTEXT_TOO_LONG,
    Completion,
    Hang,
    Raw,
    Reset,
    Scripted,
    error,
    refused_parameter,
)
from tests.fakes.strict_schema import violations

_CACHED_FROM, _CACHED_STEP = 1024, 128  # OpenAI caches prefixes of so many tokens, in such steps


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request as it arrived; header names are lower case. `number` counts from one."""

    number: int
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def messages(self) -> list[dict[str, str]]:
        return list(self.body["messages"])

    @property
    def text(self) -> str:
        """Everything that the model is told, in one text."""
        return "\n".join(turn["content"] for turn in self.messages)

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON Schema of `response_format`, if there is one."""
        found: dict[str, Any] | None = self.body.get("response_format", {}).get("json_schema", {}).get("schema")
        return found

    @property
    def tokens(self) -> int:
        return max(1, len(self._all.encode()) // 4)

    @property
    def _all(self) -> str:
        return json.dumps(self.schema) + "".join(f"{turn['role']}\n{turn['content']}" for turn in self.messages)

    def tokens_shared_with(self, other: "ModelRequest") -> int:
        """What a prompt cache would not read again."""
        shared = _shared_prefix(self._all, other._all) // 4
        return 0 if shared < _CACHED_FROM else shared - shared % _CACHED_STEP


Script = Callable[[ModelRequest], Any] | Iterable[Any]


class ModelServer:
    """The server. `requests` is what arrived; `most_at_once` how many were answered at a time; `failures` what
    the script raised (then the connection just ends)."""

    def __init__(  # noqa: PLR0913 each is a way to misbehave
        self,
        script: Script = "ok",
        *,
        refuses: Collection[str] = (),
        window: int | None = None,
        dialect: str = "openai",
        keys: Collection[str] = (),
        models: Collection[str] = (),
        checks_replies: bool = False,
        tls: ssl.SSLContext | None = None,
        pages: Mapping[str, Raw | Hang] | None = None,
    ) -> None:
        self._script = script if callable(script) else _in_order(script)
        self._refuses = frozenset(refuses)
        self._window = window
        self._dialect = dialect
        self._keys = frozenset(keys)
        self._models = frozenset(models)
        self._checks_replies = checks_replies
        self._tls = tls
        self.pages = pages or {}
        self._lock = threading.Lock()
        self._at_once = 0
        self.most_at_once = 0
        self.requests: list[ModelRequest] = []
        self.failures: list[BaseException] = []
        self.closing = threading.Event()

    def __enter__(self) -> Self:
        self._http = _Http(("127.0.0.1", 0), _handler(self))
        self._http.failures = self.failures
        if self._tls:
            self._http.socket = self._tls.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:PORT` (`https` with `tls`), which is what Azure calls the endpoint."""
        return f"{'https' if self._tls else 'http'}://{self.host}"

    @property
    def url(self) -> str:
        """What OPENAI_BASE_URL would be."""
        return f"{self.origin}/v1"

    @property
    def host(self) -> str:
        """Host and port, as errors name them."""
        return f"127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    def answer(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Scripted:
        """The reply to one request, after the endpoint's own checks."""
        with self._lock:
            request = ModelRequest(len(self.requests) + 1, path, headers, body)
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            refusal = self._refusal(request)
            return refusal or self._completed(request, _scripted(self._script(request)))
        finally:
            with self._lock:
                self._at_once -= 1

    def _refusal(self, request: ModelRequest) -> Raw | None:
        """What the endpoint itself says before any model is asked."""
        sent = request.headers.get("api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._keys and sent not in self._keys:
            return error(401, f"Incorrect API key provided: {sent}.", code="invalid_api_key")
        if self._models and request.model not in self._models:
            says = f"The model `{request.model}` does not exist or you do not have access to it."
            return error(404, says, code="model_not_found")
        if refused := self._refused_part(request):
            return refused
        if self._window and request.tokens > self._window:
            return CONTEXT_TOO_LONG[self._dialect]
        broken = violations(request.schema) if request.schema else []
        if broken:
            says = f"Invalid schema for response_format 'reply': {broken[0]}"
            return error(400, says, param="response_format", code=None)
        return None

    def _refused_part(self, request: ModelRequest) -> Raw | None:
        """The first part of the request that this model lacks."""
        form = request.body.get("response_format", {}).get("type")
        roles = [turn["role"] for turn in request.messages]
        if form in self._refuses:
            return error(400, f"This model does not support response format `{form}`.", param="response_format")
        if "system" in self._refuses and "system" in roles:
            return error(400, "System role not supported", code=400)
        if "repeated roles" in self._refuses and any(a == b for a, b in pairwise(roles)):
            return error(500, "Conversation roles must alternate user/assistant/user/assistant/...", code=500)
        named = sorted(self._refuses & request.body.keys())
        return refused_parameter(named[0]) if named else None

    def _completed(self, request: ModelRequest, reply: Scripted) -> Scripted:
        """A completion as the full body; any other reply as it is."""
        if not isinstance(reply, Completion):
            return reply
        is_text = reply.content is None or isinstance(reply.content, str)
        content = reply.content if is_text else json.dumps(reply.content)
        if self._checks_replies and request.schema:
            _validate(json.loads(content), request.schema)
        message = {"role": "assistant", "content": content, "refusal": None, **reply.message}
        choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason, **reply.choice}
        body = {
            "id": f"chatcmpl-{request.number}",
            "object": "chat.completion",
            "created": 0,
            "model": request.model,
            "choices": [choice],
            "usage": self._usage(request, content or ""),
        }
        return Raw(200, body | dict(reply.extra))

    def _usage(self, request: ModelRequest, content: str) -> dict[str, Any]:
        cached = max((request.tokens_shared_with(other) for other in self.requests[: request.number - 1]), default=0)
        output = max(1, len(content.encode()) // 4)
        return {
            "prompt_tokens": request.tokens,
            "completion_tokens": output,
            "total_tokens": request.tokens + output,
            "prompt_tokens_details": {"cached_tokens": min(cached, request.tokens)},
        }


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    failures: list[BaseException]

    def handle_error(self, *_: object) -> None:
        """Keep what a script raised; a client that goes away in the middle is what some tests are about."""
        error = sys.exception()
        if error and not isinstance(error, OSError):
            self.failures.append(error)


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        model_server = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # header and body go in two writes, and nobody should wait for the second
    model_server: ModelServer

    def do_GET(self) -> None:
        names = Raw(200, {"object": "list", "data": [{"id": "gpt-x", "object": "model"}]})
        self._play(self.model_server.pages.get(self.path, names))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        if not _is_chat(self.path):
            self._send(Raw(404, {"detail": "Not Found"}))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._play(self.model_server.answer(self.path, headers, body))

    def _play(self, reply: Scripted) -> None:
        if isinstance(reply, Hang):
            self.model_server.closing.wait()
            self.close_connection = True
        elif isinstance(reply, Reset):
            self._break_off(politely=reply.politely)
        elif isinstance(reply, Raw):
            self._send(reply)

    def _send(self, reply: Raw) -> None:
        body = reply.body if isinstance(reply.body, bytes) else _encoded(reply.body)
        self.send_response(reply.status)
        headers = {"content-type": "application/json", "content-length": str(len(body)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _break_off(self, *, politely: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "1000")
        self.end_headers()
        self.wfile.write(b'{"id": "chatcmpl-1", "choices": [{"mess')
        if not politely:
            linger = struct.pack("ii", 1, 0)  # close with a reset instead of a farewell
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the parent's name
        """Quiet."""


def _is_chat(target: str) -> bool:
    """OpenAI's path, or Azure's with its api-version."""
    parts = urlsplit(target)
    is_azure = parts.path.startswith("/openai/deployments/") and "api-version" in parse_qs(parts.query)
    return parts.path.endswith("/chat/completions") and (is_azure or parts.path.startswith("/v1/"))


def _shared_prefix(first: str, second: str) -> int:
    """How many characters two texts have in common at their beginning."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _encoded(body: Any) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def _in_order(replies: Iterable[Any]) -> Callable[[ModelRequest], Any]:
    """Each reply once; a request too many is told so. A single text is the answer to everything."""
    if isinstance(replies, str):
        return lambda _: replies
    waiting = iter(list(replies))
    return lambda _: next(waiting, error(400, "the test's script has ended"))


def _scripted(reply: Any) -> Scripted:
    return reply if isinstance(reply, Completion | Raw | Hang | Reset) else Completion(reply)


def _validate(value: Any, schema: dict[str, Any]) -> None:
    import jsonschema

    jsonschema.validate(value, schema)
