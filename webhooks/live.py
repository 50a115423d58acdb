"""The check while a job works: what is under way, now and then; nothing after its conclusion."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import structlog

from pr_reviewer.model.errors import ProviderError
from pr_reviewer.model.posting import Check, DraftReview, Posted, Standing
from pr_reviewer.providers.base import ReviewWriter
from pr_reviewer.report.posting import check_in_progress
from pr_reviewer.workflows.progress import Progress
from webhooks.conclusions import Conclusions
from webhooks.ending import NoLongerOurs
from webhooks.executors import DeclaredDead

_SECONDS = 5.0
_LONGEST_TITLE = 255

log = structlog.get_logger("webhooks")


class LiveWriter:
    """A ReviewWriter that asks the fence before each write, and shows progress in the check meanwhile.

    `note`, if set, stands before the title of the check's conclusion. `on_stage` is told each stage that is over.
    With `conclusions`, a conclusion stays, also where this writer stood still and tells an older state after it.
    """

    def __init__(
        self,
        inner: ReviewWriter,
        fence: Callable[[], Awaitable[None]],
        on_stage: Callable[[str, float], None],
        *,
        seconds: float = _SECONDS,
        conclusions: Conclusions | None = None,
    ) -> None:
        self._inner = inner
        self._fence = fence
        self._on_stage = on_stage
        self._seconds = seconds
        self._conclusions = conclusions
        self._lock = asyncio.Lock()
        self._is_over = False
        self._latest: Progress | None = None
        self._since = time.monotonic()
        self.note = ""

    async def standing(self) -> Standing:
        """See `StandingReader`."""
        return await self._inner.standing()

    async def post_review(self, draft: DraftReview) -> Posted:
        """See `ReviewPoster`."""
        await self._fence()
        return await self._inner.post_review(draft)

    async def put_summary(self, head_sha: str, body: str) -> str:
        """See `SummaryPoster`."""
        await self._fence()
        return await self._inner.put_summary(head_sha, body)

    async def set_check(self, check: Check) -> None:
        """See `CheckSetter`."""
        await self._fence()
        if check.state.is_final and self.note:
            check = replace(check, title=f"{self.note}. {check.title}"[:_LONGEST_TITLE])
        async with self._lock:
            self._is_over = check.state.is_final
            await self._show_state(check)

    def on_progress(self, progress: Progress) -> None:
        """Remember what is under way."""
        if self._latest is not None and self._latest.stage is not progress.stage:
            self._end_stage(self._latest.stage)
        self._latest = progress

    @asynccontextmanager
    async def shown(self, head_sha: str) -> AsyncIterator[None]:
        """Within, the check tells the progress, every few seconds if there is any. The last stage ends with it."""
        task = asyncio.create_task(self._show(head_sha))
        try:
            yield
        finally:
            if self._latest is not None:
                self._end_stage(self._latest.stage)
            async with self._lock:  # a state that is being shown may have to be put right
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _end_stage(self, name: str) -> None:
        now = time.monotonic()
        self._on_stage(name, now - self._since)
        self._since = now

    async def _show(self, head_sha: str) -> None:
        shown: Progress | None = None
        while True:
            await asyncio.sleep(self._seconds)
            latest = self._latest
            if latest is None or latest == shown:
                continue
            try:
                await self._fence()
                async with self._lock:
                    if self._is_over:
                        return
                    await self._show_state(check_in_progress(head_sha, _title(latest)))
            except ProviderError as error:
                log.warning("the check could not be updated", why=error.message)
            except (NoLongerOurs, DeclaredDead):
                return  # whoever does the work finds out by itself
            shown = latest

    async def _show_state(self, check: Check) -> None:
        """A conclusion is on record before it is shown; after any other state it is asked whether there is one."""
        if check.state.is_final:
            if self._conclusions is not None:
                await self._conclusions.keep(check)
            await self._inner.set_check(check)
            return
        await self._inner.set_check(check)
        try:
            await self._fence()
        except (NoLongerOurs, DeclaredDead):
            concluded = await self._conclusions.last(check.head_sha) if self._conclusions is not None else None
            if concluded is not None:
                await self._inner.set_check(concluded)
            raise


def _title(progress: Progress) -> str:
    counts = f", {progress.done} of {progress.total} done" if progress.total else ""
    return f"Reviewing: {progress.stage}{counts}"
