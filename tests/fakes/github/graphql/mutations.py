"""Mutations: reviews in the making, threads, replies, resolving and hiding."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.github.graphql.context import Context, failure
from tests.fakes.github.graphql.nodes import may_resolve
from tests.fakes.github.graphql.schema import resolves
from tests.fakes.github.places import Misplaced, place
from tests.fakes.github.rest.reactions import react
from tests.fakes.github.review_rules import (
    Refused,
    add_reply,
    add_thread,
    check_body,
    create_review,
    pending_review,
    submit,
)
from tests.fakes.github.state import IssueComment, Pull, Remark, Review, ReviewComment, Thread
from tests.fakes.github.world import remove_review

Input = dict[str, Any]
_WRITE = "pull_requests:write"
_COMMENT_WRITE = "issues:write pull_requests:write"
_CONTENT = {
    "THUMBS_UP": "+1", "THUMBS_DOWN": "-1", "LAUGH": "laugh", "HOORAY": "hooray",
    "CONFUSED": "confused", "HEART": "heart", "ROCKET": "rocket", "EYES": "eyes",
}  # fmt: skip


def _unprocessable(no: Refused) -> Exception:
    return failure("UNPROCESSABLE", ", ".join(no.args))


def _writable(context: Context, pull: Pull, mutation: str, needs: str = _WRITE) -> Pull:
    """The pull request, when the caller may write to its conversation."""
    context.require(pull.repository, needs, mutation=mutation)
    if pull.repository.archived:
        raise failure("FORBIDDEN", "Repository was archived so is read-only.")
    token = context.identity.token
    is_person = token is not None and not token.is_app
    if pull.locked and not (is_person and pull.repository.grants(context.user, "write")):
        raise failure("FORBIDDEN", "Unable to create comment because issue is locked.")
    return pull


def _own(context: Context, wanted: str, mutation: str) -> Review:
    found: Review = context.node(wanted, Review)
    if found.state == "PENDING" and found.user is not context.identity.user:
        raise failure("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'")
    _writable(context, found.pull, mutation)
    if found.user is not context.user:
        raise failure("FORBIDDEN", f"{context.user.login} does not have permission to change this review")
    return found


@resolves("Mutation", "addPullRequestReview")
def add_review(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002 GitHub's name
    pull = _writable(context, context.node(input["pullRequestId"], Pull), "addPullRequestReview")
    try:
        made = create_review(
            context.world,
            pull,
            context.user,
            commit=input.get("commitOID"),
            body=input.get("body") or "",
            event=input.get("event"),
            comments=[_named(thread) for thread in input.get("threads") or ()],
            app=context.identity.token.app if context.identity.token else None,
        )
    except Refused as no:
        raise _unprocessable(no) from no
    edge = {"cursor": "0", "node": made}
    return {"pullRequestReview": made, "reviewEdge": edge, **_echo(input)}


@resolves("Mutation", "addPullRequestReviewThread")
def add_review_thread(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    """A place that GitHub refuses gives `thread: null`, without an error."""
    review = _review_for(context, input)
    try:
        check_body(input["body"])
        at = place(review.pull, review.commit, _named(input))
    except Misplaced:
        return {"thread": None, **_echo(input)}
    except Refused as no:
        raise _unprocessable(no) from no
    return {"thread": add_thread(context.world, review, at, input["body"]), **_echo(input)}


def _review_for(context: Context, input: Input) -> Review:  # noqa: A002
    """The pending review that is named, or the caller's own on the pull request, begun when there is none."""
    if input.get("pullRequestReviewId"):
        found = _own(context, input["pullRequestReviewId"], "addPullRequestReviewThread")
        if found.state != "PENDING":
            raise failure("UNPROCESSABLE", "Review has already been submitted.")
        return found
    pull = _writable(context, context.node(input.get("pullRequestId", ""), Pull), "addPullRequestReviewThread")
    return pending_review(pull, context.user) or create_review(context.world, pull, context.user)


