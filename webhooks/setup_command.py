"""`pr-reviewer setup`. The table of commands in `pr_reviewer.cli` names this module; nothing there imports it."""

import asyncio
import os
import sys
from collections.abc import Mapping

import click

from pr_reviewer.cli.exits import Exit


@click.command(short_help="Create the GitHub App on a page in your browser, then serve.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port to listen on.")
@click.option("--print", "prints", is_flag=True, help="Print the credentials for a secret store; keep them nowhere.")
@click.option("--replace", "replaces", is_flag=True, help="Overwrite the App that is stored already.")
@click.option("--no-serve", "stops", is_flag=True, help="Stop when the App is made, instead of going on as the server.")
def setup(*, host: str, port: int, prints: bool, replaces: bool, stops: bool) -> int:
    """Create a GitHub App with the permissions that reviews need and no others.

    Prints a link that works once: open it in your browser. GitHub makes the App; its credentials are stored in
    server.data_dir, readable for you alone. Then this process goes on as `pr-reviewer serve`.

    Exit codes: 0 stopped; 2 wrong usage or settings; 3 nothing can be stored, or the port is taken.
    """
    from pr_reviewer.bootstrap import network_of
    from pr_reviewer.providers.github.address import Site
    from pr_reviewer.settings.load import load_settings
    from webhooks import command, setup_serving
    from webhooks.logs import logging_to
    from webhooks.setup import Plan
    from webhooks.setup_stored import as_environment, require_room
    from webhooks.stores import data_folder

    settings = load_settings(os.environ).settings
    folder = None if prints else data_folder(settings.server, os.environ)
    setup_serving.require_no_app(settings.github)
    if folder:
        require_room(folder, replace=replaces)
    site = Site.of(settings.github.server_url or "", settings.github.api_url or "")
    plan = Plan(folder, replaces, not stops, site, network_of(settings))
    try:
        with logging_to():
            made = asyncio.run(setup_serving.run(plan, host, port, lambda link: _tell(link, host)))
    except KeyboardInterrupt:
        return Exit.DONE
    if made is None:
        return Exit.DONE
    environ = as_environment(made.app, made.wish.server)
    _report(environ if prints else {}, str(made.path), made.installation_url)
    if stops:
        return Exit.DONE
    return command.run({**os.environ, **environ}, host, port)


def _tell(link: str, host: str) -> None:
    click.echo(f"Open this link in your browser. It works once:\n\n  {link}\n", err=True)
    if host not in {"127.0.0.1", "::1", "localhost"}:
        click.echo(
            "Others can reach this address: use it through TLS or an SSH tunnel, or the link can be read.", err=True
        )
    click.echo("Waiting. Ctrl-C stops.", err=True)


def _report(environ: Mapping[str, str], path: str, link: str) -> None:
    if environ:
        for name, value in environ.items():
            click.echo(f"{name}={value}")
        sys.stdout.flush()
    else:
        click.echo(f"The App's credentials are in {path}.", err=True)
    click.echo(f"Install the App on your repositories:\n\n  {link}\n", err=True)
