"""`pr-reviewer doctor`: what works here, what does not, and what to do about it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pr_reviewer.cli.exits import Exit
from pr_reviewer.model.errors import UsageError

if TYPE_CHECKING:
    from pr_reviewer.doctor.check import Check, Part
    from pr_reviewer.settings.schema.problems import Assignment, Problem
    from pr_reviewer.settings.schema.sections import Settings

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "skipped": "bright_black"}
_NAME_WIDTH = 14
_VERSION = 1


@click.command(short_help="Check this installation.")
@click.argument("url", required=False)
@click.option("--post", is_flag=True, help="Check whether a review of URL could be posted, too. Nothing is posted.")
@click.option("--repo", type=click.Path(path_type=Path), help="The repository.  [default: the one around this folder]")
@click.option("--model", metavar="NAME", help="Check this model instead of those that are set.")
@click.option("--thorough", is_flag=True, help="Measure the model's whole window: costs about two windows of tokens.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds that one call of the model may take.",
)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Check git, the settings, and the model endpoint, and say what to do about each failure.

    With the URL of a pull request, check the access to it as well.

    A handful of model calls are made: about 30,000 tokens. Exit codes: 0 nothing failed; 2 wrong usage; 3 something
    failed.
    """
    from pr_reviewer.providers.github.address import is_url

    if options["url"] and not is_url(options["url"]):
        raise UsageError(f"{options['url']} is not the URL of a pull request", hint="Name a folder with --repo PATH.")
    if options["post"] and not options["url"]:
        raise UsageError("--post needs the URL of a pull request", hint="pr-reviewer doctor URL --post")
    return asyncio.run(_doctor(options))


async def _doctor(options: dict[str, Any]) -> int:
    from pr_reviewer.doctor.check import State, examination

    checks = []
    async for check in examination(_parts(options)):
        checks.append(check)
        if options["style"] == "text":
            _print_check(check)
    states = [check.state for check in checks]
    if options["style"] == "json":
        _print_json(checks)
    else:
        click.echo(f"\n{_summary(states)}")
    return Exit.FAILED if State.FAIL in states else Exit.DONE


def _parts(options: dict[str, Any]) -> Sequence["Part"]:
    """What is looked at, in this order."""
    from pr_reviewer.bootstrap import shipped_rules
    from pr_reviewer.doctor.machine import machine_checks
    from pr_reviewer.settings.load import model_arguments

    folder = options["repo"] or Path.cwd()
    arguments = model_arguments(options["model"]) if options["model"] else ()
    machine = machine_checks(folder, lambda: _problems(folder), shipped_rules())
    pull = (_pull_checks(options),) if options["url"] else ()
    return (machine, *pull, _model_checks(arguments, options))


def _problems(folder: Path) -> Sequence["Problem"]:
    from pr_reviewer.bootstrap import repository_settings
    from pr_reviewer.model.errors import ReviewerError
    from pr_reviewer.providers.local import LocalRange
    from pr_reviewer.settings.load import check_settings

    try:
        text = asyncio.run(repository_settings(LocalRange(folder)))
    except ReviewerError:
        text = None  # there is no repository, or nothing to compare in it: another check says so
    return check_settings(os.environ, repository_text=text)


async def _pull_checks(options: dict[str, Any]) -> AsyncIterator["Check"]:
    from pr_reviewer.doctor.check import Check, State
    from pr_reviewer.doctor.github import pull_checks
    from pr_reviewer.sources import open_pull

    settings = _settings(())
    if settings is None:
        yield Check("pull request", State.SKIPPED, "the settings are wrong")
        return
    part = pull_checks(
        lambda: open_pull(options["url"], settings, os.environ, posts=options["post"]),
        posts=options["post"],
        organisation=settings.rules.organisation_repository,
    )
    async for check in part:
        yield check


async def _model_checks(arguments: Sequence["Assignment"], options: dict[str, Any]) -> AsyncIterator["Check"]:
    from pr_reviewer.doctor.check import Check, State
    from pr_reviewer.doctor.endpoint import endpoint_checks
    from pr_reviewer.doctor.opening import open_line

    settings = _settings(arguments)
    if settings is None:
        yield Check("endpoint", State.SKIPPED, "the settings are wrong")
    elif not settings.asks_model:
        todo = "Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own (docs: models and endpoints)."
        yield Check("endpoint", State.WARN, "none is set: only pattern rules, parsers and searches run", todo)
    else:
        async with open_line(settings, options["timeout"]) as line:
            async for check in endpoint_checks(line, is_thorough=options["thorough"]):
                yield check


def _settings(arguments: Sequence["Assignment"]) -> "Settings | None":
    from pr_reviewer.model.errors import SettingsError
    from pr_reviewer.settings.load import load_settings

    try:
        return load_settings(os.environ, arguments=arguments).settings
    except SettingsError:
        return None


def _print_check(check: "Check") -> None:
    from pr_reviewer.report.characters import one_line

    state = click.style(f"{check.state:7}", fg=_COLOURS[check.state])
    _echo(f"{state}  {check.name:{_NAME_WIDTH}}  {one_line(check.detail)}")
    if check.todo:
        _echo(f"{'':7}  {'':{_NAME_WIDTH}}  → {one_line(check.todo)}")


def _echo(line: str) -> None:
    """With colours where they are wanted, without where they are not."""
    from pr_reviewer.cli.console import is_coloured, write_out

    write_out(f"{line if is_coloured() else click.unstyle(line)}\n")


def _summary(states: Sequence[str]) -> str:
    counts = {state: states.count(state) for state in _COLOURS}
    told = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    return f"{len(states)} checks: {told}."


def _print_json(checks: Sequence["Check"]) -> None:
    from pr_reviewer.diff.text import display

    rows = [
        {"name": check.name, "state": check.state, "detail": check.detail, "todo": check.todo or None}
        for check in checks
    ]
    is_well = all(check.state != "fail" for check in checks)
    text = json.dumps({"version": _VERSION, "ok": is_well, "checks": rows}, ensure_ascii=False, indent=2)
    click.echo(display(text))
