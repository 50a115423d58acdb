"""Deliveries kept in a folder and sent once more."""

import json
import os
import stat
import subprocess
import time

import pytest

from pr_reviewer.model.errors import UsageError
from tests.fakes.github import GitHubServer
from tests.webhooks.builders import SECRET, encoded, headers, payload, running_site, sqlite_inbox
from tests.webhooks.process import COMMAND, free_port, serving
from webhooks.recording import Recorded, Recorder, read_recorded, text_of

OPENED = payload("pull_request", "opened")


def replay(folder, *arguments, **environ):
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "PR_REVIEWER_GITHUB__WEBHOOK_SECRET": SECRET}
    call = [COMMAND, "webhook", "replay", *arguments]
    return subprocess.run(call, env={**own, **environ}, capture_output=True, text=True, check=False)


def url_of(server):
    return f"http://127.0.0.1:{server.port}/webhooks/github"


def recorded_in(folder):
    return sorted(folder.glob("*.json"))


@pytest.fixture
def kept(tmp_path):
    """A recorded delivery of its own, beside the server's."""
    path = tmp_path / "kept.json"
    path.write_text(text_of(Recorded("pull_request", "from-a-file", encoded(OPENED))), encoding="utf-8")
    return path


def test_what_a_server_has_recorded_is_sent_to_another_and_counts_once_under_its_id(tmp_path):
    folder = tmp_path / "recorded"
    with serving(tmp_path, environ={"PR_REVIEWER_SERVER__RECORD_DELIVERIES": str(folder)}) as server:
        assert server.send("pull_request", OPENED, delivery="one").status_code == 202
        (path,) = recorded_in(folder)
        known = replay(tmp_path, str(path), "--url", url_of(server))
        assert (known.returncode, known.stdout) == (0, '202 {"job":"github-one"}\n')
        again = replay(tmp_path, str(path), "--url", url_of(server), "--new-id")
        assert again.stdout.startswith('202 {"job":"github-')
        assert "github-one" not in again.stdout
        server.stop()
        said = [line["event"] for line in server.lines()]
    assert said.count("delivery known") == 1
    assert said.count("delivery accepted") == 2
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_recorded(path.read_text(), "it").body == encoded(OPENED)
    assert SECRET not in path.read_text()
    assert "sha256=" not in path.read_text()


def test_nothing_is_recorded_unless_it_is_asked_for_and_signed(tmp_path):
    folder = tmp_path / "recorded"
    with serving(tmp_path, environ={"PR_REVIEWER_SERVER__RECORD_DELIVERIES": str(folder)}) as server:
        body = encoded(OPENED)
        forged = headers("pull_request", body, secret="another")
        assert server.client.post("/webhooks/github", content=body, headers=forged).status_code == 401
    assert not folder.exists()


async def test_what_is_not_taken_is_not_recorded_since_it_would_not_go_with_its_installation(tmp_path):
    folder = tmp_path / "recorded"
    owners = frozenset({"codertocat"})
    async with running_site(sqlite_inbox(tmp_path), owners=owners, recorder=Recorder(folder)) as site:
        assert (await site.send("issues", payload("issues", "edited"))).status_code == 204
        elsewhere = payload("pull_request", "opened")
        elsewhere["repository"]["full_name"] = "eve/shop"
        assert (await site.send("pull_request", elsewhere)).status_code == 204
        assert recorded_in(folder) == []
        assert (await site.send("pull_request", OPENED)).status_code == 202
        assert len(recorded_in(folder)) == 1


async def test_a_folder_that_cannot_be_written_costs_no_delivery(tmp_path):
    (tmp_path / "taken").write_text("a file")
    async with running_site(sqlite_inbox(tmp_path), recorder=Recorder(tmp_path / "taken")) as site:
        assert (await site.send("pull_request", OPENED)).status_code == 202


