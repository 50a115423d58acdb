"""Shows that a review is waiting, beside the head it is of: as soon as its job is accepted, and as a courtesy.

What a job itself shows comes later and stays. So a head that has a check of ours already gets no other one, a job that
has begun meanwhile is left alone, and where many jobs come at once, the last are not announced at all. An announcement
that GitHub took so long over that the job has begun all the same is put right when the job is over.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import structlog

from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.model.triggers import RunAutomatic
from pr_reviewer.providers.github.checks import CheckRuns
from pr_reviewer.providers.github.client import Patience
from pr_reviewer.providers.github.standing import Subject
from pr_reviewer.report.posting import queued_check, untouched_check
from webhooks.fair_order import Hold
from webhooks.jobs import Job, JobState
from webhooks.log_context import of_job
from webhooks.workshop import Bench, Workshop

_MOST_WAITING = 100
_SPEAKERS = 2
_SECONDS = 10.0
_LOOK_SECONDS = 2.0
_SHORT = Patience(total=8.0, attempts=3)

_Act = Callable[[Bench, Job, str], Awaitable[None]]

log = structlog.get_logger("webhooks")


class Announcer:
    """Tells of jobs, some at a time, in the background. `look_seconds` is how often a late one's job is looked at."""

    def __init__(self, shop: Workshop, *, look_seconds: float = _LOOK_SECONDS) -> None:
        access = replace(shop.office.access, patience=_SHORT)
        self._shop = replace(shop, office=replace(shop.office, access=access))
        self._look_seconds = look_seconds
        self._waiting: asyncio.Queue[Job] = asyncio.Queue(_MOST_WAITING)
        self._late: set[asyncio.Task[None]] = set()

    def announce(self, job: Job) -> None:
        """A job was accepted, is held by a limit, or was cancelled before it began: let the check say so, in time."""
        if isinstance(job.trigger, RunAutomatic) and not self._waiting.full():
            self._waiting.put_nowait(job)

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[None]:
        """Within, what is announced is told."""
        tasks = [asyncio.create_task(self._speak()) for _ in range(_SPEAKERS)]
        try:
            yield
        finally:
            for task in (*tasks, *self._late):
                task.cancel()
            await asyncio.gather(*tasks, *self._late, return_exceptions=True)

    async def _speak(self) -> None:
        while True:
            await self._attempt(await self._waiting.get(), self._tell)

    async def _attempt(self, job: Job, act: _Act) -> None:
        trigger = job.trigger
        assert isinstance(trigger, RunAutomatic)  # noqa: S101 no other is announced
        with structlog.contextvars.bound_contextvars(**of_job(job)):
            try:
                async with self._shop.open(job, trigger.scene, trigger.pull.ref.number) as bench:
                    await act(bench, job, trigger.pull.head.sha)
            except (ReviewerError, TimeoutError, KeyError) as error:
                log.info("a job was not announced", why=str(error) or "it took too long")
            except Exception:  # the announcement of one job must not cost those of the others
                log.exception("a job was not announced")

    async def _tell(self, bench: Bench, job: Job, head: str) -> None:
        credentials = bench.pull.subject.client.credentials
        if not credentials.kind.can_write_checks:
            return
        async with asyncio.timeout(_SECONDS):
            await credentials.token()  # it may take calls, for which the job need not wait
        async with self._shop.announcements.making(job) as is_ours:
            if is_ours:
                await self._say(bench, job, head)

    async def _say(self, bench: Bench, job: Job, head: str) -> None:
        """A write that is under way is not broken off, since GitHub may carry it out at any time."""
        try:
            now = await self._shop.jobs.get(job.id)
            if now.state is JobState.CANCELLED:
                await bench.tell(untouched_check(head, "Cancelled", now.reason))
            elif now.held is not None and now.held.is_rate:
                await self._hold(bench.pull.subject, head, now.held)
            else:
                await self._queue(bench.pull.subject, head)
        finally:
            if await self._shop.announcements.is_late(job):
                task = asyncio.create_task(self._attempt(job, self._put_right))
                self._late.add(task)
                task.add_done_callback(self._late.discard)

    async def _queue(self, subject: Subject, head: str) -> None:
        async with asyncio.timeout(_SECONDS):
            has_run = await CheckRuns(subject).has_run(head)
        if not has_run:
            await CheckRuns(subject, knows_of_none=lambda _: True).set_check(queued_check(head))

    async def _hold(self, subject: Subject, head: str, limit: Hold) -> None:
        """In the place of what said that it waits; where a review has concluded, that stays."""
        checks = CheckRuns(subject)
        async with asyncio.timeout(_SECONDS):
            is_concluded = await checks.has_conclusion(head)
        if not is_concluded:
            await checks.set_check(queued_check(head, f"Rate limited: {limit.meaning}; it waits its turn"))

    async def _put_right(self, bench: Bench, job: Job, head: str) -> None:
        while not (now := await self._shop.jobs.get(job.id)).state.is_final:  # noqa: ASYNC110 another process may do it
            await asyncio.sleep(self._look_seconds)
        await bench.leave_concluded(head, now.reason)
