"""Answers to comments: a reaction, or a reply that is found again by its marker.

https://docs.github.com/en/rest/reactions/reactions
"""

from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.events import Comment, CommentPlace
from pr_reviewer.model.posting import Reaction
from pr_reviewer.providers.github.client import Unanswered
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.queries import REACT
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject
from pr_reviewer.report.markers import Marker, MarkerKind, find_marker, mark

_READ = Need("read the conversation", "pull_requests", "read")
_REACT = Need("react to the comment", "pull_requests", "write")
_REPLY = Need("answer the comment", "pull_requests", "write")
_AREAS = {CommentPlace.CONVERSATION: "issues", CommentPlace.LINE: "pulls"}
_GONE = (404, 410)


async def react(subject: Subject, comment: Comment, reaction: Reaction) -> None:
    """See `Reactor`. GitHub keeps one reaction of a kind for each account."""
    path = f"{subject.repository_path}/{_AREAS[comment.place]}/comments/{comment.id}/reactions"
    try:
        await subject.client.patiently(
            lambda: subject.client.send("POST", path, {"content": reaction.value}, _REACT),
        )
    except ProviderRefused as exc:
        if exc.status not in _GONE:
            raise


async def react_to_review(subject: Subject, review: str, reaction: Reaction) -> None:
    """The same for a review's own text, `review` being the id of its node. Doing it twice changes nothing."""
    try:
        await subject.client.query(REACT, _REACT, subject=review, content=reaction.value.upper())
    except ProviderRefused as exc:
        if exc.status not in _GONE:
            raise


async def reply(subject: Subject, comment: Comment | None, key: str, body: str) -> str:
    """See `Replier`. Before each attempt it looks for its marker, so that a lost answer repeats nothing.

    Our reply that somebody deletes between our look and our write is written anew.
    """
    is_threaded = comment is not None and comment.place is CommentPlace.LINE
    area = _AREAS[CommentPlace.LINE if is_threaded else CommentPlace.CONVERSATION]
    marked = mark(body, Marker(MarkerKind.REPLY, key))

    async def step() -> str:
        found = await _found(subject, area, key)
        if found is None:
            found = await subject.client.send("POST", _place(subject, comment), {"body": marked}, _REPLY)
        elif found["body"].strip() != marked.strip():
            await _rewrite(subject, f"{subject.repository_path}/{area}/comments/{found['id']}", marked)
        return str(found["html_url"])

    return await subject.client.patiently(step)


async def _rewrite(subject: Subject, path: str, body: str) -> None:
    try:
        await subject.client.send("PATCH", path, {"body": body}, _REPLY)
    except ProviderRefused as exc:
        if exc.status not in _GONE:
            raise
        raise Unanswered("the reply was deleted while it was written") from exc


def _place(subject: Subject, comment: Comment | None) -> str:
    """Where a new reply goes. A thread takes replies to its first comment only."""
    if comment is not None and comment.place is CommentPlace.LINE:
        return f"{subject.path}/comments/{comment.reply_to or comment.id}/replies"
    return f"{subject.repository_path}/issues/{subject.number}/comments"


async def _found(subject: Subject, area: str, key: str) -> Json:
    """What we have said under this key; others may have copied our marker."""
    viewer = (await subject.look(threads=False, comments=False)).viewer
    rows = await subject.client.pages(f"{subject.repository_path}/{area}/{subject.number}/comments", _READ)
    wanted = Marker(MarkerKind.REPLY, key)
    ours = (row for row in rows if (row["user"] or {}).get("login") == viewer.login)
    return next((row for row in ours if find_marker(row["body"]) == wanted), None)
