"""GitHub never delivers again by itself: what it could not hand over is asked for once more.

At the start and then every some minutes, what the App's webhook was sent is listed; what got no answer, or the 5xx of a
server that was not there, is asked for again. What we ourselves refused is not: it would be refused again. GitHub keeps
deliveries for three days; after a longer absence, open pull requests are looked through (`reconcile_scan.py`).
"""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.providers.github.hooks import DELIVERIES_KEPT, AppHooks, HookDelivery
from webhooks.group_commit import StoreUnavailable
from webhooks.reconcile_marks import Mark, Marks
from webhooks.reconcile_scan import Scan

EVERY = 600.0  # seconds between two passes
LOOK_BACK = 3600.0  # seconds that a pass looks back behind the last one: all tries of a delivery fall into them
GRACE = 60.0  # seconds that a try may still be under way
MOST_TRIES = 3  # of ours, for each delivery
MOST_PAGES = 300  # of a hundred deliveries, in one pass
MOST_ASKED = 500  # redeliveries in one pass; the next one goes on
CLAIM = 1800.0  # seconds after which a pass that was broken off is another process's to make
BETWEEN = 1.0  # seconds between two requests that change something, as GitHub asks
_LAST_ANSWER = 499

log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class Lost:
    """Tries to have made again, the oldest first, one for each delivery; and the guids that were tried in vain."""

    again: Sequence[HookDelivery] = ()
    given_up: Sequence[str] = ()


def find_lost(tries: Sequence[HookDelivery], since: float, now: float) -> Lost:
    """What nobody has answered, of deliveries that GitHub first tried at `since` or later."""
    by_guid: dict[str, list[HookDelivery]] = defaultdict(list)
    for each in sorted(tries, key=lambda one: (one.delivered_at, one.id)):
        by_guid[each.guid].append(each)
    unanswered = [of_one for of_one in by_guid.values() if _is_lost(of_one, since, now)]
    spent = [of_one for of_one in unanswered if sum(each.is_redelivery for each in of_one) >= MOST_TRIES]
    return Lost(
        again=tuple(of_one[-1] for of_one in unanswered if of_one not in spent),
        given_up=tuple(of_one[-1].guid for of_one in spent),
    )


def _is_lost(tries: Sequence[HookDelivery], since: float, now: float) -> bool:
    """Whether the tries of one delivery, the oldest first, have all failed, and none is under way."""
    first, last = tries[0], tries[-1]
    if first.is_redelivery or first.delivered_at < since or last.delivered_at > now - GRACE:
        return False
    return not any(0 < each.status <= _LAST_ANSWER for each in tries)


def window_of(mark: Mark, now: float) -> tuple[float, bool]:
    """Since when to list deliveries, and whether GitHub has forgotten some of the time since the last pass."""
    since = max(mark.begun_at, mark.done_until - LOOK_BACK, now - DELIVERIES_KEPT)
    return since, mark.done_until < now - DELIVERIES_KEPT


class Reconciler:
    """Makes passes; see the module. Several processes may: one of them does."""

    def __init__(
        self,
        hooks: AppHooks,
        marks: Marks,
        scan: Scan,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._hooks = hooks
        self._marks = marks
        self._scan = scan
        self._clock = clock
        self._sleep = sleep
        self._told: set[str] = set()

    async def run(self) -> None:
        """Pass after pass, for ever. A pass that fails is made again: nothing before its end counts as looked at."""
        due_before = math.inf  # the first one at once, whoever made the last one
        while True:
            try:
                await self.look(due_before)
            except (ReviewerError, StoreUnavailable) as error:
                log.warning("deliveries could not be reconciled", why=str(error))
            except Exception:  # the database may be away, and comes back
                log.exception("deliveries could not be reconciled")
            await self._sleep(EVERY)
            due_before = self._clock() - EVERY / 2

    async def look(self, due_before: float = math.inf) -> int:
        """One pass, unless another process makes it or has made it; how many deliveries were asked for again."""
        now = self._clock()
        mark = await self._marks.claim(now, CLAIM, due_before=due_before)
        if mark is None:
            return 0
        try:
            return await self._pass(mark, now)
        finally:
            await self._marks.release()

    async def _pass(self, mark: Mark, now: float) -> int:
        since, is_gap = window_of(mark, now)
        if is_gap:
            await self._scan.run(mark.done_until)
        found = await self._hooks.deliveries(since, MOST_PAGES)
        if not found.is_complete:
            log.warning("more deliveries than are looked through", looked_at=len(found.tries))
        lost = find_lost(found.tries, since, now)
        self._tell(lost.given_up)
        asked = lost.again[:MOST_ASKED]
        for each in asked:
            await self._ask(each)
        if len(asked) == len(lost.again):
            await self._marks.done(now)
        return len(asked)

    async def _ask(self, lost: HookDelivery) -> None:
        is_coming = await self._hooks.redeliver(lost.id)
        log.info("delivery asked for again", delivery=lost.guid, event_name=lost.event, is_coming=is_coming)
        await self._sleep(BETWEEN)

    def _tell(self, given_up: Sequence[str]) -> None:
        """Once for each."""
        for guid in given_up:
            if guid not in self._told:
                log.error("a delivery is lost: GitHub could not hand it over", delivery=guid, tries=MOST_TRIES)
        self._told = set(given_up)