async def test_recorded_deliveries_go_with_time_and_with_their_installation(tmp_path):
    recorder = Recorder(tmp_path)
    for name, installation in (("old", 1), ("ours", 12), ("theirs", 1), ("nobodys", None)):
        await recorder.keep(Recorded("ping", name, b"{}"), installation)
    (old,) = tmp_path.glob("*old*")
    os.utime(old, (0, 0))
    (tmp_path / "notes.json").write_text("mine")
    assert recorder.prune(time.time() - 60) == 1
    assert recorder.purge(1) == 1
    assert sorted(path.name.rpartition("-")[2] for path in recorded_in(tmp_path)) == [
        "nobodys.json",
        "notes.json",
        "ours.json",
    ]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (text_of(Recorded("ping", "one", b'{ "zen" : "\xc3\xa9" }')), '{ "zen" : "é" }'),
        ('{"event": "ping", "delivery": "one", "body": {"zen": "é"}}', '{"zen":"é"}'),
        ('{"event": "ping", "guid": "one", "id": 7, "request": {"headers": {}, "payload": {"a": 1}}}', '{"a":1}'),
    ],
    ids=["ours", "edited by hand", "as GitHub tells it"],
)
def test_a_delivery_is_read_from_what_people_have_of_it(text, body):
    assert read_recorded(text, "it") == Recorded("ping", "one", body.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "7",
        "{}",
        "[" * 100_000,
        '{"event": "ping", "delivery": "one"}',
        '{"event": "ping", "delivery": "one", "body": 7}',
        '{"event": "a\\nb", "delivery": "one", "body": "{}"}',
        '{"event": "ping", "guid": "one", "request": {"payload": null}}',
        '{"event": "ping", "guid": "one", "request": null}',
    ],
)
def test_anything_else_is_told_by_its_name(text):
    with pytest.raises(UsageError, match=r"^some\.json is no recorded delivery"):
        read_recorded(text, "some.json")


def test_a_delivery_is_fetched_from_github_by_number_and_by_its_id(tmp_path):
    with GitHubServer() as github, serving(tmp_path) as server:
        app = github.app(webhook_secret="theirs")
        sent = github.deliver("pull_request", OPENED, "http://127.0.0.1:9/", "theirs", app)
        environ = {
            "GITHUB_SERVER_URL": github.url,
            "GITHUB_API_URL": github.api_url,
            "PR_REVIEWER_GITHUB__APP_ID": str(app.id),
            "PR_REVIEWER_GITHUB__PRIVATE_KEY": app.private_key,
        }
        for named in (str(sent.id), sent.guid):
            done = replay(tmp_path, named, "--url", url_of(server), **environ)
            assert (done.returncode, json.loads(done.stdout[4:])) == (0, {"job": f"github-{sent.guid}"})
        unknown = replay(tmp_path, "0000-0000", "--url", url_of(server), **environ)
        assert unknown.returncode == 2
        assert "GitHub knows no delivery of that id" in unknown.stderr
        assert github.violations == []


def test_what_is_wrong_is_told(tmp_path, kept):
    nowhere = f"http://127.0.0.1:{free_port()}/webhooks/github"
    silent = replay(tmp_path, str(kept), "--url", nowhere)
    assert (silent.returncode, "does not answer" in silent.stderr) == (3, True)
    address = replay(tmp_path, str(kept), "--url", "localhost")
    assert (address.returncode, "is no address of a server" in address.stderr) == (2, True)
    missing = replay(tmp_path, str(tmp_path / "missing.json"))
    assert (missing.returncode, "there is no file" in missing.stderr) == (2, True)
    tokenless = replay(tmp_path, "4711")
    assert (tokenless.returncode, "only an App can ask" in tokenless.stderr) == (2, True)
    secretless = replay(tmp_path, str(kept), PR_REVIEWER_GITHUB__WEBHOOK_SECRET="")
    assert (secretless.returncode, "github.webhook_secret is not set" in secretless.stderr) == (2, True)


def test_a_refusal_is_shown_as_such(tmp_path, kept):
    with serving(tmp_path) as server:
        done = replay(tmp_path, str(kept), "--url", url_of(server), PR_REVIEWER_GITHUB__WEBHOOK_SECRET="another")
    assert (done.returncode, done.stdout) == (3, "401\n")
