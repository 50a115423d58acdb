"""`pr-reviewer describe`: what a change does, printed, or written into the pull request's description."""

import asyncio
from typing import TYPE_CHECKING, Any

import click

from pr_reviewer.cli.target import open_target, refuse_contradictions, target_options, tell_why_empty
from pr_reviewer.model.errors import UsageError

if TYPE_CHECKING:
    from pr_reviewer.cli.target import Target
    from pr_reviewer.model.describing import Description


@click.command(short_help="Describe a change.")
@target_options
@click.option("--post", is_flag=True, help="Write it into the description of the pull request at URL, below its text.")
@click.option("--as-comment", is_flag=True, help="With --post: write a comment, and leave the description alone.")
def describe(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Describe what a change does: this branch against the default branch, unless told otherwise.

    With the URL of a pull request, describe that; it is printed only, unless --post is given.

    Exit codes: 0 done; 2 wrong usage or settings; 3 git or every model call failed; 4 incomplete, with
    --require-complete.
    """
    refuse_contradictions("describe", options)
    if options["as_comment"] and not options["post"]:
        raise UsageError("--as-comment says how to --post, which is not given")
    return asyncio.run(_describe(options))


async def _describe(options: dict[str, Any]) -> int:
    from pr_reviewer.settings.load import argument

    as_comment = [argument("describe.as_comment", value=True, name="--as-comment")] if options["as_comment"] else []
    async with open_target(options, as_comment) as target:
        if options["dry_run"]:
            return await _dry_run(target, options)
        return await _described(target, options)


async def _dry_run(target: "Target", options: dict[str, Any]) -> int:
    from pr_reviewer.cli.console import write_out
    from pr_reviewer.cli.exits import Exit
    from pr_reviewer.cli.told import told_dry_run
    from pr_reviewer.workflows.describe import prepare_description
    from pr_reviewer.workflows.parts import first_coverage, prompts_of

    settings = target.settings
    prepared = await prepare_description(
        target.desk, settings.review.max_model_calls, settings.describe.labels, target.skip
    )
    coverage = first_coverage(prepared.change, prepared.plan)
    write_out(told_dry_run(prompts_of(prepared.plan), coverage, target.desk, options["style"]))
    return Exit.DONE


async def _described(target: "Target", options: dict[str, Any]) -> int:
    from pr_reviewer.cli.console import write_out
    from pr_reviewer.cli.progress import progress_display
    from pr_reviewer.cli.told import told_exit
    from pr_reviewer.workflows.describe import describe

    settings = target.settings
    with progress_display(target.desk.spent, is_wanted=not options["quiet"]) as on_progress:
        description = await describe(
            target.desk, settings.review.max_model_calls, settings.describe.labels, target.skip, on_progress
        )
    await tell_why_empty(target, description.coverage)
    write_out(await _text(description, target, options["style"]))
    if options["post"]:
        await _post(description, target)
    return told_exit(description.coverage, require_complete=options["require_complete"])


async def _text(description: "Description", target: "Target", style: str) -> str:
    from pr_reviewer.cli.console import is_coloured
    from pr_reviewer.cli.told import width
    from pr_reviewer.report.description import description_body
    from pr_reviewer.report.told_json import description_json
    from pr_reviewer.report.told_text import description_text

    if style == "json":
        return description_json(description)
    title = (await target.pull.pull_request()).title if target.pull else ""
    if style == "markdown":
        return description_body(description, await target.links(), current_title=title) + "\n"
    return description_text(description, current_title=title, width=width(), is_coloured=is_coloured())


async def _post(description: "Description", target: "Target") -> None:
    from pr_reviewer.workflows.put_description import put_description

    put = await put_description(target.posts_to, description, target.settings.describe, await target.links())
    click.echo(f"Posted: {put.url}", err=True)
    if put.why_comment:
        click.echo(f"As a comment, for {put.why_comment}.", err=True)
    if put.labels:
        click.echo(f"Labels added: {', '.join(put.labels)}", err=True)
