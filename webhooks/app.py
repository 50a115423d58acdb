"""The routes. A provider's route exists only where its secret is set; nothing else is served.

https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from webhooks.inbox import Inbox
from webhooks.metrics import CONTENT_TYPE, Metrics
from webhooks.outcomes import Outcome
from webhooks.reception import Answer, Reception

_PROBE_SECONDS = 5.0
_RETRY_SECONDS = "30"

Endpoint = Callable[[Request], Awaitable[Response]]

log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes work with. `github` is None where no webhook secret is set."""

    inbox: Inbox
    metrics: Metrics
    github: Reception | None


def create_app(parts: Parts, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None) -> FastAPI:
    """The ASGI application. No pages of documentation: it answers machines.

    The routes are plain ones: their bodies must be read as they come, so there is nothing for FastAPI to inject.
    """
    app = FastAPI(title="pr-reviewer", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    if parts.github is not None:
        app.add_route("/webhooks/github", _deliveries(parts.github), methods=["POST"])
    app.add_route("/healthz", _healthz, methods=["GET"])
    app.add_route("/readyz", _readyz(parts.inbox), methods=["GET"])
    app.add_route("/metrics", _numbers(parts), methods=["GET"])
    return app


def _deliveries(reception: Reception) -> Endpoint:
    async def receive(request: Request) -> Response:
        return _response(await reception.answer(request.headers, request.stream()))

    return receive


def _response(answer: Answer) -> Response:
    """The status and a job's id; why something is refused stands in the log alone."""
    status = answer.outcome.status
    if answer.job:
        return JSONResponse({"job": answer.job}, status)
    if answer.outcome is Outcome.PONG:
        return JSONResponse({"pong": True}, status)
    headers = {"Retry-After": _RETRY_SECONDS} if answer.outcome is Outcome.UNAVAILABLE else {}
    return Response(status_code=status, headers=headers)


async def _healthz(_: Request) -> Response:
    """The event loop turns."""
    return JSONResponse({"status": "alive"})


def _readyz(inbox: Inbox) -> Endpoint:
    async def readyz(_: Request) -> Response:
        """The store takes writes, and nothing else: without provider or model, deliveries are kept all the same."""
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await inbox.probe()
        except Exception:  # whatever keeps it from writing, it is not ready
            log.exception("not ready: the store takes no writes")
            return JSONResponse({"status": "not ready"}, 503)
        return JSONResponse({"status": "ready"})

    return readyz


def _numbers(parts: Parts) -> Endpoint:
    async def numbers(_: Request) -> Response:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                backlog = await parts.inbox.backlog()
        except Exception:  # the other numbers are wanted most when the store is away
            log.exception("the backlog could not be counted")
        else:
            parts.metrics.waiting.set(backlog.count)
            parts.metrics.oldest.set(max(0.0, time.time() - backlog.oldest_at) if backlog.oldest_at else 0.0)
        return Response(parts.metrics.text(), media_type=CONTENT_TYPE)

    return numbers
