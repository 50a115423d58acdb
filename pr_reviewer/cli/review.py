"""`pr-reviewer review`: one review of a local change, printed."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pr_reviewer.cli.exits import Exit, exit_code
from pr_reviewer.model.errors import ReviewerError, UsageError
from pr_reviewer.model.findings import Severity

if TYPE_CHECKING:
    from pr_reviewer.diff.skip import SkipRules
    from pr_reviewer.providers.base import ChangeReader
    from pr_reviewer.settings.schema.sections import Settings
    from pr_reviewer.workflows.desk import Desk
    from pr_reviewer.workflows.progress import OnProgress
    from pr_reviewer.workflows.publish import Publisher
    from pr_reviewer.workflows.review import Outcome

_RANGE = ("repo", "base", "head", "staged", "uncommitted")


@click.command(short_help="Review a change.")
@click.argument("target", required=False, metavar="[URL]")
@click.option("--post", is_flag=True, help="Post the review on the pull request at URL.")
@click.option("--repo", type=click.Path(path_type=Path), help="The repository.  [default: the one around this folder]")
@click.option("--base", metavar="REF", help="Compare with this revision.  [default: the default branch]")
@click.option("--head", metavar="REF", help="Review this revision.  [default: HEAD]")
@click.option("--staged", is_flag=True, help="Review what is staged, against HEAD.")
@click.option("--uncommitted", is_flag=True, help="Review the working tree with its untracked files, against HEAD.")
@click.option("--diff", metavar="FILE|-", help="Review a unified diff (svn and hg diffs, too): no suggestions.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "markdown", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.option(
    "--fail-on",
    type=click.Choice([str(severity) for severity in Severity]),
    help="Exit with 1 for a finding this bad or worse.  [default: review.fail_on, which is none]",
)
@click.option("--require-complete", is_flag=True, help="Exit with 4 when a part was not reviewed.")
@click.option("--model", metavar="NAME", help="Use this model for every step.")
@click.option("--dry-run", is_flag=True, help="Print what the first pass would send, and send nothing.")
@click.option("--record", metavar="DIR", type=click.Path(path_type=Path), help="Keep every request and reply there.")
@click.option("--quiet", is_flag=True, help="Print findings and verdict only; no progress display.")
@click.option("--verbose", is_flag=True, help="Print what was dropped, and why.")
def review(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Review a change: this branch against the default branch, unless told otherwise.

    With the URL of a pull request, review that; it is printed only, unless --post is given.

    Exit codes: 0 done; 1 findings at or above --fail-on; 2 wrong usage or settings; 3 git or every model call failed;
    4 incomplete, with --require-complete.
    """
    _refuse_contradictions(options)
    return asyncio.run(_review(options))


def _refuse_contradictions(options: dict[str, Any]) -> None:
    if options["quiet"] and options["verbose"]:
        raise UsageError("--quiet and --verbose exclude each other")
    if options["dry_run"] and options["record"]:
        raise UsageError("--dry-run sends nothing, so there is nothing to --record")
    if options["dry_run"] and options["style"] == "sarif":
        raise UsageError("--dry-run finds nothing, so there is no SARIF to print", hint="Use --format json.")
    if options["post"] and not options["target"]:
        raise UsageError("--post needs the URL of a pull request", hint="pr-reviewer review URL --post")
    if options["post"] and options["dry_run"]:
        raise UsageError("--dry-run posts nothing, so there is nothing to --post")
    if options["target"] and (named := [f"--{name}" for name in (*_RANGE, "diff") if options[name]]):
        raise UsageError(
            f"a URL and {named[0]} exclude each other", hint="The pull request says itself what is compared."
        )
    both = [f"--{name}" for name in _RANGE if options[name]]
    if options["diff"] and both:
        raise UsageError(
            f"--diff and {both[0]} exclude each other", hint="A diff says itself what changed; it is no range."
        )


async def _review(options: dict[str, Any]) -> int:
    from pr_reviewer.settings.load import load_settings
    from pr_reviewer.sources import local_source, open_pull

    operators = load_settings(os.environ, arguments=_arguments(options)).settings
    if options["target"]:
        async with open_pull(options["target"], operators, os.environ, posts=options["post"]) as pull:
            return await _review_with(operators, pull, options, pull)
    index = os.environ.get("GIT_INDEX_FILE")  # set by git around a pre-commit hook
    source = local_source(options, options["diff"], Path(index) if index else None)
    return await _review_with(operators, source, options, None)


