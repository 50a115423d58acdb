"""Many waiting writers, one transaction, one fsync.

A thread of its own takes whatever has gathered while the last transaction was made durable, and commits it together:
under load the batches grow by themselves, alone nobody waits for company. Nothing of it runs on the event loop.
"""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class StoreUnavailable(Exception):
    """The store does not take a write now; it may later."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one transaction, of everything that waits, and of the time that an item waits for a store that is away."""

    batch_items: int = 500
    batch_bytes: int = 32 * 2**20
    waiting_bytes: int = 256 * 2**20
    patience: float = 8.0
    pause: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[T, R]):
    item: T
    size: int
    until: float
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[R]" = field(repr=False)


class GroupCommit(Generic[T, R]):
    """`commit` makes a batch durable and returns one result for each item, in order. It runs in the thread alone."""

    def __init__(
        self,
        commit: Callable[[Sequence[T]], Sequence[R]],
        size_of: Callable[[T], int],
        limits: Limits | None = None,
    ) -> None:
        """`commit` raises StoreUnavailable where trying again may help; any other error is the item's own fault."""
        self._commit = commit
        self._size_of = size_of
        self._limits = limits or Limits()
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)

    def start(self) -> None:
        """Begin to commit."""
        self._thread.start()

    async def put(self, item: T) -> R:
        """The item's result once it is durable. Raises StoreUnavailable. Giving up waiting does not take it back."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        size = self._size_of(item)
        with self._changed:
            if self._is_closing or self._bytes + size > self._limits.waiting_bytes:
                raise StoreUnavailable("too much is waiting to be written")
            self._waiting.append(_Waiting(item, size, time.monotonic() + self._limits.patience, loop, future))
            self._bytes += size
            self._changed.notify()
        return await future

    def close(self) -> None:
        """Write what is waiting, then end. Blocks meanwhile."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while batch := self._next_batch():
            try:
                self._settle(batch, self._commit([each.item for each in batch]))
            except StoreUnavailable as exc:
                self._keep(batch, exc)
            except Exception as exc:  # noqa: BLE001 whatever it is, it reaches whoever waits for the item
                self._commit_alone(batch, exc)

    def _next_batch(self) -> list[_Waiting[T, R]]:
        """What waits, up to a transaction's limits; at least one item, and none only at the end."""
        batch: list[_Waiting[T, R]] = []
        room = self._limits.batch_bytes
        with self._changed:
            while not self._waiting and not self._is_closing:
                self._changed.wait()
            while (
                self._waiting and len(batch) < self._limits.batch_items and (not batch or self._waiting[0].size <= room)
            ):
                batch.append(self._waiting.popleft())
                room -= batch[-1].size
                self._bytes -= batch[-1].size
        return batch

    def _keep(self, batch: Sequence[_Waiting[T, R]], error: StoreUnavailable) -> None:
        """Try again what has patience left, after a short pause; the others are told."""
        now = time.monotonic()
        patient = [each for each in batch if each.until > now]
        self._fail([each for each in batch if each.until <= now], error)
        with self._changed:
            self._waiting.extendleft(reversed(patient))
            self._bytes += sum(each.size for each in patient)
        if patient:
            time.sleep(self._limits.pause)

    def _commit_alone(self, batch: Sequence[_Waiting[T, R]], error: Exception) -> None:
        """One item that cannot be stored must not cost the others."""
        if len(batch) == 1:
            self._fail(batch, error)
            return
        for each in batch:
            try:
                self._settle([each], self._commit([each.item]))
            except StoreUnavailable as exc:
                self._keep([each], exc)
            except Exception as exc:  # noqa: BLE001 as above
                self._fail([each], exc)

    def _settle(self, batch: Sequence[_Waiting[T, R]], results: Sequence[R]) -> None:
        answered = zip(batch, results, strict=True)
        _tell([(each, partial(each.future.set_result, result)) for each, result in answered])

    def _fail(self, batch: Sequence[_Waiting[T, R]], error: Exception) -> None:
        _tell([(each, partial(each.future.set_exception, error)) for each in batch])


def _tell(answers: Sequence[tuple[_Waiting[T, R], Callable[[], None]]]) -> None:
    """One wake-up for each loop, however many wait there. A loop that has ended has nobody waiting."""
    for loop in {each.loop for each, _ in answers}:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_give, [answer for answer in answers if answer[0].loop is loop])


def _give(answers: Sequence[tuple[_Waiting[T, R], Callable[[], None]]]) -> None:
    for each, answer in answers:
        if not each.future.done():
            answer()
