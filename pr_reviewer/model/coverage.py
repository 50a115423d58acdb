"""How much of each changed file was reviewed, with the reason where it was not all."""

from dataclasses import dataclass
from enum import StrEnum


class CoverageState(StrEnum):
    """How much of a file was reviewed."""

    FULL = "full"
    PARTIAL = "partial"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """One changed file.

    `is_deliberate` marks a skip that was meant (generated, binary, ignored): it leaves a review complete.
    """

    path: str
    state: CoverageState
    reason: str = ""
    is_deliberate: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every changed file exactly once, in the order of the change. `notes` are reasons that concern no single file."""

    files: tuple[FileCoverage, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all that was meant to be reviewed was reviewed."""
        return not self.notes and all(file.state is CoverageState.FULL or file.is_deliberate for file in self.files)
