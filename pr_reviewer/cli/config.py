"""`pr-reviewer config`: what every setting is and where it comes from."""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pr_reviewer.cli.exits import Exit

if TYPE_CHECKING:
    from pr_reviewer.providers.local import LocalRange
    from pr_reviewer.settings.load import Document
    from pr_reviewer.settings.schema.problems import Problem


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

    found = _documents(repo, base)
    rows = load_settings(os.environ, organisation=found.organisation, repository_text=found.repository).rows()
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
    problems = _problems(repo, base, file)
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


def _problems(repo: Path | None, base: str | None, file: Path | None) -> Sequence["Problem"]:
    """What is wrong with the settings; where nothing is, whether the packs that they name exist."""
    from pr_reviewer.model.errors import SettingsError
    from pr_reviewer.settings.load import check_settings, load_settings
    from pr_reviewer.settings.schema.problems import Problem
    from pr_reviewer.workflows.packs import pack_files

    found = _Documents(None, _read(file), str(file)) if file else _documents(repo, base)
    theirs, text = found.organisation, found.repository
    if problems := check_settings(os.environ, organisation=theirs, repository_text=text, repository_name=found.name):
        return problems
    resolved = load_settings(os.environ, organisation=theirs, repository_text=text, repository_name=found.name)
    try:
        pack_files(resolved.settings.rules.packs)
    except SettingsError as exc:
        return [Problem(f"{resolved.sources['rules.packs']}: {exc.message}", exc.hint)]
    return ()


@dataclass(frozen=True, slots=True)
class _Documents:
    """The files of settings beside the operator's: the organisation's, and the text and name of the repository's."""

    organisation: "Document | None" = None
    repository: str | None = None
    name: str = ".pr_reviewer.toml"


def _documents(repo: Path | None, base: str | None) -> _Documents:
    """What holds for a repository at the base branch's tip; outside of one, and unless one is named: nothing."""
    from pr_reviewer.model.errors import ReviewerError
    from pr_reviewer.providers.local import LocalRange
    from pr_reviewer.settings.load import check_settings

    if check_settings(os.environ):
        return _Documents()  # told by whoever loads them
    try:
        return asyncio.run(_documents_of(LocalRange(repo or Path.cwd(), base=base)))
    except ReviewerError:
        if repo is not None or base is not None:
            raise
        return _Documents()


async def _documents_of(source: "LocalRange") -> _Documents:
    from pr_reviewer.bootstrap import organisation_document, repository_settings
    from pr_reviewer.settings.load import load_settings
    from pr_reviewer.sources import open_organisation_of

    async with open_organisation_of(source, load_settings(os.environ).settings, os.environ) as organisation:
        unread = organisation.unread
        if unread and not unread.is_expected:
            click.echo(f"{unread.origin} was not read: {unread.why}", err=True)
        return _Documents(await organisation_document(organisation), await repository_settings(source))


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
