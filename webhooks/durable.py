"""Runs jobs durably on DBOS Transact: serially in each lane, side by side up to a limit, again after a crash.

The only module that knows DBOS. Which job comes next is not decided here: DBOS takes lanes by chance, so it is given no
more than has a slot (`admission.py`). Rules that were measured (docs/decisions/010-durable-jobs.md):
- A step is the whole of a job: DBOS numbers steps by the order in which they start, so calls under `gather` must not be
  steps. What must not be repeated within a job is in the journal.
- `SHAPE` names the shape of the workflow and is its version, so that work in flight goes on after an upgrade. Raise it
  when the steps change: jobs that an older shape began are started afresh, which the journal makes free.
- Its `_async` calls make the calling loop use DBOS's threads, which end with it: the plain ones are called here, in
  threads of ours.
- Nobody takes up the work of dead executors by itself: `recover` does, told by the heartbeat.
"""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, Serializer, SetEnqueueOptions, SetWorkflowID

from webhooks.jobs import Job
from webhooks.private_files import private_file

SHAPE = "1"
_QUEUE = "pulls"
_RUN = "run-job"
_BATCH = 500
_LOST_SECONDS = 60.0  # far longer than it takes to begin, or to write down the end
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


class Json(Serializer):
    """What DBOS stores is JSON, not pickles: nobody who writes to the database runs code here."""

    def serialize(self, data: Any) -> str:  # noqa: ANN401 DBOS's own signature
        """JSON text; an error becomes its text."""
        return json.dumps(data, default=repr)

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401
        """The value again."""
        return json.loads(serialized_data)

    def name(self) -> str:
        """How DBOS marks such values."""
        return "json"


class Known(Enum):
    """What the engine knows of a job's run."""

    NOTHING = auto()
    WAITING_OR_RUNNING = auto()
    LOST = auto()
    """It is said to run here, and has not for a while: the database took neither its end nor its failure."""
    ENDED = auto()


