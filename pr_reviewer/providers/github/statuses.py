"""A commit status named `pr-reviewer`: the way of people's tokens, which may not write check runs.

https://docs.github.com/en/rest/commits/statuses
"""

from pr_reviewer.model.posting import Check, CheckState
from pr_reviewer.providers.github.checks import NAME
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject

_LONGEST = 140
_READ = Need("read the commit's statuses", "statuses", "write")  # only who writes them looks for them
_WRITE = Need("show the commit status", "statuses", "write")
_STATES = {
    CheckState.QUEUED: "pending",
    CheckState.IN_PROGRESS: "pending",
    CheckState.SUCCESS: "success",
    CheckState.NEUTRAL: "error",  # a status has no neutral, and an incomplete review is no success
    CheckState.FAILURE: "failure",
    CheckState.ERROR: "error",
}


class CommitStatuses:
    """The statuses of a pull request's heads; a `CheckSetter` that shows the title and nothing else."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    async def set_check(self, check: Check) -> None:
        """See `CheckSetter`."""
        body = {"state": _STATES[check.state], "context": NAME, "description": _shortened(check.title)}
        is_first = True

        async def step() -> None:
            nonlocal is_first
            if is_first or not await self._stands(check.head_sha, body):
                is_first = False
                path = f"{self._subject.repository_path}/statuses/{check.head_sha}"
                await self._subject.client.send("POST", path, body, _WRITE)

        await self._subject.client.patiently(step)

    async def _stands(self, head_sha: str, body: dict[str, str]) -> bool:
        """Whether the last status of ours says just this."""
        path = f"{self._subject.repository_path}/commits/{head_sha}/statuses"
        rows = await self._subject.client.get(path, _READ, per_page=100)
        last = next((row for row in rows if row["context"] == NAME), None)
        return last is not None and all(last[key] == value for key, value in body.items())


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}…"
