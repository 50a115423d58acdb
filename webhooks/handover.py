"""Hands what stands in the inbox to the job engine: at once when it came here, by a sweep what a crash left."""

import asyncio
import time
from collections.abc import Sequence

import structlog

from webhooks.deliveries import StoredDelivery
from webhooks.engine import JobEngine
from webhooks.group_commit import StoreUnavailable
from webhooks.inbox import Inbox
from webhooks.metrics import Metrics

_AT_ONCE = 8
_SWEEP_SECONDS = 2.0
_PRUNE_SECONDS = 3600.0
_DAY = 86_400.0

log = structlog.get_logger("webhooks")


class Handover:
    """One task. It ends when it is cancelled; nothing is lost by that."""

    def __init__(
        self, inbox: Inbox, engine: JobEngine, metrics: Metrics, *, sweep_seconds: float = _SWEEP_SECONDS
    ) -> None:
        self._inbox = inbox
        self._engine = engine
        self._metrics = metrics
        self._sweep_seconds = sweep_seconds

    async def run(self) -> None:
        """Hand over what is due, for ever; wait where there is nothing, or no store."""
        while True:
            try:
                batch = await self._inbox.pending()
                await self.hand(batch)
            except StoreUnavailable as exc:
                log.error("the inbox is not available", why=str(exc))  # noqa: TRY400 its stack tells no more
                await asyncio.sleep(self._sweep_seconds)
                continue
            if not batch:
                await self._inbox.wait_for_more(self._sweep_seconds)

    async def hand(self, batch: Sequence[StoredDelivery]) -> None:
        """Offer each to the engine, some at a time; what it takes is done, the rest comes again later."""
        for start in range(0, len(batch), _AT_ONCE):
            part = batch[start : start + _AT_ONCE]
            answers = await asyncio.gather(*map(self._offer, part))
            taken = [each for each, is_taken in zip(part, answers, strict=True) if is_taken]
            if taken:
                await self._inbox.handed_over(taken)

    async def _offer(self, delivery: StoredDelivery) -> bool:
        with structlog.contextvars.bound_contextvars(delivery=delivery.delivery.id, job=delivery.job):
            try:
                await self._engine.accept(delivery)
            except Exception as exc:  # whatever an engine raises, the delivery must not be lost
                pause = await self._inbox.postpone(delivery, f"{type(exc).__name__}: {exc}"[:1000])
                log.exception("delivery not handed over", attempt=delivery.attempts + 1, next_try_in=pause)
                self._metrics.count_handover(is_taken=False)
                return False
        self._metrics.count_handover(is_taken=True)
        return True


async def keep_tidy(inbox: Inbox, retention_days: int) -> None:
    """Forget deliveries whose time is over, once an hour, for ever."""
    while True:
        try:
            if count := await inbox.prune(time.time() - retention_days * _DAY):
                log.info("old deliveries forgotten", count=count)
        except StoreUnavailable as exc:
            log.warning("old deliveries could not be forgotten", why=str(exc))
        await asyncio.sleep(_PRUNE_SECONDS)
