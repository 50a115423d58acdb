"""`pr-reviewer serve`. The table of commands in `pr_reviewer.cli` names this module; nothing there imports it."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

import click

from pr_reviewer.cli.exits import Exit


@click.command(short_help="Take webhooks and review pull requests by themselves.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port to listen on.")
@click.option("--no-work", is_flag=True, help="Only take deliveries and queue their jobs; workers do them.")
def serve(host: str, port: int, no_work: bool) -> int:
    """Take GitHub's webhooks, keep each delivery, answer, and review.

    Put a proxy with TLS in front of it. SIGTERM and Ctrl-C end it when the requests under way are answered.

    Exit codes: 0 stopped; 2 wrong usage or settings; 3 the store cannot be written, or the port is taken.
    """
    return run(os.environ, host, port, works=not no_work)


def run(environ: Mapping[str, str], host: str, port: int, *, works: bool = True) -> int:
    """Serve under that environment, and as the App that `setup` stored where the environment sets none."""
    from pr_reviewer.settings.load import load_settings
    from webhooks import serving
    from webhooks.logs import logging_to
    from webhooks.setup_stored import with_stored_app
    from webhooks.working import open_engine

    environ = with_stored_app(environ)
    settings = load_settings(environ).settings
    serving.require_secrets(settings)
    opening = partial(open_engine, works=works)
    # The signal that stopped the server is told again once all is closed.
    with logging_to(known=serving.secrets_in(settings)) as redactor, suppress(KeyboardInterrupt):
        serve_it = serving.serve(settings, environ, host=host, port=port, open_engine=opening, keep_secret=redactor.add)
        asyncio.run(serve_it)
    return Exit.DONE
