"""A model that answers at once: an OpenAI-compatible server on loopback. Unless told otherwise, it finds nothing."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
Answer = Callable[[Body], Body]


def finds_nothing(_: Body) -> Body:
    return {"findings": [], "verdicts": [], "checks": [], "repairs": []}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many ask at once, and none should wait for its connection


class ZeroLatencyModel:
    """Serve until closed; `url` is the base URL, `requests` holds the bodies that came in, `answer` makes replies."""

    def __init__(self, answer: Answer = finds_nothing) -> None:
        self.requests: list[Body] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self.requests, answer))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(requests: list[Body], reply: Answer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # header and body go in two writes, and nobody should wait for the second

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            requests.append(body)
            answer = json.dumps(_completion(body["model"], json.dumps(reply(body)))).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _completion(model: str, content: str) -> Body:
    return {
        "id": "0",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
