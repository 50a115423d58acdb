"""Entries of a last message in as few portions as there is room for, each entry whole."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pr_reviewer.plan.inputs import Counter

T = TypeVar("T")
Measure = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Need:
    """What an entry takes of a message: its own text, texts that others may share, and a weight in the reply."""

    text: str
    shared: frozenset[str] = frozenset()
    weight: int = 1


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

    def portions(self, entries: Sequence[T], need_of: Callable[[T], Need], most: int) -> Portions[T]:
        """The entries in portions that fit, of at most so much weight; an entry that is heavier goes alone.

        What entries share stands once in each of their portions.
        """
        needs = [need_of(entry) for entry in entries]
        measure: Measure = self.counter.at_most
        if _size(needs, measure) > self.tokens - measure(self.bare):
            measure = self.counter.count
        return _Filling(self.tokens - measure(self.bare), most, measure).fill(list(zip(entries, needs, strict=True)))


def _size(needs: Iterable[Need], measure: Measure) -> int:
    needs = tuple(needs)
    shared = {text for need in needs for text in need.shared}
    return sum(map(measure, (*(need.text for need in needs), *shared)))


class _Filling:
    """Fills one portion after the other; each text is measured once."""

    def __init__(self, room: int, most: int, measure: Measure) -> None:
        self._room = room
        self._most = most
        self._measure = measure
        self._sizes: dict[str, int] = {}

    def fill(self, entries: Sequence[tuple[T, Need]]) -> Portions[T]:
        full: list[list[T]] = []
        too_long: list[T] = []
        shared: set[str] = set()
        left = weight = 0
        for entry, need in entries:
            alone, more = self._size_of(need, set()), self._size_of(need, shared)
            if alone > self._room:
                too_long.append(entry)
            elif full and more <= left and weight + need.weight <= self._most:
                full[-1].append(entry)
                left, weight, shared = left - more, weight + need.weight, shared | need.shared
            else:
                full.append([entry])
                left, weight, shared = self._room - alone, need.weight, set(need.shared)
        return Portions(tuple(map(tuple, full)), tuple(too_long))

    def _size_of(self, need: Need, known: set[str]) -> int:
        return sum(map(self._size, (need.text, *need.shared.difference(known))))

    def _size(self, text: str) -> int:
        if text not in self._sizes:
            self._sizes[text] = self._measure(text)
        return self._sizes[text]
