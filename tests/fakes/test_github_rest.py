"""The stand-in's REST API, called by PyGithub and plainly; every answer is held against GitHub's description."""

import base64

import pytest
import requests
from github import GithubException

from tests.fakes.github.clients import call, pygithub
from tests.fakes.github.scenes import scene, text_with
from tests.fakes.github.server import GitHubServer

pytest_plugins = ("tests.fakes.github.fixtures",)
PULL = "/repos/octo/demo/pulls/1"
ISSUE = "/repos/octo/demo/issues/1"


def test_pygithub_reads_a_pull_request(any_github_server: GitHubServer):
    it = scene(any_github_server)
    with pygithub(any_github_server, it.classic()) as client:
        repository = client.get_repo("octo/demo")
        pull = repository.get_pull(1)
        assert (pull.title, pull.body, pull.draft, pull.user.login) == ("A change", "Why", False, "octocat")
        assert (pull.head.sha, pull.base.ref) == (it.pull.head_sha, "main")
        assert [file.filename for file in pull.get_files()] == ["a.py", "new.py"]
        assert pull.get_commits().totalCount == 1
        comparison = repository.compare(pull.base.sha, pull.head.sha)
        assert comparison.merge_base_commit.sha == it.pull.merge_base


def test_pygithub_writes_everything_a_reviewer_writes(any_github_server: GitHubServer):
    it = scene(any_github_server)
    with pygithub(any_github_server, it.classic()) as client:
        repository = client.get_repo("octo/demo")
        pull = repository.get_pull(1)
        head = repository.get_commit(pull.head.sha)
        comments = [
            {"path": "a.py", "line": 10, "side": "RIGHT", "body": "one line"},
            {"path": "a.py", "start_line": 37, "line": 39, "side": "RIGHT", "start_side": "RIGHT", "body": "a range"},
        ]
        review = pull.create_review(commit=head, body="Looked", event="COMMENT", comments=comments)
        assert (review.state, review.commit_id) == ("COMMENTED", pull.head.sha)
        first = next(iter(pull.get_review_comments()))
        first.create_reaction("eyes")
        reply = pull.create_review_comment_reply(first.id, "a reply")
        reply.edit("an edited reply")
        comment = pull.create_issue_comment("Summary")
        comment.edit("New summary")
        pull.add_to_labels("reviewed", "needs work")
        pull.remove_from_labels("reviewed")
        pull.edit(title="Better", body="New body")
        head.create_status("pending", description="at it", context="pr-reviewer")
        head.create_status("success", description="done", context="pr-reviewer")
        assert head.get_combined_status().state == "success"
    threads = it.pull.threads()
    assert [[said.body for said in thread.comments] for thread in threads] == [
        ["one line", "an edited reply"],
        ["a range"],
    ]
    assert [found.body for found in it.pull.comments()] == ["New summary"]
    assert [found.name for found in it.pull.record.labels] == ["needs work"]
    assert (it.pull.record.title, it.pull.record.body) == ("Better", "New body")
    assert [found.state for found in it.pull.statuses()] == ["pending", "success"]


def test_permission_is_coarse_and_the_role_exact(github_server: GitHubServer):
    it = scene(github_server)
    for login, role in (("m", "maintain"), ("t", "triage"), ("a", "admin")):
        it.repository.grant(login, role)
    with pygithub(github_server, it.classic()) as client:
        repository = client.get_repo("octo/demo")
        found = {login: repository.get_collaborator_permission(login) for login in ("m", "t", "a", "reader", "octocat")}
    assert found == {"m": "write", "t": "read", "a": "admin", "reader": "read", "octocat": "read"}
    answer = call(github_server, it.classic("reader"), "GET", "/repos/octo/demo/collaborators/m/permission")
    assert (answer.status_code, answer.json()["message"]) == (
        403,
        "Must have push access to view collaborator permission.",
    )


