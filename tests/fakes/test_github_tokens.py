"""What each kind of token may do, and how it is told that it may not."""

from typing import Any

import pytest

from tests.fakes.github.clients import call, graphql
from tests.fakes.github.scenes import Scene, scene
from tests.fakes.github.server import GitHubServer

pytest_plugins = ("tests.fakes.github.fixtures",)
REPO = "/repos/octo/demo"
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "pull_requests": ("POST", f"{REPO}/pulls/1/reviews", {"event": "COMMENT", "body": "x"}),
    "issues": ("POST", f"{REPO}/issues/1/comments", {"body": "x"}),
    "checks": ("POST", f"{REPO}/check-runs", {"name": "pr-reviewer", "head_sha": "HEAD"}),
    "statuses": ("POST", f"{REPO}/statuses/HEAD", {"state": "success"}),
}
ALL = {"contents": "read", "pull_requests": "write", "issues": "write", "checks": "write", "statuses": "write"}


def write(it: Scene, token: str, area: str) -> Any:
    method, path, body = WRITES[area]
    head = {key: it.pull.head_sha if value == "HEAD" else value for key, value in body.items()}
    return call(it.server, token, method, path.replace("HEAD", it.pull.head_sha), head)


@pytest.mark.parametrize("kind", ["actions", "fine-grained", "installation"])
@pytest.mark.parametrize("missing", ["pull_requests", "checks", "statuses"])
def test_a_missing_permission_is_403_with_the_permission_that_is_wanted(
    github_server: GitHubServer, kind: str, missing: str
):
    it = scene(github_server)
    granted = {area: level for area, level in ALL.items() if area != missing}
    answer = write(it, _token(it, kind, granted), missing)
    noun = "personal access token" if kind == "fine-grained" else "integration"
    if (missing, kind) != ("checks", "fine-grained"):
        assert (answer.status_code, answer.json()["message"]) == (403, f"Resource not accessible by {noun}")
        assert f"{missing}=write" in answer.headers["x-accepted-github-permissions"]
    others = [area for area in WRITES if area != missing and (area, kind) != ("checks", "fine-grained")]
    assert {write(it, _token(it, kind, granted), area).status_code for area in others} <= {200, 201}


def _token(it: Scene, kind: str, permissions: dict[str, str]) -> str:
    if kind != "installation":
        return it.server.token(kind, user="reviewer", permissions=permissions, repositories=[it.repository])
    app = it.server.app(permissions=permissions)
    return it.server.installation_token(app.install("octo", [it.repository]))


def test_check_runs_are_not_for_people(github_server: GitHubServer):
    it = scene(github_server)
    assert write(it, it.classic(), "checks").status_code == 403
    fine = github_server.token("fine-grained", user="reviewer", permissions=ALL, repositories=[it.repository])
    assert write(it, fine, "checks").json()["message"] == "You must authenticate via a GitHub App."


def test_a_missing_scope_is_404(github_server: GitHubServer):
    it = scene(github_server)
    assert write(it, it.classic("reviewer", "gist"), "issues").status_code == 404
    assert write(it, it.classic("reviewer", "public_repo"), "issues").status_code == 201
    assert write(it, it.classic("reviewer", "repo:status"), "statuses").status_code == 201
    assert write(it, it.classic("reader"), "statuses").status_code == 404


@pytest.mark.parametrize("kind", ["classic", "fine-grained", "actions", "nobody"])
def test_a_private_repository_does_not_exist_for_strangers(github_server: GitHubServer, kind: str):
    it = scene(github_server, private=True)
    elsewhere = github_server.repository("octo/elsewhere")
    token = (
        ""
        if kind == "nobody"
        else github_server.token(kind, user="stranger", permissions=ALL, repositories=[elsewhere])
    )
    assert call(github_server, token, "GET", f"{REPO}/pulls/1").status_code == 404
    assert call(github_server, it.classic("reader"), "GET", f"{REPO}/pulls/1").status_code == 200
    assert call(github_server, it.classic("reader", "public_repo"), "GET", f"{REPO}/pulls/1").status_code == 404


def test_everyone_reads_what_is_public_and_nobody_writes_without_a_token(github_server: GitHubServer):
    it = scene(github_server)
    narrow = github_server.token("actions", permissions={"metadata": "read"}, repositories=[it.repository])
    assert [call(github_server, who, "GET", f"{REPO}/pulls/1").status_code for who in ("", narrow)] == [200, 200]
    assert write(it, "", "issues").status_code == 401
    stranger = github_server.token("fine-grained", user="reader", permissions=ALL, repositories=[])
    assert write(it, stranger, "issues").status_code == 403


def test_who_a_token_is(github_server: GitHubServer):
    it = scene(github_server)
    actions = github_server.token("actions", permissions=ALL, repositories=[it.repository])
    assert call(github_server, it.classic(), "GET", "/user").json()["login"] == "reviewer"
    assert call(github_server, actions, "GET", "/user").status_code == 403
    assert graphql(github_server, actions, "{viewer{login}}")["data"] == {"viewer": {"login": "github-actions[bot]"}}
    write(it, actions, "issues")
    assert it.pull.comments()[0].user.login == "github-actions[bot]"
    found = graphql(github_server, actions, COMMENTS)["data"]["repository"]["pullRequest"]["comments"]["nodes"]
    assert found == [{"author": {"login": "github-actions", "__typename": "Bot"}}]


COMMENTS = """{ repository(owner: "octo", name: "demo") { pullRequest(number: 1) {
  comments(first: 5) { nodes { author { login __typename } } } } } }"""


def test_expired_revoked_and_unknown_tokens_are_401(github_server: GitHubServer):
    it = scene(github_server)
    short = github_server.token("classic", user="reviewer", expires_in=60)
    revoked = it.classic()
    github_server.revoke(revoked)
    assert call(github_server, short, "GET", REPO).status_code == 200
    github_server.advance(61)
    answers = [call(github_server, token, "GET", REPO) for token in (short, revoked, "ghp_unknown")]
    assert [(answer.status_code, answer.json()["message"]) for answer in answers] == [(401, "Bad credentials")] * 3


def test_only_those_who_may_push_change_the_words_of_others(github_server: GitHubServer):
    it = scene(github_server)
    comment = it.pull.comment("octocat", "mine")
    path = f"{REPO}/issues/comments/{comment.id}"
    assert call(github_server, it.classic("reader"), "PATCH", path, {"body": "yours"}).status_code == 403
    assert call(github_server, it.classic("octocat"), "PATCH", path, {"body": "still mine"}).status_code == 200
    assert call(github_server, it.classic("reviewer"), "DELETE", path).status_code == 204
    assert call(github_server, it.classic("reader"), "PATCH", f"{REPO}/pulls/1", {"title": "x"}).status_code == 403


def test_the_log_names_the_token_of_each_call(github_server: GitHubServer):
    it = scene(github_server)
    token = it.classic()
    call(github_server, token, "GET", REPO)
    call(github_server, "ghp_wrong", "GET", REPO)
    call(github_server, "", "GET", REPO)
    assert [found.credential for found in github_server.log] == [token, "ghp_wrong", ""]
    assert [found.status for found in github_server.log] == [200, 401, 200]
