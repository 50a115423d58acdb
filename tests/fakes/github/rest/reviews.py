"""Reviews: list, create whole or pending, submit, edit, delete a pending one."""

from typing import Any

from tests.fakes.github.call import Call
from tests.fakes.github.messages import Response, not_found, refusal, unprocessable
from tests.fakes.github.payloads.reviews import legacy_comment, review
from tests.fakes.github.review_rules import Refused, check_body, create_review, submit
from tests.fakes.github.routes import route
from tests.fakes.github.state import Review
from tests.fakes.github.world import remove_review, visible_comments

_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
_REVIEW = _PULL + "/reviews/{review_id}"


@route("GET", _PULL + "/reviews", needs="pull_requests:read")
def reviews(call: Call) -> Response:
    """Pending ones are shown to their author alone."""
    return call.page(
        [found for found in call.pull.reviews if _visible(call, found)], lambda found: review(call.site, found)
    )


@route("POST", _PULL + "/reviews", needs="pull_requests:write")
def create(call: Call) -> dict[str, Any]:
    refuse_if_locked(call)
    body = call.body
    try:
        made = create_review(
            call.world,
            call.pull,
            call.user,
            commit=body.get("commit_id"),
            body=body.get("body") or "",
            event=body.get("event"),
            comments=body.get("comments") or (),
            app=call.app,
        )
    except Refused as no:
        raise unprocessable(*no.args) from no
    return review(call.site, made)


@route("GET", _REVIEW, needs="pull_requests:read")
def read(call: Call) -> dict[str, Any]:
    return review(call.site, _review(call))


@route("PUT", _REVIEW, needs="pull_requests:write")
def edit(call: Call) -> dict[str, Any]:
    found = _own(call)
    try:
        found.body = check_body(call.body.get("body"))
    except Refused as no:
        raise unprocessable(*no.args) from no
    return review(call.site, found)


@route("DELETE", _REVIEW, needs="pull_requests:write")
def delete(call: Call) -> dict[str, Any]:
    found = _own(call)
    if found.state != "PENDING":
        raise unprocessable("Can not delete a non-pending pull request review")
    shown = review(call.site, found)
    remove_review(found)
    return shown


@route("GET", _REVIEW + "/comments", needs="pull_requests:read")
def comments(call: Call) -> Response:
    found = _review(call)
    shown = [
        comment
        for thread in call.pull.threads
        for comment in visible_comments(thread, call.identity.user)
        if comment.review is found
    ]
    return call.page(shown, lambda comment: legacy_comment(call.site, comment))


@route("POST", _REVIEW + "/events", needs="pull_requests:write")
def submit_review(call: Call) -> dict[str, Any]:
    found = _own(call)
    try:
        submit(call.world, found, call.body.get("event", "COMMENT"), call.body.get("body"))
    except Refused as no:
        raise unprocessable(*no.args) from no
    return review(call.site, found)


def refuse_if_locked(call: Call) -> None:
    """A locked conversation is open to people who may push, and to nobody else."""
    token = call.identity.token
    is_person = token is not None and not token.is_app
    if call.pull.locked and not (is_person and call.repository.grants(call.user, "write")):
        raise refusal(403, "Unable to create comment because issue is locked.")


def _visible(call: Call, found: Review) -> bool:
    return found.state != "PENDING" or found.user is call.identity.user


def _review(call: Call) -> Review:
    wanted = call.number("review_id")
    found = next((found for found in call.pull.reviews if found.id == wanted), None)
    if found is None or not _visible(call, found):
        raise not_found()
    return found


def _own(call: Call) -> Review:
    found = _review(call)
    if found.user is not call.user:
        raise refusal(403, "Must be the author of the review")
    return found
