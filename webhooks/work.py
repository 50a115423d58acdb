"""Does a job: from its record to its end. Called by the queue, once in each lane at a time."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

import structlog

from pr_reviewer.model.errors import HeadMoved, ReviewerError
from pr_reviewer.model.events import Scene
from pr_reviewer.model.posting import Check, CheckState
from pr_reviewer.model.triggers import AnswerMergeGroup, Cancel, Forget, Nothing, RunAgain, RunAutomatic, RunCommanded
from pr_reviewer.report.posting import failed_check, superseded_check, untouched_check
from webhooks.automatic import run_automatic
from webhooks.chores import answer_merge_group, find_pulls, forget, run_again
from webhooks.commanding import run_commanded, tell_failure
from webhooks.dispatch import rerun_of
from webhooks.ending import DONE, Again, Ended, NoLongerOurs, judge
from webhooks.executors import DeclaredDead
from webhooks.jobs import Job, JobState
from webhooks.log_context import of_job
from webhooks.workshop import Bench, Workshop

EX_TEMPFAIL = 75
_LAST_SECONDS = 10.0  # for a write that was under way, and what it takes to put it right
_POLL_SECONDS = 0.05
_REPLIED = (JobState.FAILED, JobState.SUPERSEDED, JobState.SKIPPED)

log = structlog.get_logger("webhooks")


def leave_at_once(error: DeclaredDead) -> NoReturn:
    """End the process: others do its work, and whatever it wrote now could be written twice.

    Whoever supervises it starts it again.
    """
    log.critical("this process is declared dead, and ends", why=error.message)
    os._exit(EX_TEMPFAIL)


class Worker:
    """Runs jobs. `on_free` is told when a slot may be free; `leave` ends the process and does not return."""

    def __init__(
        self, shop: Workshop, on_free: Callable[[], None], leave: Callable[[DeclaredDead], None] = leave_at_once
    ) -> None:
        self._shop = shop
        self._on_free = on_free
        self._leave = leave
        self.active: set[str] = set()
        """The jobs that run now."""

    async def run(self, job_id: str) -> None:
        """Do it, and record its end. An error here means that the record could not be written: a sweep will see."""
        job = await self._shop.jobs.start(job_id)
        if job is None:
            return
        self.active.add(job_id)
        try:
            await self._run(job)
        finally:
            self.active.discard(job_id)
            self._on_free()

    async def step_down(self, error: DeclaredDead) -> None:
        """Leave, as soon as no job is left that may have to put right what it wrote last, or after some seconds."""
        until = time.monotonic() + _LAST_SECONDS
        while self.active and time.monotonic() < until:  # noqa: ASYNC110 its jobs run on another loop
            await asyncio.sleep(_POLL_SECONDS)
        self._leave(error)

    async def _run(self, job: Job) -> None:
        with structlog.contextvars.bound_contextvars(**of_job(job)):
            log.info("job started", attempt=job.tries)
            try:
                outcome = await self._outcome(job)
            except DeclaredDead as error:
                self.active.discard(job.id)
                await self.step_down(error)  # returning would tell the queue that the job has ended
                return
            await self._record(job, outcome)

    async def _outcome(self, job: Job) -> Ended | Again:
        """The one place where every error of a job arrives."""
        try:
            return await self._act(job)
        except DeclaredDead:
            raise
        except Exception as error:  # noqa: BLE001 the entry point of every job
            _log_failure(error)
            return judge(error, job.tries, self._shop.retries)

    async def _record(self, job: Job, outcome: Ended | Again) -> None:
        if isinstance(outcome, Again):
            self._shop.numbers.retried()
            log.warning("job put off", why=outcome.reason, next_try_in=outcome.delay)
            await self._shop.jobs.begin_again(job, outcome.delay)
            return
        await self._shop.jobs.finish(job.id, outcome.state, outcome.reason, outcome.url)
        now, began = time.time(), job.started_at or time.time()
        self._shop.numbers.ended(outcome.state, began - job.accepted_at, now - began)
        log.info("job ended", state=outcome.state, why=outcome.reason, seconds=round(now - began, 3))

    async def _act(self, job: Job) -> Ended | Again:
        match job.trigger:
            case RunAgain(numbers=()) as trigger:
                return await self._on_each(job, trigger)
            case RunAutomatic() | RunCommanded() | RunAgain() | AnswerMergeGroup() as trigger:
                return await self._on_pull(job, _errand(trigger))
            case Forget() as trigger:
                return await forget(self._shop, trigger)
            case Cancel(at=at):
                await self._shop.jobs.cancel(job.lane, before=job.number, at=at)
                return DONE
            case Nothing(why=why):
                return Ended(JobState.SKIPPED, why)

    async def _on_each(self, job: Job, trigger: RunAgain) -> Ended:
        """A fork's pull requests, which GitHub's event does not name: a job for each, behind others of its lane."""
        async with self._shop.open(job, trigger.scene, 0) as bench:
            numbers = await find_pulls(bench, trigger.head_sha)
        new = [rerun_of(trigger, number, f"{job.id}/{number}", job.delivery) for number in numbers]
        await self._shop.jobs.add(new)
        return DONE if new else Ended(JobState.SKIPPED, "no open pull request has this head")

    async def _on_pull(self, job: Job, errand: "_Errand") -> Ended | Again:
        """Carry out what the job asks of one pull request; how it failed is told there."""
        async with self._shop.open(job, errand.scene, errand.number) as bench:
            try:
                await self._shop.announcements.over(job.lane)
                await bench.fence()
                return await errand.act(bench, job.trigger)
            except DeclaredDead:
                raise
            except Exception as error:  # noqa: BLE001 whatever it is, the pull request must not wait for ever
                _log_failure(error)
                outcome = judge(error, job.tries, self._shop.retries)
                await self._tell(bench, errand.head, error, outcome)
                return outcome

    async def _tell(self, bench: Bench, head: str, error: Exception, outcome: Ended | Again) -> None:
        """On the pull request, as far as that can be done; a second error here would hide the first."""
        try:
            head = await _head_of(bench, head, error)
            await bench.tell(_check_of(head, error, outcome, self._shop))
            trigger = bench.job.trigger
            if isinstance(trigger, RunCommanded) and isinstance(outcome, Ended) and outcome.state in _REPLIED:
                await tell_failure(bench, trigger, outcome)
        except ReviewerError as second:
            log.warning("the failure could not be shown", why=second.message)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What to do with one pull request (0: with none); `head` as far as it is known, else ""."""

    scene: Scene
    number: int
    head: str
    act: Callable[..., Awaitable[Ended]]