@resolves("Mutation", "addPullRequestReviewThreadReply")
def add_thread_reply(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    thread: Thread = context.node(input["pullRequestReviewThreadId"], Thread)
    _writable(context, thread.pull, "addPullRequestReviewThreadReply")
    named = input.get("pullRequestReviewId")
    review = (
        _own(context, named, "addPullRequestReviewThreadReply") if named else pending_review(thread.pull, context.user)
    )
    try:
        made = add_reply(context.world, thread, context.user, check_body(input["body"]), review=review)
    except Refused as no:
        raise _unprocessable(no) from no
    return {"comment": made, **_echo(input)}


@resolves("Mutation", "submitPullRequestReview")
def submit_review(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    if input.get("pullRequestReviewId"):
        found = _own(context, input["pullRequestReviewId"], "submitPullRequestReview")
    else:
        pull = _writable(context, context.node(input.get("pullRequestId", ""), Pull), "submitPullRequestReview")
        pending = pending_review(pull, context.user)
        if pending is None:
            raise failure("NOT_FOUND", "Could not find a pending review")
        found = pending
    try:
        submit(context.world, found, input["event"], input.get("body"))
    except Refused as no:
        raise _unprocessable(no) from no
    return {"pullRequestReview": found, **_echo(input)}


@resolves("Mutation", "updatePullRequestReview")
def update_review(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    found = _own(context, input["pullRequestReviewId"], "updatePullRequestReview")
    found.body = _checked(input["body"])
    return {"pullRequestReview": found, **_echo(input)}


@resolves("Mutation", "deletePullRequestReview")
def delete_review(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    found = _own(context, input["pullRequestReviewId"], "deletePullRequestReview")
    if found.state != "PENDING":
        raise failure("UNPROCESSABLE", "Can not delete a non-pending pull request review")
    remove_review(found)
    return {"pullRequestReview": found, **_echo(input)}


@resolves("Mutation", "resolveReviewThread")
def resolve_thread(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    thread = _resolvable(context, input["threadId"], "resolveReviewThread")
    thread.resolved_by = context.user
    return {"thread": thread, **_echo(input)}


@resolves("Mutation", "unresolveReviewThread")
def unresolve_thread(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    thread = _resolvable(context, input["threadId"], "unresolveReviewThread")
    thread.resolved_by = None
    return {"thread": thread, **_echo(input)}


def _resolvable(context: Context, wanted: str, mutation: str) -> Thread:
    thread: Thread = context.node(wanted, Thread)
    if not may_resolve(thread, context):
        context.require(thread.pull.repository, "contents:write", "write", mutation)
    return thread


@resolves("Mutation", "minimizeComment")
def minimize(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    found = _remark(context, input["subjectId"], "minimizeComment")
    found.minimized = input["classifier"].lower().replace("_", "-")
    return {"minimizedComment": found, **_echo(input)}


@resolves("Mutation", "unminimizeComment")
def unminimize(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    found = _remark(context, input["subjectId"], "unminimizeComment")
    found.minimized = None
    return {"unminimizedComment": found, **_echo(input)}


def _remark(context: Context, wanted: str, mutation: str) -> Remark:
    """Hiding is for those who may push, and for one's own."""
    found: Any = context.node(wanted, (IssueComment, ReviewComment, Review))
    pull = found.thread.pull if isinstance(found, ReviewComment) else found.pull
    role = "read" if found.user is context.identity.user else "write"
    context.require(pull.repository, _COMMENT_WRITE, role, mutation)
    remark: Remark = found
    return remark


@resolves("Mutation", "addComment")
def add_comment(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    pull = _writable(context, context.node(input["subjectId"], Pull), "addComment", _COMMENT_WRITE)
    made = IssueComment(**context.world.new(), user=context.user, body=_checked(input["body"]), pull=pull)
    pull.issue_comments.append(made)
    return {"subject": pull, **_echo(input)}


@resolves("Mutation", "updateIssueComment")
def update_comment(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    found = _remark(context, input["id"], "updateIssueComment")
    found.body, found.updated_at = _checked(input["body"]), context.world.stamp()
    return {"issueComment": found, **_echo(input)}


@resolves("Mutation", "updatePullRequestReviewComment")
def update_review_comment(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    found = _remark(context, input["pullRequestReviewCommentId"], "updatePullRequestReviewComment")
    found.body, found.updated_at = _checked(input["body"]), context.world.stamp()
    return {"pullRequestReviewComment": found, **_echo(input)}


@resolves("Mutation", "addReaction")
def add_reaction(_: Any, context: Context, *, input: Input) -> Input:  # noqa: A002
    found: Any = context.node(input["subjectId"], (Pull, IssueComment, ReviewComment, Review))
    pull = found if isinstance(found, Pull) else found.thread.pull if isinstance(found, ReviewComment) else found.pull
    _writable(context, pull, "addReaction", _COMMENT_WRITE)
    react(context.world, found, context.user, _CONTENT[input["content"]])
    return {"subject": found, **_echo(input)}


def _checked(body: object) -> str:
    try:
        return check_body(body)
    except Refused as no:
        raise _unprocessable(no) from no


def _named(given: Mapping[str, Any]) -> dict[str, Any]:
    """GraphQL's names of a place as REST's."""
    return {
        "path": given.get("path"),
        "body": given.get("body"),
        "line": given.get("line"),
        "side": given.get("side"),
        "start_line": given.get("startLine"),
        "start_side": given.get("startSide"),
        "subject_type": "file" if given.get("subjectType") == "FILE" else None,
    }


def _echo(given: Input) -> Input:
    return {"clientMutationId": given.get("clientMutationId")}
