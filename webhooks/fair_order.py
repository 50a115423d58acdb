"""Whose turn it is, where there are more jobs than slots: a decision on numbers alone, with no database in it.

The next job is one of the installation that has the fewest slots, and among those the one whose last turn was longest
ago; within it, the same among its repositories. Within a repository people go before what runs by itself, then the
older job before the newer one. Nobody who waits is passed over twice by the same other: each turn is counted, and
clocks, which jump, are not asked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

NEVER = -1


class Rank(IntEnum):
    """What goes first within a repository; limits hold for what stands further down."""

    URGENT = 0
    """Short, and somebody's machine waits for it: a merge queue. No limit holds for it."""
    ASKED = 1
    """A person waits for it. Limits on slots hold for it, hourly ones count it and do not hold it."""
    AUTOMATIC = 2


class Hold(StrEnum):
    """Which limit keeps a job waiting."""

    REPOSITORY_SLOTS = "repository_slots"
    INSTALLATION_SLOTS = "installation_slots"
    REPOSITORY_RATE = "repository_rate"
    INSTALLATION_RATE = "installation_rate"

    @property
    def meaning(self) -> str:
        """What is reached, for people."""
        return _MEANINGS[self]

    @property
    def is_rate(self) -> bool:
        """Whether time alone ends it."""
        return self in (Hold.REPOSITORY_RATE, Hold.INSTALLATION_RATE)


_MEANINGS = {
    Hold.REPOSITORY_SLOTS: "this repository has as many reviews under way as it may",
    Hold.INSTALLATION_SLOTS: "this installation has as many reviews under way as it may",
    Hold.REPOSITORY_RATE: "this repository has had as many reviews within an hour as it may",
    Hold.INSTALLATION_RATE: "this installation has had as many reviews within an hour as it may",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Of all processes together; None: no limit. Slots are jobs at once, the hourly ones jobs that began."""

    repository_slots: int | None = None
    installation_slots: int | None = None
    hourly_repository: int | None = None
    hourly_installation: int | None = None

    @property
    def has_rates(self) -> bool:
        """Whether anybody must count what began."""
        return self.hourly_repository is not None or self.hourly_installation is not None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a job is. A webhook that belongs to no App has no installation, an installation's removal no repository."""

    host: str
    installation: int | None
    repository: int | None

    @property
    def top(self) -> "Owner":
        """All repositories of the installation."""
        return Owner(self.host, self.installation, None)


@dataclass(slots=True)
class Shares:
    """What each owner has: slots now, its last turn, and what began within the hour. `took` goes on from there."""

    slots: Counter[Owner] = field(default_factory=Counter)
    began: Counter[Owner] = field(default_factory=Counter)
    turns: dict[Owner, int] = field(default_factory=dict)

    @classmethod
    def of(cls, running: Iterable[Owner], began: Mapping[Owner, int], turns: Mapping[Owner, int]) -> "Shares":
        """The shares of repositories, summed up for their installations too. `turns` names both already."""
        shares = cls(turns=dict(turns))
        for owner in running:
            shares.slots.update(_both(owner))
        for owner, count in began.items():
            shares.began.update(dict.fromkeys(_both(owner), count))
        return shares

    def took(self, owner: Owner, turn: int, rank: Rank) -> None:
        """A job of this owner has a slot from now on."""
        for each in _both(owner):
            self.slots[each] += 1
            self.turns[each] = turn
            if rank is not Rank.URGENT:
                self.began[each] += 1

    def hold(self, owner: Owner, rank: Rank, limits: Limits) -> Hold | None:
        """The limit that keeps such a job waiting; the one that lasts longest first."""
        if rank is Rank.URGENT:
            return None
        if rank is Rank.AUTOMATIC and _reached(self.began[owner], limits.hourly_repository):
            return Hold.REPOSITORY_RATE
        is_installed = owner.installation is not None
        if rank is Rank.AUTOMATIC and is_installed and _reached(self.began[owner.top], limits.hourly_installation):
            return Hold.INSTALLATION_RATE
        if _reached(self.slots[owner], limits.repository_slots):
            return Hold.REPOSITORY_SLOTS
        if is_installed and _reached(self.slots[owner.top], limits.installation_slots):
            return Hold.INSTALLATION_SLOTS
        return None

    def place(self, owner: Owner) -> tuple[int, int, int, int]:
        """Sorts owners by whose turn comes first."""
        top = owner.top
        return (
            self.slots[top],
            self.turns.get(top, NEVER),
            self.slots[owner],
            self.turns.get(owner, NEVER),
        )


def _both(owner: Owner) -> set[Owner]:
    return {owner, owner.top}


def _reached(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit
