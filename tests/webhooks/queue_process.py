"""A process that works on jobs which write lines into a file: `… -m tests.webhooks.queue_process FOLDER ID URL LIMITS`.

A job writes `begin <job>` and `end <job>`, and lasts as long as the file `hold` exists. SIGTERM ends it in good order.
LIMITS is JSON: the fields of `Limits`, `slots` (8), and the `shape` that a release gives its workflows (0: this one's).
With `kill` in it, the process kills itself when it lets in so many jobs: after the decision, and before the engine
knows.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from pr_reviewer.triggers import Identity
from webhooks import durable
from webhooks.admission import Admission
from webhooks.admitting import Admitter, Bell
from webhooks.dispatch import Dispatcher
from webhooks.durable import DurableQueue
from webhooks.executors import Heartbeat
from webhooks.fair_order import Limits
from webhooks.jobs import Job, Jobs, JobState
from webhooks.store import Store


class Entrance:
    """The queue; at the `kill`-th job, and before that arrives there, the process is gone."""

    def __init__(self, queue: DurableQueue, kill: int) -> None:
        self._queue = queue
        self._left = kill

    async def enqueue(self, job: Job) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        await self._queue.enqueue(job)


async def main(folder: Path, executor: str, url: str, limits: dict[str, int]) -> None:
    store = await Store.open(url)
    jobs = Jobs(store)
    slots, kill = limits.pop("slots", 8), limits.pop("kill", 0)
    if shape := limits.pop("shape", 0):
        durable.SHAPE = str(shape)
    bell = Bell()

    async def run(job_id: str) -> None:
        if await jobs.start(job_id) is None:
            return
        note(folder, f"begin {job_id} {executor}")
        while (folder / "hold").exists():  # noqa: ASYNC110 a file tells no event loop
            await asyncio.sleep(0.02)
        note(folder, f"end {job_id} {executor}")
        await jobs.finish(job_id, JobState.DONE)
        bell.ring()

    queue = DurableQueue(url, executor, run, concurrency=slots, polling_seconds=0.05)
    heartbeat = Heartbeat(store, executor, patience=1, slots=slots)
    admitter = Admitter(Admission(store, Limits(**limits)), jobs, Entrance(queue, kill), bell, poll_seconds=0.1)
    dispatcher = Dispatcher(jobs, queue, Identity((), {}))
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await heartbeat.start()
    await queue.start()
    note(folder, f"ready {executor}")
    admitting = asyncio.create_task(admitter.run())
    while not stopped.is_set():
        await heartbeat.beat()
        await heartbeat.reap(queue.recover)
        await dispatcher.sweep()
        await asyncio.sleep(0.1)
    admitting.cancel()
    await queue.stop(1)
    await heartbeat.stop()
    await store.close()


def note(folder: Path, line: str) -> None:
    with (folder / "notes").open("a") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], json.loads(sys.argv[4])))
