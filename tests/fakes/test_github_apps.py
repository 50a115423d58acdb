"""Apps: their tokens, check runs, deliveries, and the manifest flow."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from github import Auth, GithubIntegration

from tests.fakes.github.app_handle import AppHandle
from tests.fakes.github.clients import call, pygithub
from tests.fakes.github.scenes import Scene, scene
from tests.fakes.github.server import GitHubServer
from tests.fakes.github.webhooks import signature

pytest_plugins = ("tests.fakes.github.fixtures",)
GRANTED = {"checks": "write", "contents": "read", "pull_requests": "write"}
RUNS = "/repos/octo/demo/check-runs"


def test_pygithub_gets_a_token_and_writes_a_check_run(any_github_server: GitHubServer):
    it = scene(any_github_server, private=True)
    app = any_github_server.app(permissions=GRANTED)
    app.install("octo", [it.repository])
    signer = Auth.AppAuth(app.id, app.private_key)
    with GithubIntegration(auth=signer, base_url=any_github_server.api_url, retry=None) as integration:
        installation = integration.get_repo_installation("octo", "demo")
        token = integration.get_access_token(installation.id, permissions={"checks": "write", "contents": "read"}).token
    with pygithub(any_github_server, token) as client:
        repository = client.get_repo("octo/demo")
        run = repository.create_check_run(
            "pr-reviewer", it.pull.head_sha, external_id="octo/demo#1", status="in_progress"
        )
        note = {"path": "a.py", "start_line": 10, "end_line": 10, "annotation_level": "warning", "message": "Look"}
        output = {"title": "1 finding", "summary": "One", "annotations": [note]}
        run.edit(status="completed", conclusion="neutral", output=output)
        run.edit(output=output)
        assert [found.message for found in run.get_annotations()] == ["Look", "Look"]
        found = repository.get_commit(it.pull.head_sha).get_check_runs(check_name="pr-reviewer")
        assert [(one.external_id, one.conclusion, one.app.slug) for one in found] == [
            ("octo/demo#1", "neutral", "reviewer")
        ]
    assert len(it.pull.checks()[0].annotations) == 2


def mint(it: Scene, app: AppHandle, **body: Any) -> requests.Response:
    number = app.record.installations[0].id
    return call(it.server, app.jwt(), "POST", f"/app/installations/{number}/access_tokens", body or None)


def test_a_token_is_narrowed_never_widened_and_lives_an_hour(github_server: GitHubServer):
    it = scene(github_server, private=True)
    other = github_server.repository("octo/other", private=True)
    app = github_server.app(permissions=GRANTED)
    app.install("octo")
    token = mint(it, app, repositories=["demo"], permissions={"pull_requests": "read"}).json()
    assert token["permissions"] == {"pull_requests": "read", "metadata": "read"}
    assert call(github_server, token["token"], "GET", "/repos/octo/demo/pulls/1").status_code == 200
    assert call(github_server, token["token"], "GET", f"/repos/{other.name}").status_code == 404
    listed = call(github_server, token["token"], "GET", "/installation/repositories").json()
    assert [found["name"] for found in listed["repositories"]] == ["demo"]
    assert mint(it, app, permissions={"contents": "write"}).status_code == 422
    assert mint(it, app, repositories=["missing"]).status_code == 422
    github_server.advance(3_601)
    assert call(github_server, token["token"], "GET", "/repos/octo/demo/pulls/1").status_code == 401


def test_a_token_with_no_permissions_may_do_nothing(github_server: GitHubServer):
    it = scene(github_server, private=True)
    app = github_server.app(permissions=GRANTED)
    app.install("octo")
    token = mint(it, app, permissions={}).json()["token"]
    assert call(github_server, token, "GET", "/repos/octo/demo/pulls/1").status_code == 403


def test_suspended_and_removed_installations_give_no_tokens(github_server: GitHubServer):
    it = scene(github_server)
    app = github_server.app(permissions=GRANTED)
    installation = app.install("octo")
    token = mint(it, app).json()["token"]
    app.suspend(installation)
    assert mint(it, app).status_code == 403
    assert (
        call(github_server, token, "GET", "/repos/octo/demo").json()["message"]
        == "This installation has been suspended"
    )
    assert call(github_server, app.jwt(), "GET", "/app/installations").json()[0]["suspended_at"]
    app.uninstall(installation)
    assert mint(it, app).status_code == 404
    assert call(github_server, app.jwt(), "GET", "/repos/octo/demo/installation").status_code == 404


@pytest.mark.parametrize(
    ("claims", "status", "word"),
    [
        ({}, 200, ""),
        ({"exp": 1}, 401, "future time"),
        ({"exp": 9_999_999_999}, 401, "too far"),
        ({"iat": 9_999_999_999}, 401, "Issued at"),
        ({"iss": "77"}, 404, "Integration not found"),
    ],
)
def test_an_app_signs_by_githubs_rules(github_server: GitHubServer, claims: dict[str, Any], status: int, word: str):
    app = github_server.app(permissions=GRANTED)
    answer = call(github_server, app.jwt(**claims), "GET", "/app")
    assert answer.status_code == status
    assert word in answer.json().get("message", "")


def test_a_token_signed_by_another_key_is_unreadable(github_server: GitHubServer):
    first, second = github_server.app("One"), github_server.app("Two")
    answer = call(github_server, second.jwt(iss=str(first.id)), "GET", "/app")
    assert (answer.status_code, answer.json()["message"]) == (401, "A JSON web token could not be decoded")


def test_a_check_run_belongs_to_its_app(github_server: GitHubServer):
    it = scene(github_server)
    tokens = [
        github_server.installation_token(github_server.app(name, permissions=GRANTED).install("octo")) for name in "AB"
    ]
    made = call(github_server, tokens[0], "POST", RUNS, {"name": "n", "head_sha": it.pull.head_sha}).json()
    assert (made["status"], made["app"]["slug"]) == ("queued", "a")
    path = f"{RUNS}/{made['id']}"
    assert call(github_server, tokens[1], "PATCH", path, {"status": "in_progress"}).status_code == 403
    call(github_server, tokens[1], "POST", RUNS, {"name": "n", "head_sha": it.pull.head_sha})
    listed = f"/repos/octo/demo/commits/{it.pull.head_sha}/check-runs"
    assert call(github_server, tokens[0], "GET", listed).json()["total_count"] == 2
    mine = call(github_server, tokens[0], "GET", f"{listed}?app_id={made['app']['id']}&check_name=n&filter=all").json()
    assert [run["id"] for run in mine["check_runs"]] == [made["id"]]


def test_fifty_annotations_a_request(github_server: GitHubServer):
    it = scene(github_server)
    token = github_server.installation_token(github_server.app(permissions=GRANTED).install("octo"))
    note = {"path": "a.py", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
    body: dict[str, Any] = {"name": "n", "head_sha": it.pull.head_sha}
    body["output"] = {"title": "t", "summary": "s", "annotations": [note] * 50}
    assert call(github_server, token, "POST", RUNS, body).status_code == 201
    body["output"]["annotations"].append(note)
    assert call(github_server, token, "POST", RUNS, body).status_code == 422
    assert "annotations" in github_server.violations.pop()


class _Receiver:
    """What a webhook endpoint got; `status` is what it answers."""

    def __init__(self) -> None:
        self.status, self.got = 202, []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/webhooks/github"


@pytest.fixture
def receiver() -> Iterator[_Receiver]:
    made = _Receiver()
    thread = threading.Thread(target=made.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


def test_webhooks_are_signed_listed_and_sent_again_when_asked(github_server: GitHubServer, receiver: _Receiver):
    it = scene(github_server)
    app = github_server.app(webhook_secret="s3cret", webhook_url=receiver.url)
    installation = app.install("octo")
    receiver.status = 503
    sent = github_server.deliver(
        "pull_request", it.pull.event("opened", installation=installation), receiver.url, "s3cret", app
    )
    headers, body = receiver.got[0]
    assert headers["x-hub-signature-256"] == signature("s3cret", body)
    assert (headers["x-github-event"], headers["x-github-delivery"]) == ("pull_request", sent.guid)
    assert json.loads(body)["pull_request"]["head"]["sha"] == it.pull.head_sha
    listed = call(github_server, app.jwt(), "GET", "/app/hook/deliveries").json()
    assert [(row["status_code"], row["redelivery"]) for row in listed] == [(503, False)]
    receiver.status = 202
    path = f"/app/hook/deliveries/{listed[0]['id']}/attempts"
    assert call(github_server, app.jwt(), "POST", path).status_code == 202
    assert github_server.wait_for(lambda: len(app.record.deliveries) == 2)
    again = call(github_server, app.jwt(), "GET", "/app/hook/deliveries").json()[0]
    assert (again["guid"], again["redelivery"], again["status_code"]) == (sent.guid, True, 202)
    assert receiver.got[1][1] == body
    github_server.advance(4 * 86_400)
    assert call(github_server, app.jwt(), "GET", "/app/hook/deliveries").json() == []


def test_deliveries_come_in_pages_by_cursor(github_server: GitHubServer):
    it = scene(github_server)
    app = github_server.app()
    for _ in range(3):
        github_server.deliver("ping", it.pull.event("opened"), "http://127.0.0.1:9/nobody", "x", app)
    first = call(github_server, app.jwt(), "GET", "/app/hook/deliveries?per_page=2")
    rest = requests.get(first.links["next"]["url"], headers={"authorization": f"Bearer {app.jwt()}"}, timeout=5)
    numbers = [row["id"] for row in [*first.json(), *rest.json()]]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(numbers), first.json()[0]["status_code"]) == (3, 0)


def test_a_manifest_becomes_an_app_once(any_github_server: GitHubServer):
    manifest = {
        "name": "My reviewer",
        "url": "https://example.com",
        "redirect_url": "http://127.0.0.1:1/setup/done",
        "hook_attributes": {"url": "https://example.com/hook"},
        "default_permissions": {"checks": "write", "pull_requests": "read"},
        "default_events": ["pull_request"],
    }
    page = f"{any_github_server.url}/organizations/octo/settings/apps/new?state=abc"
    asked = requests.post(page, data={"manifest": json.dumps(manifest)}, timeout=5)
    assert "Create GitHub App for My reviewer" in asked.text
    agreed = {"manifest": json.dumps(manifest), "state": "abc", "confirmed": "yes"}
    back = requests.post(page.partition("?")[0], data=agreed, timeout=5, allow_redirects=False)
    target, _, query = back.headers["location"].partition("?")
    assert (target, query.endswith("&state=abc")) == (manifest["redirect_url"], True)
    code = query.removeprefix("code=").partition("&")[0]
    made = call(any_github_server, "", "POST", f"/app-manifests/{code}/conversions")
    assert (made.status_code, made.json()["slug"]) == (201, "my-reviewer")
    assert made.json()["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert call(any_github_server, "", "POST", f"/app-manifests/{code}/conversions").status_code == 404


@pytest.mark.parametrize(
    ("event", "hook", "words"),
    [
        ("installation", "https://example.com/hook", "Default events unsupported: installation"),
        ("issue_comment", "https://example.com/hook", "not supported by permissions: issue_comment"),
        ("pull_request", "http://localhost:8080/hook", "reachable over the public Internet"),
    ],
)
def test_a_manifest_that_github_refuses_is_told_why(github_server: GitHubServer, event: str, hook: str, words: str):
    manifest = {"hook_attributes": {"url": hook}, "default_permissions": {"pull_requests": "read"}}
    page = f"{github_server.url}/settings/apps/new"
    told = requests.post(page, data={"manifest": json.dumps(manifest | {"default_events": [event]})}, timeout=5)
    assert words in told.text
