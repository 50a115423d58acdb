import asyncio

import pytest
import structlog
from structlog.testing import capture_logs

from tests.webhooks.builders import (
    SECRET,
    delivery,
    encoded,
    payload,
    running_site,
    signature,
    sqlite_inbox,
)
from webhooks.group_commit import Limits
from webhooks.intake import Allowance, Intake

OPENED = encoded(payload("pull_request", "opened"))
PING = encoded(payload("ping"))


@pytest.fixture
async def site(tmp_path):
    async with running_site(sqlite_inbox(tmp_path)) as running:
        yield running


async def kept(site):
    return [each.delivery for each in await site.inbox.pending()]


async def test_a_signed_delivery_is_kept_before_it_is_acknowledged(site):
    answer = await site.send("pull_request", OPENED, delivery="one")
    assert (answer.status_code, answer.json()) == (202, {"job": "github-one"})
    (found,) = await kept(site)
    assert (found.id, found.event, found.kind, found.body) == ("one", "pull_request", "Opened", OPENED)
    assert site.count("accepted") == 1


async def test_a_delivery_sent_again_is_the_same_job_and_nothing_more(site):
    answers = [await site.send("pull_request", OPENED, delivery="one") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert {answer.text for answer in answers} == {'{"job":"github-one"}'}
    assert len(await kept(site)) == 1
    assert (site.count("accepted"), site.count("repeated")) == (1, 2)


async def test_an_old_delivery_replayed_under_its_id_is_the_same_job_even_when_done(site):
    await site.send("pull_request", OPENED, delivery="one")
    await site.inbox.handed_over(await site.inbox.pending())
    assert (await site.send("pull_request", OPENED, delivery="one")).json() == {"job": "github-one"}
    assert await kept(site) == []


async def test_two_at_the_same_moment_with_one_id_are_one(site):
    await asyncio.gather(*(site.send("pull_request", OPENED, delivery="one") for _ in range(20)))
    assert len(await kept(site)) == 1
    assert (site.count("accepted"), site.count("repeated")) == (1, 19)


async def test_a_ping_is_answered(site):
    assert (await site.send("ping", PING)).json() == {"pong": True}
    assert await kept(site) == []


@pytest.mark.parametrize(
    ("event", "body"), [("push", b"{}"), ("star", b"no JSON"), ("pull_request", payload("pull_request", "assigned"))]
)
async def test_what_concerns_nobody_is_204_and_counted(site, event, body):
    answer = await site.send(event, body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert site.count("ignored", event if event == "pull_request" else "other") == 1
    assert await kept(site) == []


@pytest.mark.parametrize(
    "claimed",
    [
        None,
        "",
        "sha256=",
        signature(OPENED)[:-1],
        signature(OPENED) + "0",
        signature(OPENED).upper(),
        signature(OPENED).removeprefix("sha256="),
        signature(OPENED).replace("sha256", "sha1"),
        signature(OPENED, algorithm="sha1"),
        signature(OPENED, "another secret"),
        signature(OPENED + b" "),
        "sha256=" + "0" * 64,
        "sha256=" + "é" * 64,
        f" {signature(OPENED)}, {signature(OPENED)}",
    ],
)
async def test_another_signature_is_refused_without_a_word(site, claimed):
    value = None if claimed is None else claimed.encode("latin-1")
    answer = await site.send("pull_request", OPENED, extra={"X-Hub-Signature-256": value})
    assert (answer.status_code, answer.content) == (401, b"")
    assert site.count("bad_signature", "other") == 1
    assert await kept(site) == []


async def test_sha1_alone_is_no_signature(site):
    answer = await site.send("pull_request", OPENED, extra={"X-Hub-Signature-256": None})
    assert answer.status_code == 401


async def test_two_signatures_are_none(site):
    headers = [("X-GitHub-Event", "pull_request"), ("X-GitHub-Delivery", "one")]
    both = [("X-Hub-Signature-256", signature(OPENED)), ("X-Hub-Signature-256", signature(OPENED, "x"))]
    answer = await site.client.post("/webhooks/github", content=OPENED, headers=[*headers, *both])
    assert answer.status_code == 401


async def test_while_a_secret_is_replaced_both_sign(tmp_path):
    async with running_site(sqlite_inbox(tmp_path), secrets=("new", "old")) as site:
        answers = [await site.send("pull_request", OPENED, secret=secret) for secret in ("new", "old", SECRET)]
    assert [answer.status_code for answer in answers] == [202, 202, 401]


async def test_without_a_secret_there_is_no_route(tmp_path):
    async with running_site(sqlite_inbox(tmp_path), secrets=()) as site:
        assert (await site.send("pull_request", OPENED)).status_code == 404
        assert (await site.client.get("/healthz")).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/", "/webhooks", "/webhooks/gitlab"])
async def test_nothing_else_is_served(site, path):
    assert (await site.client.get(path)).status_code == 404


async def test_only_post_delivers(site):
    assert (await site.client.get("/webhooks/github")).status_code == 405


async def chunks(total, size=2**20):
    for _ in range(total // size):
        yield b" " * size


async def test_a_body_that_announces_too_much_is_not_read(site):
    answer = await site.send("pull_request", OPENED, extra={"Content-Length": str(25 * 2**20 + 1)})
    assert (answer.status_code, answer.content) == (413, b"")


async def test_a_body_that_only_turns_out_to_be_too_large_is_refused(site):
    headers = {"X-Hub-Signature-256": signature(b""), "X-GitHub-Event": "push", "X-GitHub-Delivery": "one"}
    answer = await site.client.post("/webhooks/github", content=chunks(26 * 2**20), headers=headers)
    assert (answer.status_code, site.count("too_large", "other")) == (413, 1)


async def test_a_body_of_the_largest_size_is_taken(site):
    padding = 25 * 2**20 - len(OPENED)
    answer = await site.send("pull_request", OPENED + b" " * padding)
    assert answer.status_code == 202


async def test_strangers_cannot_fill_the_memory(tmp_path):
    intake = Intake(Allowance(bytes=100, bytes_together=150))
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow_body():
        yield b" " * 90
        started.set()
        await go_on.wait()

    async with running_site(sqlite_inbox(tmp_path), intake=intake) as site:
        headers = {"X-Hub-Signature-256": signature(b" " * 90), "X-GitHub-Event": "push", "X-GitHub-Delivery": "one"}
        first = asyncio.create_task(site.client.post("/webhooks/github", content=slow_body(), headers=headers))
        await started.wait()
        refused = await site.send("push", b" " * 90)
        go_on.set()
        assert (await first).status_code == 204
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
        assert (await site.send("push", b" " * 90)).status_code == 204


async def test_a_body_that_never_ends_is_given_up(tmp_path):
    async def endless():
        yield b" "
        await asyncio.Event().wait()

    async with running_site(sqlite_inbox(tmp_path), intake=Intake(Allowance(seconds=0.05))) as site:
        headers = {"X-Hub-Signature-256": signature(b" "), "X-GitHub-Event": "push", "X-GitHub-Delivery": "one"}
        answer = await site.client.post("/webhooks/github", content=endless(), headers=headers)
    assert answer.status_code == 408


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"action":"opened","action":"opened"}', b"[" * 10**6, b'{"a":' * 10**5, b'{"a":NaN}', b"\xff"],
)
async def test_a_signed_body_that_is_no_payload_is_400(site, body):
    answer = await site.send("pull_request", body)
    assert (answer.status_code, answer.content) == (400, b"")
    assert site.count("malformed") == 1


@pytest.mark.parametrize("event", ["issue_comment", "pull_request_review", "installation", "check_run", "ping"])
async def test_a_body_under_another_events_name_is_400(site, event):
    assert (await site.send(event, OPENED)).status_code == 400


@pytest.mark.parametrize("name", ["X-GitHub-Delivery", "X-GitHub-Event"])
@pytest.mark.parametrize("value", [None, "", "a b", "x" * 101, "../x"])
async def test_a_delivery_must_have_an_id_and_an_event(site, name, value):
    assert (await site.send("pull_request", OPENED, extra={name: value})).status_code == 400
    assert await kept(site) == []


async def test_deliveries_of_other_owners_are_not_kept(tmp_path):
    async with running_site(sqlite_inbox(tmp_path), owners=frozenset({"Acme", "codertocat"})) as site:
        assert (await site.send("pull_request", OPENED)).status_code == 202
        other = payload("pull_request", "opened")
        other["repository"]["full_name"] = "somebody/else"
        assert (await site.send("pull_request", other)).status_code == 204
        assert site.count("not_served") == 1
        installed = payload("installation", "created")
        assert (await site.send("installation", installed)).status_code == 202


async def test_what_is_to_be_forgotten_of_other_owners_is_heard_since_they_may_have_been_served(tmp_path):
    async with running_site(sqlite_inbox(tmp_path), owners=frozenset({"acme"})) as site:
        for event, action in (("installation", "deleted"), ("installation_repositories", "removed")):
            assert (await site.send(event, payload(event, action))).status_code == 202
        gone = payload("repository", "created") | {"action": "deleted"}
        assert (await site.send("repository", gone)).status_code == 202
        assert (await site.send("pull_request", OPENED)).status_code == 204


async def test_a_store_that_is_away_is_503_and_not_ready(tmp_path):
    inbox = sqlite_inbox(tmp_path, Limits(patience=0.1, pause=0.01))
    async with running_site(inbox) as site:
        assert (await site.client.get("/readyz")).status_code == 200
        file = tmp_path / "inbox.sqlite3"
        for each in tmp_path.glob("inbox*"):
            each.unlink()
        file.mkdir()
        inbox._durable.close()
        inbox._relaxed.close()
        answer = await site.send("pull_request", OPENED)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert (await site.client.get("/readyz")).json() == {"status": "not ready"}
        assert (await site.client.get("/healthz")).json() == {"status": "alive"}
        assert (await site.client.get("/metrics")).status_code == 200
        file.rmdir()
        assert (await site.client.get("/readyz")).status_code == 200
        assert (await site.send("pull_request", OPENED)).status_code == 202


async def test_metrics_tell_deliveries_and_what_waits(site):
    await site.inbox.put(delivery(at=1000.0))
    await site.send("pull_request", OPENED)
    answer = await site.client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.split("\n")
    assert 'pr_reviewer_deliveries_total{event="pull_request",outcome="accepted",provider="github"} 1.0' in lines
    assert "pr_reviewer_inbox_deliveries 2.0" in lines
    age = next(float(line.split()[-1]) for line in lines if line.startswith("pr_reviewer_inbox_oldest_seconds "))
    assert age > 10**6


async def test_what_a_sender_calls_an_event_makes_no_new_number(site):
    for event in ("made_up", "made_up_too"):
        await site.send(event, b"{}")
    assert "made_up" not in (await site.client.get("/metrics")).text


async def test_refusals_tell_their_reason_to_the_log_alone(site):
    with capture_logs() as logged:
        answer = await site.send("pull_request", b'{"action": "opened"}', delivery="one")
    assert answer.content == b""
    assert [each["why"] for each in logged] == [
        "the body is not one of the event pull_request: it lacks number, pull_request, repository"
    ]


async def test_an_accepted_delivery_is_logged_with_all_that_it_is_about(site):
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        await site.send("pull_request", OPENED, delivery="one")
    assert logged == [
        {
            "event": "delivery accepted",
            "log_level": "info",
            "provider": "github",
            "delivery": "one",
            "event_name": "pull_request",
            "job": "github-one",
            "kind": "Opened",
            "pull": "Codertocat/Hello-World#2",
            "head": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
        }
    ]
