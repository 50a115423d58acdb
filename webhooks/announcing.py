"""Shows that a review is waiting, beside the head it is of: as soon as its job is accepted, and as a courtesy.

What a job itself shows comes later and stays. So a head that has a check of ours already gets no other one, a job that
has begun meanwhile is left alone, and where many jobs come at once, the last are not announced at all.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.model.triggers import RunAutomatic
from pr_reviewer.providers.github.checks import CheckRuns
from pr_reviewer.report.posting import queued_check, untouched_check
from webhooks.jobs import Job, JobState
from webhooks.workshop import Bench, Workshop

_MOST_WAITING = 100
_SPEAKERS = 2
_SECONDS = 10.0

log = structlog.get_logger("webhooks")


class Announcer:
    """Tells of jobs, some at a time, in the background."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._waiting: asyncio.Queue[Job] = asyncio.Queue(_MOST_WAITING)

    def announce(self, job: Job) -> None:
        """A job was accepted, or was cancelled before it began: let the check say so, if there is time."""
        if isinstance(job.trigger, RunAutomatic) and not self._waiting.full():
            self._waiting.put_nowait(job)

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[None]:
        """Within, what is announced is told."""
        tasks = [asyncio.create_task(self._speak()) for _ in range(_SPEAKERS)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _speak(self) -> None:
        while True:
            job = await self._waiting.get()
            try:
                async with asyncio.timeout(_SECONDS):
                    await self._tell(job)
            except (ReviewerError, TimeoutError, KeyError) as error:
                log.info("a job was not announced", job=job.id, why=str(error) or "it took too long")
            except Exception:  # the announcement of one job must not cost those of the others
                log.exception("a job was not announced", job=job.id)

    async def _tell(self, job: Job) -> None:
        trigger = job.trigger
        assert isinstance(trigger, RunAutomatic)  # noqa: S101 no other is announced
        async with self._shop.open(job, trigger.scene, trigger.pull.ref.number) as bench:
            now = await self._shop.jobs.get(job.id)
            if now.state is JobState.CANCELLED and now.started_at is None:
                await bench.tell(untouched_check(trigger.pull.head.sha, "Cancelled", now.reason))
            elif now.state is JobState.QUEUED:
                await self._queue(bench, job, trigger.pull.head.sha)

    async def _queue(self, bench: Bench, job: Job, head: str) -> None:
        subject = bench.pull.subject
        if not subject.client.credentials.kind.can_write_checks or await CheckRuns(subject).has_run(head):
            return
        if (await self._shop.jobs.get(job.id)).state is JobState.QUEUED:
            await bench.tell(queued_check(head))
