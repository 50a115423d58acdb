"""`pr-reviewer improve`: suggestions for a change, printed, posted, or written as a patch."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pr_reviewer.cli.exits import Exit, exit_code
from pr_reviewer.cli.target import Target, open_target, refuse_contradictions, target_options, tell_why_empty
from pr_reviewer.model.errors import ReviewerError, UsageError

if TYPE_CHECKING:
    from pr_reviewer.model.improvements import Improved
    from pr_reviewer.workflows.progress import OnProgress

_STDOUT = "-"


@click.command(short_help="Suggest changes that can be committed as they are.")
@target_options
@click.option("--post", is_flag=True, help="Post the suggestions on the pull request at URL.")
@click.option(
    "--apply-patch", "patch", metavar="FILE|-", help="Write all suggestions as a patch that `git apply` takes."
)
@click.option("--max-suggestions", metavar="N", help="Offer at most so many.  [default: improve.max_suggestions]")
@click.option("--min-impact", type=click.Choice(["high", "medium", "low"]), help="Leave out what matters less.")
@click.option("--verbose", is_flag=True, help="Print which ideas were left out, and why.")
def improve(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Suggest improvements of a change: this branch against the default branch, unless told otherwise.

    Each suggestion was applied, parsed, held against the rules and verified. With the URL of a pull request, improve
    that; it is printed only, unless --post is given. Repeating the command posts no suggestion twice.

    Exit codes: 0 done; 2 wrong usage or settings; 3 git or every model call failed; 4 incomplete, with
    --require-complete.
    """
    _refuse(options)
    return asyncio.run(_improve(options))


def _refuse(options: dict[str, Any]) -> None:
    refuse_contradictions("improve", options)
    if options["diff"]:
        raise UsageError(
            "--diff shows no whole files, so that nothing could be suggested for it",
            hint="Name a range of a repository: --base and --head, --staged or --uncommitted.",
        )
    if options["quiet"] and options["verbose"]:
        raise UsageError("--quiet and --verbose exclude each other")
    if options["dry_run"] and options["patch"]:
        raise UsageError("--dry-run makes no suggestions, so there is no patch to write")
    if options["patch"] and options["patch"] != _STDOUT:
        _refuse_patch(Path(options["patch"]))


def _refuse_patch(path: Path) -> None:
    """Before anything is paid for."""
    if path.is_dir():
        raise UsageError(f"--apply-patch: {path} is a folder", hint="Name the file that the patch is written to.")
    if not path.parent.is_dir():
        raise UsageError(f"--apply-patch: there is no folder {path.parent}", hint="Make it first.")


async def _improve(options: dict[str, Any]) -> int:
    from pr_reviewer.cli.progress import progress_display

    async with open_target(options, _arguments(options)) as target:
        with progress_display(target.desk.spent, is_wanted=not options["quiet"]) as on_progress:
            if options["dry_run"]:
                return await _dry_run(target, options, on_progress)
            made = await (_post if options["post"] else _make)(target, on_progress)
        if made.summary_url:
            click.echo(f"Posted: {made.summary_url}", err=True)
        await tell_why_empty(target, made.improved.improvements.review.coverage)
        _print(target, made.improved, options)
    if made.error:
        raise made.error
    return exit_code(made.improved.improvements.review, fail_on=None, require_complete=options["require_complete"])


async def _dry_run(target: Target, options: dict[str, Any], on_progress: "OnProgress") -> int:
    from pr_reviewer.cli.console import write_out
    from pr_reviewer.cli.output import dry_run_text
    from pr_reviewer.workflows.improve import prepare_improve, rules_to_keep

    prepared = await prepare_improve(target.desk, target.settings.review, target.skip, on_progress)
    repository = _repository(options)
    desk, style = target.desk, options["style"]
    write_out(dry_run_text(prepared, rules_to_keep(prepared), desk.counter, style, desk.rules, repository))
    return Exit.DONE


@dataclass(frozen=True, slots=True)
class _Made:
    """Improvements, and where they stand; or the error that kept them from being posted."""

    improved: "Improved"
    summary_url: str = ""
    error: ReviewerError | None = None


async def _make(target: Target, on_progress: "OnProgress") -> _Made:
    from pr_reviewer.workflows.improve import improve as make

    settings = target.settings
    return _Made(await make(target.desk, settings.review, settings.improve, target.skip, on_progress))


async def _post(target: Target, on_progress: "OnProgress") -> _Made:
    """Improve and publish. Where only the latter fails, the suggestions are there to be printed: they were paid for."""
    from pr_reviewer.bootstrap import publishing_terms
    from pr_reviewer.workflows.publish_improvements import improve_and_publish

    kept: list[Improved] = []
    pull, settings = target.posts_to, target.settings
    try:
        improved, published = await improve_and_publish(
            pull,
            pull,
            target.desk,
            settings.review,
            settings.improve,
            skip=target.skip,
            terms=publishing_terms(settings),
            on_progress=on_progress,
            on_improved=kept.append,
        )
    except ReviewerError as error:
        if not kept:
            raise
        return _Made(kept[0], error=error)
    return _Made(improved, published.summary_url)


def _print(target: Target, improved: "Improved", options: dict[str, Any]) -> None:
    """The report, on standard error where standard output is the patch's."""
    from pr_reviewer.cli.console import write_out
    from pr_reviewer.cli.output import improvements_printed

    text = improvements_printed(improved, options, target.desk.rules, _repository(options))
    if options["patch"] == _STDOUT:
        click.echo(text, err=True, nl=False)
    else:
        write_out(text)
    if options["patch"]:
        _write_patch(improved, options["patch"])


def _repository(options: dict[str, Any]) -> str:
    """The address of the pull request's repository; "" for a local change."""
    return str(options["target"] or "").partition("/pull/")[0]


def _write_patch(improved: "Improved", path: str) -> None:
    """The lines of the patch have the bytes of the files, whatever their encoding."""
    from pr_reviewer.cli.console import write_bytes
    from pr_reviewer.diff.unified import unified

    patch = "".join(map(unified, improved.patch)).encode("utf-8", "surrogateescape")
    if path == _STDOUT:
        write_bytes(patch)
    else:
        Path(path).write_bytes(patch)
    if not patch:
        click.echo("No suggestion was made: the patch is empty, and `git apply` would refuse it.", err=True)


def _arguments(options: dict[str, Any]) -> Sequence[Any]:
    from pr_reviewer.settings.load import argument

    given = {"improve.max_suggestions": "max_suggestions", "improve.min_impact": "min_impact"}
    return [argument(key, options[name], f"--{name.replace('_', '-')}") for key, name in given.items() if options[name]]
