"""Deliveries as GitHub sends them, and a server to send them to."""

import copy
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx2

from webhooks.app import Parts, create_app
from webhooks.deliveries import Delivery, StoredDelivery
from webhooks.group_commit import Limits
from webhooks.inbox import Inbox, Table
from webhooks.inbox_sqlite import SqliteTable
from webhooks.intake import Intake
from webhooks.metrics import Metrics
from webhooks.reception import Reception, Rules
from webhooks.recording import Recorder
from webhooks.store import Store
from webhooks.tables import jobs

SECRET = "it's a secret to everybody"
RECORDED = Path(__file__).parents[1] / "deliveries"
Json = dict[str, Any]


@cache
def recorded(name: str = "api.github.com") -> tuple[tuple[str, Json], ...]:
    """Every recorded payload with its event."""
    lines = (RECORDED / f"{name}.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    return tuple((each["event"], each["body"]) for each in map(json.loads, lines))


def payload(event: str, action: str = "") -> Json:
    """The first recorded one of this event and action, to be changed at will."""
    found = (body for name, body in recorded() if name == event and body.get("action", "") == action)
    return copy.deepcopy(next(found))


def encoded(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def signature(body: bytes, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


def headers(event: str, body: bytes, *, delivery: str = "", secret: str = SECRET) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
        "X-Hub-Signature": signature(body, secret, "sha1"),
        "X-Hub-Signature-256": signature(body, secret),
    }


def delivery(number: int = 1, *, body: bytes = b'{"a":1}', installation: int | None = 7, at: float = 0.0) -> Delivery:
    return Delivery("github", f"id-{number}", "pull_request", "Opened", body, at or time.time(), installation)


def sqlite_inbox(folder: Path, limits: Limits | None = None) -> Inbox:
    path = folder / "inbox.sqlite3"
    return Inbox(SqliteTable(path, is_durable=True), SqliteTable(path, is_durable=False), limits)


async def give_slots(store: Store) -> None:
    """To everything that waits, whoever's turn it is."""
    await store.run(lambda connection: connection.execute(jobs.update().values(is_admitted=True)))


class Site:
    """An application with an inbox, asked without a socket."""

    def __init__(self, inbox: Inbox, client: httpx2.AsyncClient, metrics: Metrics) -> None:
        self.inbox = inbox
        self.client = client
        self.metrics = metrics

    async def send(
        self, event: str, body: bytes | Json, *, extra: Mapping[str, str | None] | None = None, **told: str
    ) -> httpx2.Response:
        """One delivery, signed; `extra` headers replace or (None) leave out."""
        content = body if isinstance(body, bytes) else encoded(body)
        sent = {**headers(event, content, **told), **(extra or {})}
        kept = {name: value for name, value in sent.items() if value is not None}
        return await self.client.post("/webhooks/github", content=content, headers=kept)

    def count(self, outcome: str, event: str = "pull_request") -> float:
        """How many deliveries were counted so."""
        labels = {"provider": "github", "event": event, "outcome": outcome}
        return self.metrics.registry.get_sample_value("pr_reviewer_deliveries_total", labels) or 0


@asynccontextmanager
async def running_site(
    inbox: Inbox,
    *,
    secrets: tuple[str, ...] = (SECRET,),
    owners: frozenset[str] = frozenset(),
    intake: Intake | None = None,
    recorder: Recorder | None = None,
) -> Any:
    """The application on that inbox, which ends with it."""
    metrics = Metrics()
    reception = Reception(Rules(secrets, owners), inbox, metrics, intake, recorder) if secrets else None
    transport = httpx2.ASGITransport(create_app(Parts(inbox, metrics, reception)))
    inbox.start()
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
            yield Site(inbox, client, metrics)
    finally:
        await inbox.close()


class KeepingEngine:
    """A job engine that takes what it is given, unless it is told to refuse."""

    def __init__(self) -> None:
        self.taken: list[StoredDelivery] = []
        self.refusals = 0

    async def accept(self, event: StoredDelivery) -> str:
        if self.refusals:
            self.refusals -= 1
            raise RuntimeError("no room")
        self.taken.append(event)
        return event.job

    @property
    def ids(self) -> list[str]:
        return [each.delivery.id for each in self.taken]


class SlowTable:
    """A table on a disk that takes its time: each call blocks its thread."""

    def __init__(self, inner: Table, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._inner, name)

        def slowly(*arguments: Any) -> Any:
            time.sleep(self._seconds)
            return act(*arguments)

        return slowly


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def mutations(value: Any) -> Iterator[Any]:
    """What may stand in place of a JSON value."""
    yield from (None, True, -1, 2**63, 2**70, 1.5, "", "\0", "x" * 2000, [], {}, [value], {"a": value})
