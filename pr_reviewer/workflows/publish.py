"""Publish a review: comments on lines, one summary, one check. Nothing stands twice, nothing stands on an old head."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from pr_reviewer.model.errors import HeadMoved, ProviderError
from pr_reviewer.model.findings import Placed, Severity, Unplaced
from pr_reviewer.model.posting import CheckState, Posted
from pr_reviewer.model.review import Review
from pr_reviewer.providers.base import CheckSetter, ReviewPoster, SummaryPoster
from pr_reviewer.report.links import Links
from pr_reviewer.report.posting import check_in_progress, check_of, draft_review, draft_summary, failed_check


class Publisher(ReviewPoster, SummaryPoster, CheckSetter, Protocol):
    """What publishing needs of a provider."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What the check makes of a review: findings at or above `fail_on` fail it, an incomplete one is `incomplete`."""

    fail_on: Severity | None
    incomplete: CheckState


@dataclass(frozen=True, slots=True)
class Published:
    """The review as published, refused comments among the unplaced; what became of each; the summary's address."""

    review: Review
    posted: Posted
    summary_url: str


async def announce(publisher: CheckSetter, head_sha: str) -> None:
    """Show that a review is under way."""
    await publisher.set_check(check_in_progress(head_sha))


async def publish(publisher: Publisher, review: Review, links: Links, gate: Gate) -> Published:
    """Post what does not stand yet, write the summary in place, conclude the check.

    A comment that the provider refuses goes into the summary with its reason. Raises HeadMoved, with nothing posted,
    if the head that was reviewed is the head no longer.
    """
    posted = await publisher.post_review(draft_review(review, links))
    shown = _with_refused(review, {each.comment.fingerprint: each.why for each in posted.refused})
    url = await publisher.put_summary(shown.head_sha, draft_summary(shown, links))
    await publisher.set_check(check_of(shown, links, gate=gate.fail_on, incomplete=gate.incomplete))
    return Published(shown, posted, url)


async def withdraw(publisher: CheckSetter, head_sha: str, error: ProviderError) -> None:
    """Say on the pull request that the review could not be done; a second error here would hide the first."""
    title = "Superseded by a newer head" if isinstance(error, HeadMoved) else error.message
    with suppress(ProviderError):
        await publisher.set_check(failed_check(head_sha, title))


def _with_refused(review: Review, refused: dict[str, str]) -> Review:
    """The review with refused comments where everything stands that has no line of its own."""
    if not refused:
        return review
    lost = tuple(_unplaced(each, refused[each.fingerprint]) for each in review.comments if each.fingerprint in refused)
    kept = tuple(each for each in review.comments if each.fingerprint not in refused)
    return replace(review, comments=kept, unplaced=(*review.unplaced, *lost))


def _unplaced(placed: Placed, why: str) -> Unplaced:
    return Unplaced(placed.finding, why)
