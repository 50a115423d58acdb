"""Git over HTTP: shallow and blobless fetches by SHA, forks, credentials, pushes."""

import base64
from pathlib import Path

import pytest

from tests.fakes.github.clients import git
from tests.fakes.github.scenes import scene, text_with
from tests.fakes.github.server import GitHubServer

pytest_plugins = ("tests.fakes.github.fixtures",)


def basic(token: str) -> str:
    return "Authorization: Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode()


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "--bare", ".")
    return tmp_path


def test_commits_are_fetched_by_sha_without_history_and_blobs(github_server: GitHubServer, bare: Path):
    it = scene(github_server)
    wanted = [it.pull.merge_base, it.pull.head_sha]
    done = git(bare, "fetch", "-q", "--depth=1", "--filter=blob:none", it.repository.url, *wanted)
    assert (done.returncode, done.stderr) == (0, "")
    assert git(bare, "rev-list", "--all", "--count").stdout == "0\n"
    assert git(bare, "cat-file", "-t", it.pull.head_sha).stdout == "commit\n"
    assert git(bare, "cat-file", "-e", f"{it.pull.head_sha}:new.py").returncode != 0
    blob = git(bare, "rev-parse", f"{it.pull.head_sha}:new.py").stdout.strip()
    git(bare, "fetch", "-q", "--filter=blob:none", it.repository.url, blob)
    assert git(bare, "cat-file", "blob", blob).stdout == "one\ntwo\nthree\n"
    assert {found.status for found in github_server.log.git} == {200}
    assert len(github_server.log.git) == 6


def test_the_head_of_a_fork_and_a_head_that_was_forced_away_are_served(github_server: GitHubServer, bare: Path):
    it = scene(github_server)
    fork = it.repository.fork("stranger")
    first = fork.commit("patch", {"a.py": text_with({20: "theirs"})})
    pull = it.repository.open_pull("patch", fork=fork)
    second = fork.commit("patch", {"a.py": text_with({20: "again"})}, parents=[it.repository.head("main")])
    done = git(bare, "fetch", "-q", "--depth=1", it.repository.url, f"refs/pull/{pull.number}/head", first)
    assert done.returncode == 0, done.stderr
    assert second in (bare / "FETCH_HEAD").read_text()
    assert pull.head_sha == second
    fork.move("patch", None)
    assert git(bare, "fetch", "-q", it.repository.url, f"refs/pull/{pull.number}/head").returncode == 0


def test_private_repositories_want_credentials(github_server: GitHubServer, bare: Path):
    it = scene(github_server, private=True)
    bearer = f"Authorization: Bearer {it.classic()}"
    weak = github_server.token("actions", permissions={"pull_requests": "read"}, repositories=[it.repository])
    stranger = github_server.token("classic", user="stranger")
    headers = ["", bearer, basic("ghp_wrong"), basic(stranger), basic(weak), basic(it.classic("reader"))]
    done = [git(bare, "fetch", "-q", it.repository.url, "main", header=header) for header in headers]
    assert [one.returncode == 0 for one in done] == [False, False, False, False, False, True]
    assert [found.status for found in github_server.log.git][-5:] == [404, 403, 200, 200, 200]
    assert "could not read Username" in done[0].stderr
    assert "Repository not found." in done[3].stderr


def test_an_app_and_github_token_fetch_with_contents_read(github_server: GitHubServer, bare: Path):
    it = scene(github_server, private=True)
    installation = github_server.app(permissions={"contents": "read"}).install("octo", [it.repository])
    token = github_server.installation_token(installation)
    assert git(bare, "fetch", "-q", it.repository.url, "main", header=basic(token)).returncode == 0
    assert {found.credential for found in github_server.log.git} == {token}


def test_a_renamed_repository_redirects_git_too(github_server: GitHubServer, bare: Path):
    it = scene(github_server)
    before = it.repository.url
    it.repository.rename("octo/renamed")
    assert git(bare, "fetch", "-q", before, "main").returncode == 0
    assert github_server.log.git[0].status == 301


def test_a_push_moves_the_pull_request(github_server: GitHubServer, tmp_path: Path):
    it = scene(github_server)
    work = tmp_path / "work"
    assert git(tmp_path, "clone", "-q", "--branch", "feature", it.repository.url, str(work)).returncode == 0
    (work / "a.py").write_text("new\n")
    git(work, "-c", "user.name=octocat", "-c", "user.email=o@example.com", "commit", "-qam", "Push")
    assert git(work, "push", "-q", "origin", "feature", header=basic(it.classic("reader"))).returncode != 0
    pushed = git(work, "push", "-q", "origin", "feature", header=basic(it.classic("reviewer")))
    assert pushed.returncode == 0, pushed.stderr
    assert it.pull.head_sha == git(work, "rev-parse", "HEAD").stdout.strip() == it.repository.head("feature")


def test_odd_files_keep_their_bytes(github_server: GitHubServer):
    it = scene(github_server)
    files = {
        "späce né.txt": "ü\r\nno end",
        "latin.txt": b"caf\xe9\n",
        "blob.bin": bytes(range(256)),
        "link": b"link:a.py",
    }
    it.repository.commit("feature", {**files, "a.py": None})
    assert it.pull.paths == ["a.py", "blob.bin", "latin.txt", "link", "new.py", "späce né.txt"]
    assert it.repository.git.blob(it.pull.head_sha, "latin.txt") is not None
