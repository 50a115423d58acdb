"""A delivery → jobs on record, where they wait for a slot.

What a crash leaves between having a slot and standing in the engine's queue, a sweep puts right.
"""

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from weakref import WeakValueDictionary

import structlog

from pr_reviewer.model.events import Scene
from pr_reviewer.model.triggers import (
    AnswerMergeGroup,
    Cancel,
    Forget,
    Nothing,
    Occasion,
    RunAgain,
    RunAutomatic,
    RunCommanded,
    Trigger,
)
from pr_reviewer.providers.github.checks import number_of
from pr_reviewer.triggers import Identity, trigger_of
from webhooks.deliveries import StoredDelivery
from webhooks.durable import Known
from webhooks.jobs import Job, Jobs, JobState, NewJob
from webhooks.log_context import of_job

# A label or a title may mean nothing here: what waits must not be dropped for it, and GitHub sends labels one by one.
_REPLACEABLE = frozenset(Occasion) - {Occasion.LABELED, Occasion.TITLE_CHANGED}

log = structlog.get_logger("webhooks")


class Queue(Protocol):
    """Runs jobs; see `DurableQueue`."""

    async def enqueue(self, job: Job) -> None:
        """Let it run; twice is once."""
        ...

    async def cancel(self, job: Job) -> None:
        """Let it never begin."""
        ...

    async def known(self, job: Job) -> Known:
        """What the queue knows of it."""
        ...


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """The `JobEngine` that the inbox hands deliveries to.

    `us` tells our own comments and whom we serve; `debounce` is how long, in seconds, an automatic run waits for a
    further push. `announce` is told of each job that waits now, or was cancelled, and `wake` that something waits.
    """

    jobs: Jobs
    queue: Queue
    us: Identity
    debounce: float = 0.0
    announce: Callable[[Job], None] = lambda _: None
    wake: Callable[[], None] = lambda: None
    _turns: MutableMapping[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False, compare=False)

    async def accept(self, event: StoredDelivery) -> str:
        """See `JobEngine`: every job of this delivery is on record when this returns."""
        trigger = trigger_of(await event.read_event(), self.us)
        new = jobs_of(trigger, event.job)
        if isinstance(trigger, Nothing):
            log.info("nothing to do", why=trigger.why)
        if not new:
            return event.job
        # In a lane, what came first is on record first, though deliveries are accepted side by side.
        async with self._turns.setdefault(new[0].lane, asyncio.Lock()):
            await self._take(new, is_cancelling=isinstance(trigger, Cancel))
        return new[0].id

    async def _take(self, new: Sequence[NewJob], *, is_cancelling: bool) -> None:
        await self.jobs.add([replace(each, delay=self.debounce if each.is_replaceable else 0.0) for each in new])
        for each in new:
            job = await self.jobs.get(each.id)
            if job.state.is_final:
                continue
            if is_cancelling:
                await self._cancel(job)
            else:
                self.announce(job)
                log.info("job accepted", **of_job(job))
        self.wake()

    async def sweep(self) -> int:
        """Put what has a slot, and is unknown to the queue, into it; how many jobs that were, and were tried again.

        Tried again is what ended without recording its end (its process could not reach the database), or was lost: it
        waits for a slot once more.
        """
        swept = 0
        for job in await self.jobs.begun():
            known = await self.queue.known(job)
            if known is Known.WAITING_OR_RUNNING:
                continue
            if known is Known.LOST:
                await self.queue.cancel(job)  # it would keep its lane for ever
            if known is Known.NOTHING:
                await self.queue.enqueue(job)
            elif await self.jobs.begin_again(job) is None:
                continue
            swept += 1
        if swept:
            self.wake()
        return swept

    async def retry(self, id_: str) -> Job | None:
        """Run a failed job again; None where it has not failed."""
        job = await self.jobs.retry(id_)
        if job is not None:
            self.wake()
        return job

    async def _cancel(self, job: Job) -> None:
        """Everything of its lane that was accepted before it. It does not wait in the lane: it would come too late."""
        at = job.trigger.at if isinstance(job.trigger, Cancel) else ""
        cancelled = await self.jobs.cancel(job.lane, before=job.number, at=at)
        await asyncio.gather(*(self.queue.cancel(each) for each in cancelled))
        for each in cancelled:
            self.announce(each)
        await self.jobs.finish(job.id, JobState.DONE)


