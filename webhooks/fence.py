"""Whether a job is still ours to work on: looked at before each model call and each write."""

from webhooks.ending import Superseded, Withdrawn
from webhooks.executors import Heartbeat
from webhooks.jobs import Job, Jobs, JobState


class Fence:
    """Of one try of one job. Calling it raises DeclaredDead, Superseded or Withdrawn, or does nothing."""

    def __init__(self, heartbeat: Heartbeat, jobs: Jobs, job: Job) -> None:
        self._heartbeat = heartbeat
        self._jobs = jobs
        self._job = job

    async def __call__(self) -> None:
        """Look."""
        await self._heartbeat.check()
        try:
            now = await self._jobs.get(self._job.id)
        except KeyError:
            raise Withdrawn("it is no longer on record") from None
        if now.state is JobState.CANCELLED:
            raise Withdrawn(now.reason)
        if now.state.is_final or now.tries != self._job.tries:
            raise Withdrawn("another try of it is under way, or has ended")
        if await self._jobs.is_replaced(self._job):
            raise Superseded("a newer event of the pull request takes its place")
