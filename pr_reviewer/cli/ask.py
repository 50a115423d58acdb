"""`pr-reviewer ask`: a question about a change, answered from its code with `path:line`."""

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

import click

from pr_reviewer.cli.target import open_target, refuse_contradictions, target_options, tell_why_empty
from pr_reviewer.model.errors import UsageError

if TYPE_CHECKING:
    from pr_reviewer.cli.target import Target
    from pr_reviewer.model.answering import Answered, Question


@click.command(short_help="Ask about a change.")
@click.argument("question")
@target_options
@click.option("--post", is_flag=True, help="Post question and answer as a comment on the pull request at URL.")
def ask(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Answer QUESTION about a change: this branch against the default branch, unless told otherwise.

    With the URL of a pull request, about that; the answer is printed only, unless --post is given.

    Exit codes: 0 answered, also where the code does not tell; 2 wrong usage or settings; 3 git or every model call
    failed; 4 incomplete, with --require-complete.
    """
    refuse_contradictions("ask QUESTION", options)
    if not options["question"].strip():
        raise UsageError("there is no question", hint='pr-reviewer ask "What happens without a network?"')
    return asyncio.run(_ask(options))


async def _ask(options: dict[str, Any]) -> int:
    from pr_reviewer.masking import mask
    from pr_reviewer.model.answering import Question

    question = Question(mask(options["question"]).text)
    async with open_target(options) as target:
        if options["dry_run"]:
            return await _dry_run(target, question, options)
        return await _answered(target, question, options)


async def _dry_run(target: "Target", question: "Question", options: dict[str, Any]) -> int:
    from pr_reviewer.cli.console import write_out
    from pr_reviewer.cli.exits import Exit
    from pr_reviewer.cli.told import told_dry_run
    from pr_reviewer.workflows.ask_question import prepare_answer
    from pr_reviewer.workflows.parts import first_coverage, prompts_of

    prepared = await prepare_answer(target.desk, target.settings.review.max_model_calls, question, target.skip)
    coverage = first_coverage(prepared.change, prepared.plan)
    write_out(told_dry_run(prompts_of(prepared.plan), coverage, target.desk, options["style"]))
    return Exit.DONE


async def _answered(target: "Target", question: "Question", options: dict[str, Any]) -> int:
    from pr_reviewer.cli.console import write_out
    from pr_reviewer.cli.progress import progress_display
    from pr_reviewer.cli.told import told_exit
    from pr_reviewer.workflows.ask_question import answer_question, post_answer

    calls = target.settings.review.max_model_calls
    with progress_display(target.desk.spent, is_wanted=not options["quiet"]) as on_progress:
        answered = await answer_question(target.desk, calls, question, target.skip, on_progress)
    await tell_why_empty(target, answered.coverage)
    write_out(await _text(answered, target, options["style"]))
    if options["post"]:
        key = f"ask:{hashlib.sha256(question.text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
        url = await post_answer(target.posts_to, None, key, answered, await target.links())
        click.echo(f"Posted: {url}", err=True)
    return told_exit(answered.coverage, require_complete=options["require_complete"])


async def _text(answered: "Answered", target: "Target", style: str) -> str:
    from pr_reviewer.cli.console import is_coloured
    from pr_reviewer.cli.told import width
    from pr_reviewer.report.answer import answer_body
    from pr_reviewer.report.told_json import answer_json
    from pr_reviewer.report.told_text import answer_text

    if style == "json":
        return answer_json(answered)
    if style == "markdown":
        return answer_body(answered, await target.links()) + "\n"
    return answer_text(answered, width=width(), is_coloured=is_coloured())