def _errand(trigger: RunAutomatic | RunCommanded | RunAgain | AnswerMergeGroup) -> _Errand:
    match trigger:
        case RunAutomatic(scene, pull):
            return _Errand(scene, pull.ref.number, pull.head.sha, run_automatic)
        case RunCommanded(scene, ref):
            return _Errand(scene, ref.number, "", run_commanded)
        case RunAgain(scene, head):
            return _Errand(scene, trigger.numbers[0], head, run_again)
        case AnswerMergeGroup(scene, head):
            return _Errand(scene, 0, head, answer_merge_group)


async def _head_of(bench: Bench, head: str, error: Exception) -> str:
    """The head that the check stands beside."""
    if isinstance(error, HeadMoved):
        return error.reviewed
    return head or (await bench.pull.pull_request()).head.sha


def _check_of(head: str, error: Exception, outcome: Ended | Again, shop: Workshop) -> Check:
    if isinstance(outcome, Again):
        minutes = f"{outcome.delay / 60:.0f} min"
        return Check(head, CheckState.QUEUED, f"Put off: {outcome.reason}; tried again in {minutes}"[:255])
    if outcome.state is JobState.CANCELLED:
        return untouched_check(head, "Cancelled", outcome.reason)
    if outcome.state is JobState.SKIPPED:
        return untouched_check(head, "Paused", outcome.reason)
    if outcome.state is JobState.SUPERSEDED:
        return superseded_check(head, CheckState(shop.operators().check.incomplete))
    return failed_check(head, outcome.reason, error.hint if isinstance(error, ReviewerError) else "")


def _log_failure(error: Exception) -> None:
    """With its stack where it is not one of those that are raised on purpose."""
    if isinstance(error, NoLongerOurs):
        log.info("job given up", why=error.message)
    elif isinstance(error, ReviewerError):
        log.warning("job failed", why=error.message, hint=error.hint, error=type(error).__name__)
    else:
        log.error("job failed", exc_info=error)
