"""Puts the working half of the server together: the queue, its workers, and what keeps them in order."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import structlog

from pr_reviewer.git.cache import GitCache
from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.providers.github.hooks import AppHooks
from pr_reviewer.providers.github.opening import Office, open_office
from pr_reviewer.settings.schema.sections import ServerSettings, Settings
from pr_reviewer.sources import github_access
from pr_reviewer.triggers import Identity
from webhooks import spending
from webhooks.admission import Admission
from webhooks.admitting import Admitter, Bell
from webhooks.announcing import Announcer
from webhooks.deliveries import StoredDelivery
from webhooks.dispatch import Dispatcher
from webhooks.durable import DurableQueue
from webhooks.engine import JobEngine
from webhooks.executors import DeclaredDead, Heartbeat, Slot
from webhooks.fair_order import Limits
from webhooks.forgetting import Forgotten
from webhooks.identity import identify, require_credentials
from webhooks.jobs import REASONS, Jobs, JobState
from webhooks.numbers import WorkNumbers
from webhooks.reconcile import Reconciler
from webhooks.reconcile_marks import Marks
from webhooks.reconcile_scan import Scan
from webhooks.recording import recorder_of
from webhooks.runs import Runs
from webhooks.serving import Service
from webhooks.store import Store, told_in_a_sentence
from webhooks.stores import data_folder, database_url
from webhooks.work import Worker
from webhooks.workshop import Workshop

STORE_FILE = "reviewer.sqlite3"
QUEUE_FILE = "queue.sqlite3"

_BEAT_SECONDS = 2.0
_PATIENCE_SECONDS = 30.0
_SWEEP_SECONDS = 5.0
_TIDY_SECONDS = 3600.0
_COUNT_SECONDS = 5.0
_FORGET_SECONDS = 60.0
_LONGEST_PAUSE = 60.0
_DAY = 86_400.0

log = structlog.get_logger("webhooks")


def store_url(server: ServerSettings, environ: Mapping[str, str], file: str = STORE_FILE) -> str:
    """The database of our own tables; `QUEUE_FILE`: that of the queue, which is the same one where it is a Postgres."""
    return database_url(server) or f"sqlite:///{data_folder(server, environ) / file}"


def limits_of(server: ServerSettings) -> Limits:
    """What the settings allow to all processes together."""
    return Limits(
        repository_slots=server.max_concurrent_repository_reviews,
        installation_slots=server.max_concurrent_installation_reviews,
        hourly_repository=server.max_hourly_repository_reviews,
        hourly_installation=server.max_hourly_installation_reviews,
    )


@asynccontextmanager
async def open_engine(service: Service, *, works: bool = True) -> AsyncIterator[JobEngine]:
    """Take deliveries and, where it `works`, carry out what they ask, until the block ends."""
    server = service.settings.server
    folder = data_folder(server, service.environ)
    async with AsyncExitStack() as stack:
        slot = Slot.claim(folder / "executors")
        stack.callback(slot.release)
        store = await Store.open(store_url(server, service.environ))
        stack.push_async_callback(store.close)
        slots = server.max_concurrent_reviews if works else 0
        heartbeat = Heartbeat(store, slot.id, patience=_PATIENCE_SECONDS, slots=slots)
        numbers = WorkNumbers(service.metrics.registry)
        access = github_access(service.settings, service.environ, posts=True, listener=numbers.heard)
        access = replace(access, keep_secret=service.keep_secret)
        office = await stack.enter_async_context(open_office(access))
        require_credentials(office)
        cache = GitCache(folder / "git")
        shop = Workshop(
            environ=service.environ,
            store=store,
            jobs=Jobs(store),
            runs=Runs(store),
            heartbeat=heartbeat,
            office=office,
            cache=cache,
            forgotten=Forgotten(store, cache, recorder_of(server)),
            inbox=service.inbox,
            numbers=numbers,
            retries=server.retry_seconds,
        )
        yield await _started(stack, service, shop, slot.id, slots)


async def _started(stack: AsyncExitStack, service: Service, shop: Workshop, id_: str, slots: int) -> JobEngine:
    server = service.settings.server
    bell = Bell()
    worker = Worker(shop, bell.ring)
    url = store_url(server, service.environ, QUEUE_FILE)
    queue = DurableQueue(url, id_, worker.run, concurrency=slots)
    with told_in_a_sentence(url):
        await shop.heartbeat.start()
    stack.push_async_callback(_left, shop.heartbeat, worker)
    beating = asyncio.create_task(_beat(shop.heartbeat, worker))
    stack.push_async_callback(_ended, beating)
    with told_in_a_sentence(url):
        await queue.start()
    stack.push_async_callback(queue.stop, server.shutdown_seconds)
    stack.push_async_callback(_no_more, shop.heartbeat)
    # With tokens of its own: jobs run on the queue's event loop, and who waits for a token does so on one loop.
    announcer = Announcer(replace(shop, office=await stack.enter_async_context(open_office(shop.office.access))))
    await stack.enter_async_context(announcer.speaking())
    admitter = Admitter(Admission(shop.store, limits_of(server)), shop.jobs, queue, bell, announcer.announce)
    engine = KnownEngine(shop, queue, announcer, bell, server.debounce_seconds)
    for chore in (
        engine.become_known(shop.office, service.settings),
        engine.admit(admitter),
        _every(_SWEEP_SECONDS, lambda: _swept(engine, shop, queue)),
        _every(_FORGET_SECONDS, shop.forgotten.purge),
        _every(_COUNT_SECONDS, lambda: _count(shop)),
        _every(_TIDY_SECONDS, lambda: _tidy(shop, queue, server.retention_days)),
        _reconcile(shop, service.settings),
    ):
        stack.push_async_callback(_ended, asyncio.create_task(chore))
    return engine


class KnownEngine:
    """A JobEngine that takes nothing before it is known who we are: without that, our own comments would command us."""

    def __init__(self, shop: Workshop, queue: DurableQueue, announcer: Announcer, bell: Bell, debounce: float) -> None:
        self._shop = shop
        self._announcer = announcer
        self._bell = bell
        self._queue = queue
        self._debounce = debounce
        self._dispatcher: Dispatcher | None = None
        self._is_known = asyncio.Event()

    async def become_known(self, office: Office, settings: Settings) -> None:
        """Ask until GitHub answers; meanwhile deliveries are kept in the inbox."""
        pause = 1.0
        while self._dispatcher is None:
            try:
                us = await identify(office, settings.github)
            except ReviewerError as error:
                log.error("it is not known who we are: deliveries wait", why=error.message, hint=error.hint)  # noqa: TRY400
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE, 2 * pause)
                continue
            self._be(us)

    async def accept(self, event: StoredDelivery) -> str:
        """See `JobEngine`. Waits until it is known who we are."""
        await self._is_known.wait()
        assert self._dispatcher is not None  # noqa: S101 that is what was waited for
        return await self._dispatcher.accept(event)

    async def admit(self, admitter: Admitter) -> None:
        """Give slots to jobs, for ever, as soon as it is known who we are."""
        await self._is_known.wait()
        await admitter.run()

    async def sweep(self) -> None:
        """Put into the queue what is on record and not there."""
        if self._dispatcher is not None and (count := await self._dispatcher.sweep()):
            log.info("jobs taken up", count=count)

    def _be(self, us: Identity) -> None:
        log.info("ready", login=us.logins[0], owners=list(us.owners) or "all")
        self._dispatcher = Dispatcher(
            self._shop.jobs, self._queue, us, self._debounce, self._announcer.announce, self._bell.ring
        )
        self._is_known.set()


async def _beat(heartbeat: Heartbeat, worker: Worker) -> None:
    """Say that we live. A database that is away is waited for: it may be away for everybody."""
    while True:
        try:
            await heartbeat.beat()
        except DeclaredDead as error:
            await worker.step_down(error)
        except Exception:  # whatever the database says, the next beat may reach it
            log.exception("the heartbeat could not be written")
        await asyncio.sleep(_BEAT_SECONDS)


async def _swept(engine: KnownEngine, shop: Workshop, queue: DurableQueue) -> None:
    if dead := await shop.heartbeat.reap(queue.recover):
        log.warning("the work of dead processes is taken over", executors=list(dead))
    await engine.sweep()


async def _count(shop: Workshop) -> None:
    counts = await shop.jobs.counts()
    for state in JobState:
        shop.numbers.jobs.labels(state).set(counts.get(state, 0))
    waiting = await shop.jobs.waiting()
    for reason in REASONS:
        shop.numbers.waiting.labels(reason).set(waiting.get(reason, 0))
    shop.numbers.slots.set(await shop.heartbeat.slots())
    oldest = await shop.jobs.oldest_queued()
    shop.numbers.oldest.set(max(0.0, time.time() - oldest) if oldest else 0.0)


async def _tidy(shop: Workshop, queue: DurableQueue, days: int) -> None:
    before = time.time() - days * _DAY
    if count := await shop.jobs.prune(before):
        log.info("old jobs forgotten", count=count)
    await shop.runs.prune(before)
    await spending.prune(shop.store, before)
    await shop.forgotten.prune(before)
    await queue.prune(before)
    await asyncio.to_thread(shop.cache.prune, before)


async def _reconcile(shop: Workshop, settings: Settings) -> None:
    """A webhook of a repository has nobody who could ask for its deliveries; an App's has."""
    app = shop.office.app
    if app is not None:
        await Reconciler(AppHooks(app), Marks(shop.store), Scan(app, shop.inbox, settings.github)).run()


async def _every(seconds: float, chore: Callable[[], Awaitable[None]]) -> None:
    """Again and again; a failure is logged, and the next time may work."""
    while True:
        try:
            await chore()
        except Exception:  # the database may be away, and comes back
            log.exception("a chore failed")
        await asyncio.sleep(seconds)


async def _no_more(heartbeat: Heartbeat) -> None:
    with contextlib.suppress(Exception):  # without a database nothing is admitted either
        await heartbeat.take_no_more()


async def _left(heartbeat: Heartbeat, worker: Worker) -> None:
    """In good order if nothing runs any more; else others shall take it up at once."""
    with contextlib.suppress(Exception):  # without a database nobody can be told: silence tells them
        await (heartbeat.abandon() if worker.active else heartbeat.stop())


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
