"""Where the reviewer is killed: at a call to GitHub or to the model, at an answer of its own, or inside."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.crash.shop import Model, Shop
from tests.fakes.github.messages import Request
from tests.fakes.model_replies import Reset


class Knife:
    """Kills once. `fell` is set when it has."""

    def __init__(self, kill: Callable[[], None]) -> None:
        self._kill = kill
        self.fell = threading.Event()

    def __call__(self, *_: object) -> None:
        if not self.fell.is_set():
            self._kill()
            self.fell.set()


@dataclass(frozen=True, slots=True)
class AtGitHub:
    """At the `number`-th call of this name (see `Exchange.name`): before it takes effect, or after it and before the
    answer is sent."""

    match: str | Callable[[Request], bool]
    number: int = 1
    is_done: bool = False

    def arm(self, shop: Shop, _: Model, knife: Knife) -> None:
        if not self.is_done:
            shop.github.fault(self.match, "reset", skip=self.number - 1)
        shop.github.on(self.match, knife, skip=self.number - 1, after=self.is_done)


@dataclass(frozen=True, slots=True)
class AtModel:
    """When the model is asked for the `number`-th time, before it answers."""

    number: int

    def arm(self, _: Shop, model: Model, knife: Knife) -> None:
        def before_answer(request: Any) -> Reset | None:
            if request.number != self.number:
                return None
            knife()
            return Reset()

        model.before_answer = before_answer


@dataclass(frozen=True, slots=True)
class AtAnswer:
    """As soon as the delivery is answered."""

    def arm(self, *_: object) -> None:
        """The test does it: it is who gets the answer."""


@dataclass(frozen=True, slots=True)
class Inside:
    """Before or after the `number`-th call of a method, `module:Class.method`; see inside/sitecustomize.py."""

    place: str
    number: int = 1
    is_done: bool = False

    @property
    def environ(self) -> dict[str, str]:
        return {"CRASH_AT": f"{self.place},{'after' if self.is_done else 'before'},{self.number}"}

    def arm(self, *_: object) -> None:
        """The process is armed by its environment."""


@dataclass(frozen=True, slots=True)
class Point:
    """A name for people, and where. `by` is what is delivered: a pull request that was opened, or a comment."""

    name: str
    where: AtGitHub | AtModel | AtAnswer | Inside
    by: str = "opened"


_RECORD = "webhooks.journal:Entry.write"
_COMMENTS = "POST /repos/octo/shop/issues/1/comments"
_REACTIONS = "POST /repos/octo/shop/issues/comments/*/reactions"
_REVIEW = "GRAPHQL *mutation addPullRequestReview"
_THREADS = "GRAPHQL *mutation addPullRequestReviewThread*"
_SUBMIT = "GRAPHQL *mutation submitPullRequestReview"
_LOOK = "GRAPHQL viewer,repository"
_CHECKS = "POST /repos/octo/shop/check-runs"


def _concludes(request: Request) -> bool:
    return "/check-runs/" in request.target and b'"completed"' in request.body


def _shows_progress(request: Request) -> bool:
    return "/check-runs" in request.target and b'"in_progress"' in request.body


def _both(
    name: str, match: str | Callable[[Request], bool], number: int = 1, by: str = "opened"
) -> tuple[Point, Point]:
    """Before a call takes effect, and after it has and before that is known."""
    return (
        Point(f"{name}: asked", AtGitHub(match, number), by),
        Point(f"{name}: done, its answer lost", AtGitHub(match, number, is_done=True), by),
    )


RECEIVING = (
    Point("a delivery: stored, not answered", Inside("webhooks.inbox:Inbox.put", is_done=True)),
    Point("a delivery: answered with 202", AtAnswer()),
    Point("a delivery: about to become a job", Inside("webhooks.dispatch:Dispatcher.accept")),
    Point("a job: on record, without a slot", Inside("webhooks.jobs:Jobs.add", is_done=True)),
    Point("a job: on record, not in the queue", Inside("webhooks.durable:DurableQueue.enqueue")),
    Point("a job: in the queue, which nobody knows", Inside("webhooks.durable:DurableQueue.enqueue", is_done=True)),
    Point("a delivery: marked as handed over", Inside("webhooks.inbox:Inbox.handed_over", is_done=True)),
    Point("a job: said to run, nothing done", Inside("webhooks.jobs:Jobs.start", is_done=True)),
)

READING = (
    Point("the App's token: made, its answer lost", AtGitHub("POST /app/installations/*/access_tokens", is_done=True)),
    Point("the pull request: asked for", AtGitHub(_LOOK)),
    Point("the comparison: asked for", AtGitHub("GET /repos/octo/shop/compare/*")),
    Point("git: the first references asked for", AtGitHub("GIT /octo/shop.git/info/refs")),
    Point("git: the first pack asked for", AtGitHub("GIT /octo/shop.git/git-upload-pack")),
    Point("git: the first pack sent, half received", AtGitHub("GIT /octo/shop.git/git-upload-pack", is_done=True)),
    Point("git: the second pack asked for", AtGitHub("GIT /octo/shop.git/git-upload-pack", 2)),
    *_both("the check, queued", _CHECKS),
    *_both("the check, in progress", _shows_progress),
)

ASKING = (
    *(Point(f"the model: call {number} of 8 asked", AtModel(number)) for number in range(1, 9)),
    Point("the model: answer 3 in hand, not on record", Inside(_RECORD, 3)),
    Point("the model: answer 3 on record, not used", Inside(_RECORD, 3, is_done=True)),
    Point("the model: answer 8 on record, not used", Inside(_RECORD, 8, is_done=True)),
)

POSTING = (
    Point("the review: about to look what stands", AtGitHub(_LOOK, 2)),
    *_both("the review, pending", _REVIEW),
    *_both("the review's threads", _THREADS),
    Point("the review: about to look for doubles", AtGitHub(_LOOK, 3)),
    *_both("the review, submitted", _SUBMIT),
    Point("the review: posted, not on record", Inside(_RECORD, 9)),
    Point("the review: on record", Inside(_RECORD, 9, is_done=True)),
    *_both("the summary", _COMMENTS),
    Point("the summary: written, not on record", Inside(_RECORD, 10)),
    Point("the summary: on record", Inside(_RECORD, 10, is_done=True)),
    *_both("the check, concluded", _concludes),
)

ENDING = (
    Point("the end: before the review counts as published", Inside("webhooks.runs:Runs.record")),
    Point("the end: the review counts as published", Inside("webhooks.runs:Runs.record", is_done=True)),
    Point("the end: before the job's end is on record", Inside("webhooks.jobs:Jobs.finish")),
    Point("the end: the job's end is on record, the queue does not know", Inside("webhooks.jobs:Jobs.finish", 1, True)),  # noqa: FBT003
    Point("the end: the worker is done, the queue does not know", Inside("webhooks.work:Worker.run", is_done=True)),
)

COMMANDED = (
    Point("a command: permission asked for", AtGitHub("GET */collaborators/ann/permission"), "commented"),
    *_both("a command: the first reaction", _REACTIONS, 1, "commented"),
    Point("a command: the model's call 8 of 8 asked", AtModel(8), "commented"),
    *_both("a command: the review, submitted", _SUBMIT, 1, "commented"),
    *_both("a command: the reply", _COMMENTS, 2, "commented"),
    *_both("a command: the last reaction", _REACTIONS, 2, "commented"),
)

POINTS = (*RECEIVING, *READING, *ASKING, *POSTING, *ENDING, *COMMANDED)

# What every run of the tests goes through; all of them take the better part of an hour.
SHORT_SQLITE = (
    "a job: on record, not in the queue",
    "the model: call 8 of 8 asked",
    "the model: answer 3 on record, not used",
    "the review's threads: done, its answer lost",
    "the review, submitted: done, its answer lost",
    "the summary: done, its answer lost",
)
SHORT_POSTGRES = ("the model: call 8 of 8 asked", "the review, submitted: done, its answer lost")
