"""`pr-reviewer webhook`: a delivery once more, for looking into trouble."""

import asyncio
import os
import time

import click

from pr_reviewer.cli.exits import Exit
from webhooks.setup_manifest import HOOK_PATH

_URL = f"http://127.0.0.1:8080{HOOK_PATH}"
_REFUSED = 400


@click.group(short_help="Send a recorded delivery to a server once more.")
def webhook() -> None:
    """Look into what became of a delivery."""


@webhook.command()
@click.argument("named", metavar="FILE|DELIVERY")
@click.option("--url", default=_URL, show_default=True, help="The route of the server that it is sent to.")
@click.option("--new-id", is_flag=True, help="Send it under a new id: a server that knows it works on it again.")
def replay(named: str, url: str, *, new_id: bool) -> int:
    """Send a delivery once more, signed with github.webhook_secret.

    FILE is one that server.record_deliveries has kept. DELIVERY is an id that GitHub shows among the App's recent
    deliveries; it keeps them for three days. A delivery that the server knows is answered and not worked on again.

    Exit codes: 0 it was taken; 2 wrong usage or settings; 3 it was refused, or nobody answered.
    """
    from pr_reviewer.bootstrap import network_of
    from pr_reviewer.settings.load import load_settings
    from pr_reviewer.sources import github_access
    from webhooks.replay import Reply, find, send
    from webhooks.serving import require_secrets
    from webhooks.setup_stored import with_stored_app

    environ = with_stored_app(os.environ)
    settings = load_settings(environ).settings
    secret = require_secrets(settings)[0]

    async def act() -> Reply:
        recorded = await find(named, github_access(settings, environ, posts=False), time.time())
        return await send(recorded, url, secret, network_of(settings), as_new=new_id)

    reply = asyncio.run(act())
    click.echo(f"{reply.status} {reply.text}".rstrip())
    return Exit.FAILED if reply.status >= _REFUSED else Exit.DONE
