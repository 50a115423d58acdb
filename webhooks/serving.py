"""Puts the server together and runs it until it is told to stop. The only place here that wires things."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import structlog
import uvicorn
from pydantic import SecretStr

from pr_reviewer.model.errors import ReviewerError, SettingsError
from pr_reviewer.providers.github.tokens import KeepSecret, forms_of, nobody_keeps
from pr_reviewer.settings.schema.sections import Settings
from webhooks.app import Parts, create_app
from webhooks.engine import JobEngine
from webhooks.handover import Handover, keep_tidy
from webhooks.inbox import Inbox
from webhooks.metrics import Metrics
from webhooks.reception import Reception, Rules
from webhooks.recording import recorder_of
from webhooks.stores import open_inbox

_SWITCH_SECONDS = 0.001  # Python's own 0.005 is what each busy thread may cost an acknowledgement, several times over
_LAST_SECONDS = 20  # requests under way have as long once we are told to stop

log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class Service:
    """What a job engine is opened with."""

    settings: Settings
    environ: Mapping[str, str]
    metrics: Metrics
    inbox: Inbox
    keep_secret: KeepSecret = nobody_keeps


OpenEngine = Callable[[Service], AbstractAsyncContextManager[JobEngine]]


async def serve(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    host: str,
    port: int,
    open_engine: OpenEngine | None = None,
    keep_secret: KeepSecret = nobody_keeps,
) -> None:
    """Take deliveries until SIGTERM or Ctrl-C. Raises SettingsError for what is missing, before anything is opened.

    Without `open_engine`, deliveries are kept, and handed over by the next server that has an engine. `keep_secret` is
    told of each token that is made.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    rules = Rules(require_secrets(settings), frozenset(settings.github.allowed_owners))
    inbox = await open_inbox(settings.server, environ)
    try:
        metrics = Metrics()
        recorder = recorder_of(settings.server)
        parts = Parts(inbox, metrics, Reception(rules, inbox, metrics, recorder=recorder))
        async with _at_work(Service(settings, environ, metrics, inbox, keep_secret), open_engine):
            await _answer(parts, host, port)
    finally:
        await inbox.close()
        log.info("stopped")


async def work(
    settings: Settings,
    environ: Mapping[str, str],
    open_engine: OpenEngine,
    *,
    host: str = "",
    port: int | None = None,
    keep_secret: KeepSecret = nobody_keeps,
) -> None:
    """Work on jobs until SIGTERM or Ctrl-C. With a `port`, its health and numbers are served there."""
    inbox = await open_inbox(settings.server, environ)
    try:
        metrics = Metrics()
        async with open_engine(Service(settings, environ, metrics, inbox, keep_secret)):
            if port is None:
                await _told_to_stop()
            else:
                await _answer(Parts(inbox, metrics, github=None), host, port)
    finally:
        await inbox.close()
        log.info("stopped")


def require_secrets(settings: Settings) -> Sequence[str]:
    """The secrets of the routes. Raises SettingsError where there is none: such a server could take no delivery."""
    secrets = settings.github.webhook_secrets
    if not secrets:
        raise SettingsError(
            "github.webhook_secret is not set: without it no delivery can be told from a forged one",
            hint="Make an App with pr-reviewer setup, or set PR_REVIEWER_GITHUB__WEBHOOK_SECRET to the secret in the "
            "App's webhook settings.",
        )
    return secrets


def secrets_in(settings: Settings) -> tuple[str, ...]:
    """Every credential that is set, so that no log line shows one."""
    values = (value for section in _sections(settings) for value in section.values())
    plain = (value.get_secret_value() for value in values if isinstance(value, SecretStr))
    token = settings.github.token
    shown = forms_of(token.get_secret_value()) if token else ()
    return (*filter(None, plain), *settings.github.webhook_secrets, *shown)


def _sections(settings: Settings) -> Sequence[Mapping[str, object]]:
    return [dict(section) for _, section in settings]


@asynccontextmanager
async def _at_work(service: Service, open_engine: OpenEngine | None) -> AsyncIterator[None]:
    """Beside the routes: hand over, and forget what is old."""
    async with contextlib.AsyncExitStack() as stack:
        tasks = [asyncio.create_task(keep_tidy(service.inbox, service.settings.server.retention_days))]
        if recorder := recorder_of(service.settings.server):
            tasks.append(asyncio.create_task(recorder.keep_tidy(service.settings.server.retention_days)))
        if open_engine is not None:
            engine = await stack.enter_async_context(open_engine(service))
            tasks.append(asyncio.create_task(Handover(service.inbox, engine, service.metrics).run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _told_to_stop() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    log.info("stopping")


async def _answer(parts: Parts, host: str, port: int) -> None:
    config = uvicorn.Config(
        create_app(parts),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        http="h11",
        ws="none",
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    server = uvicorn.Server(config)
    try:
        await server.serve()
    except SystemExit:  # uvicorn's way to say that it cannot listen; it has logged why
        raise ReviewerError(f"cannot listen on {host}:{port}", hint="Is another server running there?") from None
