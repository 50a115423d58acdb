"""`pr-reviewer config`: what every setting is and where it comes from."""

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path

import click

from pr_reviewer.cli.exits import Exit


@click.group()
def config() -> None:
    """Show and check the settings, or print their JSON Schema."""


_REPO = click.option(
    "--repo",
    type=click.Path(path_type=Path),
    help="Read this repository's file, too.  [default: the one around this folder]",
)
_BASE = click.option(
    "--base", metavar="REF", help="Read the repository's file at this revision.  [default: the default branch]"
)


@config.command()
@_REPO
@_BASE
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(repo: Path | None, base: str | None, style: str) -> None:
    """Every setting with its value and its source; secrets are hidden."""
    from pr_reviewer.settings.load import load_settings

    rows = load_settings(os.environ, repository_text=_repository_text(repo, base)).rows()
    if style == "json":
        click.echo(json.dumps({row.key: {"value": row.value, "source": row.source} for row in rows}, indent=2))
        return
    _print_table([(row.key, row.value or "(not set)", row.source) for row in rows])


@config.command()
@_REPO
@_BASE
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check(repo: Path | None, base: str | None, file: Path | None) -> int:
    """Say everything that is wrong with the settings, or that nothing is.

    With FILE, check this .pr_reviewer.toml as it is on disk.
    """
    from pr_reviewer.settings.load import check_settings

    text, name = (_read(file), str(file)) if file else (_repository_text(repo, base), ".pr_reviewer.toml")
    problems = check_settings(os.environ, repository_text=text, repository_name=name)
    for problem in problems:
        click.echo(str(problem), err=True)
    if not problems:
        click.echo("The settings are fine.")
    return Exit.USAGE if problems else Exit.DONE


@config.command()
@click.argument("kind", type=click.Choice(["repository", "operator"]), default="repository")
def schema(kind: str) -> None:
    """Print the JSON Schema of .pr_reviewer.toml, or of the operator's file, for editors."""
    from pr_reviewer.settings.load import schema_for
    from pr_reviewer.settings.schema.layers import Layer

    click.echo(json.dumps(schema_for(Layer.REPOSITORY if kind == "repository" else Layer.FILE), indent=2))


def _repository_text(repo: Path | None, base: str | None) -> str | None:
    """The repository's own file at the base branch's tip; outside a repository, and unless one is named: none."""
    from pr_reviewer.bootstrap import repository_settings
    from pr_reviewer.model.errors import ReviewerError
    from pr_reviewer.providers.local import LocalRange

    try:
        return asyncio.run(repository_settings(LocalRange(repo or Path.cwd(), base=base)))
    except ReviewerError:
        if repo is not None or base is not None:
            raise
        return None


def _read(file: Path) -> str:
    from pr_reviewer.model.errors import UsageError

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"{file} cannot be read: {exc}") from exc


def _print_table(rows: Sequence[tuple[str, str, str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for key, value, source in rows:
        click.echo(f"{key:{widths[0]}}  {value:{min(widths[1], 40)}}  {source}")