async def _review_with(
    operators: "Settings", source: "ChangeReader", options: dict[str, Any], pull: "Publisher | None"
) -> int:
    from pr_reviewer.bootstrap import open_desk, resolve_settings
    from pr_reviewer.diff.skip import SkipRules
    from pr_reviewer.sources import open_organisation_of

    async with AsyncExitStack() as opened:
        async with _failures_shown(pull if options["post"] else None, source, operators):
            organisation = await opened.enter_async_context(open_organisation_of(source, operators, os.environ))
            settings = await resolve_settings(source, os.environ, _arguments(options), organisation)
            skip = SkipRules.compile(settings.paths.ignore, settings.paths.only)
            desk = await opened.enter_async_context(
                open_desk(source, settings, organisation, asks=not options["dry_run"], record=options["record"])
            )
        return await _review_of(desk, settings, skip, options, pull)


@asynccontextmanager
async def _failures_shown(
    pull: "Publisher | None", source: "ChangeReader", operators: "Settings"
) -> AsyncIterator[None]:
    """Show on the pull request, if there is one to post on, what fails before its review begins."""
    if pull is None:
        yield
        return
    from pr_reviewer.bootstrap import publishing_terms
    from pr_reviewer.workflows.publish import failures_shown

    head = (await source.pull_request()).head
    async with failures_shown(pull, head.sha, publishing_terms(operators)):
        yield


async def _review_of(
    desk: "Desk", settings: "Settings", skip: "SkipRules", options: dict[str, Any], pull: "Publisher | None"
) -> int:
    from pr_reviewer.cli.console import write_out
    from pr_reviewer.cli.output import detail_of, dry_run_text, review_text
    from pr_reviewer.cli.progress import progress_display
    from pr_reviewer.sources import why_empty
    from pr_reviewer.workflows.preparing import first_pass_rules, prepare
    from pr_reviewer.workflows.review import review

    repository = (options["target"] or "").partition("/pull/")[0]

    def printed(outcome: "Outcome") -> str:
        return review_text(outcome, options["style"], detail_of(options), desk.rules, repository)

    posting: _Posting | None = None
    with progress_display(desk.spent, is_wanted=not options["quiet"]) as on_progress:
        if options["dry_run"]:
            prepared = await prepare(desk, settings.review, skip, on_progress)
        elif options["post"] and pull is not None:
            posting = await _post(pull, desk, settings, skip, on_progress)
            outcome = posting.outcome
        else:
            outcome = await review(desk, settings.review, skip, on_progress)
    if posting and posting.summary_url:
        click.echo(f"Posted: {posting.summary_url}", err=True)
    if options["dry_run"]:
        applied, style = first_pass_rules(prepared), options["style"]
        write_out(dry_run_text(prepared, applied, desk.counter, style, desk.rules, repository))
        return Exit.DONE
    if not outcome.files and (reason := await why_empty(desk.source)):
        click.echo(f"Nothing to review: {reason}", err=True)
    write_out(printed(outcome))
    if posting and posting.error:
        raise posting.error
    return exit_code(outcome.review, fail_on=settings.review.fail_on, require_complete=options["require_complete"])


@dataclass(frozen=True, slots=True)
class _Posting:
    """A review that was made, and where it stands; or the error that kept it from being posted."""

    outcome: "Outcome"
    summary_url: str = ""
    error: ReviewerError | None = None


async def _post(
    pull: "Publisher", desk: "Desk", settings: "Settings", skip: "SkipRules", on_progress: "OnProgress"
) -> _Posting:
    """Review and publish. Where only the latter fails, the review is there to be printed: it was paid for."""
    from pr_reviewer.bootstrap import publishing_terms
    from pr_reviewer.workflows.publish import review_and_publish

    terms = publishing_terms(settings)
    made: list[Outcome] = []
    try:
        outcome, published = await review_and_publish(
            pull, desk, settings.review, skip, terms, on_progress, on_reviewed=made.append
        )
    except ReviewerError as error:
        if not made:
            raise
        return _Posting(made[0], error=error)
    return _Posting(outcome, published.summary_url)


def _arguments(options: dict[str, Any]) -> Sequence[Any]:
    from pr_reviewer.settings.load import argument, model_arguments

    arguments = [argument("review.fail_on", options["fail_on"], "--fail-on")] if options["fail_on"] else []
    return [*arguments, *(model_arguments(options["model"]) if options["model"] else ())]
