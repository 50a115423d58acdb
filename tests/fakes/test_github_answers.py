"""Every other route answers in the form that GitHub describes, and in no other."""

from typing import Any

import pytest

from tests.fakes.github.clients import call, graphql
from tests.fakes.github.scenes import Scene, scene, text_with
from tests.fakes.github.server import GitHubServer

pytest_plugins = ("tests.fakes.github.fixtures",)
REPO = "/repos/octo/demo"
PULL, ISSUE = f"{REPO}/pulls/1", f"{REPO}/issues/1"
ANSWERS: list[tuple[str, str, Any, int]] = [
    ("GET", "/users/octocat", None, 200),
    ("GET", "/users/nobody", None, 404),
    ("GET", f"{REPO}/branches/feature", None, 200),
    ("GET", f"{REPO}/branches/gone", None, 404),
    ("GET", f"{REPO}/git/ref/heads/feature", None, 200),
    ("GET", f"{REPO}/git/ref/pull/1/head", None, 200),
    ("GET", f"{REPO}/git/ref/heads/gone", None, 404),
    ("GET", f"{REPO}/commits/feature", None, 200),
    ("GET", f"{REPO}/commits/{'0' * 40}", None, 422),
    ("GET", f"{REPO}/commits/HEADSHA/pulls", None, 200),
    ("GET", f"{REPO}/commits/HEADSHA/statuses", None, 200),
    ("GET", f"{REPO}/commits/HEADSHA/status", None, 200),
    ("GET", f"{REPO}/commits/HEADSHA/check-runs?status=completed", None, 200),
    ("GET", f"{REPO}/compare/main...stranger:patch", None, 200),
    ("GET", f"{REPO}/compare/main...main", None, 200),
    ("GET", f"{REPO}/compare/main", None, 404),
    ("GET", f"{REPO}/collaborators/nobody/permission", None, 404),
    ("GET", f"{REPO}/labels", None, 200),
    ("POST", f"{REPO}/labels", {"name": "fresh", "color": "ff0000", "description": "New"}, 201),
    ("POST", f"{REPO}/labels", {"name": "known"}, 422),
    ("GET", f"{REPO}/pulls?state=all&head=octo:feature&base=main&sort=updated&direction=asc", None, 200),
    ("PATCH", PULL, {"title": " "}, 422),
    ("PATCH", PULL, {"base": "gone"}, 422),
    ("PATCH", PULL, {"body": "x" * 65_537}, 422),
    ("PATCH", PULL, {"state": "closed", "base": "main"}, 200),
    ("GET", f"{PULL}/reviews/REVIEW", None, 200),
    ("GET", f"{PULL}/reviews/REVIEW/comments", None, 200),
    ("PUT", f"{PULL}/reviews/REVIEW", {"body": "Edited"}, 200),
    ("PUT", f"{PULL}/reviews/REVIEW", {"body": " "}, 422),
    ("GET", f"{PULL}/reviews/1", None, 404),
    ("GET", f"{PULL}/comments?direction=desc&sort=created", None, 200),
    ("GET", f"{REPO}/pulls/comments/COMMENT", None, 200),
    ("PATCH", f"{REPO}/pulls/comments/COMMENT", {"body": "Edited"}, 200),
    ("DELETE", f"{REPO}/pulls/comments/COMMENT", None, 204),
    ("POST", f"{PULL}/comments/COMMENT/replies", {"body": " "}, 422),
    ("GET", f"{REPO}/pulls/comments/COMMENT/reactions", None, 200),
    ("POST", f"{REPO}/pulls/comments/COMMENT/reactions", {"content": "+1"}, 201),
    ("GET", ISSUE, None, 200),
    ("PATCH", ISSUE, {"title": "T", "body": "B", "labels": ["known", "other"]}, 200),
    ("GET", f"{ISSUE}/labels", None, 200),
    ("PUT", f"{ISSUE}/labels", {"labels": ["known"]}, 200),
    ("DELETE", f"{ISSUE}/labels/gone", None, 404),
    ("GET", f"{ISSUE}/reactions?content=eyes", None, 200),
    ("POST", f"{ISSUE}/reactions", {"content": "rocket"}, 201),
    ("GET", f"{REPO}/issues/comments/SAID", None, 200),
    ("GET", f"{REPO}/issues/comments/SAID/reactions", None, 200),
    ("DELETE", f"{REPO}/issues/comments/SAID/reactions/1", None, 404),
    ("GET", f"{REPO}/issues/comments/1", None, 404),
    ("POST", f"{REPO}/statuses/{'0' * 40}", {"state": "error"}, 422),
    ("POST", f"{REPO}/statuses/HEADSHA", {"state": "error", "description": "x" * 141}, 422),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), ANSWERS)
def test_the_answer_has_githubs_form(github_server: GitHubServer, method: str, path: str, body: Any, status: int):
    it = _busy(github_server)
    named = {
        "HEADSHA": it.pull.head_sha,
        "REVIEW": str(it.pull.reviews()[0].id),
        "COMMENT": str(it.pull.review_comments()[0].id),
        "SAID": str(it.pull.comments()[0].id),
    }
    for name, value in named.items():
        path = path.replace(name, value)
    assert call(github_server, it.classic(), method, path, body).status_code == status


