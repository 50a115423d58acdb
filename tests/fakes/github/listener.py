"""The HTTP side: read a request, let planned faults strike, answer, keep the log."""

import json
import os
import socket
import struct
import threading
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes.github.access import Identity, password_of
from tests.fakes.github.control import PREFIX, control
from tests.fakes.github.faults import Fault, FaultPlan, Planned, answer_of
from tests.fakes.github.git_http import is_git, serve_git
from tests.fakes.github.graphql.service import root_fields, serve_graphql
from tests.fakes.github.log import Exchange, Log
from tests.fakes.github.messages import Request, Response, refusal
from tests.fakes.github.service import Service
from tests.fakes.github.web import WEB, serve_web


class Gate:
    """Between the socket and the service."""

    def __init__(self, service: Service, log: Log, plan: FaultPlan, changed: Callable[[], None]) -> None:
        self.service, self.log, self.plan, self.changed = service, log, plan, changed
        self.latency: Callable[[Exchange], float] = lambda _: 0.0
        self.closing = threading.Event()

    def classify(self, request: Request) -> tuple[Exchange, Request]:
        """Which part of GitHub is meant; the request without the API's prefix."""
        prefix = "/api/v3" if self.service.site.is_enterprise else ""
        graphql = "/api/graphql" if self.service.site.is_enterprise else "/graphql"
        path, inner = request.path, request
        if is_git(path):
            kind = "git"
        elif path == graphql:
            kind = "graphql"
        elif WEB.match(path) or (prefix and not path.startswith(prefix + "/")):
            kind = "web"
        else:
            kind, inner = "rest", request.moved_to(request.target.removeprefix(prefix))
        body = _json(request.body) if kind in ("rest", "graphql") else None
        fields = root_fields(request.body) if kind == "graphql" else ()
        headers = {name: value for name, value in request.headers.items() if name != "authorization"}
        exchange = Exchange(kind, request.method, inner.path, request.query, headers, body, fields=fields)
        exchange.started = time.monotonic()
        return exchange, inner

    def serve(self, exchange: Exchange, request: Request) -> Response:
        serve = {"git": serve_git, "graphql": serve_graphql, "rest": _rest, "web": serve_web}[exchange.kind]
        try:
            response, identity = serve(self.service, request)
        except Exception:  # noqa: BLE001 a mistake of the stand-in fails the test, and the client gets its answer
            self.service.violations.append(f"{exchange.name}: {traceback.format_exc()}")
            return refusal(500, "Server Error").response
        exchange.credential = identity.label or exchange.credential
        self.changed()
        return response


def _rest(service: Service, request: Request) -> tuple[Response, Identity]:
    return service.rest(request)


class Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is what some tests are about."""


def handler_for(gate: Gate) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        pass

    Handler.gate = gate
    return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    gate: Gate

    def _serve(self) -> None:
        request = self._read()
        if request.path.startswith(PREFIX):
            answer = control(request, self.gate.log, self.gate.service.violations, self.gate.plan)
            self._send(None, answer)
            return
        exchange, inner = self.gate.classify(request)
        exchange.credential = _credential(request)
        self.gate.log.exchanges.append(exchange)
        pause = self.gate.latency(exchange)
        if pause:
            self.gate.closing.wait(pause)
        planned = self.gate.plan.take(inner, exchange.name)
        _happen(planned, inner, after=False)
        struck = next((plan for plan in planned if plan.kind and not plan.after), None)
        if struck and struck.kind is not Fault.TRUNCATED:
            self._fail(exchange, struck)
            return
        response = self.gate.serve(exchange, inner)
        _happen(planned, inner, after=True)
        struck = next((plan for plan in planned if plan.kind), None)
        if struck and struck.kind is not Fault.TRUNCATED:
            self._fail(exchange, struck)
        elif struck:
            self._truncate(exchange, response)
        else:
            self._send(exchange, response)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 the parent's names

    def _read(self) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if "chunked" in headers.get("transfer-encoding", ""):
            body = b"".join(self._chunks())
        else:
            body = self.rfile.read(int(headers.get("content-length", 0)))
        return Request(self.command, self.path, headers, body)

    def _chunks(self) -> Any:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _send(self, exchange: Exchange | None, response: Response, cut: int | None = None) -> None:
        if exchange:
            exchange.status = response.status
        body = response.content
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if cut is None else body[:cut])

    def _fail(self, exchange: Exchange, plan: Planned) -> None:
        assert plan.kind is not None
        exchange.fault = plan.kind.value + (" after" if plan.after else "")
        if plan.kind is Fault.HANG:
            self.gate.closing.wait()
            self.close_connection = True
        elif plan.kind is Fault.RESET:
            self._reset()
        else:
            location = f"{plan.location}{self.path}" if plan.location else "http://127.0.0.1:9/elsewhere"
            response = answer_of(plan.kind, self.gate.service.rules, location)
            response.headers = {"content-type": "application/json; charset=utf-8", **response.headers}
            self._send(exchange, response)

    def _truncate(self, exchange: Exchange, response: Response) -> None:
        exchange.fault = Fault.TRUNCATED.value
        self._send(exchange, response, cut=len(response.content) // 2)
        self.close_connection = True

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)  # close with a reset instead of a farewell
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        os.close(self.connection.detach())
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the parent's name
        """Quiet."""


def _happen(planned: list[Planned], request: Request, *, after: bool) -> None:
    for plan in planned:
        if plan.action and plan.after is after:
            plan.action(request)


def _credential(request: Request) -> str:
    """What came in the header, also when nobody knows it."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return password_of(value) if kind.lower() == "basic" else value


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode(errors="replace")
