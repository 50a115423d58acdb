"""Failures on demand: each kind, before and after the write; rate limits; latency."""

import time

import pytest
import requests
from github import GithubException, RateLimitExceededException

from tests.fakes.github.clients import call, graphql, pygithub
from tests.fakes.github.faults import Fault
from tests.fakes.github.scenes import scene
from tests.fakes.github.server import GitHubServer

pytest_plugins = ("tests.fakes.github.fixtures",)
COMMENTS = "/repos/octo/demo/issues/1/comments"
BODY = {"body": "x"}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("kind", "status"),
    [("500", 500), ("502", 502), ("503", 503), ("429", 429), ("403 secondary", 403), ("html", 502), ("redirect", 307)],
)
def test_a_planned_answer_strikes_once(github_server: GitHubServer, kind: str, status: int, after: bool):
    it = scene(github_server)
    github_server.fault("POST */comments", kind, after=after)
    answer = call(github_server, it.classic(), "POST", COMMENTS, BODY)
    assert answer.status_code == status
    assert ("retry-after" in answer.headers) is (kind in ("429", "403 secondary"))
    assert len(it.pull.comments()) == (1 if after else 0)
    assert call(github_server, it.classic(), "POST", COMMENTS, BODY).status_code == 201
    assert [found.fault for found in github_server.log] == [kind + (" after" if after else ""), ""]


@pytest.mark.parametrize(
    ("kind", "after", "written"), [("reset", False, 0), ("reset", True, 1), ("truncated", False, 1)]
)
def test_connections_break(github_server: GitHubServer, kind: str, after: bool, written: int):
    it = scene(github_server)
    github_server.fault("POST */comments", kind, after=after)
    with pytest.raises(requests.exceptions.RequestException):
        call(github_server, it.classic(), "POST", COMMENTS, BODY)
    assert len(it.pull.comments()) == written


def test_a_call_can_hang(github_server: GitHubServer):
    it = scene(github_server)
    github_server.fault("GET *", Fault.HANG)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"{github_server.api_url}{COMMENTS}", timeout=0.1)
    assert call(github_server, it.classic(), "GET", COMMENTS).status_code == 200


def test_a_redirect_leads_to_the_other_host(github_server: GitHubServer):
    it = scene(github_server)
    with GitHubServer() as other:
        github_server.fault("GET *", Fault.REDIRECT, location=other.url)
        headers = {"authorization": f"Bearer {it.classic()}"}
        requests.get(f"{github_server.api_url}/repos/octo/demo", headers=headers, timeout=5)
        assert [(found.path, found.credential) for found in other.log] == [("/repos/octo/demo", "")]


def test_each_call_can_fail_in_its_turn(github_server: GitHubServer):
    it = scene(github_server)
    github_server.fault("*", "503", skip=1)
    statuses = [call(github_server, it.classic(), "GET", COMMENTS).status_code for _ in range(3)]
    assert statuses == [200, 503, 200]
    github_server.fault("GRAPHQL *viewer*|GIT *", "502")
    answer = requests.post(github_server.graphql_url, json={"query": "{viewer{login}}"}, timeout=5)
    assert answer.status_code == 502


def test_too_many_writes_meet_the_secondary_limit(github_server: GitHubServer):
    it = scene(github_server)
    github_server.rules.writes_a_minute, github_server.rules.retry_after = 2, 7
    token = it.classic()
    answers = [call(github_server, token, "POST", COMMENTS, BODY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 403]
    assert answers[2].headers["retry-after"] == "7"
    assert "secondary rate limit" in answers[2].json()["message"]
    assert call(github_server, token, "GET", COMMENTS).status_code == 200
    github_server.advance(61)
    with pygithub(github_server, token) as client:
        pull = client.get_repo("octo/demo").get_pull(1)
        pull.create_issue_comment("a")
        pull.create_issue_comment("b")
        with pytest.raises(RateLimitExceededException):
            pull.create_issue_comment("c")


def test_the_primary_limit_says_when_it_ends(github_server: GitHubServer):
    it = scene(github_server)
    token = it.classic()
    github_server.exhaust(token, 30)
    answer = call(github_server, token, "GET", COMMENTS)
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
    reset = int(answer.headers["x-ratelimit-reset"])
    assert reset - github_server.world.now() <= 30
    free = call(github_server, token, "GET", "/rate_limit").json()
    assert free["resources"]["core"]["remaining"] == 0
    assert graphql(github_server, token, "{ viewer { login } }")["data"]
    github_server.advance(31)
    assert call(github_server, token, "GET", COMMENTS).status_code == 200


def test_every_call_can_be_slow(github_server: GitHubServer):
    it = scene(github_server)
    github_server.delay(lambda found: 0.05 if found.path == COMMENTS else 0)
    began = time.monotonic()
    call(github_server, it.classic(), "GET", COMMENTS)
    assert time.monotonic() - began >= 0.05


def test_two_who_begin_a_review_at_once_do_not_both_get_one(github_server: GitHubServer):
    it = scene(github_server)
    token = it.classic()
    reviews = "/repos/octo/demo/pulls/1/reviews"
    github_server.on("POST */reviews", lambda _: it.pull.review("reviewer", event=None) and None)
    assert call(github_server, token, "POST", reviews, {"event": "COMMENT", "body": "x"}).status_code == 422


def test_the_stand_in_tells_of_its_own_mistakes(github_server: GitHubServer):
    it = scene(github_server)
    it.pull.record.issue_comments.append(None)  # type: ignore[arg-type]
    with pygithub(github_server, it.classic()) as client, pytest.raises(GithubException):
        list(client.get_repo("octo/demo").get_pull(1).get_issue_comments())
    assert "AttributeError" in github_server.violations.pop()
