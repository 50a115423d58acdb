"""The rules of reviews, whole and pending, over REST."""

from typing import Any

import pytest

from tests.fakes.github import places
from tests.fakes.github.clients import call
from tests.fakes.github.scenes import Scene, scene, text_with
from tests.fakes.github.server import GitHubServer

pytest_plugins = ("tests.fakes.github.fixtures",)
REVIEWS = "/repos/octo/demo/pulls/1/reviews"
GOOD = {"path": "a.py", "line": 10, "body": "good"}


def post(it: Scene, *comments: dict[str, Any], token: str = "", **fields: Any) -> Any:
    body = {"event": "COMMENT", "body": "Looked", "comments": list(comments)} | fields
    return call(it.server, token or it.classic(), "POST", REVIEWS, {k: v for k, v in body.items() if v is not None})


PLACES: list[tuple[dict[str, Any], str | None]] = [
    ({"line": 10}, None),
    ({"line": 7}, None),
    ({"line": 13}, None),
    ({"line": 6}, places.LINE),
    ({"line": 14}, places.LINE),
    ({"line": 999}, places.LINE),
    ({"line": 40, "side": "LEFT"}, None),
    ({"line": 43, "side": "LEFT"}, None),
    ({"line": 43, "side": "RIGHT"}, places.LINE),
    ({"line": 10, "side": "LEFT"}, None),
    ({"start_line": 8, "line": 11}, None),
    ({"start_line": 10, "line": 10}, places.ORDER),
    ({"start_line": 11, "line": 10}, places.ORDER),
    ({"start_line": 10, "line": 38}, places.SAME_HUNK),
    ({"start_line": 5, "line": 8}, places.START_LINE),
    ({"start_line": 10, "start_side": "LEFT", "line": 10, "side": "RIGHT"}, None),
    ({"start_line": 10, "start_side": "RIGHT", "line": 10, "side": "LEFT"}, places.ORDER),
    ({"position": 4}, None),
    ({"position": 99}, places.POSITION),
    ({"path": "new.py", "line": 3}, None),
    ({"path": "new.py", "line": 4}, places.LINE),
    ({"path": "new.py", "line": 1, "side": "LEFT"}, places.LINE),
    ({"path": "b.py", "line": 1}, places.PATH),
    ({}, places.LINE),
]


@pytest.mark.parametrize(("at", "error"), PLACES)
def test_one_bad_place_costs_the_whole_review(github_server: GitHubServer, at: dict[str, Any], error: str | None):
    it = scene(github_server)
    answer = post(it, GOOD, {"path": "a.py", "body": "there", **at})
    if error is None:
        assert (answer.status_code, len(it.pull.threads())) == (200, 2)
    else:
        assert answer.status_code == 422
        assert answer.json() == {
            "message": "Unprocessable Entity",
            "errors": [error],
            "documentation_url": "https://docs.github.com/rest",
            "status": "422",
        }
        assert (it.pull.reviews(), it.pull.threads()) == ([], [])


def test_a_file_that_github_finds_too_large_takes_no_comment(github_server: GitHubServer):
    it = scene(github_server)
    it.pull.refuse_comments_on("a.py")
    assert post(it, GOOD).json()["errors"] == [places.TOO_LARGE]
    it.repository.commit("feature", {"big.txt": "".join(f"{n}\n" for n in range(20_001))})
    assert post(it, {"path": "big.txt", "line": 1, "body": "x"}).json()["errors"] == [places.TOO_LARGE]


def test_the_commit_must_be_one_of_the_pull_request(github_server: GitHubServer):
    it = scene(github_server)
    first = it.pull.head_sha
    it.repository.commit("feature", {"a.py": text_with({10: "changed", 20: "more"})})
    assert post(it, GOOD, commit_id=first).status_code == 200
    assert post(it, GOOD, commit_id=it.repository.head("main")).status_code == 422
    assert post(it, GOOD, commit_id="0" * 40).status_code == 422


