"""A process that works on jobs which write lines into a file: `python -m tests.webhooks.queue_process FOLDER ID`.

A job writes `begin <job>` and `end <job>`, and lasts as long as the file `hold` exists. SIGTERM ends it in good order.
"""

import asyncio
import signal
import sys
from pathlib import Path

from webhooks.durable import DurableQueue
from webhooks.executors import Heartbeat
from webhooks.jobs import Jobs, JobState
from webhooks.store import Store


async def main(folder: Path, executor: str, url: str) -> None:
    store = await Store.open(url)
    jobs = Jobs(store)

    async def run(job_id: str) -> None:
        if await jobs.start(job_id) is None:
            return
        note(folder, f"begin {job_id} {executor}")
        while (folder / "hold").exists():  # noqa: ASYNC110 a file tells no event loop
            await asyncio.sleep(0.02)
        note(folder, f"end {job_id} {executor}")
        await jobs.finish(job_id, JobState.DONE)

    queue = DurableQueue(url, executor, run, concurrency=8, polling_seconds=0.05)
    heartbeat = Heartbeat(store, executor, patience=1)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await heartbeat.start()
    await queue.start()
    note(folder, f"ready {executor}")
    while not stopped.is_set():
        await heartbeat.beat()
        await heartbeat.reap(queue.recover)
        await asyncio.sleep(0.1)
    await queue.stop(1)
    await heartbeat.stop()
    await store.close()


def note(folder: Path, line: str) -> None:
    with (folder / "notes").open("a") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
