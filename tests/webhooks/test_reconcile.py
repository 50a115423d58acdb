"""What GitHub could not deliver is asked for again; what was refused, or is too old, is not."""

import asyncio
import itertools
import math
from contextlib import asynccontextmanager

import pytest
import requests

from pr_reviewer.model.errors import ProviderUnavailable
from pr_reviewer.model.events import Opened
from pr_reviewer.providers.github.address import Site
from pr_reviewer.providers.github.client import Patience
from pr_reviewer.providers.github.hooks import DELIVERIES_KEPT, AppHooks, HookDelivery, seconds
from pr_reviewer.providers.github.opening import Access, open_office
from pr_reviewer.settings.load import load_settings
from tests.fakes.github import GitHubServer
from tests.fakes.github.webhooks import new_delivery
from tests.webhooks.builders import sqlite_inbox
from webhooks.reconcile import EVERY, GRACE, LOOK_BACK, MOST_TRIES, Lost, Reconciler, find_lost, window_of
from webhooks.reconcile_marks import Mark, Marks
from webhooks.reconcile_scan import Scan
from webhooks.store import Store
from webhooks.tables import reconciliation as table

NOW = 1_000_000.0
SINCE = NOW - 7200
DAY = 86_400.0
PERMISSIONS = {"checks": "write", "contents": "read", "pull_requests": "write"}
_ids = itertools.count(1)


def tried(status=0, *, ago=3600.0, guid="a", again=False):
    return HookDelivery(next(_ids), guid, "pull_request", NOW - ago, status, again)


ORIGINAL = tried(ago=3600)
AGAIN = [tried(503, ago=3000 - 600 * number, again=True) for number in range(MOST_TRIES)]


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        ([], Lost()),
        ([ORIGINAL], Lost((ORIGINAL,))),
        ([tried(500)], 1),
        ([tried(502)], 1),
        ([tried(599)], 1),
        ([tried(200)], 0),
        ([tried(202)], 0),
        ([tried(204)], 0),
        ([tried(301)], 0),
        ([tried(400)], 0),
        ([tried(401)], 0),
        ([tried(413)], 0),
        ([tried(499)], 0),
        ([ORIGINAL, tried(202, ago=10, again=True)], 0),
        ([ORIGINAL, tried(401, ago=1000, again=True)], 0),
        ([ORIGINAL, *AGAIN[:1]], Lost((AGAIN[0],))),
        ([AGAIN[1], ORIGINAL, AGAIN[0]], Lost((AGAIN[1],))),
        ([ORIGINAL, *AGAIN], Lost((), ("a",))),
        ([ORIGINAL, AGAIN[0], AGAIN[1], tried(202, ago=10, again=True)], 0),
        ([tried(ago=GRACE / 2)], 0),
        ([ORIGINAL, tried(503, ago=GRACE / 2, again=True)], 0),
        ([tried(ago=NOW - SINCE + 1)], 0),
        ([tried(ago=NOW - SINCE)], 1),
        ([AGAIN[0]], 0),
        ([tried(guid="late", ago=1000), tried(guid="early", ago=2000), tried(200, guid="fine")], ["early", "late"]),
    ],
)
def test_only_what_nobody_answered_is_asked_for_again(tries, expected):
    lost = find_lost(tries, SINCE, NOW)
    if isinstance(expected, Lost):
        assert lost == expected
    elif isinstance(expected, list):
        assert [each.guid for each in lost.again] == expected
    else:
        assert (len(lost.again), lost.given_up) == (expected, ())


@pytest.mark.parametrize(
    ("mark", "since", "is_gap"),
    [
        (Mark(NOW, NOW), NOW, False),  # the first start looks at nothing that was before it
        (Mark(0, NOW - EVERY), NOW - EVERY - LOOK_BACK, False),
        (Mark(NOW - 700, NOW - EVERY), NOW - 700, False),
        (Mark(0, NOW - 2 * DAY), NOW - 2 * DAY - LOOK_BACK, False),
        (Mark(0, NOW - DELIVERIES_KEPT), NOW - DELIVERIES_KEPT, False),
        (Mark(0, NOW - DELIVERIES_KEPT - 1), NOW - DELIVERIES_KEPT, True),
        (Mark(0, NOW - 30 * DAY), NOW - DELIVERIES_KEPT, True),
    ],
)
def test_the_window_begins_behind_the_last_pass_and_never_before_the_first_start(mark, since, is_gap):
    assert window_of(mark, NOW) == (since, is_gap)


@pytest.fixture(params=[False, True], ids=["github.com", "enterprise"])
def github(request):
    with GitHubServer(enterprise=request.param) as server:
        yield server
        assert server.violations == []


