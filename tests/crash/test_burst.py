"""Ten thousand deliveries at once, some of them twice and none in order: each becomes its jobs, once."""

import asyncio
import json
import random
import uuid
from collections import Counter
from dataclasses import dataclass

import httpx2
import pytest

from tests.crash.oracle import assert_reviewed_once
from tests.crash.shop import MODEL_CALLS, SECRET
from tests.fakes.github.webhooks import headers_of

pytestmark = [pytest.mark.e2e, pytest.mark.long]

DELIVERIES = 10_000
REDELIVERED = 300
REVIEWS = 10  # pull requests that are opened among them
COMMANDS = 100  # of people who may not command, each told so once
SENT_AGAIN = 20  # of these, under another delivery's id: it is not signed
AT_ONCE = 64


@dataclass(frozen=True)
class Sent:
    id: str
    event: str
    body: bytes

    @classmethod
    def of(cls, told) -> "Sent":
        event, payload = told
        return cls(str(uuid.uuid4()), event, json.dumps(payload).encode())


async def send_all(sent, ports, app):
    """The statuses of the answers."""
    room = asyncio.Semaphore(AT_ONCE)
    limits = httpx2.Limits(max_connections=AT_ONCE)
    async with httpx2.AsyncClient(limits=limits, timeout=60) as client:

        async def send(number, one) -> int:
            async with room:
                url = f"http://127.0.0.1:{ports[number % len(ports)]}/webhooks/github"
                headers = headers_of(one.event, one.id, SECRET, one.body, app)
                return (await client.post(url, content=one.body, headers=headers)).status_code

        return Counter(await asyncio.gather(*(send(number, one) for number, one in enumerate(sent))))


@pytest.mark.parametrize(
    ("database", "kinds"),
    [("sqlite", ("serve",)), ("postgres", ("serve", "serve", "worker", "worker"))],
    indirect=["database"],
    ids=["sqlite-alone", "postgres-four"],
)
def test_a_burst_ends_in_one_job_for_each_that_asks_for_one(stage, kinds):
    shop, chance = stage.shop, random.Random(7)  # noqa: S311 the same every time
    shop.repository.grant("rob", "read")
    pulls = [shop.pull, *(shop.open_pull(f"branch_{number}") for number in range(2, REVIEWS + 1))]
    commands = [shop.pull.comment("rob", "/review") for _ in range(COMMANDS)]
    asking = [Sent.of(shop.opened(pull)) for pull in pulls] + [Sent.of(shop.commented(each)) for each in commands]
    asking += [Sent.of(shop.commented(each)) for each in commands[:SENT_AGAIN]]
    asking += [Sent.of(shop.commented(shop.pull.comment("ann", "Thank you."))) for _ in range(100)]
    sent = [*asking, *(one_of_many(shop, number) for number in range(DELIVERIES - len(asking)))]
    again = chance.sample(sent, REDELIVERED)
    order = [*sent, *again]
    chance.shuffle(order)

    fleet = stage.fleet()
    nodes = fleet.start(*kinds)
    ports = [node.port for node in nodes if node.kind == "serve"]
    assert asyncio.run(send_all(order, ports, shop.app.record)) == {202: DELIVERIES + REDELIVERED}

    states = Counter(fleet.settle(REVIEWS + COMMANDS, seconds=900))
    assert states == {"done": REVIEWS, "skipped": COMMANDS}
    jobs = Counter(job["delivery"] for job in fleet.records.jobs())
    assert (len(jobs), max(jobs.values())) == (REVIEWS + COMMANDS, 1)
    assert fleet.records.deliveries() == DELIVERIES
    for pull in pulls:
        assert_reviewed_once(shop, pull)
    replies = [each for each in shop.pull.comments() if "pr-reviewer:reply" in each.body]
    assert len(replies) == COMMANDS
    assert len(stage.model.requests) == REVIEWS * MODEL_CALLS


def one_of_many(shop, number):
    """A comment that asks for nothing; GitHub's stand-in need not keep it."""
    event, payload = shop.commented(shop.pull.comments()[-1])
    payload["comment"] = payload["comment"] | {"id": 10**9 + number, "body": f"I see {number}."}
    return Sent.of((event, payload))
