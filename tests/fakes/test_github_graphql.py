"""GraphQL under GitHub's own schema: threads, reviews in the making, resolving, hiding."""

from typing import Any

import pytest
import requests

from tests.fakes.github.clients import graphql
from tests.fakes.github.scenes import Scene, scene, text_with
from tests.fakes.github.server import GitHubServer

pytest_plugins = ("tests.fakes.github.fixtures",)
THREADS = """query($after: String) { repository(owner: "octo", name: "demo") { pullRequest(number: 1) {
  id headRefOid state isDraft reviewThreads(first: 2, after: $after) { pageInfo { hasNextPage endCursor } nodes {
    id isResolved isOutdated path line startLine originalLine originalStartLine diffSide viewerCanResolve
    comments(first: 10) { totalCount nodes {
      id databaseId body author { login __typename } url state outdated } } } } } } }"""
BEGIN = """mutation($pull: ID!, $commit: GitObjectID) {
  addPullRequestReview(input: {pullRequestId: $pull, commitOID: $commit}) { pullRequestReview { id state } } }"""
ADD = """mutation($review: ID!, $path: String!, $line: Int!, $start: Int) { addPullRequestReviewThread(input: {
  pullRequestReviewId: $review, path: $path, line: $line, startLine: $start, side: RIGHT, body: "Here"
}) { thread { id line path } } }"""
SUBMIT = """mutation($review: ID!) {
  submitPullRequestReview(input: {pullRequestReviewId: $review, event: COMMENT, body: "Done"}) {
    pullRequestReview { state databaseId } } }"""
RESOLVE = (
    "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved resolvedBy { login } } } }"
)
MINIMIZE = """mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED})
  { minimizedComment { isMinimized minimizedReason } } }"""


def comment(line: int, body: str = "x") -> dict[str, Any]:
    return {"path": "a.py", "line": line, "body": body}