class World:
    """An App, and a reconciler that speaks to it."""

    def __init__(self, github, app, reconciler, inbox, store, pauses):
        self.github, self.app, self.reconciler = github, app, reconciler
        self.inbox, self.store, self.pauses = inbox, store, pauses
        self.marks = Marks(store)

    def missed(self, status=0, **changes):
        """A delivery of now that was answered so."""
        made = new_delivery(self.github.world, "pull_request", {"action": "opened"}, "http://127.0.0.1:9/", "secret")
        made.status_code = status
        for name, value in changes.items():
            setattr(made, name, value)
        self.app.record.deliveries.append(made)
        return made

    async def begin(self):
        """A pass, and some seconds: GitHub tells times in whole ones."""
        asked = await self.reconciler.look()
        await self.later(5)
        return asked

    async def later(self, passed):
        """As if so much time had passed: everything is so much older. (The App's key signs by this machine's clock.)"""
        stamp = self.github.world.stamp
        app, repositories = self.app.record, self.github.world.repositories
        pulls = [pull for repository in repositories for pull in repository.pulls.values()]
        for each in (*app.deliveries, *app.installations, *pulls):
            each.created_at = stamp(seconds(each.created_at) - passed)
            if getattr(each, "updated_at", ""):
                each.updated_at = stamp(seconds(each.updated_at) - passed)
        shift = {name: table.c[name] - passed for name in ("begun_at", "done_until", "claimed_until")}
        await self.store.run(lambda connection: connection.execute(table.update().values(shift)))

    def asked(self):
        return [each.path for each in self.github.log if each.method == "POST" and each.path.endswith("/attempts")]


@asynccontextmanager
async def world_of(github, folder, **settings):
    app = github.app(owner="octo", permissions=PERMISSIONS)
    site = Site.of(github.url, github.api_url)
    access = Access(
        site, app_id=str(app.id), private_key=app.private_key, patience=Patience(first=0.0, longest=0.0, attempts=2)
    )
    store = await Store.open(f"sqlite:///{folder / 'store.sqlite3'}")
    inbox = sqlite_inbox(folder)
    inbox.start()
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)

    async with open_office(access) as office:
        options = {f"PR_REVIEWER_GITHUB__{name}".upper(): value for name, value in settings.items()}
        scan = Scan(office.app, inbox, load_settings(options).settings.github)
        reconciler = Reconciler(AppHooks(office.app), Marks(store), scan, sleep=sleep)
        try:
            yield World(github, app, reconciler, inbox, store, pauses)
        finally:
            await inbox.close()
            await store.close()


async def test_a_first_start_looks_at_nothing_and_later_ones_at_what_was_missed(github, tmp_path):
    async with world_of(github, tmp_path) as world:
        world.missed()
        await world.later(2 * GRACE)
        assert await world.begin() == 0
        lost = [world.missed(), world.missed(503)]
        world.missed(401)
        world.missed(202)
        await world.later(2 * GRACE)
        assert await world.reconciler.look() == 2
        assert [path.split("/")[-2] for path in world.asked()] == [str(each.id) for each in lost]
        assert world.pauses == [1.0, 1.0]


async def test_a_delivery_is_asked_for_three_times_at_most(github, tmp_path):
    async with world_of(github, tmp_path) as world:
        await world.begin()
        world.missed()
        asked = 0
        for _ in range(6):
            await world.later(EVERY)
            asked += await world.reconciler.look()
            github.wait_for(lambda: len(world.app.record.deliveries) == 1 + asked)  # noqa: B023 it is waited for here
        assert asked == MOST_TRIES


async def test_all_pages_are_read_and_no_further_than_the_window(github, tmp_path):
    async with world_of(github, tmp_path) as world:
        await world.begin()
        for _ in range(230):
            world.missed(202)
        await world.later(LOOK_BACK)
        await world.begin()
        lost = world.missed()
        for _ in range(150):
            world.missed(202)
        await world.later(2 * GRACE)
        before = len(github.log)
        assert await world.reconciler.look() == 1
        pages = [each for each in list(github.log)[before:] if each.path.endswith("/app/hook/deliveries")]
        assert len(pages) == 2  # of four
        assert str(lost.id) in world.asked()[0]


@pytest.mark.parametrize("fault", ["502", "reset", "429"])
async def test_a_pass_that_fails_is_made_again_and_loses_nothing(github, tmp_path, fault):
    async with world_of(github, tmp_path) as world:
        await world.begin()
        world.missed()
        await world.later(2 * GRACE)
        github.rules.retry_after = 0
        github.fault("GET */hook/deliveries*", fault, times=2)
        with pytest.raises(ProviderUnavailable):
            await world.reconciler.look()
        github.clear_faults()
        await world.later(2 * DAY)
        assert await world.reconciler.look() == 1


