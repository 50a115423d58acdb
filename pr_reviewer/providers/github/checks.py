"""A check run named `pr-reviewer`: GitHub's way for Apps and workflows to tell the state of a review.

Annotations can be added to a run and never taken back. So a run goes on only as long as what it has is what we said;
else it is replaced by a new one of the same name, which GitHub then shows instead.

https://docs.github.com/en/rest/checks/runs
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.posting import Annotation, Check, CheckState
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject

NAME = "pr-reviewer"

_MOST_ANNOTATIONS = 50
_MOST_REPLACED = 5  # runs that other reviewers of the same head have added to: each time there is one reviewer fewer
_OF_ANOTHER_APP = "can only be modified by the GitHub App that created it"
_READ = Need("read the checks", "checks", "write")  # only who writes them looks for them
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
    is_mixed: bool = False


class CheckRuns:
    """The check runs of one pull request, one for each head; a `CheckSetter`."""

    def __init__(self, subject: Subject, knows_of_none: Callable[[str], bool] = lambda _: False) -> None:
        """`knows_of_none`: whether a head is known to have no run of ours, so that none is looked for at first."""
        self._subject = subject
        self._knows_of_none = knows_of_none
        self._touched: set[str] = set()
        self._known: dict[str, _Run] = {}

    async def set_check(self, check: Check) -> None:
        """See `CheckSetter`. Annotations that the run has already are not sent again."""

        async def step() -> None:
            run = self._known.pop(check.head_sha, None) or await self._usable_if_any(check)
            try:
                run = await self._tell(run, check)
            except ProviderRefused as exc:
                if _OF_ANOTHER_APP not in exc.message:
                    raise
                run = await self._tell(None, check)  # beside a workflow's, made before there was an App
            for _ in range(_MOST_REPLACED):
                if not run.is_mixed:
                    break
                await self._give_up(run)
                run = await self._tell(None, check)
            if not run.annotations:
                self._known[check.head_sha] = run

        await self._subject.client.patiently(step)

    async def has_run(self, head_sha: str) -> bool:
        """Whether anything of ours stands beside this head."""
        return await self._find(head_sha) is not None

    async def has_conclusion(self, head_sha: str) -> bool:
        """Whether what stands of ours beside this head says how it ended."""
        run = await self._find(head_sha)
        return run is not None and run.is_completed

    async def has_open_run(self, head_sha: str) -> bool:
        """Whether what GitHub shows of ours beside this head is not concluded."""
        run = await self._find(head_sha)
        return run is not None and not run.is_completed

    async def _tell(self, run: _Run | None, check: Check) -> _Run:
        """Show the check in this run, or in a new one."""
        if run is None:
            run = await self._create(check)
        elif not check.state.is_final:
            run = await self._update(run, check, ())
        return await self._finish(run, check) if check.state.is_final else run

    async def _usable_if_any(self, check: Check) -> _Run | None:
        """Of a head that is known to have none, none is looked for before the first write, and any time after it."""
        is_first = check.head_sha not in self._touched
        self._touched.add(check.head_sha)
        return None if is_first and self._knows_of_none(check.head_sha) else await self._usable(check)

    async def _usable(self, check: Check) -> _Run | None:
        """The run that was left, if its annotations are the first of ours; else it is given up."""
        run = await self._find(check.head_sha)
        if run is None or not run.annotations or await self._has_first_of(run, check.annotations):
            return run
        await self._give_up(run)
        return None

    async def _has_first_of(self, run: _Run, annotations: Sequence[Annotation]) -> bool:
        if run.annotations > len(annotations):
            return False
        rows = await self._subject.client.pages(f"{self._path(run)}/annotations", _READ)
        ours = map(_annotation, annotations[: run.annotations])
        return sorted(map(_gist, rows)) == sorted(map(_gist, ours))

    async def _give_up(self, run: _Run) -> None:
        """Conclude it, so that nothing waits for it."""
        if run.is_completed:
            return
        output = {"title": "Given up", "summary": "Another attempt takes its place."}
        body = {"status": "completed", "conclusion": "cancelled", "output": output}
        try:
            await self._subject.client.send("PATCH", self._path(run), body, _WRITE)
        except ProviderRefused as exc:
            if _OF_ANOTHER_APP not in exc.message:
                raise

    async def _finish(self, run: _Run, check: Check) -> _Run:
        """Send the annotations that are missing, and with the last of them the conclusion.

        Another reviewer may add to the same run meanwhile: then it counts more than we have sent, and is mixed.
        """
        while True:
            sent = run.annotations + _MOST_ANNOTATIONS
            is_last = sent >= len(check.annotations)
            now = await self._update(run, check, check.annotations[run.annotations : sent], is_last=is_last)
            is_mixed = now.annotations > len(check.annotations[:sent])
            if is_last or is_mixed:
                return replace(now, is_mixed=is_mixed)
            run = replace(now, annotations=sent)

    async def _find(self, head_sha: str) -> _Run | None:
        """Ours of this head, the latest where there are several."""
        path = f"{self._subject.repository_path}/commits/{head_sha}/check-runs"
        rows = await self._subject.client.pages(path, _READ, "check_runs", check_name=NAME, filter="all")
        ours = [_read(row) for row in rows if row["external_id"] == external_id(self._subject.number)]
        return max(ours, key=lambda run: run.id, default=None)

    async def _create(self, check: Check) -> _Run:
        told = {"head_sha": check.head_sha, "external_id": external_id(self._subject.number)}
        body = {"name": NAME, **told, "status": _status(check)}
        path = f"{self._subject.repository_path}/check-runs"
        return _read(await self._subject.client.send("POST", path, body | {"output": _output(check, ())}, _WRITE))

    async def _update(self, run: _Run, check: Check, some: Sequence[Annotation], *, is_last: bool = True) -> _Run:
        conclusion = _CONCLUSIONS.get(check.state) if is_last else None
        state = {"status": "completed", "conclusion": conclusion} if conclusion else {"status": _status(check)}
        body = {**state, "output": _output(check, some)}
        return _read(await self._subject.client.send("PATCH", self._path(run), body, _WRITE))

    def _path(self, run: _Run) -> str:
        return f"{self._subject.repository_path}/check-runs/{run.id}"


def external_id(number: int) -> str:
    """Two pull requests may share a head: each has its own check."""
    return f"{NAME} v1 #{number}"


def number_of(external: str) -> int | None:
    """The pull request that a check run of ours is of; None for another's, and for one that is of none."""
    match = re.fullmatch(rf"{NAME} v\d+ #([1-9]\d{{0,17}})", external)
    return int(match[1]) if match else None


def _status(check: Check) -> str:
    return "queued" if check.state is CheckState.QUEUED else "in_progress"


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


def _gist(annotation: Mapping[str, Json]) -> tuple[str, int, str, str]:
    """What tells annotations apart, as they are sent and as they are shown."""
    words = f"{annotation['title'] or ''}".strip()
    return annotation["path"], annotation["start_line"], annotation["annotation_level"] or "", words


def _read(row: Json) -> _Run:
    return _Run(row["id"], row["output"]["annotations_count"], row["status"] == "completed")