def test_lists_come_in_pages_with_links(github_server: GitHubServer):
    it = scene(github_server)
    for number in range(7):
        it.pull.comment("octocat", f"comment {number}")
    first = call(github_server, it.classic(), "GET", f"{ISSUE}/comments?per_page=3")
    assert len(first.json()) == 3
    assert set(first.links) == {"next", "last"}
    last = requests.get(first.links["last"]["url"], timeout=5)
    assert [found["body"] for found in last.json()] == ["comment 6"]
    assert set(last.links) == {"prev", "first"}


def test_an_entity_tag_saves_the_answer_and_the_limit(github_server: GitHubServer):
    it = scene(github_server)
    token = it.classic()
    first = call(github_server, token, "GET", PULL)
    again = call(github_server, token, "GET", PULL, if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"] == "1"
    it.pull.record.title = "Other"
    assert call(github_server, token, "GET", PULL, if_none_match=first.headers["etag"]).status_code == 200


def test_files_and_commits_are_capped_and_large_patches_are_left_out(github_server: GitHubServer):
    it = scene(github_server)
    github_server.rules.most_files, github_server.rules.most_commits, github_server.rules.longest_patch = 4, 2, 200
    it.repository.commit("feature", {f"many/{number}.txt": "x\n" for number in range(6)})
    it.repository.commit("feature", {"a.py": text_with({10: "changed", 30: "x" * 300})})
    files = call(github_server, it.classic(), "GET", f"{PULL}/files?per_page=100").json()
    assert [file["filename"] for file in files] == ["a.py", "many/0.txt", "many/1.txt", "many/2.txt"]
    assert ["patch" in file for file in files] == [False, True, True, True]
    assert len(call(github_server, it.classic(), "GET", f"{PULL}/commits").json()) == 2
    assert call(github_server, it.classic(), "GET", PULL).json()["changed_files"] == 8


def test_three_thousand_files_are_served_in_time(github_server: GitHubServer):
    it = scene(github_server)
    it.repository.commit("feature", {f"many/{number}.txt": "x\n" for number in range(3_100)})
    last = call(github_server, it.classic(), "GET", f"{PULL}/files?per_page=100&page=30")
    assert len(last.json()) == 100
    assert "next" not in last.links


def test_the_diff_media_type_is_refused_above_its_lines(github_server: GitHubServer):
    it = scene(github_server)
    kind = "application/vnd.github.v3.diff"
    answer = call(github_server, it.classic(), "GET", PULL, accept=kind)
    assert answer.text.startswith("diff --git a/a.py b/a.py")
    github_server.rules.most_diff_lines = 5
    refused = call(github_server, it.classic(), "GET", PULL, accept=kind)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (406, "too_large")


def test_a_file_is_read_at_a_revision(github_server: GitHubServer):
    it = scene(github_server)
    found = call(github_server, it.classic(), "GET", "/repos/octo/demo/contents/new.py?ref=feature").json()
    assert base64.b64decode(found["content"]) == b"one\ntwo\nthree\n"
    assert call(github_server, it.classic(), "GET", "/repos/octo/demo/contents/new.py").status_code == 404


def test_a_renamed_repository_redirects_by_its_id(github_server: GitHubServer):
    it = scene(github_server)
    it.repository.rename("octo/renamed")
    moved = call(github_server, it.classic(), "GET", PULL)
    assert moved.status_code == 301
    assert moved.headers["location"] == f"{github_server.api_url}/repositories/{it.repository.id}/pulls/1"
    assert call(github_server, it.classic(), "POST", f"{ISSUE}/comments", {"body": "x"}).status_code == 307
    with pygithub(github_server, it.classic()) as client:
        assert client.get_repo("octo/demo").get_pull(1).title == "A change"


def test_a_fork_in_another_repository_is_a_pull_request_here(github_server: GitHubServer):
    it = scene(github_server)
    fork = it.repository.fork("stranger")
    fork.commit("patch", {"a.py": text_with({20: "theirs"})}, author="stranger")
    pull = it.repository.open_pull("patch", fork=fork, author="stranger")
    found = call(github_server, it.classic(), "GET", f"/repos/octo/demo/pulls/{pull.number}").json()
    assert (found["head"]["repo"]["full_name"], found["head"]["label"]) == ("stranger/demo", "stranger:patch")
    pull.record.head_repository = None
    assert (
        call(github_server, it.classic(), "GET", f"/repos/octo/demo/pulls/{pull.number}").json()["head"]["repo"] is None
    )


def test_branches_that_move_take_the_pull_request_along(github_server: GitHubServer):
    it = scene(github_server)
    before = it.pull.head_sha
    main = it.repository.commit("main", {"other.py": "x\n"})
    assert it.pull.merge_base != main
    forced = it.repository.commit("feature", {"a.py": text_with({5: "again"})}, parents=[main])
    assert (it.pull.head_sha, it.pull.base_sha, it.pull.merge_base) == (forced, main, main)
    found = call(github_server, it.classic(), "GET", f"/repos/octo/demo/compare/{before}...{forced}").json()
    assert found["status"] == "diverged"
    it.repository.commit("release", {"r.py": "x\n"}, start="main")
    it.pull.retarget("release")
    assert call(github_server, it.classic(), "GET", PULL).json()["base"]["ref"] == "release"


def test_a_merged_pull_request_keeps_its_diff(github_server: GitHubServer):
    it = scene(github_server)
    sha = it.pull.merge("reviewer")
    found = call(github_server, it.classic(), "GET", PULL).json()
    assert (found["merged"], found["state"], found["merge_commit_sha"]) == (True, "closed", sha)
    assert (found["changed_files"], found["commits"]) == (2, 1)


def test_archived_and_locked_conversations_take_nothing(github_server: GitHubServer):
    it = scene(github_server)
    it.pull.lock()
    body = {"body": "x"}
    assert call(github_server, it.classic("reader"), "POST", f"{ISSUE}/comments", body).status_code == 403
    assert call(github_server, it.classic("reviewer"), "POST", f"{ISSUE}/comments", body).status_code == 201
    it.repository.archive()
    refused = call(github_server, it.classic("reviewer"), "POST", f"{ISSUE}/comments", body)
    assert (refused.status_code, refused.json()["message"]) == (403, "Repository was archived so is read-only.")


@pytest.mark.parametrize(("length", "status"), [(65_536, 201), (65_537, 422)])
def test_bodies_have_a_longest_length(github_server: GitHubServer, length: int, status: int):
    it = scene(github_server)
    assert call(github_server, it.classic(), "POST", f"{ISSUE}/comments", {"body": "é" * length}).status_code == status


def test_reactions_are_given_once(github_server: GitHubServer):
    it = scene(github_server)
    comment = it.pull.comment("octocat", "/review")
    path = f"/repos/octo/demo/issues/comments/{comment.id}/reactions"
    assert call(github_server, it.classic(), "POST", path, {"content": "eyes"}).status_code == 201
    again = call(github_server, it.classic(), "POST", path, {"content": "eyes"})
    assert again.status_code == 200
    assert call(github_server, it.classic(), "DELETE", f"{path}/{again.json()['id']}").status_code == 204
    assert comment.reactions == []


def test_what_server_it_is_stands_in_the_headers(any_github_server: GitHubServer):
    answer = call(any_github_server, "", "GET", "/meta")
    is_enterprise = any_github_server.site.is_enterprise
    assert ("installed_version" in answer.json()) is is_enterprise
    assert ("x-github-enterprise-version" in answer.headers) is is_enterprise
    assert answer.headers["x-github-request-id"]


def test_a_push_while_somebody_reads_can_be_planned(github_server: GitHubServer):
    it = scene(github_server)
    github_server.on("GET */files", lambda _: it.repository.commit("feature", {"late.py": "x\n"}) and None)
    with pygithub(github_server, it.classic()) as client:
        pull = client.get_repo("octo/demo").get_pull(1)
        assert "late.py" in [file.filename for file in pull.get_files()]
        with pytest.raises(GithubException):
            client.get_repo("octo/demo").get_pull(9)
    assert github_server.log.names[:2] == ["GET /repos/octo/demo", "GET /repos/octo/demo/pulls/1"]