class DurableQueue:
    """The queue of jobs. One in a process, as DBOS is.

    `run` does a job by its id, and records its end itself. It is called on another event loop than the one that started
    the queue. `concurrency` is how many jobs this process runs at once; 0: none, it only accepts.
    """

    def __init__(
        self,
        url: str,
        executor: str,
        run: Callable[[str], Coroutine[Any, Any, None]],
        *,
        concurrency: int,
        polling_seconds: float = 0.1,
    ) -> None:
        self._url = url
        self._executor = executor
        self._run = run
        self._concurrency = concurrency
        self._polling = polling_seconds
        self._workflow = run
        self._running: set[str] = set()
        self._missed: dict[str, float] = {}

    async def start(self) -> None:
        """Open the database and begin to work. What this executor left undone is taken up at once."""
        await asyncio.to_thread(self._launch)

    async def enqueue(self, job: Job) -> None:
        """Let a job run. Doing so twice is doing so once."""
        await asyncio.to_thread(self._enqueue, job)

    async def cancel(self, job: Job) -> None:
        """Let a job that has not begun never begin; one that runs is told by its record."""
        if await self.known(job) in (Known.WAITING_OR_RUNNING, Known.LOST):
            await asyncio.to_thread(DBOS.cancel_workflow, _workflow_id(job))

    async def known(self, job: Job) -> Known:
        """Whether this try of a job waits or runs, was lost here, has ended, or was never heard of."""
        status = await asyncio.to_thread(DBOS.get_workflow_status, _workflow_id(job))
        if status is None:
            return Known.NOTHING
        if status.status in _ENDED:
            return Known.ENDED
        is_ours = status.status == "PENDING" and status.executor_id == self._executor
        return Known.LOST if is_ours and self._is_lost(status.workflow_id) else Known.WAITING_OR_RUNNING

    async def recover(self, executors: Sequence[str]) -> None:
        """Put what these dead executors were doing back into its lane."""
        await asyncio.to_thread(_recover, list(executors))

    async def prune(self, before: float) -> None:
        """Delete DBOS's own records of what ended before this time (seconds since 1970)."""
        await asyncio.to_thread(_prune, datetime.fromtimestamp(before, UTC).isoformat())

    async def stop(self, seconds: float) -> None:
        """Begin nothing more, and give what runs this long; the rest is recovered by the next start."""
        grace = max(0, round(seconds))
        await asyncio.to_thread(lambda: DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=grace))

    def _is_lost(self, id_: str) -> bool:
        if id_ in self._running:
            self._missed.pop(id_, None)
            return False
        since = self._missed.setdefault(id_, time.monotonic())
        return time.monotonic() - since >= _LOST_SECONDS

    def _enqueue(self, job: Job) -> None:
        with SetWorkflowID(_workflow_id(job)), SetEnqueueOptions(queue_partition_key=job.lane):
            DBOS.enqueue_workflow(_QUEUE, self._workflow, job.id)

    def _launch(self) -> None:
        _prepare_sqlite(self._url)
        config: DBOSConfig = {
            "name": "pr-reviewer",
            "system_database_url": self._url,
            "executor_id": self._executor,
            "application_version": SHAPE,
            "serializer": Json(),
            "enable_otlp": False,
            "log_level": "WARNING",
        }
        DBOS(config=config)
        self._workflow = self._registered()
        DBOS.listen_queues([_QUEUE] if self._concurrency else [])
        DBOS.launch()
        _drop_other_shapes([self._executor])
        DBOS.register_queue(
            _QUEUE,
            partition_concurrency=1,
            worker_concurrency=max(1, self._concurrency),
            polling_interval_sec=self._polling,
            # Who only accepts has no say in how many jobs a worker runs.
            on_conflict="always_update" if self._concurrency else "never_update",
        )
        # Through the program's own log, which redacts; DBOS writes to standard error by itself otherwise.
        log = logging.getLogger("dbos")
        log.handlers.clear()
        log.propagate = True

    def _registered(self) -> Callable[[str], Coroutine[Any, Any, None]]:
        """The workflow of a job: one step, which is the whole of it."""
        run = self._run

        @DBOS.step(name="act")
        async def act(job_id: str) -> None:
            await run(job_id)

        @DBOS.workflow(name=_RUN, max_recovery_attempts=None)
        async def workflow(job_id: str) -> None:
            id_ = str(DBOS.workflow_id)
            self._running.add(id_)
            self._missed.pop(id_, None)
            try:
                await act(job_id)
            finally:
                self._running.discard(id_)

        return workflow


def _recover(executors: list[str]) -> None:
    _drop_other_shapes(executors)
    DBOS._recover_pending_workflows(executors)  # noqa: SLF001 it has no public name


def _drop_other_shapes(executors: list[str]) -> None:
    """What another release began there is recovered by nobody, and would keep its lane for ever."""
    unfinished = ["PENDING", "ENQUEUED"]
    for each in DBOS.list_workflows(status=unfinished, executor_id=executors, load_input=False, load_output=False):
        if each.app_version != SHAPE:
            DBOS.cancel_workflow(each.workflow_id)


def _prune(until: str) -> None:
    while found := DBOS.list_workflows(
        completed_before=until, status=_ENDED, limit=_BATCH, load_input=False, load_output=False
    ):
        DBOS.delete_workflows([each.workflow_id for each in found])


def _workflow_id(job: Job) -> str:
    """One for each try and each shape: what an older shape began is not known to this one, and begins afresh."""
    return f"{job.run_id}~{SHAPE}"


def _prepare_sqlite(url: str) -> None:
    """WAL, before DBOS opens the file: readers and the writer do not block each other, and 40 % more jobs a second."""
    if not url.startswith("sqlite"):
        return
    connection = sqlite3.connect(private_file(Path(sa.make_url(url).database or "")))
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
