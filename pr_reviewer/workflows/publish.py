"""Publish a review: comments on lines, one summary, one check. Nothing stands twice, nothing stands on an old head."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Protocol

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.diff.text import display
from pr_reviewer.model.errors import HeadMoved, ProviderError, ReviewerError
from pr_reviewer.model.findings import Placed, Severity, Unplaced
from pr_reviewer.model.posting import Check, CheckState, Posted
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.model.review import Review
from pr_reviewer.providers.base import CheckSetter, ReviewPoster, SummaryPoster
from pr_reviewer.report.links import Links
from pr_reviewer.report.posting import (
    check_in_progress,
    check_of,
    draft_review,
    draft_summary,
    failed_check,
    superseded_check,
)
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.settings.schema.sections import ReviewSettings
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.progress import OnProgress, nobody
from pr_reviewer.workflows.review import Outcome, review

INTERNAL = ("an internal error of the reviewer", "Its own log says more; running it again may help")
STOPPED = ("it was stopped", "Run it again")
ODD_NAME = "the file's name is not UTF-8, and the provider takes no comment on it"


class Publisher(ReviewPoster, SummaryPoster, CheckSetter, Protocol):
    """What publishing needs of a provider."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a review is published: findings at or above `fail_on` fail the check, an incomplete one is `incomplete`.

    `code_url` is the address of lines, with `{project}`, `{sha}`, `{path}`, `{first}` and `{last}` in it; `packs_url`
    that of lines in the files of packs, with the last three.
    """

    fail_on: Severity | None
    incomplete: CheckState
    code_url: str = ""
    packs_url: str = ""

    def links(self, pull: PullRequest, rules: RuleBook) -> Links:
        """The addresses of a pull request's code at its head, and of each rule where it was read."""
        code = self.code_url.replace("{project}", pull.ref.project).replace("{sha}", pull.head.sha)
        return Links(code, rules.rule_for, self.code_url, pull.ref.project, self.packs_url)


@dataclass(frozen=True, slots=True)
class Published:
    """The review as published, refused comments among the unplaced; what became of each; the summary's address."""

    review: Review
    posted: Posted
    summary_url: str


async def review_and_publish(  # noqa: PLR0913 a review's parts and who listens to it
    publisher: Publisher,
    desk: Desk,
    settings: ReviewSettings,
    skip: SkipRules,
    terms: Terms,
    on_progress: OnProgress = nobody,
    *,
    on_reviewed: Callable[[Outcome], None] = lambda _: None,
) -> tuple[Outcome, Published]:
    """Review the desk's change and publish the review; the check says at every moment how far it is.

    Whatever goes wrong, the check does not stay in progress. `on_reviewed` gets the review before it is published: what
    was paid for is not lost where posting fails.
    """
    pull = await desk.source.pull_request()
    async with failures_shown(publisher, pull.head.sha, terms):
        return await review_then_publish(publisher, desk, settings, skip, terms, on_progress, on_reviewed=on_reviewed)


async def review_then_publish(  # noqa: PLR0913 as above
    publisher: Publisher,
    desk: Desk,
    settings: ReviewSettings,
    skip: SkipRules,
    terms: Terms,
    on_progress: OnProgress = nobody,
    *,
    on_reviewed: Callable[[Outcome], None] = lambda _: None,
) -> tuple[Outcome, Published]:
    """The same for who shows failures otherwise: whatever goes wrong, the check stays as it was."""
    pull = await desk.source.pull_request()
    await publisher.set_check(check_in_progress(pull.head.sha))
    outcome = await review(desk, settings, skip, on_progress)
    on_reviewed(outcome)
    published = await publish(publisher, outcome.review, terms, terms.links(pull, desk.rules))
    return replace(outcome, review=published.review), published


@asynccontextmanager
async def failures_shown(publisher: CheckSetter, head_sha: str, terms: Terms) -> AsyncIterator[None]:
    """Whatever goes wrong within, the check of the head says that the review failed and why; then the error goes on."""
    try:
        yield
    except BaseException as error:
        with suppress(ProviderError):  # a second error here would hide the first
            await publisher.set_check(check_of_failure(head_sha, error, terms))
        raise


async def publish(publisher: Publisher, finished: Review, terms: Terms, links: Links) -> Published:
    """Post what does not stand yet, write the summary in place, conclude the check.

    A comment that the provider refuses goes into the summary with its reason. Raises HeadMoved, with nothing posted,
    if the head that was reviewed is the head no longer.
    """
    sayable = _with_refused(finished, {each.fingerprint: ODD_NAME for each in finished.comments if _is_odd(each)})
    posted = await publisher.post_review(draft_review(sayable, links))
    shown = _with_refused(sayable, {each.comment.fingerprint: each.why for each in posted.refused})
    url = await publisher.put_summary(shown.head_sha, draft_summary(shown, links))
    await publisher.set_check(check_of(shown, links, gate=terms.fail_on, incomplete=terms.incomplete))
    return Published(shown, posted, url)


def check_of_failure(head_sha: str, error: BaseException, terms: Terms) -> Check:
    """What the check says. The words of an error that is not ours may hold anything: they stay in the log."""
    match error:
        case HeadMoved():
            return superseded_check(head_sha, terms.incomplete)
        case ReviewerError(message=message, hint=hint):
            return failed_check(head_sha, message, hint)
        case Exception():
            return failed_check(head_sha, *INTERNAL)
        case _:  # cancelled, or a signal
            return failed_check(head_sha, *STOPPED)


def _is_odd(placed: Placed) -> bool:
    """Whether the path holds bytes that no JSON text can."""
    return display(placed.finding.path) != placed.finding.path


def _with_refused(review: Review, refused: dict[str, str]) -> Review:
    """The review with refused comments where everything stands that has no line of its own."""
    if not refused:
        return review
    lost = tuple(_unplaced(each, refused[each.fingerprint]) for each in review.comments if each.fingerprint in refused)
    kept = tuple(each for each in review.comments if each.fingerprint not in refused)
    return replace(review, comments=kept, unplaced=(*review.unplaced, *lost))


def _unplaced(placed: Placed, why: str) -> Unplaced:
    return Unplaced(placed.finding, why, placed)
