import os
from pathlib import Path

import pytest

from pr_reviewer.git.checkout import (
    current_branch,
    default_branch,
    find_checkout,
    has_commits,
    origin_url,
    read_refs,
    resolve,
)
from pr_reviewer.model.errors import GitError, UsageError
from tests.git.builders import GitFolder


@pytest.fixture
def repo(tmp_path):
    repo = GitFolder.create(tmp_path / "a repo")
    repo.commit({"folder/a.txt": "a\n"})
    return repo


def default_of(repo):
    checkout = find_checkout(repo.path)
    return default_branch(checkout, read_refs(checkout))


def resolved(repo, name):
    checkout = find_checkout(repo.path)
    return resolve(checkout, read_refs(checkout), name)


def test_a_repository_is_found_from_a_folder_in_it(repo):
    found = find_checkout(repo.path / "folder")
    assert (found.top, found.git_dir, found.common_dir) == (repo.path, repo.path / ".git", repo.path / ".git")
    assert (found.name, found.object_format) == ("a repo", "sha1")


def test_a_repository_is_found_from_its_git_folder(repo):
    assert find_checkout(repo.path / ".git").top == repo.path


def test_a_relative_folder_is_one_of_where_the_program_runs(repo, monkeypatch):
    monkeypatch.chdir(repo.path.parent)
    assert find_checkout(Path("a repo")).top == repo.path


def test_a_linked_working_tree_shares_objects_and_has_its_own_index(repo, tmp_path):
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
    found = find_checkout(tmp_path / "linked")
    assert found.top == tmp_path / "linked"
    assert found.objects == repo.path / ".git" / "objects"
    assert found.git_dir == repo.path / ".git" / "worktrees" / "linked"
    assert current_branch(found) == "other"


def test_a_bare_repository_has_no_working_tree(repo, tmp_path):
    GitFolder.clone(repo.path, tmp_path / "app.git", "--bare")
    found = find_checkout(tmp_path / "app.git")
    assert (found.top, found.name) == (None, "app")


def test_a_bare_repository_named_on_purpose_is_read_whatever_the_user_forbids_for_found_ones(
    repo, tmp_path, settings_of_nobody
):
    GitFolder.clone(repo.path, tmp_path / "app.git", "--bare")
    settings_of_nobody.write_text("[safe]\n\tbareRepository = explicit\n")
    assert find_checkout(tmp_path / "app.git").top is None


def test_a_submodule_is_a_repository_of_its_own(repo, tmp_path):
    outer = GitFolder.create(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo.path), "sub")
    found = find_checkout(outer.path / "sub")
    assert found.top == outer.path / "sub"
    assert found.objects == outer.path / ".git" / "modules" / "sub" / "objects"


def test_a_folder_that_is_no_repository_is_a_wrong_call(tmp_path):
    with pytest.raises(UsageError, match="not a git repository") as caught:
        find_checkout(tmp_path)
    assert "--repo" in caught.value.hint


def test_a_folder_that_does_not_exist_is_a_wrong_call(tmp_path):
    with pytest.raises(UsageError, match="is not a folder"):
        find_checkout(tmp_path / "nowhere")


def test_a_path_that_git_cannot_print_is_refused(tmp_path):
    with pytest.raises(UsageError, match="line feed"):
        find_checkout(GitFolder.create(tmp_path / "line\nfeed").path)


