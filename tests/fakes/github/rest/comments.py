"""Comments of reviews: list, create, reply, edit, delete."""

from typing import Any

from tests.fakes.github.access import may
from tests.fakes.github.call import Call
from tests.fakes.github.messages import Refusal, Response, invalid, not_found, refusal
from tests.fakes.github.payloads.reviews import review_comment
from tests.fakes.github.places import Misplaced, place
from tests.fakes.github.rest.reviews import refuse_if_locked
from tests.fakes.github.review_rules import (
    ONE_PENDING,
    Refused,
    add_reply,
    add_thread,
    check_body,
    check_commit,
    create_review,
)
from tests.fakes.github.routes import route
from tests.fakes.github.state import Remark, ReviewComment
from tests.fakes.github.world import remove_comment, visible_comments

_REPO = "/repos/{owner}/{repo}"
_PULL = _REPO + "/pulls/{pull_number}"
_COMMENT = _REPO + "/pulls/comments/{comment_id}"
_RESOURCE = "PullRequestReviewComment"


@route("GET", _PULL + "/comments", needs="pull_requests:read")
def comments(call: Call) -> Response:
    """Comments of pending reviews are not among them."""
    found = [comment for thread in call.pull.threads for comment in visible_comments(thread, None)]
    newest = call.query.get("direction") == "desc"
    rows = sorted(found, key=lambda comment: comment.id, reverse=newest)
    return call.page(rows, lambda comment: review_comment(call.site, comment))


@route("POST", _PULL + "/comments", needs="pull_requests:write", status=201)
def create(call: Call) -> dict[str, Any]:
    """A review of one comment; `in_reply_to` makes it a reply."""
    refuse_if_locked(call)
    if call.body.get("in_reply_to"):
        return _replied(call, int(call.body["in_reply_to"]))
    try:
        at = place(call.pull, check_commit(call.pull, call.body.get("commit_id")), call.body)
        check_body(call.body.get("body"))
        made = create_review(call.world, call.pull, call.user, commit=at.commit, app=call.app)
    except Misplaced as no:
        raise invalid(_RESOURCE, "pull_request_review_thread.line", str(no)) from no
    except Refused as no:
        raise _refusal(no) from no
    thread = add_thread(call.world, made, at, call.body["body"])
    made.state, made.submitted_at = "COMMENTED", call.world.stamp()
    return review_comment(call.site, thread.comments[0])


@route("POST", _PULL + "/comments/{comment_id}/replies", needs="pull_requests:write", status=201)
def reply(call: Call) -> dict[str, Any]:
    refuse_if_locked(call)
    return _replied(call, call.number("comment_id"))


def _replied(call: Call, number: int) -> dict[str, Any]:
    found = call.world.review_comment(call.repository, number)
    if found is None or found.thread.pull is not call.pull or found.review.state == "PENDING":
        raise not_found()
    try:
        made = add_reply(call.world, found.thread, call.user, check_body(call.body.get("body")), app=call.app)
    except Refused as no:
        raise _refusal(no) from no
    return review_comment(call.site, made)


def _refusal(no: Refused) -> Refusal:
    if no.args[0] == ONE_PENDING:
        return invalid("PullRequestReview", "user_id", "user_id can only have one pending review per pull request")
    return invalid(_RESOURCE, "body", no.args[0])


@route("GET", _COMMENT, needs="pull_requests:read")
def read(call: Call) -> dict[str, Any]:
    return review_comment(call.site, _comment(call))


@route("PATCH", _COMMENT, needs="pull_requests:write")
def edit(call: Call) -> dict[str, Any]:
    found = _comment(call)
    refuse_to_change(call, found)
    found.body = call.text("body", _RESOURCE)
    found.updated_at = call.world.stamp()
    return review_comment(call.site, found)


@route("DELETE", _COMMENT, needs="pull_requests:write", status=204)
def delete(call: Call) -> None:
    found = _comment(call)
    refuse_to_change(call, found)
    remove_comment(found)


def refuse_to_change(call: Call, found: Remark) -> None:
    """One's own, or anybody's with write access."""
    if found.user is call.user:
        return
    if not may(call.identity, call.repository, "issues:write pull_requests:write", "write"):
        raise refusal(403, "Must have admin rights to Repository.")


def _comment(call: Call) -> ReviewComment:
    found = call.world.review_comment(call.repository, call.number("comment_id"))
    if found is None or found not in visible_comments(found.thread, call.identity.user):
        raise not_found()
    return found
