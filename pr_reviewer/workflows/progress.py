"""What a workflow tells while it works."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The steps that a person sees go by."""

    READING = "fetching"
    CHECKING = "checking"
    PLANNING = "planning"
    ASKING = "asking"
    VERIFYING = "verifying"
    REPAIRING = "repairing suggestions"
    FINISHING = "finishing"


@dataclass(frozen=True, slots=True)
class Progress:
    """The step that is under way; `done` of `total` calls are answered, 0 of 0 where nothing is counted."""

    stage: Stage
    done: int = 0
    total: int = 0


OnProgress = Callable[[Progress], None]


def nobody(progress: Progress) -> None:
    """A listener that does not listen."""
