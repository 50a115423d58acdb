"""Publish improvements: one batched review of suggestions, and one summary of all. No suggestion stands twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.diff.text import display
from pr_reviewer.model.improvements import Improved, Improvements, Offer
from pr_reviewer.model.posting import DraftReview, Posted, Thread
from pr_reviewer.providers.base import ReviewPoster, SummaryPoster, ThreadFinder
from pr_reviewer.report.improvements import Whereabouts, draft_improvements, draft_suggestions
from pr_reviewer.report.links import Links
from pr_reviewer.settings.schema.sections import ImproveSettings, ReviewSettings
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.improve import improve
from pr_reviewer.workflows.progress import OnProgress, nobody
from pr_reviewer.workflows.publish import ODD_NAME, Terms


class Improver(ReviewPoster, SummaryPoster, Protocol):
    """What publishing improvements needs of a provider."""


@dataclass(frozen=True, slots=True)
class PublishedImprovements:
    """What became of each suggestion, and the summary's address."""

    posted: Posted
    summary_url: str


async def improve_and_publish(  # noqa: PLR0913 a command's parts and who listens to it
    publisher: Improver,
    finder: ThreadFinder,
    desk: Desk,
    review: ReviewSettings,
    settings: ImproveSettings,
    *,
    skip: SkipRules,
    terms: Terms,
    on_progress: OnProgress = nobody,
    on_improved: Callable[[Improved], None] = lambda _: None,
) -> tuple[Improved, PublishedImprovements]:
    """Improve the desk's change and publish what is offered. `finder` says where our threads are.

    `on_improved` gets the improvements before they are published: what was paid for is not lost where posting fails.
    """
    threads = await finder.find_threads()
    improved = await improve(desk, review, settings, skip, on_progress, threads=threads)
    on_improved(improved)
    links = terms.links(await desk.source.pull_request(), desk.rules)
    return improved, await publish_improvements(publisher, finder, improved.improvements, links)


async def publish_improvements(
    publisher: Improver, finder: ThreadFinder, improvements: Improvements, links: Links
) -> PublishedImprovements:
    """Post what does not stand yet as one review, then the summary with the address of each.

    A suggestion that the provider refuses goes into the summary with its reason. Raises HeadMoved, with nothing posted,
    if the head that was looked at is the head no longer.
    """
    draft = draft_suggestions(improvements, links)
    sayable = tuple(each for each in draft.comments if display(each.path) == each.path)
    posted = await publisher.post_review(replace(draft, comments=sayable))
    threads = await finder.find_threads()
    where = _whereabouts(improvements, draft, posted, threads)
    url = await publisher.put_summary(improvements.review.head_sha, draft_improvements(improvements, links, where))
    return PublishedImprovements(posted, url)


def _whereabouts(
    improvements: Improvements, draft: DraftReview, posted: Posted, threads: Sequence[Thread]
) -> Whereabouts:
    ours = {thread.fingerprint: thread for thread in threads if thread.is_suggestion}
    offered: set[str] = {offer.name for offer in _all(improvements)}
    refused = {each.comment.fingerprint: each.why for each in posted.refused}
    odd = {each.fingerprint: ODD_NAME for each in draft.comments if display(each.path) != each.path}
    return Whereabouts(
        urls={name: thread.url for name, thread in ours.items() if name in offered},
        refused=refused | odd,
        earlier=tuple(thread.url for name, thread in ours.items() if name not in offered and _is_open(thread)),
    )


def _all(improvements: Improvements) -> tuple[Offer, ...]:
    return (*improvements.offers, *improvements.folded)


def _is_open(thread: Thread) -> bool:
    return not thread.is_resolved and not thread.is_outdated
