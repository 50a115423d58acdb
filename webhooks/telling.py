"""/describe, /ask, /explain, /rules, /config and /help as jobs: what is told goes into a reply or the description.

None of them touches the check: it is the review's.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from pr_reviewer import bootstrap
from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.events import Comment
from pr_reviewer.model.llm import Price
from pr_reviewer.model.people import Permission
from pr_reviewer.model.triggers import RunCommanded
from pr_reviewer.report.links import Links
from pr_reviewer.settings.load import model_cards
from pr_reviewer.settings.schema.cards import card_for
from pr_reviewer.workflows.ask_question import answer_question, post_answer, question_in
from pr_reviewer.workflows.describe import describe
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.explain import explain
from pr_reviewer.workflows.put_description import put_description
from pr_reviewer.workflows.show_config import show_config
from pr_reviewer.workflows.show_help import show_help
from pr_reviewer.workflows.show_rules import show_rules
from webhooks.asking import WatchedLLM
from webhooks.ending import Again, Ended, judge
from webhooks.jobs import JobState
from webhooks.journal import JournaledLLM
from webhooks.spending import Purse, scopes_of
from webhooks.workshop import Work

NOT_BY_ITSELF = "this command answers a comment, and does not run by itself"


async def describe_pull(work: Work) -> Ended:
    """Write what the change does into the description, or as a comment."""
    settings = work.settings
    purse = _purse(work)
    if (refusal := await purse.refusal()) is not None:
        return Ended(JobState.SKIPPED, refusal)
    try:
        async with _desk(work, purse) as desk:
            calls = settings.review.max_model_calls
            description = await describe(desk, calls, settings.describe.labels, _skip(work))
            links = await _links(work, desk)
            await work.bench.fence()
            put = await put_description(work.bench.pull, description, settings.describe, links)
    except ModelError as error:
        return _lost(work, error)
    return Ended(JobState.DONE, put.why_comment, put.url)


async def tell_answer(work: Work) -> Ended:
    """Answer a question in its thread, or below the conversation."""
    trigger = work.bench.job.trigger
    if not isinstance(trigger, RunCommanded) or work.command is None:
        return Ended(JobState.SKIPPED, NOT_BY_ITSELF)
    purse = _purse(work)
    if (refusal := await purse.refusal()) is not None:
        return Ended(JobState.SKIPPED, refusal)
    question = await question_in(work.bench.pull, trigger.comment, work.command.text)
    try:
        async with _desk(work, purse) as desk:
            answered = await answer_question(desk, work.settings.review.max_model_calls, question, _skip(work))
            links = await _links(work, desk)
            await work.bench.fence()
            url = await post_answer(work.bench.pull, trigger.comment, _key(work), answered, links)
    except ModelError as error:
        return _lost(work, error)
    return Ended(JobState.DONE, url=url)


async def tell_why(work: Work) -> Ended:
    """Say why a finding was raised."""
    async with _desk(work) as desk:
        text = work.command.text if work.command else ""
        return await _reply(work, await explain(work.bench.pull, _comment(work), text, await _links(work, desk)))


async def tell_rules(work: Work) -> Ended:
    """Say which rules govern the pull request."""
    async with _desk(work) as desk:
        return await _reply(work, await show_rules(desk, _skip(work), await _links(work, desk)))


async def tell_config(work: Work) -> Ended:
    """Say which settings hold."""
    environ = work.bench.shop.environ
    return await _reply(
        work, show_config(await bootstrap.resolved_settings(work.bench.pull, environ, (), work.organisation))
    )


async def tell_help(work: Work, helps: Mapping[CommandName, CommandHelp]) -> Ended:
    """Say what the person who asks may use here."""
    trigger = work.bench.job.trigger
    login = trigger.author.login if isinstance(trigger, RunCommanded) else ""
    needed = Permission(work.settings.server.commanders)
    viewer = (await work.bench.pull.subject.look(threads=False, comments=False)).viewer
    return await _reply(work, await show_help(work.bench.pull, login, needed, helps, [viewer.login]))


async def _reply(work: Work, body: str) -> Ended:
    await work.bench.fence()
    return Ended(JobState.DONE, url=await work.bench.pull.reply(_comment(work), _key(work), body))


def _comment(work: Work) -> Comment | None:
    trigger = work.bench.job.trigger
    return trigger.comment if isinstance(trigger, RunCommanded) else None


def _key(work: Work) -> str:
    """What the reply answers: one command of one comment, so that it is never answered twice."""
    trigger, command = work.bench.job.trigger, work.command
    if isinstance(trigger, RunCommanded) and command:
        return f"{trigger.source}:{command.name}:{command.line}"
    return f"automatic:{command.name if command else 'command'}"


def _skip(work: Work) -> SkipRules:
    return SkipRules.compile(work.settings.paths.ignore, work.settings.paths.only)


async def _links(work: Work, desk: Desk) -> Links:
    return bootstrap.publishing_terms(work.settings).links(await work.bench.pull.pull_request(), desk.rules)


def _purse(work: Work) -> Purse:
    return Purse(work.bench.shop.store, scopes_of(work.bench.scene, work.settings.server))


@asynccontextmanager
async def _desk(work: Work, purse: Purse | None = None) -> AsyncIterator[Desk]:
    """All that the command works with; without a purse, no model is there to be asked."""
    bench = work.bench

    def price_of(model: str) -> Price | None:
        return card_for(model, model_cards(work.settings), work.settings.models.default_window).price

    def wrap(llm: LLM) -> LLM:
        paid = purse or _purse(work)
        return JournaledLLM(WatchedLLM(llm, bench.fence, paid, price_of, bench.shop.numbers), bench.journal)

    asks = purse is not None
    async with bootstrap.open_desk(bench.pull, work.settings, work.organisation, asks=asks, wrap=wrap) as desk:
        yield desk


def _lost(work: Work, error: ModelError) -> Ended:
    """A failure that may pass is raised, so that the job is tried again; for good, it is told in a reply."""
    outcome = judge(error, work.bench.job.tries, work.bench.shop.retries)
    if isinstance(outcome, Again):
        raise error
    return outcome
