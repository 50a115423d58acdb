"""/describe, /ask, /explain, /rules, /config and /help as jobs: what is told goes into a reply or the description.

None of them touches the check: it is the review's.
"""

from collections.abc import Mapping

from pr_reviewer import bootstrap
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.events import Comment
from pr_reviewer.model.people import Permission
from pr_reviewer.model.triggers import RunCommanded
from pr_reviewer.workflows.ask_question import answer_question, post_answer, question_in
from pr_reviewer.workflows.describe import describe
from pr_reviewer.workflows.explain import explain
from pr_reviewer.workflows.put_description import put_description
from pr_reviewer.workflows.show_config import show_config
from pr_reviewer.workflows.show_help import show_help
from pr_reviewer.workflows.show_rules import show_rules
from webhooks.desks import links_of, lost, open_desk_of, purse_of, skip_of
from webhooks.ending import Ended
from webhooks.jobs import JobState
from webhooks.workshop import Work

NOT_BY_ITSELF = "this command answers a comment, and does not run by itself"


async def describe_pull(work: Work) -> Ended:
    """Write what the change does into the description, or as a comment."""
    settings = work.settings
    purse = purse_of(work)
    if (refusal := await purse.refusal()) is not None:
        return Ended(JobState.SKIPPED, refusal)
    try:
        async with open_desk_of(work, purse) as desk:
            calls = settings.review.max_model_calls
            description = await describe(desk, calls, settings.describe.labels, skip_of(work))
            links = await links_of(work, desk)
            await work.bench.fence()
            put = await put_description(work.bench.pull, description, settings.describe, links)
    except ModelError as error:
        return lost(work, error)
    return Ended(JobState.DONE, put.why_comment, put.url)


async def tell_answer(work: Work) -> Ended:
    """Answer a question in its thread, or below the conversation."""
    trigger = work.bench.job.trigger
    if not isinstance(trigger, RunCommanded) or work.command is None:
        return Ended(JobState.SKIPPED, NOT_BY_ITSELF)
    purse = purse_of(work)
    if (refusal := await purse.refusal()) is not None:
        return Ended(JobState.SKIPPED, refusal)
    question = await question_in(work.bench.pull, trigger.comment, work.command.text)
    try:
        async with open_desk_of(work, purse) as desk:
            answered = await answer_question(desk, work.settings.review.max_model_calls, question, skip_of(work))
            links = await links_of(work, desk)
            await work.bench.fence()
            key = _key(work, CommandName.ASK)
            url = await post_answer(work.bench.pull, trigger.comment, key, answered, links)
    except ModelError as error:
        return lost(work, error)
    return Ended(JobState.DONE, url=url)


async def tell_why(work: Work) -> Ended:
    """Say why a finding was raised."""
    async with open_desk_of(work) as desk:
        text = work.command.text if work.command else ""
        body = await explain(work.bench.pull, _comment(work), text, await links_of(work, desk))
        return await _reply(work, CommandName.EXPLAIN, body)


async def tell_rules(work: Work) -> Ended:
    """Say which rules govern the pull request."""
    async with open_desk_of(work) as desk:
        body = await show_rules(desk, skip_of(work), await links_of(work, desk))
        return await _reply(work, CommandName.RULES, body)


async def tell_config(work: Work) -> Ended:
    """Say which settings hold."""
    environ = work.bench.shop.environ
    resolved = await bootstrap.resolved_settings(work.bench.pull, environ, (), work.organisation)
    return await _reply(work, CommandName.CONFIG, show_config(resolved))


async def tell_help(work: Work, helps: Mapping[CommandName, CommandHelp]) -> Ended:
    """Say what the person who asks may use here."""
    trigger = work.bench.job.trigger
    login = trigger.author.login if isinstance(trigger, RunCommanded) else ""
    needed = Permission(work.settings.server.commanders)
    viewer = (await work.bench.pull.subject.look(threads=False, comments=False)).viewer
    body = await show_help(work.bench.pull, login, needed, helps, [viewer.login])
    return await _reply(work, CommandName.HELP, body)


async def _reply(work: Work, name: CommandName, body: str) -> Ended:
    await work.bench.fence()
    return Ended(JobState.DONE, url=await work.bench.pull.reply(_comment(work), _key(work, name), body))


def _comment(work: Work) -> Comment | None:
    trigger = work.bench.job.trigger
    return trigger.comment if isinstance(trigger, RunCommanded) else None


def _key(work: Work, name: CommandName) -> str:
    """What the reply answers, never twice: one command of one comment, or what runs by itself."""
    trigger, command = work.bench.job.trigger, work.command
    if isinstance(trigger, RunCommanded) and command:
        return f"{trigger.source}:{name}:{command.line}"
    return f"automatic:{name}"