def test_an_author_has_one_pending_review_and_others_do_not_see_it(github_server: GitHubServer):
    it = scene(github_server)
    token, other = it.classic(), it.classic("other")
    pending = post(it, GOOD, token=token, event=None).json()
    assert (pending["state"], "submitted_at" in pending) == ("PENDING", False)
    assert post(it, GOOD, token=token).json()["errors"] == ["User can only have one pending review per pull request"]
    assert post(it, GOOD, token=other).status_code == 200
    assert [len(call(github_server, who, "GET", REVIEWS).json()) for who in (token, other)] == [2, 1]
    assert len(call(github_server, token, "GET", "/repos/octo/demo/pulls/1/comments").json()) == 1
    path = f"{REVIEWS}/{pending['id']}"
    assert call(github_server, other, "DELETE", path).status_code == 404
    assert call(github_server, token, "DELETE", path).status_code == 200
    assert len(it.pull.threads()) == 1


def test_a_pending_review_is_submitted_once(github_server: GitHubServer):
    it = scene(github_server)
    token = it.classic()
    number = post(it, GOOD, token=token, event=None).json()["id"]
    body = {"event": "COMMENT", "body": "Done"}
    assert call(github_server, token, "POST", f"{REVIEWS}/{number}/events", body).json()["state"] == "COMMENTED"
    assert call(github_server, token, "POST", f"{REVIEWS}/{number}/events", body).status_code == 422
    assert call(github_server, token, "DELETE", f"{REVIEWS}/{number}").status_code == 422


@pytest.mark.parametrize(
    ("fields", "comments", "status"),
    [
        ({"body": ""}, [], 422),
        ({"body": ""}, [GOOD], 200),
        ({"body": "x" * 65_537}, [], 422),
        ({"body": "", "event": "REQUEST_CHANGES"}, [GOOD], 422),
        ({"event": None, "body": None}, [], 200),
        ({}, [GOOD | {"body": ""}], 422),
        ({}, [GOOD | {"body": "x" * 65_537}], 422),
    ],
)
def test_what_a_review_must_say(github_server: GitHubServer, fields: dict[str, Any], comments: list[Any], status: int):
    assert post(scene(github_server), *comments, **fields).status_code == status


def test_nobody_approves_their_own_change(github_server: GitHubServer):
    it = scene(github_server)
    assert post(it, event="APPROVE", token=it.classic("octocat")).status_code == 422


def test_comments_grow_outdated_when_their_line_goes(github_server: GitHubServer):
    it = scene(github_server)
    post(
        it,
        GOOD,
        {"path": "a.py", "line": 38, "body": "stays"},
        {"path": "a.py", "line": 40, "side": "LEFT", "body": "old"},
    )
    it.repository.commit("feature", {"a.py": text_with({1: "above\nand more", 10: "other", 40: None})})
    path = "/repos/octo/demo/pulls/1/comments"
    found = {row["body"]: row for row in call(github_server, it.classic(), "GET", path).json()}
    lines = {body: (row["line"], row["original_line"], row["position"] is None) for body, row in found.items()}
    assert lines == {"good": (None, 10, True), "stays": (39, 38, False), "old": (40, 40, False)}
    assert found["good"]["commit_id"] != found["stays"]["commit_id"] == it.pull.head_sha


def test_a_reply_beside_a_pending_review_is_refused(github_server: GitHubServer):
    it = scene(github_server)
    token = it.classic()
    post(it, GOOD, token=token)
    number = it.pull.threads()[0].comments[0].id
    path = f"/repos/octo/demo/pulls/1/comments/{number}/replies"
    assert call(github_server, token, "POST", path, {"body": "first"}).json()["in_reply_to_id"] == number
    post(it, token=token, event=None)
    assert call(github_server, token, "POST", path, {"body": "second"}).status_code == 422


def test_a_single_comment_is_a_review_of_its_own(github_server: GitHubServer):
    it = scene(github_server)
    body = GOOD | {"commit_id": it.pull.head_sha, "side": "RIGHT"}
    path = "/repos/octo/demo/pulls/1/comments"
    assert call(github_server, it.classic(), "POST", path, body).status_code == 201
    assert [review.state for review in it.pull.reviews()] == ["COMMENTED"]
    assert call(github_server, it.classic(), "POST", path, body | {"line": 20}).json()["message"] == "Validation Failed"
