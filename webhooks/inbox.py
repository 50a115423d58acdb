"""The durable inbox: what was answered with 202 stands here first, and stays until a job engine has it.

A delivery is received, then handed over; `next_try_at` keeps two servers from handing over the same one at once, and
spaces the tries of one that failed. The tables are `inbox_sqlite` and `inbox_postgres`; both keep the same promises.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from webhooks.deliveries import Delivery, StoredDelivery
from webhooks.group_commit import GroupCommit, Limits

T = TypeVar("T")

LEASE = 10.0  # seconds for which a delivery is ours to hand over
LONGEST_PAUSE = 900.0
_BATCH_BYTES = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Backlog:
    """Deliveries that no job engine has yet, and when the oldest of them came."""

    count: int
    oldest_at: float | None


@dataclass(frozen=True, slots=True)
class Claim:
    """Which deliveries to take: at most so many and so much, due at `now`, and not another's until `until`.

    Due is also what would be so only after `horizon`: no pause is that long, so a clock has been set back.
    """

    limit: int
    max_bytes: int
    now: float
    until: float
    horizon: float


class Table(Protocol):
    """Where deliveries are kept. Synchronous; used by one thread. Each method is one transaction.

    Every method raises StoreUnavailable where the same call may succeed later.
    """

    def put(self, deliveries: Sequence[Delivery], alive_at: float) -> Sequence[bool]:
        """Whether each was new, after it is as durable as the table is; `alive_at` is written beside them."""
        ...

    def claim(self, claim: Claim) -> tuple[StoredDelivery, ...]:
        """The oldest that are due, in the order in which they came, now claimed."""
        ...

    def hand_over(self, numbers: Sequence[int], now: float) -> None:
        """They are a job engine's from now on."""
        ...

    def postpone(self, number: int, until: float, reason: str) -> None:
        """A try has failed; not again before `until`."""
        ...

    def backlog(self) -> Backlog:
        """What is not handed over."""
        ...

    def alive_at(self) -> float | None:
        """When anybody last wrote; None in a new table."""
        ...

    def prune(self, before: float, limit: int) -> int:
        """Forget up to `limit` that were handed over before that time; how many there were."""
        ...

    def purge(self, installation: int) -> int:
        """Forget all of an installation, handed over or not; how many there were."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Inbox:
    """What the server sees of it: nothing here blocks the event loop."""

    def __init__(self, durable: Table, relaxed: Table, limits: Limits | None = None) -> None:
        """Two connections to one store: `durable` reaches the disk with every call.

        What `relaxed` writes may be lost with the machine's power: then something is handed over once more.
        """
        self._durable = durable
        self._relaxed = relaxed
        self._commits = GroupCommit(self._commit, _size_of, limits)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox")
        self._arrived = asyncio.Event()

    def start(self) -> None:
        """Begin to take deliveries."""
        self._commits.start()

    async def put(self, delivery: Delivery) -> bool:
        """Whether it is new; returns once it is on disk. Raises StoreUnavailable."""
        is_new = await self._commits.put(delivery)
        if is_new:
            self._arrived.set()
        return is_new

    async def probe(self) -> None:
        """Write something, on the way that deliveries take. Raises StoreUnavailable."""
        await self._commits.put(None)

    async def pending(self, limit: int = 100) -> tuple[StoredDelivery, ...]:
        """What is to be handed over now, oldest first; ours for LEASE seconds. Raises StoreUnavailable."""
        self._arrived.clear()
        now = time.time()
        claim = Claim(limit, _BATCH_BYTES, now, now + LEASE, now + 2 * LONGEST_PAUSE)
        return await self._call(lambda: self._relaxed.claim(claim))

    async def wait_for_more(self, seconds: float) -> None:
        """Until something new came to this process, or the time is over: another one may have left something."""
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return

    async def handed_over(self, deliveries: Sequence[StoredDelivery]) -> None:
        """A job engine has them, durably."""
        numbers = [each.number for each in deliveries]
        await self._call(lambda: self._relaxed.hand_over(numbers, time.time()))

    async def postpone(self, delivery: StoredDelivery, reason: str) -> float:
        """The engine did not take it: seconds until it is tried again, ever more up to LONGEST_PAUSE."""
        pause: float = min(LONGEST_PAUSE, 2.0 ** min(delivery.attempts, 20))
        await self._call(lambda: self._relaxed.postpone(delivery.number, time.time() + pause, reason))
        return pause

    async def backlog(self) -> Backlog:
        """How much waits."""
        return await self._call(self._relaxed.backlog)

    async def alive_at(self) -> float | None:
        """When any server last wrote here, in seconds since 1970: deliveries since then may have been missed."""
        return await self._call(self._relaxed.alive_at)

    async def prune(self, before: float) -> int:
        """Forget what was handed over before that time, a little in each transaction; how many there were."""
        total = 0
        while count := await self._call(lambda: self._relaxed.prune(before, 500)):
            total += count
        return total

    async def purge(self, installation: int) -> int:
        """Forget everything of an installation; how many deliveries there were."""
        return await self._call(lambda: self._relaxed.purge(installation))

    async def close(self) -> None:
        """Write what is waiting, then end."""
        await asyncio.to_thread(self._commits.close)
        await self._call(self._relaxed.close)
        await asyncio.to_thread(self._thread.shutdown)
        await asyncio.to_thread(self._durable.close)

    def _commit(self, items: Sequence[Delivery | None]) -> Sequence[bool]:
        answers = iter(self._durable.put([each for each in items if each is not None], time.time()))
        return [next(answers) if each is not None else False for each in items]

    async def _call(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)


def _size_of(item: Delivery | None) -> int:
    return len(item.body) if item is not None else 0
