"""What breaks GitHub's description fails the test: a wrong request of ours, and a wrong answer of the stand-in."""

from typing import Any

import pytest

from tests.fakes.github.clients import call
from tests.fakes.github.openapi import describe
from tests.fakes.github.routes import ROUTES
from tests.fakes.github.scenes import scene
from tests.fakes.github.server import GitHubServer

pytest_plugins = ("tests.fakes.github.fixtures",)
PULL = "/repos/octo/demo/pulls/1"


@pytest.mark.parametrize(
    ("method", "path", "body", "word"),
    [
        ("POST", f"{PULL}/reviews", {"event": "DANCE"}, "DANCE"),
        ("POST", f"{PULL}/reviews", {"body": 7}, "body/body"),
        ("POST", f"{PULL}/reviews", {"event": "COMMENT", "body": "x", "commit": "y"}, "commit"),
        (
            "POST",
            f"{PULL}/reviews",
            {"comments": [{"path": "a.py", "line": 10, "body": "x", "startline": 8}]},
            "startline",
        ),
        ("POST", f"{PULL}/reviews", {"comments": [{"path": "a.py", "line": "10", "body": "x"}]}, "line"),
        ("GET", f"{PULL}/files?perpage=100", None, "perpage"),
        ("GET", f"{PULL}/files?page=one", None, "page"),
        ("GET", "/repos/octo/demo/topics", None, "no such route"),
    ],
)
def test_a_wrong_request_is_a_violation(github_server: GitHubServer, method: str, path: str, body: Any, word: str):
    it = scene(github_server)
    call(github_server, it.classic(), method, path, body)
    found, github_server.violations[:] = list(github_server.violations), []
    assert any(word in one for one in found), found


def test_a_wrong_answer_is_a_violation(github_server: GitHubServer):
    it = scene(github_server)
    it.pull.record.title = None  # type: ignore[assignment]
    call(github_server, it.classic(), "GET", PULL)
    assert "/title: null is not of type" in github_server.violations.pop()


@pytest.mark.parametrize("is_enterprise", [False, True])
def test_every_route_is_one_that_github_describes(is_enterprise: bool):
    with GitHubServer():  # loads the routes
        description = describe(is_enterprise=is_enterprise)
    assert [one.template for one in ROUTES if not description.knows(one.method, one.template)] == []


def test_callers_without_a_name_are_turned_away(github_server: GitHubServer):
    it = scene(github_server)
    assert call(github_server, it.classic(), "GET", PULL, user_agent="").status_code == 403
    assert call(github_server, it.classic(), "GET", PULL, x_github_api_version="2001-01-01").status_code == 400
    assert call(github_server, it.classic(), "GET", PULL, x_github_api_version="2022-11-28").status_code == 200
