"""What a command works with as a job: its desk with recorded, fenced and capped model calls, its links, its purse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pr_reviewer import bootstrap
from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.llm import Price
from pr_reviewer.report.links import Links
from pr_reviewer.settings.load import model_cards
from pr_reviewer.settings.schema.cards import card_for
from pr_reviewer.workflows.desk import Desk
from webhooks.asking import WatchedLLM
from webhooks.ending import Again, Ended, judge
from webhooks.journal import JournaledLLM
from webhooks.spending import Purse, scopes_of
from webhooks.workshop import Work


def skip_of(work: Work) -> SkipRules:
    """Which files the settings leave out."""
    return SkipRules.compile(work.settings.paths.ignore, work.settings.paths.only)


async def links_of(work: Work, desk: Desk) -> Links:
    """Addresses of the code at the head, and of rules."""
    return bootstrap.publishing_terms(work.settings).links(await work.bench.pull.pull_request(), desk.rules)


def purse_of(work: Work) -> Purse:
    """What today's caps leave."""
    return Purse(work.bench.shop.store, scopes_of(work.bench.scene, work.settings.server))


@asynccontextmanager
async def open_desk_of(work: Work, purse: Purse | None = None) -> AsyncIterator[Desk]:
    """All that the command works with; without a purse, no model is there to be asked."""
    bench = work.bench

    def price_of(model: str) -> Price | None:
        return card_for(model, model_cards(work.settings), work.settings.models.default_window).price

    def wrap(llm: LLM) -> LLM:
        paid = purse or purse_of(work)
        watched = WatchedLLM(llm, bench.may_ask, paid, price_of, bench.shop.numbers)
        return JournaledLLM(watched, bench.journal, bench.shop.numbers.replayed)

    asks = purse is not None
    async with bootstrap.open_desk(bench.pull, work.settings, work.organisation, asks=asks, wrap=wrap) as desk:
        yield desk


def lost(work: Work, error: ModelError) -> Ended:
    """A failure that may pass is raised, so that the job is tried again; for good, it is told in a reply."""
    outcome = judge(error, work.bench.job.tries, work.bench.shop.retries)
    if isinstance(outcome, Again):
        raise error
    return outcome