def pages(it: Scene, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        answer = graphql(it.server, token, THREADS, after=after)
        threads = answer["data"]["repository"]["pullRequest"]["reviewThreads"]
        found += threads["nodes"]
        if not threads["pageInfo"]["hasNextPage"]:
            return found
        after = threads["pageInfo"]["endCursor"]


def test_threads_are_read_in_pages_with_what_became_of_them(any_github_server: GitHubServer):
    it = scene(any_github_server)
    ranged = {"path": "a.py", "start_line": 37, "line": 38, "body": "range"}
    it.pull.review("reviewer", "Looked", comments=[comment(10, "gone"), comment(9, "stays"), ranged])
    it.repository.commit("feature", {"a.py": text_with({10: "other", 40: None})})
    it.pull.resolve(it.pull.threads()[1])
    found = pages(it, it.classic())
    assert [
        (one["line"], one["startLine"], one["originalLine"], one["isOutdated"], one["isResolved"]) for one in found
    ] == [
        (None, None, 10, True, False),
        (9, None, 9, False, True),
        (38, 37, 38, False, False),
    ]
    assert found[0]["comments"]["nodes"][0]["author"] == {"login": "reviewer", "__typename": "User"}
    assert found[0]["comments"]["nodes"][0]["databaseId"] == it.pull.review_comments()[0].id


def test_a_review_is_made_thread_by_thread_and_a_refused_place_is_null(github_server: GitHubServer):
    it = scene(github_server)
    token = it.classic()
    begun = graphql(github_server, token, BEGIN, pull=it.pull.record.node_id, commit=it.pull.head_sha)
    review = begun["data"]["addPullRequestReview"]["pullRequestReview"]
    assert review["state"] == "PENDING"
    places: list[tuple[str, int, int | None]] = [
        ("a.py", 10, None),
        ("a.py", 20, None),
        ("b.py", 1, None),
        ("a.py", 38, 10),
        ("a.py", 11, 8),
    ]
    answers = [graphql(github_server, token, ADD, review=review["id"], path=p, line=n, start=s) for p, n, s in places]
    threads = [answer["data"]["addPullRequestReviewThread"]["thread"] for answer in answers]
    assert [bool(thread) for thread in threads] == [True, False, False, False, True]
    assert all("errors" not in answer for answer in answers)
    assert pages(it, it.classic("other")) == []
    done = graphql(github_server, token, SUBMIT, review=review["id"])
    assert done["data"]["submitPullRequestReview"]["pullRequestReview"]["state"] == "COMMENTED"
    assert len(pages(it, it.classic("other"))) == 2
    again = graphql(github_server, token, SUBMIT, review=review["id"])
    assert again["errors"][0]["type"] == "UNPROCESSABLE"


def test_a_second_pending_review_is_refused_and_the_first_can_be_deleted(github_server: GitHubServer):
    it = scene(github_server)
    token = it.classic()
    first = graphql(github_server, token, BEGIN, pull=it.pull.record.node_id)["data"]["addPullRequestReview"]
    refused = graphql(github_server, token, BEGIN, pull=it.pull.record.node_id)
    assert refused["errors"][0]["message"] == "User can only have one pending review per pull request"
    delete = (
        "mutation($id: ID!) { deletePullRequestReview(input: {pullRequestReviewId: $id}) { pullRequestReview { id } } }"
    )
    graphql(github_server, token, delete, id=first["pullRequestReview"]["id"])
    assert it.pull.reviews() == []


@pytest.mark.parametrize(("contents", "resolves"), [("read", False), ("write", True)])
def test_resolving_needs_contents_write(github_server: GitHubServer, contents: str, resolves: bool):
    it = scene(github_server)
    it.pull.review("reviewer", "Looked", comments=[comment(10)])
    thread = it.pull.threads()[0]
    permissions = {"contents": contents, "pull_requests": "write"}
    token = github_server.token("actions", permissions=permissions, repositories=[it.repository])
    answer = graphql(github_server, token, RESOLVE, id=thread.node_id)
    assert thread.is_resolved is resolves
    if not resolves:
        assert answer["data"] == {"resolveReviewThread": None}
        assert answer["errors"][0]["type"] == "FORBIDDEN"
        assert answer["errors"][0]["message"] == "Resource not accessible by integration"


def test_readers_resolve_nothing(github_server: GitHubServer):
    it = scene(github_server)
    it.pull.review("reviewer", "Looked", comments=[comment(10)])
    answer = graphql(github_server, it.classic("reader"), RESOLVE, id=it.pull.threads()[0].node_id)
    says = "reader does not have the correct permissions to execute `ResolveReviewThread`"
    assert answer["errors"][0]["message"] == says
    assert graphql(github_server, it.classic("octocat"), RESOLVE, id=it.pull.threads()[0].node_id)["data"][
        "resolveReviewThread"
    ]


def test_replies_and_hiding(github_server: GitHubServer):
    it = scene(github_server)
    it.pull.review("reviewer", "Looked", comments=[comment(10)])
    old = it.pull.comment("reviewer", "old summary")
    reply = """mutation($id: ID!) {
      addPullRequestReviewThreadReply(input: {pullRequestReviewThreadId: $id, body: "Fixed"}) {
        comment { body replyTo { databaseId } } } }"""
    said = graphql(github_server, it.classic(), reply, id=it.pull.threads()[0].node_id)
    first = it.pull.review_comments()[0].id
    assert said["data"]["addPullRequestReviewThreadReply"]["comment"] == {
        "body": "Fixed",
        "replyTo": {"databaseId": first},
    }
    hidden = graphql(github_server, it.classic(), MINIMIZE, id=old.node_id)["data"]["minimizeComment"][
        "minimizedComment"
    ]
    assert hidden == {"isMinimized": True, "minimizedReason": "outdated"}
    assert graphql(github_server, it.classic("reader"), MINIMIZE, id=old.node_id)["errors"][0]["type"] == "FORBIDDEN"


def test_what_does_not_exist_for_a_caller_is_not_found(github_server: GitHubServer):
    it = scene(github_server, private=True)
    stranger = github_server.token("classic", user="stranger")
    answer = graphql(github_server, stranger, THREADS)
    assert answer["errors"][0]["type"] == "NOT_FOUND"
    node = "query($id: ID!) { node(id: $id) { ... on PullRequest { number } } }"
    assert graphql(github_server, stranger, node, id=it.pull.record.node_id)["errors"][0]["type"] == "NOT_FOUND"
    assert graphql(github_server, it.classic(), node, id=it.pull.record.node_id)["data"] == {"node": {"number": 1}}


def test_documents_that_the_schema_forbids_fail_the_test(github_server: GitHubServer):
    it = scene(github_server)
    graphql(github_server, it.classic(), "{ viewer { nickname } }")
    assert "Cannot query field 'nickname'" in github_server.violations.pop()
    graphql(github_server, it.classic(), '{ repository(owner: "octo", name: "demo") { forkCount } }')
    assert "does not model Repository.forkCount" in github_server.violations.pop()


def test_connections_want_their_bounds(github_server: GitHubServer):
    it = scene(github_server)
    unbounded = THREADS.replace("first: 2, after: $after", "after: $after")
    assert graphql(github_server, it.classic(), unbounded)["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    assert (
        graphql(github_server, it.classic(), THREADS.replace("first: 2", "first: 101"))["errors"][0]["type"]
        == "EXCESSIVE_PAGINATION"
    )


def test_nobody_asks_without_a_token(github_server: GitHubServer):
    answer = requests.post(github_server.graphql_url, json={"query": "{viewer{login}}"}, timeout=5)
    assert answer.status_code == 401
    bad = requests.post(
        github_server.graphql_url, json={"query": "{viewer{login}}"}, headers={"authorization": "bearer x"}, timeout=5
    )
    assert (bad.status_code, bad.json()["message"]) == (401, "Bad credentials")


def test_the_log_names_the_fields(github_server: GitHubServer):
    it = scene(github_server)
    graphql(github_server, it.classic(), "{ viewer { login } rateLimit { remaining } }")
    graphql(github_server, it.classic(), BEGIN, pull=it.pull.record.node_id)
    assert github_server.log.names == ["GRAPHQL viewer,rateLimit", "GRAPHQL mutation addPullRequestReview"]
    assert [found.name for found in github_server.log.writes] == ["GRAPHQL mutation addPullRequestReview"]
