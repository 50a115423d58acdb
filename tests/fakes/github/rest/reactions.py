"""Reactions to pull requests, their comments and review comments. Giving the same one twice is 200, not 201."""

from typing import Any

from tests.fakes.github.call import Call
from tests.fakes.github.messages import Response, not_found
from tests.fakes.github.payloads.people import reaction
from tests.fakes.github.rest.issues import comment_of
from tests.fakes.github.routes import route
from tests.fakes.github.state import Account, Reaction, Remark
from tests.fakes.github.world import World

_REPO = "/repos/{owner}/{repo}"
_ISSUE = _REPO + "/issues/{issue_number}/reactions"
_ISSUE_COMMENT = _REPO + "/issues/comments/{comment_id}/reactions"
_REVIEW_COMMENT = _REPO + "/pulls/comments/{comment_id}/reactions"
_ANY_READ, _ANY_WRITE = "issues:read pull_requests:read", "issues:write pull_requests:write"
_PULL_READ, _PULL_WRITE = "pull_requests:read", "pull_requests:write"


def react(world: World, remark: Remark, user: Account, content: str) -> tuple[Reaction, bool]:
    """The reaction, and whether it is new."""
    for found in remark.reactions:
        if found.user is user and found.content == content:
            return found, False
    made = Reaction(**world.new(), user=user, content=content)
    remark.reactions.append(made)
    return made, True


@route("GET", _ISSUE, needs=_ANY_READ)
def of_pull(call: Call) -> Response:
    return _list(call, call.pull)


@route("POST", _ISSUE, needs=_ANY_WRITE)
def react_to_pull(call: Call) -> Response:
    return _react(call, call.pull)


@route("GET", _ISSUE_COMMENT, needs=_ANY_READ)
def of_comment(call: Call) -> Response:
    return _list(call, comment_of(call))


@route("POST", _ISSUE_COMMENT, needs=_ANY_WRITE)
def react_to_comment(call: Call) -> Response:
    return _react(call, comment_of(call))


@route("DELETE", _ISSUE_COMMENT + "/{reaction_id}", needs=_ANY_WRITE, status=204)
def take_back_from_comment(call: Call) -> None:
    _remove(call, comment_of(call))


@route("GET", _REVIEW_COMMENT, needs=_PULL_READ)
def of_review_comment(call: Call) -> Response:
    return _list(call, _review_comment(call))


@route("POST", _REVIEW_COMMENT, needs=_PULL_WRITE)
def react_to_review_comment(call: Call) -> Response:
    return _react(call, _review_comment(call))


@route("DELETE", _REVIEW_COMMENT + "/{reaction_id}", needs=_PULL_WRITE, status=204)
def take_back_from_review_comment(call: Call) -> None:
    _remove(call, _review_comment(call))


def _review_comment(call: Call) -> Remark:
    found = call.world.review_comment(call.repository, call.number("comment_id"))
    if found is None:
        raise not_found()
    return found


def _list(call: Call, remark: Remark) -> Response:
    wanted = call.query.get("content")
    rows = [found for found in remark.reactions if wanted in (None, found.content)]
    return call.page(rows, lambda found: reaction(call.site, found))


def _react(call: Call, remark: Remark) -> Response:
    made, is_new = react(call.world, remark, call.user, str(call.body.get("content")))
    body: Any = reaction(call.site, made)
    return Response(201 if is_new else 200, body)


def _remove(call: Call, remark: Remark) -> None:
    wanted = call.number("reaction_id")
    found = next((found for found in remark.reactions if found.id == wanted and found.user is call.user), None)
    if found is None:
        raise not_found()
    remark.reactions.remove(found)
