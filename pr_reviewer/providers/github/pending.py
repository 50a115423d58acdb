"""A review that is built comment by comment and submitted once: the way out when GitHub refuses one of its comments.

While it is built, its body is a mark of ours, so that a review that a crash left is told from one that a person has
begun under the same account. https://docs.github.com/en/graphql/reference/mutations#addpullrequestreviewthread
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pr_reviewer.model.errors import HeadMoved, ProviderRefused
from pr_reviewer.model.posting import DraftComment, DraftReview, Refused
from pr_reviewer.providers.github.client import Unanswered
from pr_reviewer.providers.github.payload import PendingReview, Standings, thread_input
from pr_reviewer.providers.github.queries import DELETE_REVIEW, START_REVIEW, SUBMIT_REVIEW, add_threads
from pr_reviewer.providers.github.refusals import Need, errors_of, refused
from pr_reviewer.providers.github.standing import Subject

_POST = Need("post the review", "pull_requests", "write")
_AT_ONCE = 20
_NO_PLACE = "GitHub takes no comment at this place of the diff"
_MARK = re.compile(r"<!-- pr-reviewer:pending v\d+ -->")
_BODY = "<!-- pr-reviewer:pending v1 -->"
_FORBIDDEN = {"FORBIDDEN": 403, "NOT_FOUND": 404, "INSUFFICIENT_SCOPES": 403}
_SAID = "another one of us has said the same while the review was built"
_GONE = "the review was submitted or deleted by somebody else while it was built"


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of the comments; `url` is "" where none could be placed."""

    url: str
    refused: tuple[Refused, ...]


def is_ours(review: PendingReview) -> bool:
    """Whether we began it, and nobody added to it."""
    return review.is_whole and _MARK.fullmatch(review.body.strip()) is not None


class PendingReviews:
    """Pending reviews of one pull request."""

    def __init__(self, subject: Subject, pull_id: str, *, looks_again: bool = False) -> None:
        """`looks_again`: what another one of us has said meanwhile is not said again."""
        self._subject = subject
        self._pull_id = pull_id
        self._looks_again = looks_again

    async def post(self, draft: DraftReview, comments: Sequence[DraftComment], left: PendingReview | None) -> Submitted:
        """Place what can be placed, and submit it. `left` is a pending review of this head to go on with.

        Raises Unanswered where the answer is lost, and HeadMoved, with nothing left behind.
        """
        review = left.id if left else await self._start(draft.head_sha)
        done = left.fingerprints if left else ()
        reasons = await self._add(review, [comment for comment in comments if comment.fingerprint not in done])
        found, built = await self._find(review, threads=self._looks_again)
        if built is None:
            raise Unanswered(_GONE)
        if {own.thread.fingerprint for own in found.threads}.intersection(built.fingerprints):
            await self.delete(review)
            raise Unanswered(_SAID)
        if found.head_sha != draft.head_sha:
            await self.delete(review)
            raise HeadMoved(draft.head_sha, found.head_sha)
        missing = [comment for comment in comments if comment.fingerprint not in built.fingerprints]
        no = tuple(Refused(comment, reasons.get(comment.fingerprint, _NO_PLACE)) for comment in missing)
        if not built.fingerprints:
            await self.delete(review)
            return Submitted("", no)
        return Submitted(await self._submit(review, draft.body), no)

    async def delete(self, review: str) -> None:
        """Remove one; it is no error if it is gone, or submitted by now."""
        _, errors = await self._subject.client.mutate(DELETE_REVIEW, _POST, review=review)
        if any(error.get("type") in ("FORBIDDEN", "INSUFFICIENT_SCOPES") for error in errors):
            raise self._refused(errors)

    async def _start(self, head_sha: str) -> str:
        data, errors = await self._subject.client.mutate(
            START_REVIEW, _POST, pull=self._pull_id, commit=head_sha, body=_BODY
        )
        if "one pending review" in errors_of(errors):
            raise Unanswered("another review is being built under the same account")
        if errors or not data.get("addPullRequestReview"):
            raise self._refused(errors)
        return str(data["addPullRequestReview"]["pullRequestReview"]["id"])

    async def _add(self, review: str, comments: Sequence[DraftComment]) -> dict[str, str]:
        """Add threads; GitHub's reason for each that it named one for, by fingerprint."""
        reasons: dict[str, str] = {}
        for some in _portions(comments):
            inputs = {f"i{number}": thread_input(review, comment) for number, comment in enumerate(some)}
            _, errors = await self._subject.client.mutate(add_threads(len(some)), _POST, **inputs)
            if any(error.get("type") == "NOT_FOUND" for error in errors):
                raise Unanswered(_GONE)
            if any(error.get("type") in _FORBIDDEN for error in errors):
                raise self._refused(errors)
            for error in errors:
                number = _number(error)
                if number is not None and number < len(some):
                    reasons[some[number].fingerprint] = f"GitHub refuses it: {errors_of([error])}"
        return reasons

    async def _submit(self, review: str, body: str) -> str:
        data, errors = await self._subject.client.mutate(SUBMIT_REVIEW, _POST, review=review, body=body or _BODY)
        if errors or not data.get("submitPullRequestReview"):
            _, pending = await self._find(review)
            raise self._refused(errors) if pending else Unanswered(_GONE)
        return str(data["submitPullRequestReview"]["pullRequestReview"]["url"])

    async def _find(self, review: str, *, threads: bool = False) -> tuple[Standings, PendingReview | None]:
        """What stands now, and the review if it is still pending."""
        found = await self._subject.look(threads=threads, comments=False)
        return found, next((pending for pending in found.pending if pending.id == review), None)

    def _refused(self, errors: Sequence[Mapping[str, Any]]) -> ProviderRefused:
        known = (_FORBIDDEN[error["type"]] for error in errors if error.get("type") in _FORBIDDEN)
        client = self._subject.client
        return refused(next(known, 422), errors_of(errors), {}, _POST, client.project, client.credentials.kind)


def _portions(comments: Sequence[DraftComment]) -> Iterator[Sequence[DraftComment]]:
    for start in range(0, len(comments), _AT_ONCE):
        yield comments[start : start + _AT_ONCE]


def _number(error: Mapping[str, Any]) -> int | None:
    """The thread that an error is about: `{"path": ["t3"]}` → 3."""
    path = error.get("path") or [""]
    match = re.fullmatch(r"t(\d+)", str(path[0]))
    return int(match[1]) if match else None