def test_an_old_git_is_named(repo, monkeypatch, tmp_path):
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.25.1\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(GitError, match=r"git version 2\.25\.1 is too old"):
        find_checkout(repo.path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user_needs_the_users_trust(repo, settings_of_nobody):
    for path in (repo.path, repo.path / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(GitError, match="does not trust") as caught:
        find_checkout(repo.path)
    assert "safe.directory" in caught.value.hint
    settings_of_nobody.write_text(f"[safe]\n\tdirectory = {repo.path}\n")
    assert find_checkout(repo.path).top == repo.path


def test_the_default_branch_is_what_the_remote_calls_it(repo, tmp_path):
    repo.git("branch", "-m", "production")
    clone = GitFolder.clone(repo.path, tmp_path / "clone")
    clone.git("branch", "main")
    assert default_of(clone) == "refs/remotes/origin/production"


def test_a_lone_remote_of_any_name_counts(repo, tmp_path):
    clone = GitFolder.clone(repo.path, tmp_path / "clone", "--origin", "company")
    assert default_of(clone) == "refs/remotes/company/main"


def test_without_a_remote_the_users_own_name_for_it_comes_first(repo, settings_of_nobody):
    repo.git("branch", "stem")
    assert default_of(repo) == "refs/heads/main"
    settings_of_nobody.write_text("[init]\n\tdefaultBranch = stem\n")
    assert default_of(repo) == "refs/heads/stem"


@pytest.mark.parametrize("name", ["main", "master", "trunk", "develop"])
def test_the_usual_names_are_found(repo, name):
    repo.git("branch", "-m", name)
    assert default_of(repo) == f"refs/heads/{name}"


def test_the_remotes_branch_comes_before_the_local_one_of_the_same_name(repo, tmp_path):
    clone = GitFolder.clone(repo.path, tmp_path / "clone")
    clone.git("remote", "set-head", "origin", "--delete")
    assert default_of(clone) == "refs/remotes/origin/main"


def test_without_any_default_branch_the_option_is_named(repo):
    repo.git("branch", "-m", "topic")
    with pytest.raises(UsageError, match="no default branch was found in a repo") as caught:
        default_of(repo)
    assert "--base" in caught.value.hint


def test_branches_tags_and_expressions_are_resolved(repo):
    first = repo.id("HEAD")
    second = repo.commit({"b.txt": "b\n"})
    repo.git("tag", "-a", "v1", "-m", "one", first)
    assert [resolved(repo, name) for name in ("main", "v1", "HEAD~1", "HEAD^0", second[:9])] == [
        second,
        first,
        first,
        second,
        second,
    ]


def test_a_branch_that_only_the_remote_has_is_found_there(repo, tmp_path):
    repo.git("branch", "release")
    clone = GitFolder.clone(repo.path, tmp_path / "clone")
    assert resolved(clone, "release") == repo.id("HEAD")


@pytest.mark.parametrize("name", ["mian", "--all", "main..HEAD", "HEAD:folder", "", "a\nb", "main~99"])
def test_what_is_no_commit_is_a_wrong_call(repo, name):
    with pytest.raises(UsageError, match="there is no commit"):
        resolved(repo, name)


def test_an_unknown_name_brings_the_nearest_ones(repo):
    repo.git("branch", "feature/login")
    with pytest.raises(UsageError) as caught:
        resolved(repo, "feature/logn")
    assert caught.value.hint == "Did you mean feature/login?"
    with pytest.raises(UsageError) as caught:
        resolved(repo, "zzzzzzzz")
    assert "git fetch" in caught.value.hint


def test_an_unknown_commit_of_a_shallow_clone_says_so(repo, tmp_path):
    repo.commit({"b.txt": "b\n"})
    clone = GitFolder.clone(repo.path, tmp_path / "clone", "--depth=1")
    with pytest.raises(UsageError) as caught:
        resolved(clone, "HEAD~1")
    assert "--unshallow" in caught.value.hint


def test_a_repository_without_commits_has_a_branch_all_the_same(tmp_path):
    checkout = find_checkout(GitFolder.create(tmp_path / "new").path)
    assert (has_commits(checkout), current_branch(checkout)) == (False, "main")


def test_a_detached_head_is_no_branch(repo):
    repo.git("checkout", "-q", "--detach")
    assert current_branch(find_checkout(repo.path)) == ""


def test_the_address_of_origin_is_what_git_would_fetch_from(repo):
    assert origin_url(repo.path) == ""
    repo.git("remote", "add", "origin", "gh:octo/app.git")
    repo.git("config", "url.https://github.com/.insteadOf", "gh:")
    assert origin_url(repo.path / "folder") == "https://github.com/octo/app.git"


def test_a_folder_without_a_repository_has_no_origin(tmp_path):
    assert origin_url(tmp_path) == ""
