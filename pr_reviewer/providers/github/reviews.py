"""One review with all its comments, in one request. Where that is refused, `pending` builds it comment by comment."""

from collections.abc import Awaitable, Callable

from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.posting import DraftComment, DraftReview, Posted, Refused
from pr_reviewer.providers.github.payload import PendingReview, Standings, review_comment
from pr_reviewer.providers.github.pending import PendingReviews, is_ours
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject, require_head

_POST = Need("post the review", "pull_requests", "write")
_UNPROCESSABLE = 422
# GitHub refuses a second review and every single comment of the same author meanwhile, and a draft is its author's.
_THEIR_DRAFT = (
    "{login} has a pending review on this pull request, beside which GitHub takes no other comments of that account; "
    "submit or discard it, and run the review again"
)


Fence = Callable[[], Awaitable[None]]
"""Raises where the work is no longer ours: asked before each attempt to post."""


async def post_review(subject: Subject, draft: DraftReview, fence: Fence | None = None) -> Posted:
    """See `ReviewPoster`. Before each attempt it looks for what stands, so that a lost answer repeats nothing.

    With a `fence` there may be another one of us at the same work, who was frozen when it looked. Then the review is
    always built as a pending one, of which GitHub allows one, and what stands is looked at again before it is
    submitted: whoever comes second has nothing to submit.
    """
    if not draft.comments:
        return Posted()
    attempt = _Attempt(subject, draft, fence)
    return await subject.client.patiently(attempt.step)


class _Attempt:
    """What is known of one review while it is posted."""

    def __init__(self, subject: Subject, draft: DraftReview, fence: Fence | None) -> None:
        self._subject = subject
        self._draft = draft
        self._fence = fence
        self._before: frozenset[str] | None = None
        self._refused: dict[str, Refused] = {}
        self._url = ""

    async def step(self) -> Posted:
        """Look, and post what is missing."""
        if self._fence:
            await self._fence()
        found = await self._subject.look(comments=False)
        standing = frozenset(own.thread.fingerprint for own in found.threads)
        if self._before is None:
            self._before = standing
        missing = self._missing(standing)
        if missing:
            require_head(found, self._draft.head_sha)
            await self._post(found, missing)
            standing |= {comment.fingerprint for comment in missing}
        return self._posted(standing)

    def _missing(self, standing: frozenset[str]) -> list[DraftComment]:
        unique = {comment.fingerprint: comment for comment in self._draft.comments}
        settled = standing | self._refused.keys()
        return [comment for fingerprint, comment in unique.items() if fingerprint not in settled]

    async def _post(self, found: Standings, missing: list[DraftComment]) -> None:
        if any(not is_ours(review) for review in found.pending):
            why = _THEIR_DRAFT.format(login=found.viewer.login)
            self._refused |= {comment.fingerprint: Refused(comment, why) for comment in missing}
            return
        left = await self._left_over(found, missing)
        if left is None and self._fence is None:
            try:
                self._url = await self._post_at_once(missing)
            except ProviderRefused as exc:
                if exc.status != _UNPROCESSABLE:
                    raise
                require_head(await self._subject.look(threads=False, comments=False), self._draft.head_sha)
            else:
                return
        pending = PendingReviews(self._subject, found.pull_id, looks_again=self._fence is not None)
        outcome = await pending.post(self._draft, missing, left)
        self._url = outcome.url
        self._refused |= {refused.comment.fingerprint: refused for refused in outcome.refused}

    async def _post_at_once(self, missing: list[DraftComment]) -> str:
        body = {
            "commit_id": self._draft.head_sha,
            "event": "COMMENT",
            "body": self._draft.body,
            "comments": [review_comment(comment) for comment in missing],
        }
        made = await self._subject.client.send("POST", f"{self._subject.path}/reviews", body, _POST)
        return str(made["html_url"])

    async def _left_over(self, found: Standings, missing: list[DraftComment]) -> PendingReview | None:
        """What a crash left, if it can be completed; else it is deleted. Nobody may have two pending reviews.

        With a fence it is always deleted: whoever began it may be alive, and two must not add to one review.
        """
        wanted = {comment.fingerprint for comment in missing}
        for left in found.pending:
            is_fit = left.commit == self._draft.head_sha and wanted.issuperset(left.fingerprints)
            if is_fit and self._fence is None:
                return left
            await PendingReviews(self._subject, found.pull_id).delete(left.id)
        return None

    def _posted(self, standing: frozenset[str]) -> Posted:
        before = self._before or frozenset()
        wanted = dict.fromkeys(comment.fingerprint for comment in self._draft.comments)
        there = [name for name in wanted if name in standing and name not in self._refused]
        return Posted(
            placed=tuple(name for name in there if name not in before),
            standing=tuple(name for name in there if name in before),
            refused=tuple(self._refused.values()),
            url=self._url,
        )
