"""What a check says."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pr_reviewer.model.errors import ReviewerError


class State(StrEnum):
    """How it stands. WARN: it works, and something about it deserves to be known. SKIPPED: nobody looked."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `todo` says what to do about it, "" where there is nothing to do."""

    name: str
    state: State
    detail: str
    todo: str = ""


Part = AsyncIterator[Check]


def failed(name: str, error: ReviewerError) -> Check:
    """The check that ended with this error."""
    return Check(name, State.FAIL, error.message, error.hint)


def skipped(names: Iterable[str], why: str) -> Iterator[Check]:
    """Checks that were left out, all for one reason."""
    return (Check(name, State.SKIPPED, why) for name in names)


async def examination(parts: Iterable[Part]) -> AsyncIterator[Check]:
    """Every check of every part, each as soon as it is done."""
    for part in parts:
        async for check in part:
            yield check
