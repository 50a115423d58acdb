"""A summary comment: found by its marker and author, written anew in place, never twice."""

from itertools import groupby

from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.providers.github.client import Unanswered
from pr_reviewer.providers.github.payload import Json, OwnComment, OwnThread, Standings
from pr_reviewer.providers.github.pending import PendingReviews, is_ours
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject, require_head
from pr_reviewer.report.markers import find_marker

_POST = Need("post the summary", "pull_requests", "write")
_GONE = 404


async def put_summary(subject: Subject, head_sha: str, body: str) -> str:
    """See `SummaryPoster`. Also removes what two reviewers that ran at once have posted twice.

    Where somebody deletes a summary between our look and our write, it is looked for once more.
    """
    was_gone = False

    async def step() -> str:
        nonlocal was_gone
        found = await subject.look()
        require_head(found, head_sha)
        await _remove_left_over(subject, found)
        await _remove_twins(subject, found.threads)
        try:
            return await _write(subject, found, body)
        except ProviderRefused as exc:
            if exc.status != _GONE or was_gone:
                raise
            was_gone = True
            raise Unanswered("the summary was deleted while it was written") from exc

    return await subject.client.patiently(step)


async def _write(subject: Subject, found: Standings, body: str) -> str:
    """In place of what stands, or as a new comment."""
    standing = _of_the_same_name(found.comments, body)
    if standing:
        return await _keep_oldest(subject, standing, body)
    path = f"{subject.repository_path}/issues/{subject.number}/comments"
    made = await subject.client.send("POST", path, {"body": body}, _POST)
    return await _after_race(subject, found, made, body)


def _of_the_same_name(comments: tuple[OwnComment, ...], body: str) -> tuple[OwnComment, ...]:
    """Those that the same command keeps."""
    marker = find_marker(body)
    name = marker.name if marker else ""
    return tuple(comment for comment in comments if comment.name == name)


async def _after_race(subject: Subject, before: Standings, made: Json, body: str) -> str:
    """Whoever else looked when no summary stood has written one as well; the oldest stays, with the latest words."""
    now = await subject.look(threads=False, after=before.cursors)
    own = OwnComment(made["id"], made["body"], made["html_url"])
    others = (other for other in _of_the_same_name(now.comments, body) if other.id != own.id)
    return await _keep_oldest(subject, (own, *others), body)


async def _keep_oldest(subject: Subject, comments: tuple[OwnComment, ...], body: str) -> str:
    oldest, *others = sorted(comments, key=lambda comment: comment.id)
    for other in others:
        await _delete(subject, f"issues/comments/{other.id}")
    if _as_stored(oldest.body) != _as_stored(body):
        path = f"{subject.repository_path}/issues/comments/{oldest.id}"
        await subject.client.send("PATCH", path, {"body": body}, _POST)
    return oldest.url


async def _remove_left_over(subject: Subject, found: Standings) -> None:
    """A review that a crash left unsubmitted, where this review had nothing to add to it: nobody may have two."""
    for left in filter(is_ours, found.pending):
        await PendingReviews(subject, found.pull_id).delete(left.id)


async def _remove_twins(subject: Subject, threads: tuple[OwnThread, ...]) -> None:
    """Of threads about the same finding, the oldest stays, and so does every one that somebody answered."""
    ordered = sorted(threads, key=lambda own: (own.thread.fingerprint, own.comment_id))
    for _, twins in groupby(ordered, key=lambda own: own.thread.fingerprint):
        for twin in list(twins)[1:]:
            if not twin.thread.replies and not twin.thread.is_resolved:
                await _delete(subject, f"pulls/comments/{twin.comment_id}")


async def _delete(subject: Subject, path: str) -> None:
    try:
        await subject.client.send("DELETE", f"{subject.repository_path}/{path}", {}, _POST)
    except ProviderRefused as exc:
        if exc.status != _GONE:
            raise


def _as_stored(body: str) -> str:
    """GitHub stores CRLF line ends as they come and strips what surrounds a body."""
    return body.replace("\r\n", "\n").strip()
