"""Writing reviews, for REST and GraphQL alike: each refusal is a `Refused` with GitHub's sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.github.call import LONGEST_BODY
from tests.fakes.github.places import Misplaced, place
from tests.fakes.github.pull_rules import commits_of
from tests.fakes.github.state import Account, App, Place, Pull, Review, ReviewComment, Thread
from tests.fakes.github.world import World

STATES = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
ONE_PENDING = "User can only have one pending review per pull request"


class Refused(Exception):
    """`args` are GitHub's sentences."""


def pending_review(pull: Pull, user: Account) -> Review | None:
    return next((found for found in pull.reviews if found.user is user and found.state == "PENDING"), None)


def create_review(  # noqa: PLR0913 as GitHub's own endpoint
    world: World,
    pull: Pull,
    user: Account,
    *,
    commit: str | None = None,
    body: str = "",
    event: str | None = None,
    comments: Sequence[Mapping[str, Any]] = (),
    app: App | None = None,
) -> Review:
    """The whole review, or nothing of it."""
    if pending_review(pull, user):
        raise Refused(ONE_PENDING)
    _check_event(pull, user, event, body, has_comments=bool(comments))
    at = check_commit(pull, commit)
    for comment in comments:
        check_body(comment.get("body"))
    places = _places(pull, at, comments)
    review = Review(**world.new(), user=user, body=body or "", pull=pull, commit=at, app=app)
    pull.reviews.append(review)
    for comment, found in zip(comments, places, strict=True):
        add_thread(world, review, found, comment["body"])
    if event:
        submit(world, review, event)
    return review


def _places(pull: Pull, commit: str, comments: Sequence[Mapping[str, Any]]) -> list[Place]:
    """Every comment's place; the sentences of all bad ones, each said once."""
    found, errors = [], []
    for comment in comments:
        try:
            found.append(place(pull, commit, comment))
        except Misplaced as no:
            errors.append(str(no))
    if errors:
        raise Refused(*dict.fromkeys(errors))
    return found


def check_commit(pull: Pull, commit: str | None) -> str:
    """The head, or one of the pull request's own commits."""
    if commit is None:
        return pull.head_sha
    if commit not in commits_of(pull):
        raise Refused("The commit_id is not part of the pull request")
    return commit


def check_body(body: object) -> str:
    text = str(body or "")
    if not text.strip():
        raise Refused("Body can't be blank")
    if len(text) > LONGEST_BODY:
        raise Refused(f"Body is too long (maximum is {LONGEST_BODY} characters)")
    return text


def _check_event(pull: Pull, user: Account, event: str | None, body: str, *, has_comments: bool) -> None:
    if len(body or "") > LONGEST_BODY:
        raise Refused(f"Body is too long (maximum is {LONGEST_BODY} characters)")
    blank = not (body or "").strip()
    if event in ("APPROVE", "REQUEST_CHANGES") and user is pull.user:
        raise Refused(f"Can not {event.lower().replace('_', ' ')} {'on ' * (event != 'APPROVE')}your own pull request")
    if (event == "COMMENT" and blank and not has_comments) or (event == "REQUEST_CHANGES" and blank):
        raise Refused("Body can't be blank")


def submit(world: World, review: Review, event: str, body: str | None = None) -> None:
    """Make a pending review seen."""
    if review.state != "PENDING":
        raise Refused("Can not submit a review that is not pending")
    text = review.body if body is None else body
    _check_event(review.pull, review.user, event, text, has_comments=bool(review.comments))
    review.body, review.state, review.submitted_at = text, STATES[event], world.stamp()
    review.pull.updated_at = world.stamp()


def add_thread(world: World, review: Review, at: Place, body: str) -> Thread:
    thread = Thread(**world.new(), pull=review.pull, place=at)
    review.pull.threads.append(thread)
    _say(world, thread, review, body)
    return thread


def add_reply(
    world: World, thread: Thread, user: Account, body: str, *, review: Review | None = None, app: App | None = None
) -> ReviewComment:
    """In the given pending review, else in a review of its own, which nobody may begin beside a pending one."""
    if review is None:
        if pending_review(thread.pull, user):
            raise Refused(ONE_PENDING)
        review = Review(**world.new(), user=user, body="", pull=thread.pull, commit=thread.pull.head_sha, app=app)
        review.state, review.submitted_at = "COMMENTED", world.stamp()
        thread.pull.reviews.append(review)
    return _say(world, thread, review, body)


def _say(world: World, thread: Thread, review: Review, body: str) -> ReviewComment:
    comment = ReviewComment(**world.new(), user=review.user, body=check_body(body), thread=thread, review=review)
    comment.app = review.app
    thread.comments.append(comment)
    return comment