def _busy(server: GitHubServer) -> Scene:
    """A pull request on which much stands already."""
    it = scene(server)
    fork = it.repository.fork("stranger")
    fork.commit("patch", {"a.py": text_with({20: "theirs"})}, author="stranger")
    it.pull.review("reviewer", "Looked", comments=[{"path": "a.py", "line": 10, "body": "Here"}])
    it.pull.comment("octocat", "Thanks")
    it.pull.react(it.pull.comments()[0], "octocat", "eyes")
    it.pull.label("known")
    call(server, it.classic(), "POST", f"{REPO}/statuses/{it.pull.head_sha}", {"state": "failure", "context": "ci"})
    return it


def test_a_fork_names_its_parent(github_server: GitHubServer):
    it = _busy(github_server)
    found = call(github_server, it.classic(), "GET", "/repos/stranger/demo").json()
    assert found["parent"]["full_name"] == found["source"]["full_name"] == "octo/demo"


def test_a_delivery_is_shown_with_what_was_sent(github_server: GitHubServer):
    it = scene(github_server)
    app = github_server.app()
    sent = github_server.deliver("pull_request", it.pull.event("opened"), "http://127.0.0.1:9/nobody", "x", app)
    found = call(github_server, app.jwt(), "GET", f"/app/hook/deliveries/{sent.id}").json()
    assert (found["request"]["payload"]["number"], found["status_code"]) == (1, 0)
    assert call(github_server, app.jwt(), "GET", "/app/hook/deliveries/1").status_code == 404


OVERVIEW = """{ rateLimit { remaining cost } repository(owner: "octo", name: "demo") {
  id databaseId nameWithOwner isPrivate isArchived isFork url viewerPermission owner { login }
  defaultBranchRef { name target { oid } } ref(qualifiedName: "refs/heads/feature") { name target { oid } }
  object(expression: "feature") { oid } labels(first: 5) { nodes { name color } }
  pullRequest(number: 1) {
    number title body url isDraft state merged isCrossRepository headRefOid baseRefOid headRefName baseRefName
    headRef { name } baseRef { name } headRepository { nameWithOwner } changedFiles additions deletions
    labels(first: 5) { nodes { id name } }
    reviews(last: 5, states: [COMMENTED], author: "reviewer") { totalCount nodes {
      id state submittedAt commit { oid } url viewerDidAuthor comments(first: 1) { edges { cursor node { path } } } } }
    comments(first: 5) { nodes { id url createdAt updatedAt isMinimized minimizedReason authorAssociation } } } } }"""


def test_an_overview_over_graphql(github_server: GitHubServer):
    it = _busy(github_server)
    found = graphql(github_server, it.classic(), OVERVIEW)["data"]["repository"]
    assert (found["nameWithOwner"], found["viewerPermission"]) == ("octo/demo", "WRITE")
    assert found["object"]["oid"] == found["ref"]["target"]["oid"] == it.pull.head_sha
    pull = found["pullRequest"]
    assert (pull["additions"], pull["deletions"], pull["changedFiles"]) == (4, 2, 2)
    assert [review["state"] for review in pull["reviews"]["nodes"]] == ["COMMENTED"]


MUTATIONS = [
    ('addComment(input: {subjectId: "PULL", body: "New"}) { subject { id } }', "New"),
    ('updateIssueComment(input: {id: "SAID", body: "Edited"}) { issueComment { body } }', "Edited"),
    ('updatePullRequestReview(input: {pullRequestReviewId: "REVIEW", body: "R"}) { pullRequestReview { body } }', "R"),
    (
        """updatePullRequestReviewComment(input: {pullRequestReviewCommentId: "COMMENT", body: "C"}) {
          pullRequestReviewComment { body } }""",
        "C",
    ),
    ('addReaction(input: {subjectId: "COMMENT", content: ROCKET}) { subject { id } }', "rocket"),
    ('unminimizeComment(input: {subjectId: "SAID"}) { unminimizedComment { isMinimized } }', "Thanks"),
    (
        """addPullRequestReview(input: {pullRequestId: "PULL", event: COMMENT, body: "Whole", threads: [
          {path: "a.py", line: 9, body: "T"}]}) { pullRequestReview { state } }""",
        "Whole",
    ),
    (
        """addPullRequestReviewThread(input: {pullRequestId: "PULL", path: "a.py", line: 9, body: "P"}) {
          thread { line } }""",
        "P",
    ),
]


@pytest.mark.parametrize(("mutation", "leaves"), MUTATIONS)
def test_mutations_leave_what_they_say(github_server: GitHubServer, mutation: str, leaves: str):
    it = _busy(github_server)
    named = {
        "PULL": it.pull.record,
        "SAID": it.pull.comments()[0],
        "REVIEW": it.pull.reviews()[0],
        "COMMENT": it.pull.review_comments()[0],
    }
    for name, record in named.items():
        mutation = mutation.replace(f'"{name}"', f'"{record.node_id}"')
    answer = graphql(github_server, it.classic(), f"mutation {{ {mutation} }}")
    assert "errors" not in answer
    remarks = [*it.pull.comments(), *it.pull.reviews(), *it.pull.review_comments()]
    texts = {found.body for found in remarks} | {given.content for found in remarks for given in found.reactions}
    assert leaves in texts


def test_a_whole_review_with_a_bad_thread_is_refused_over_graphql_too(github_server: GitHubServer):
    it = scene(github_server)
    bad = f"""mutation {{ addPullRequestReview(input: {{pullRequestId: "{it.pull.record.node_id}", event: COMMENT,
      body: "x", threads: [{{path: "a.py", line: 20, body: "x"}}]}}) {{ pullRequestReview {{ id }} }} }}"""
    answer = graphql(github_server, it.classic(), bad)
    assert (answer["errors"][0]["type"], it.pull.reviews()) == ("UNPROCESSABLE", [])
