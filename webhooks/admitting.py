"""Lets jobs in, again and again: from their place on record to the engine's queue."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from webhooks.admission import Admission, Round
from webhooks.jobs import Job, Jobs
from webhooks.log_context import of_job

_POLL_SECONDS = 1.0  # for what other processes do; what happens here is told at once
_SHORTEST = 0.01
_MOST_TOLD = 100

log = structlog.get_logger("webhooks")


class Entrance(Protocol):
    """Where a job goes that has a slot; see `DurableQueue`."""

    async def enqueue(self, job: Job) -> None:
        """Let it run; twice is once."""
        ...


class Bell:
    """Tells the admitter of this process to look: a job waits, or a slot is free."""

    def __init__(self) -> None:
        self._is_rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        """From any thread; while nobody waits, it counts for the next who does. Nobody there: nothing happens."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._is_rung.set)

    def listen(self) -> None:
        """From now on, rings count; those before do not."""
        self._loop = asyncio.get_running_loop()
        self._is_rung.clear()

    async def wait(self, seconds: float) -> None:
        """Until it rings, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._is_rung.wait()


class Admitter:
    """Of one process. `on_held` is told of a job that a limit keeps waiting from now on."""

    def __init__(
        self,
        admission: Admission,
        jobs: Jobs,
        queue: Entrance,
        bell: Bell,
        on_held: Callable[[Job], None] = lambda _: None,
        *,
        poll_seconds: float = _POLL_SECONDS,
    ) -> None:
        self._admission = admission
        self._jobs = jobs
        self._queue = queue
        self._on_held = on_held
        self._poll = poll_seconds
        self._bell = bell

    async def run(self) -> None:
        """Until it is cancelled. What goes wrong is logged: a sweep finds who was let in and did not arrive."""
        while True:
            self._bell.listen()
            seconds = self._poll
            try:
                seconds = self._until(await self.look())
            except Exception:  # the database may be away, and comes back
                log.exception("jobs could not be admitted")
            await self._bell.wait(seconds)

    async def look(self) -> Round:
        """Let in whose turn it is."""
        round_ = await self._admission.admit()
        for id_ in round_.admitted:
            await self._each(id_, self._queue.enqueue)
        for id_ in round_.held[:_MOST_TOLD]:
            await self._each(id_, self._tell)
        return round_

    async def _each(self, id_: str, act: Callable[[Job], Awaitable[None]]) -> None:
        try:
            await act(await self._jobs.get(id_))
        except KeyError:
            log.info("a job was deleted as it was admitted", job=id_)

    async def _tell(self, job: Job) -> None:
        log.info("a job waits for a limit", limit=job.held, **of_job(job))
        self._on_held(job)

    def _until(self, round_: Round) -> float:
        if round_.next_due is None:
            return self._poll
        return min(self._poll, max(_SHORTEST, round_.next_due - time.time()))
