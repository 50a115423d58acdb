"""Coverage as people read it: files with one state and one reason stand together."""

from collections.abc import Iterable
from dataclasses import dataclass

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.coverage import CoverageState, FileCoverage

_WORDS = {
    CoverageState.FULL: "Reviewed",
    CoverageState.PARTIAL: "Only in part",
    CoverageState.SKIPPED: "Not reviewed",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Files that share state and reason, in the order of the change."""

    state: CoverageState
    reason: str
    paths: tuple[str, ...]

    @property
    def label(self) -> str:
        """What happened to the files: `Reviewed`, `Only in part`, `Not reviewed`."""
        return _WORDS[self.state]


def groups_of(files: Iterable[FileCoverage]) -> tuple[Group, ...]:
    """One group for each state and reason, in the order in which they first come."""
    paths: dict[tuple[CoverageState, str], list[str]] = {}
    for file in files:
        paths.setdefault((file.state, file.reason), []).append(path_label(file.path))
    return tuple(Group(state, reason, tuple(names)) for (state, reason), names in paths.items())
