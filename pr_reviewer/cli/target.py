"""What a command works on: the options that say it, and all that has to be opened for it."""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pr_reviewer.model.errors import UsageError

if TYPE_CHECKING:
    from pr_reviewer.diff.skip import SkipRules
    from pr_reviewer.model.coverage import Coverage
    from pr_reviewer.providers.base import ChangeReader
    from pr_reviewer.providers.github.writer import GitHubPullRequest
    from pr_reviewer.report.links import Links
    from pr_reviewer.settings.schema.sections import Settings
    from pr_reviewer.workflows.desk import Desk

_RANGE = ("repo", "base", "head", "staged", "uncommitted")
F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("target", required=False, metavar="[URL]"),
    click.option(
        "--repo", type=click.Path(path_type=Path), help="The repository.  [default: the one around this folder]"
    ),
    click.option("--base", metavar="REF", help="Compare with this revision.  [default: the default branch]"),
    click.option("--head", metavar="REF", help="Look at this revision.  [default: HEAD]"),
    click.option("--staged", is_flag=True, help="Look at what is staged, against HEAD."),
    click.option(
        "--uncommitted", is_flag=True, help="Look at the working tree with its untracked files, against HEAD."
    ),
    click.option("--diff", metavar="FILE|-", help="Look at a unified diff (svn and hg diffs, too)."),
    click.option(
        "--format",
        "style",
        type=click.Choice(["text", "markdown", "json"]),
        default="text",
        show_default=True,
        help="How to print.",
    ),
    click.option("--require-complete", is_flag=True, help="Exit with 4 when a part was not looked at."),
    click.option("--model", metavar="NAME", help="Use this model for every step."),
    click.option("--dry-run", is_flag=True, help="Print what would be sent first, and send nothing."),
    click.option(
        "--record", metavar="DIR", type=click.Path(path_type=Path), help="Keep every request and reply there."
    ),
    click.option("--quiet", is_flag=True, help="No progress display."),
)


def target_options(command: F) -> F:
    """Give a command the options that say what it works on, and how."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse_contradictions(command: str, options: dict[str, Any]) -> None:
    """Raise UsageError for options that do not go together."""
    if options["dry_run"] and options["record"]:
        raise UsageError("--dry-run sends nothing, so there is nothing to --record")
    if options["post"] and not options["target"]:
        raise UsageError("--post needs the URL of a pull request", hint=f"pr-reviewer {command} URL --post")
    if options["post"] and options["dry_run"]:
        raise UsageError("--dry-run posts nothing, so there is nothing to --post")
    if options["target"] and (named := [f"--{name}" for name in (*_RANGE, "diff") if options[name]]):
        raise UsageError(
            f"a URL and {named[0]} exclude each other", hint="The pull request says itself what is compared."
        )
    if options["diff"] and (both := [f"--{name}" for name in _RANGE if options[name]]):
        raise UsageError(
            f"--diff and {both[0]} exclude each other", hint="A diff says itself what changed; it is no range."
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What a command works on and with. `pull` is the pull request at the URL, None for a local change."""

    desk: "Desk"
    settings: "Settings"
    skip: "SkipRules"
    pull: "GitHubPullRequest | None" = None

    async def links(self) -> "Links":
        """Addresses of the pull request's code and rules; none for a local change."""
        from pr_reviewer.bootstrap import publishing_terms
        from pr_reviewer.report.links import Links

        if self.pull is None:
            return Links(rule_for=self.desk.rules.rule_for)
        return publishing_terms(self.settings).links(await self.pull.pull_request(), self.desk.rules)

    @property
    def posts_to(self) -> "GitHubPullRequest":
        """The pull request, where there is one."""
        assert self.pull is not None  # noqa: S101 --post without a URL was refused
        return self.pull


async def tell_why_empty(target: Target, coverage: "Coverage") -> None:
    """Say on standard error why there is nothing to look at, and what there may be instead."""
    from pr_reviewer.sources import why_empty

    if not coverage.files:
        click.echo(f"Nothing to look at: {await why_empty(target.desk.source)}", err=True)


@asynccontextmanager
async def open_target(options: dict[str, Any], more: Sequence[Any] = ()) -> AsyncIterator[Target]:
    """Open it. `more` are settings that the command line gives."""
    from pr_reviewer.settings.load import load_settings, model_arguments
    from pr_reviewer.sources import local_source, open_pull

    arguments = [*more, *(model_arguments(options["model"]) if options["model"] else ())]
    operators = load_settings(os.environ, arguments=arguments).settings
    async with AsyncExitStack() as stack:
        if options["target"]:
            opening = open_pull(options["target"], operators, os.environ, posts=options["post"])
            pull = await stack.enter_async_context(opening)
            yield await _on(stack, pull, pull, operators, arguments, options)
        else:
            index = os.environ.get("GIT_INDEX_FILE")  # set by git around a pre-commit hook
            source = local_source(options, options["diff"], Path(index) if index else None)
            yield await _on(stack, source, None, operators, arguments, options)


async def _on(
    stack: AsyncExitStack,
    source: "ChangeReader",
    pull: "GitHubPullRequest | None",
    operators: "Settings",
    arguments: Sequence[Any],
    options: dict[str, Any],
) -> Target:
    from pr_reviewer.bootstrap import open_desk, resolve_settings
    from pr_reviewer.diff.skip import SkipRules
    from pr_reviewer.sources import open_organisation_of

    organisation = await stack.enter_async_context(open_organisation_of(source, operators, os.environ))
    settings = await resolve_settings(source, os.environ, arguments, organisation)
    opening = open_desk(source, settings, organisation, asks=not options["dry_run"], record=options["record"])
    desk = await stack.enter_async_context(opening)
    return Target(desk, settings, SkipRules.compile(settings.paths.ignore, settings.paths.only), pull)
