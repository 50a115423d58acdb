"""How a job ends: well, for a reason, or with an error that may pass.

What belongs here: what errors mean for a job. What does not: telling anybody.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pr_reviewer.model.errors import HeadMoved, ModelUnavailable, ProviderUnavailable, ReviewerError
from webhooks.jobs import JobState

INTERNAL = "an internal error of the reviewer; its log says more"
PAUSED = "the operator has stopped all reviews"


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more is to be done. `reason` is a clause for people, `url` where the result stands."""

    state: JobState
    reason: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """It failed for the moment, and is tried again after so many seconds."""

    delay: float
    reason: str


DONE = Ended(JobState.DONE)


class NoLongerOurs(ReviewerError):
    """Whoever works on a job has to leave it where it is; the record says what became of it, or is told so."""


class Superseded(NoLongerOurs):
    """Something newer makes this work needless."""


class Withdrawn(NoLongerOurs):
    """The job was cancelled, is worked on by another one, or is no longer on record."""


class Paused(NoLongerOurs):
    """The operator has stopped all reviews meanwhile."""


class OperatorsMistake(ReviewerError):
    """The operator's settings cannot be read; what is wrong with them is nobody's business on a pull request."""


def judge(error: Exception, tries: int, retries: Sequence[float]) -> Ended | Again:
    """What an error means for a job that is at its `tries`-th try. Errors that may pass are tried again.

    `retries` are the seconds before each further try; somebody who retries a failed job has all of them again.
    """
    if isinstance(error, HeadMoved | Superseded):
        return Ended(JobState.SUPERSEDED, error.message)
    if isinstance(error, Withdrawn):
        return Ended(JobState.CANCELLED, error.message)
    if isinstance(error, Paused):
        return Ended(JobState.SKIPPED, error.message)
    reason = _reason(error)
    retried = (tries - 1) % (len(retries) + 1)
    if may_pass(error) and retried < len(retries):
        asked = getattr(error, "retry_after", None) or 0.0
        return Again(max(retries[retried], asked), reason)
    return Ended(JobState.FAILED, reason)


def may_pass(error: BaseException) -> bool:
    """Whether the same job may succeed later."""
    ours = ProviderUnavailable | ModelUnavailable | OperatorsMistake
    return isinstance(error, ours | sa.exc.DBAPIError | sqlite3.OperationalError | OSError)


def _reason(error: Exception) -> str:
    """The words of an error that is not ours may hold anything: they stay in the log."""
    if isinstance(error, ReviewerError):
        return error.message
    if isinstance(error, sa.exc.DBAPIError | sqlite3.OperationalError):
        return "the database could not be reached"
    return INTERNAL