async def test_a_request_for_redelivery_that_github_cannot_meet_costs_no_other(github, tmp_path):
    async with world_of(github, tmp_path) as world:
        await world.begin()
        world.missed()
        world.missed()
        await world.later(2 * GRACE)
        github.on("POST */attempts", lambda _: world.app.record.deliveries.pop(0))
        assert await world.reconciler.look() == 2
        assert len(world.asked()) == 2


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_one_process_looks_at_a_time_and_not_soon_after_another(tmp_path, database, request):
    url = request.getfixturevalue("postgres_url") if database == "postgres" else f"sqlite:///{tmp_path / 'store'}"
    store = await Store.open(url)
    marks = Marks(store)
    try:
        assert await marks.claim(NOW, 100, due_before=NOW + 1) == Mark(NOW, NOW)
        assert await marks.claim(NOW + 99, 100, due_before=NOW + 200) is None
        assert await marks.claim(NOW + 100, 100, due_before=NOW + 200) == Mark(NOW, NOW)
        await marks.done(NOW + 100)
        await marks.release()
        assert await marks.claim(NOW + 150, 100, due_before=NOW + 50) is None
        assert await marks.claim(NOW + 150, 100, due_before=NOW + 120) == Mark(NOW, NOW + 100)
        assert await marks.claim(NOW - DAY, 100, due_before=NOW - DAY) == Mark(NOW, NOW - DAY)
    finally:
        await store.close()


async def test_two_processes_that_start_at_once_make_one_pass(postgres_url):
    stores = [await Store.open(postgres_url) for _ in range(2)]
    try:
        claims = await asyncio.gather(*(Marks(store).claim(NOW, 100, due_before=math.inf) for store in stores))
        assert sorted(claim is None for claim in claims) == [False, True]
    finally:
        for store in stores:
            await store.close()


def pull_in(github, name="octo/app", branch="feature"):
    repository = github.repository(name, files={"a.py": "x = 1\n"})
    repository.commit(branch, {"a.py": "x = 2\n"})
    return repository, repository.open_pull(branch, title="A change")


async def test_after_a_long_absence_open_pull_requests_without_a_check_of_ours_are_taken_up_once(github, tmp_path):
    async with world_of(github, tmp_path) as world:
        old, _ = pull_in(github)
        await world.later(60)
        world.app.install("octo")
        await world.later(60)
        old.commit("second", {"a.py": "x = 3\n"})
        pull = old.open_pull("second", title="Missed")
        pull_in(github, "stranger/app")
        await world.reconciler.look()
        await world.later(5)
        old.commit("third", {"a.py": "x = 4\n"})
        missed = old.open_pull("third", title="Missed, too")
        await world.later(4 * DAY)
        await world.reconciler.look()
        await world.reconciler.look()
        (found,) = await world.inbox.pending()
        event = await found.read_event()
        assert isinstance(event, Opened)
        assert event.pull.ref.number == missed.number
        assert event.pull.head.sha == missed.head_sha
        assert event.scene.installation == world.app.record.installations[0].id
        assert found.delivery.id == f"scan-{old.record.id}-{missed.number}-{missed.head_sha}"
        assert pull.number != missed.number


async def test_what_has_our_check_or_is_older_than_the_installation_is_left_alone(github, tmp_path):
    async with world_of(github, tmp_path) as world:
        await world.begin()
        await world.later(60)
        repository, _before = pull_in(github)
        await world.later(60)
        installation = world.app.install("octo")
        await world.later(60)
        repository.commit("second", {"a.py": "x = 3\n"})
        done = repository.open_pull("second")
        token = github.installation_token(installation)
        requests.post(  # noqa: ASYNC210 nothing else goes on meanwhile
            f"{github.api_url}/repos/octo/app/check-runs",
            json={"name": "pr-reviewer", "head_sha": done.head_sha},
            headers={"authorization": f"Bearer {token}"},
            timeout=5,
        ).raise_for_status()
        await world.later(4 * DAY)
        await world.reconciler.look()
        assert await world.inbox.pending() == ()


async def test_a_suspended_installation_and_owners_that_are_not_served_are_not_looked_through(github, tmp_path):
    async with world_of(github, tmp_path, allowed_owners='["octo"]') as world:
        await world.begin()
        await world.later(60)
        world.app.suspend(world.app.install("octo"))
        world.app.install("stranger")
        await world.later(60)
        pull_in(github)
        pull_in(github, "stranger/app")
        await world.later(4 * DAY)
        before = len(github.log)
        await world.reconciler.look()
        assert await world.inbox.pending() == ()
        assert not [each for each in list(github.log)[before:] if each.path.endswith("/access_tokens")]


async def test_a_short_absence_scans_nothing(github, tmp_path):
    async with world_of(github, tmp_path) as world:
        world.app.install("octo")
        await world.begin()
        await world.later(60)
        pull_in(github)
        await world.later(2 * DAY)
        before = len(github.log)
        await world.reconciler.look()
        assert not [each for each in list(github.log)[before:] if each.path.endswith("/app/installations")]
