"""Runs the set-up page until the App is made, or somebody stops it."""

import socket
from collections.abc import Callable
from urllib.parse import quote

import uvicorn

from pr_reviewer.model.errors import ReviewerError, SettingsError
from pr_reviewer.settings.schema.sections import GitHubSettings
from webhooks.setup import PATH, Made, Plan, Setup

_LAST_SECONDS = 5


def require_no_app(github: GitHubSettings) -> None:
    """Raises SettingsError where the operator has set an App already: it would go before the one that is made here."""
    if github.app_id or github.webhook_secret:
        name = "app_id" if github.app_id else "webhook_secret"
        raise SettingsError(
            f"github.{name} is set already, and would go before the App that is made here",
            hint="Unset it (and github.private_key), or start pr-reviewer serve with the App that you have.",
        )


async def run(plan: Plan, host: str, port: int, tell: Callable[[str], None]) -> Made | None:
    """Serve the page; `tell` is given the link once it works. The App, or None when stopped before there was one.

    Raises ReviewerError where the address cannot be listened on.
    """
    server: uvicorn.Server

    def leave() -> None:
        server.should_exit = True

    setup = Setup(plan, leave)
    server = uvicorn.Server(_config(setup, host, port))
    listening = _listen(server.config, host, port)
    tell(f"http://{_shown(host)}:{listening.getsockname()[1]}{PATH}?token={quote(setup.gate.token)}")
    await server.serve(sockets=[listening])
    return setup.made


def _config(setup: Setup, host: str, port: int) -> uvicorn.Config:
    """No access log: the token stands in an address."""
    return uvicorn.Config(
        setup.application(),
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        http="h11",
        ws="none",
        timeout_graceful_shutdown=_LAST_SECONDS,
    )


def _listen(config: uvicorn.Config, host: str, port: int) -> socket.socket:
    try:
        listening = config.bind_socket()
        listening.listen()  # before the link is told: somebody may be quick
    except SystemExit:  # uvicorn's way to say that it cannot listen
        raise ReviewerError(f"cannot listen on {host}:{port}", hint="Is another server running there?") from None
    return listening


def _shown(host: str) -> str:
    """An address that a browser on this machine can open."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 every address of the machine, this one among them
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
