"""Coverage as people read it: files with one state and one reason stand together."""

from collections.abc import Iterable
from dataclasses import dataclass

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.coverage import CoverageState, FileCoverage
from pr_reviewer.report.amounts import count

_WORDS = {
    CoverageState.FULL: "reviewed",
    CoverageState.PARTIAL: "reviewed only in part",
    CoverageState.SKIPPED: "not reviewed",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Files that share state and reason, in the order of the change."""

    state: CoverageState
    reason: str
    paths: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """`2 files not reviewed: the model call failed`."""
        reason = f": {self.reason}" if self.reason else ""
        return f"{count(len(self.paths), 'file')} {_WORDS[self.state]}{reason}"


def groups_of(files: Iterable[FileCoverage]) -> tuple[Group, ...]:
    """One group for each state and reason, in the order in which they first come."""
    paths: dict[tuple[CoverageState, str], list[str]] = {}
    for file in files:
        paths.setdefault((file.state, file.reason), []).append(path_label(file.path))
    return tuple(Group(state, reason, tuple(names)) for (state, reason), names in paths.items())
