"""`pr-reviewer worker`: carry out jobs, and serve no pages."""

import asyncio
import os
from contextlib import suppress

import click

from pr_reviewer.cli.exits import Exit


@click.command(short_help="Work on the server's jobs without serving webhooks.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address of --port.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Serve /healthz, /readyz and /metrics there. [default: none]"
)
def worker(host: str, port: int | None) -> int:
    """Take jobs from the database that `serve` puts them into. Any number of workers share one Postgres.

    SIGTERM and Ctrl-C end it; reviews under way have server.shutdown_seconds to end, and the rest is taken up by
    others. Exit code 75: others have taken over its work, as it was silent for too long; start it again.
    """
    from pr_reviewer.settings.load import load_settings
    from webhooks import serving
    from webhooks.logs import logging_to
    from webhooks.setup_stored import with_stored_app
    from webhooks.working import open_engine

    environ = with_stored_app(os.environ)
    settings = load_settings(environ).settings
    # The signal that stopped it is told again once all is closed.
    with logging_to(known=serving.secrets_in(settings)) as redactor, suppress(KeyboardInterrupt):
        asyncio.run(serving.work(settings, environ, open_engine, host=host, port=port, keep_secret=redactor.add))
    return Exit.DONE
