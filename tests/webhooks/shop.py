"""The workshop of one process, before the stand-in for GitHub, with jobs that a test moves by hand."""

import json
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from pr_reviewer.git.cache import GitCache
from pr_reviewer.providers.github.address import Site
from pr_reviewer.providers.github.client import Patience
from pr_reviewer.providers.github.opening import Access, open_office
from pr_reviewer.triggers import Identity, trigger_of
from tests.fakes.github import GitHubServer
from tests.webhooks.builders import sqlite_inbox
from webhooks.dispatch import jobs_of
from webhooks.executors import Heartbeat
from webhooks.forgetting import Forgotten
from webhooks.github import parse_event
from webhooks.jobs import Jobs
from webhooks.numbers import WorkNumbers
from webhooks.runs import Runs
from webhooks.store import Store
from webhooks.workshop import Workshop

PERMISSIONS = {"checks": "write", "contents": "read", "pull_requests": "write"}


class Yard:
    """A repository with a pull request and the App installed on it."""

    def __init__(self, github: GitHubServer) -> None:
        self.github = github
        self.repository = github.repository("octo/shop", files={"shop.py": "price = 1\n"})
        self.repository.commit("topic", {"shop.py": "price = 2\n"})
        self.pull = self.repository.open_pull("topic")
        self.app = github.app(permissions=PERMISSIONS)
        self.installation = self.app.install("octo")

    @property
    def access(self) -> Access:
        site = Site.of(self.github.url, self.github.api_url)
        app = {"app_id": str(self.app.id), "private_key": self.app.private_key}
        return Access(site=site, posts=True, patience=Patience(first=0.0, longest=0.0), **app)

    @property
    def looks(self) -> int:
        """How often somebody has looked for check runs."""
        return len([each for each in self.github.log if each.method == "GET" and each.path.endswith("/check-runs")])

    def new_job(self, delivery="first", action="opened"):
        """What the event of that action becomes."""
        body = self.pull.event(action, "ann", self.installation)
        event = parse_event({"x-github-event": "pull_request"}, json.dumps(body).encode())
        (job,) = jobs_of(trigger_of(event, Identity(("reviewer[bot]",), {})), delivery)
        return job


@asynccontextmanager
async def opened_shop(yard: Yard, store: Store, folder: Path, **options):
    heartbeat = Heartbeat(store, "us", patience=30.0)
    await heartbeat.start()
    cache = GitCache(folder / "git")
    async with open_office(yard.access) as office:
        yield Workshop(
            environ={},
            store=store,
            jobs=Jobs(store),
            runs=Runs(store),
            heartbeat=heartbeat,
            office=office,
            cache=cache,
            forgotten=Forgotten(store, cache),
            inbox=sqlite_inbox(folder),
            numbers=WorkNumbers(CollectorRegistry()),
            **options,
        )
