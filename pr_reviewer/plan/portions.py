"""Entries of a last message in as few portions as there is room for, each entry whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pr_reviewer.plan.inputs import Counter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Portions(Generic[T]):
    """What goes together, in order, and what is too long for any portion."""

    full: tuple[tuple[T, ...], ...]
    too_long: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """The `tokens` of a last message, of which its `bare` words take a part.

    Nothing is counted exactly as long as the bounds show that it fits.
    """

    tokens: int
    bare: str
    counter: Counter

    def holds(self, text: str) -> bool:
        """Whether the text fits beside the bare words."""
        counter = self.counter
        return any(measure(self.bare) + measure(text) <= self.tokens for measure in (counter.at_most, counter.count))

    def portions(self, entries: Sequence[T], text_of: Callable[[T], str], most: int) -> Portions[T]:
        """The entries in portions that fit, of at most so many entries."""
        texts = [text_of(entry) for entry in entries]
        bounds = [self.counter.at_most(text) for text in texts]
        room = self.tokens - self.counter.at_most(self.bare)
        if sum(bounds) <= room:
            return _portions(entries, bounds, room, most)
        counted = [self.counter.count(text) for text in texts]
        return _portions(entries, counted, self.tokens - self.counter.count(self.bare), most)


def _portions(entries: Sequence[T], sizes: Sequence[int], room: int, most: int) -> Portions[T]:
    full: list[list[T]] = []
    too_long: list[T] = []
    left = 0
    for entry, size in zip(entries, sizes, strict=True):
        if size > room:
            too_long.append(entry)
        elif full and size <= left and len(full[-1]) < most:
            full[-1].append(entry)
            left -= size
        else:
            full.append([entry])
            left = room - size
    return Portions(tuple(map(tuple, full)), tuple(too_long))