def jobs_of(trigger: Trigger, delivery: str) -> Sequence[NewJob]:  # noqa: PLR0911 one case for each kind
    """The jobs that a trigger becomes: the same ids for every try of the delivery.

    A comment's commands have the comment's own id, since a delivery's is not signed: sent again under another one, they
    do not run again.
    """
    match trigger:
        case RunAutomatic():
            lane = lane_of(trigger.scene, trigger.pull.ref.number)
            title = f"{_name(trigger.scene, trigger.pull.ref.number)} {trigger.occasion.replace('_', ' ')}"
            return [NewJob(delivery, lane, title, trigger, delivery, trigger.occasion in _REPLACEABLE)]
        case RunCommanded():
            lane = lane_of(trigger.scene, trigger.ref.number)
            named = ", ".join(f"/{each.name}" for each in trigger.commands if hasattr(each, "name")) or "a mistake"
            title = f"{_name(trigger.scene, trigger.ref.number)} {named} by {trigger.author.login}"
            return [NewJob(f"{lane}/{trigger.source}", lane, title, trigger, delivery)]
        case RunAgain():
            return _again(trigger, delivery)
        case AnswerMergeGroup():
            lane = f"{_repository(trigger.scene)}@{trigger.head_sha}"
            return [NewJob(delivery, lane, f"{trigger.scene.repository.project} merge queue", trigger, delivery)]
        case Cancel():
            lane = lane_of(trigger.scene, trigger.ref.number)
            return [NewJob(delivery, lane, f"{_name(trigger.scene, trigger.ref.number)} closed", trigger, delivery)]
        case Forget():
            lane = f"{trigger.host}/installation/{trigger.installation}"
            return [NewJob(delivery, lane, _farewell(trigger), trigger, delivery)]
        case Nothing():
            return []


def lane_of(scene: Scene, number: int) -> str:
    """The key under which work on a pull request is serial. A repository's id stays when it is renamed."""
    return f"{_repository(scene)}#{number}"


def rerun_of(trigger: RunAgain, number: int, id_: str, delivery: str) -> NewJob:
    """The job that reviews one pull request once more, in the lane of that."""
    title = f"{_name(trigger.scene, number)} check rerun"
    return NewJob(id_, lane_of(trigger.scene, number), title, replace(trigger, numbers=(number,)), delivery)


def _again(trigger: RunAgain, delivery: str) -> Sequence[NewJob]:
    """One for each pull request that has the head: our own check names it, GitHub those that are no fork's.

    Where nobody names one, the job looks for it.
    """
    own = number_of(trigger.external_id)
    numbers = (own,) if own else trigger.numbers
    if not numbers:
        lane = f"{_repository(trigger.scene)}@{trigger.head_sha}"
        return [NewJob(delivery, lane, f"{trigger.scene.repository.project} check rerun", trigger, delivery)]
    return [
        rerun_of(trigger, number, f"{delivery}/{number}" if at else delivery, delivery)
        for at, number in enumerate(numbers)
    ]


def _farewell(trigger: Forget) -> str:
    installation = f"installation {trigger.installation}"
    if trigger.repositories is None:
        return f"{installation} removed"
    gone = trigger.names[0] if len(trigger.names) == 1 else f"{len(trigger.repositories)} repositories"
    return f"{gone} removed from {installation}"


def _name(scene: Scene, number: int) -> str:
    return f"{scene.repository.project}#{number}" if number else scene.repository.project


def _repository(scene: Scene) -> str:
    return f"{scene.host}/{scene.repository.id}"
