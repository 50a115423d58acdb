"""A check run named `pr-reviewer`: GitHub's way for Apps and workflows to tell the state of a review.

https://docs.github.com/en/rest/checks/runs
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.posting import Annotation, Check, CheckState
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject

NAME = "pr-reviewer"

_MOST_ANNOTATIONS = 50
_OF_ANOTHER_APP = "can only be modified by the GitHub App that created it"
_READ = Need("read the checks", "checks", "read")
_WRITE = Need("show the check", "checks", "write")
_CONCLUSIONS = {
    CheckState.SUCCESS: "success",
    CheckState.NEUTRAL: "neutral",
    CheckState.FAILURE: "failure",
    CheckState.ERROR: "failure",  # GitHub has no other that blocks; the title tells the two apart
}


@dataclass(frozen=True, slots=True)
class _Run:
    id: int
    annotations: int
    is_completed: bool


class CheckRuns:
    """The check runs of one pull request, one for each head; a `CheckSetter`."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._known: dict[str, _Run] = {}

    async def set_check(self, check: Check) -> None:
        """See `CheckSetter`. Annotations that the run has already are not sent again."""

        async def step() -> None:
            run = self._known.pop(check.head_sha, None) or await self._find(check.head_sha)
            if run is None or (check.state is CheckState.IN_PROGRESS and run.is_completed and run.annotations):
                run = await self._create(check)  # annotations of an earlier attempt cannot be taken back
            elif check.state is CheckState.IN_PROGRESS:
                run = await self._reopen(run, check)
            self._known[check.head_sha] = await self._finish(run, check)

        await self._subject.client.patiently(step)

    async def _reopen(self, run: _Run, check: Check) -> _Run:
        """The run, in progress again; a new one where another App has made it (a workflow, before there was an App)."""
        try:
            return await self._update(run, check, ())
        except ProviderRefused as exc:
            if _OF_ANOTHER_APP not in exc.message:
                raise
            return await self._create(check)

    async def _finish(self, run: _Run, check: Check) -> _Run:
        """Send the annotations that are missing, and with the last of them the conclusion."""
        if check.state is CheckState.IN_PROGRESS:
            return run
        while len(check.annotations) - run.annotations > _MOST_ANNOTATIONS:
            some = check.annotations[run.annotations : run.annotations + _MOST_ANNOTATIONS]
            run = await self._update(run, check, some, is_last=False)
        return await self._update(run, check, check.annotations[run.annotations :])

    async def _find(self, head_sha: str) -> _Run | None:
        """Ours of this head, the latest where there are several."""
        path = f"{self._subject.repository_path}/commits/{head_sha}/check-runs"
        rows = await self._subject.client.pages(path, _READ, "check_runs", check_name=NAME, filter="all")
        ours = [_read(row) for row in rows if row["external_id"] == self._external_id]
        return max(ours, key=lambda run: run.id, default=None)

    async def _create(self, check: Check) -> _Run:
        body = {"name": NAME, "head_sha": check.head_sha, "external_id": self._external_id, "status": "in_progress"}
        path = f"{self._subject.repository_path}/check-runs"
        return _read(await self._subject.client.send("POST", path, body | {"output": _output(check, ())}, _WRITE))

    async def _update(self, run: _Run, check: Check, some: Sequence[Annotation], *, is_last: bool = True) -> _Run:
        conclusion = _CONCLUSIONS.get(check.state) if is_last else None
        state = {"status": "completed", "conclusion": conclusion} if conclusion else {"status": "in_progress"}
        path = f"{self._subject.repository_path}/check-runs/{run.id}"
        body = {**state, "output": _output(check, some)}
        return _read(await self._subject.client.send("PATCH", path, body, _WRITE))

    @property
    def _external_id(self) -> str:
        """Two pull requests may share a head: each has its own check."""
        return f"{NAME} v1 #{self._subject.number}"


def _output(check: Check, annotations: Sequence[Annotation]) -> dict[str, Any]:
    output: dict[str, Any] = {"title": check.title, "summary": check.summary}
    if check.text:
        output["text"] = check.text
    if annotations:
        output["annotations"] = [_annotation(annotation) for annotation in annotations]
    return output


def _annotation(annotation: Annotation) -> dict[str, Any]:
    return {
        "path": annotation.path,
        "start_line": annotation.lines.first,
        "end_line": annotation.lines.last,
        "annotation_level": annotation.level.value,
        "title": annotation.title,
        "message": annotation.message,
    }


def _read(row: Json) -> _Run:
    return _Run(row["id"], row["output"]["annotations_count"], row["status"] == "completed")
