"""What a review covered and what it amounts to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.findings import Placed, Unplaced
from pr_reviewer.model.llm import Task
from pr_reviewer.model.plan import Batch
from pr_reviewer.model.review import Conclusion

NO_MODEL = "no model was asked"

_LOST = {
    Task.REVIEW: "the model call failed",
    Task.RULES: "the model call for the best-practice rules failed",
    Task.VERIFY: "the model call that verifies findings failed",
}


@dataclass(frozen=True, slots=True)
class FailedPass:
    """A pass over a batch that failed for good, and why in a short sentence.

    `paths` are the files that lost something by it; none: all of the batch. Not `is_total`: there is an answer, but
    not a whole one.
    """

    batch: Batch
    task: Task
    why: str
    paths: tuple[str, ...] = ()
    is_total: bool = True

    def concerns(self, path: str) -> bool:
        """Whether a file was reviewed less because of this."""
        return path in (self.paths or self.batch.paths)


def assemble_coverage(
    files: Iterable[FileDiff],
    *,
    skipped: Iterable[FileCoverage],
    batches: Sequence[Batch],
    failed: Sequence[FailedPass] = (),
    is_model_asked: bool = True,
    notes: Iterable[str] = (),
) -> Coverage:
    """Every changed file exactly once, in the order of the change, with every reason why it is not full.

    `skipped` is what was left out, deliberately or by the plan; `batches` is what was asked. A file with lines that no
    model saw is never full. A failed repair or summary costs no coverage.
    """
    left_out = defaultdict(list)
    for each in skipped:
        left_out[each.path].append(each)
    lost = [failure.batch for failure in failed if failure.task is Task.REVIEW and failure.is_total]
    seen = {path for batch in batches if batch not in lost for path in batch.paths} if is_model_asked else set()
    covered = []
    for file in files:
        reasons = [each.reason for each in left_out[file.path]] + _losses(file.path, failed, lost)
        if any(each.is_deliberate for each in left_out[file.path]):
            covered.append(FileCoverage(file.path, CoverageState.SKIPPED, _sentence(reasons), is_deliberate=True))
        elif not is_model_asked:
            covered.append(_without_model(file))
        else:
            covered.append(_with_model(file, reasons, is_seen=file.path in seen))
    return Coverage(tuple(covered), tuple(dict.fromkeys(notes)))


def conclude(
    findings: Iterable[Placed | Unplaced], coverage: Coverage, *, calls: int = 0, failed_calls: int = 0
) -> Conclusion:
    """What all that is raised (comments, folded and unplaced) amounts to, given what was covered.

    `calls` counts the passes that were to be asked, `failed_calls` those of them that failed for good.
    """
    if calls and failed_calls >= calls:
        return Conclusion.FAILED
    if not coverage.is_complete:
        return Conclusion.INCOMPLETE
    return Conclusion.FINDINGS if any(True for _ in findings) else Conclusion.CLEAN


def _losses(path: str, failed: Iterable[FailedPass], lost: Sequence[Batch]) -> list[str]:
    """What failed for this file; a batch that nobody reviewed lost nothing more by its other passes."""
    return [
        f"{_LOST[failure.task]}: {failure.why}"
        for failure in failed
        if failure.concerns(path)
        and (failure.task is Task.REVIEW or (failure.task in _LOST and failure.batch not in lost))
    ]


def _without_model(file: FileDiff) -> FileCoverage:
    """Rules of patterns and parsers saw the file, nobody else did; without changed lines there is nothing to ask."""
    if file.hunks:
        return FileCoverage(file.path, CoverageState.PARTIAL, NO_MODEL)
    return FileCoverage(file.path, CoverageState.FULL)


def _with_model(file: FileDiff, reasons: Sequence[str], *, is_seen: bool) -> FileCoverage:
    if is_seen and reasons:
        return FileCoverage(file.path, CoverageState.PARTIAL, _sentence(reasons))
    if reasons or (file.hunks and not is_seen):
        return FileCoverage(file.path, CoverageState.SKIPPED, _sentence(reasons) or "no model call showed it")
    return FileCoverage(file.path, CoverageState.FULL)


def _sentence(reasons: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, reasons)))
