import asyncio
import gc
import tempfile
from pathlib import Path

import pytest

from pr_reviewer.model.errors import GitError, UsageError
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from pr_reviewer.providers.base import ChangeReader
from pr_reviewer.providers.local import DiffFile, LocalRange, nothing_to_review
from tests.git.builders import GitFolder
from tests.providers.contract import diff_of

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.fixture
def repo(tmp_path):
    repo = GitFolder.create(tmp_path / "app")
    repo.commit({"a.txt": "one\n"}, "Begin")
    return repo


async def pull_of(repo, **options):
    return await LocalRange(repo.path, **options).pull_request()


async def test_a_branch_is_a_pull_request_to_the_default_branch(repo):
    start = repo.id("HEAD")
    repo.branch("feature")
    head = repo.commit({"a.txt": "two\n"}, "Count further\n\nOne is not enough.\n\nNor is two.")
    repo.git("checkout", "-q", "main")
    base = repo.commit({"b.txt": "b\n"}, "Meanwhile")
    repo.git("checkout", "-q", "feature")
    assert await pull_of(repo) == PullRequest(
        ref=PullRequestRef("local", "app", 0),
        title="Count further",
        description="One is not enough.\n\nNor is two.",
        author="Ada",
        base=Revision("main", base),
        head=Revision("feature", head),
        merge_base_sha=start,
    )


async def test_what_the_base_did_meanwhile_is_not_in_the_diff(repo):
    repo.branch("feature")
    repo.commit({"a.txt": "two\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"b.txt": "b\n"})
    repo.git("checkout", "-q", "feature")
    found = await diff_of(LocalRange(repo.path))
    assert "-one\n+two\n" in found
    assert "b.txt" not in found


async def test_several_commits_are_listed_under_the_branchs_name_without_merges(repo):
    repo.branch("feature/count")
    repo.commit({"a.txt": "two\n"}, "First")
    repo.git("checkout", "-q", "main")
    repo.commit({"b.txt": "b\n"}, "Meanwhile")
    repo.git("checkout", "-q", "feature/count")
    repo.git("merge", "-q", "-m", "Merge main", "main")
    repo.commit({"a.txt": "three\n"}, "Second\n\nWith a body.")
    pull = await pull_of(repo)
    assert (pull.title, pull.description) == ("feature/count", "- First\n- Second")


async def test_a_long_list_of_commits_is_cut_and_says_so(repo):
    repo.branch("feature")
    for number in range(52):
        repo.commit(message=f"Commit {number}")
    lines = (await pull_of(repo)).description.split("\n")
    assert (lines[:2], lines[-1], len(lines)) == (["- … and earlier commits", "- Commit 2"], "- Commit 51", 51)


async def test_base_and_head_are_what_the_user_names(repo):
    first = repo.id("HEAD")
    second = repo.commit({"a.txt": "two\n"}, "Second")
    repo.commit({"a.txt": "three\n"}, "Third")
    pull = await pull_of(repo, base="HEAD~2", head="HEAD~1")
    assert (pull.base, pull.head) == (Revision("HEAD~2", first), Revision("HEAD~1", second))
    assert pull.title == "Second"


async def test_the_default_branch_itself_is_compared_with_what_its_remote_has(repo, tmp_path):
    clone = GitFolder.clone(repo.path, tmp_path / "clone")
    clone.commit({"a.txt": "not pushed\n"}, "Not pushed")
    pull = await pull_of(clone)
    assert (pull.base.branch, pull.head.branch, pull.title) == ("origin/main", "main", "Not pushed")


async def test_a_default_branch_without_news_is_an_empty_change_that_says_so(repo):
    repo.commit({"a.txt": "two\n"})
    provider = LocalRange(repo.path)
    pull = await provider.pull_request()
    assert await provider.diff(pull.merge_base_sha, pull.head.sha) == ""
    assert nothing_to_review(pull) == (
        "main is compared with itself. "
        "`--base HEAD~1` reviews the last commit, `--uncommitted` what is not committed yet."
    )


async def test_a_branch_without_commits_of_its_own_is_an_empty_change_that_says_so(repo):
    repo.branch("feature")
    sentence = nothing_to_review(await pull_of(repo))
    assert sentence.startswith("feature has no commit that main lacks. `--base HEAD~1`")


async def test_commits_that_undo_each_other_are_an_empty_change_that_says_so(repo):
    repo.branch("feature")
    repo.commit({"a.txt": "two\n"})
    repo.commit({"a.txt": "one\n"})
    assert await diff_of(LocalRange(repo.path)) == ""
    expected = "The commits of feature since it left main change nothing, taken together."
    assert nothing_to_review(await pull_of(repo)) == expected


async def test_a_repositorys_first_commit_is_all_new(repo):
    pull = await pull_of(repo)
    assert pull.merge_base_sha == EMPTY_TREE
    assert "+one\n" in await diff_of(LocalRange(repo.path))
    assert await LocalRange(repo.path).list_files(pull.merge_base_sha) == ()
    assert (pull.title, pull.author) == ("Begin", "Ada")


async def test_a_first_commit_with_a_base_is_no_news(repo):
    assert await diff_of(LocalRange(repo.path, base="main")) == ""


async def test_the_end_of_a_shallow_history_is_not_a_first_commit(repo, tmp_path):
    repo.commit({"a.txt": "two\n"})
    clone = GitFolder.clone(repo.path, tmp_path / "clone", "--depth=1")
    assert await diff_of(LocalRange(clone.path)) == ""


async def test_a_detached_head_is_called_head(repo):
    repo.branch("feature")
    repo.commit({"a.txt": "two\n"}, "One")
    repo.commit({"a.txt": "three\n"}, "Two")
    repo.git("checkout", "-q", "--detach")
    pull = await pull_of(repo)
    assert (pull.head.branch, pull.title) == ("HEAD", "HEAD")


async def test_staged_changes_are_a_pull_request_to_head(repo):
    repo.write({"a.txt": "staged\n"})
    repo.git("add", "a.txt")
    provider = LocalRange(repo.path, staged=True)
    pull = await provider.pull_request()
    head = Revision("main", repo.id("HEAD"))
    assert pull == PullRequest(
        PullRequestRef("local", "app", 0),
        "Staged changes",
        "",
        "",
        head,
        Revision("staged changes", pull.head.sha),
        head.sha,
    )
    assert await provider.read_files(pull.head.sha, ["a.txt"]) == {"a.txt": "staged\n"}


async def test_with_a_base_uncommitted_changes_come_on_top_of_the_branch(repo):
    start = repo.id("HEAD")
    repo.branch("feature")
    repo.commit({"b.txt": "committed\n"})
    repo.write({"c.txt": "untracked\n"})
    provider = LocalRange(repo.path, base="main", uncommitted=True)
    pull = await provider.pull_request()
    assert (pull.base.branch, pull.merge_base_sha) == ("main", start)
    found = await provider.diff(pull.merge_base_sha, pull.head.sha)
    assert "+committed\n" in found
    assert "+untracked\n" in found


async def test_nothing_staged_and_nothing_uncommitted_say_so(repo):
    assert nothing_to_review(await pull_of(repo, staged=True)).startswith("Nothing is staged")
    assert nothing_to_review(await pull_of(repo, uncommitted=True)) == "There are no uncommitted changes."


@pytest.mark.parametrize("options", [{"staged": True}, {"uncommitted": True}], ids=str)
async def test_before_the_first_commit_everything_is_new(tmp_path, options):
    repo = GitFolder.create(tmp_path / "new")
    repo.write({"a.txt": "first\n"})
    repo.git("add", "a.txt")
    assert (await pull_of(repo, **options)).base == Revision("HEAD", EMPTY_TREE)
    assert "+first\n" in await diff_of(LocalRange(repo.path, **options))


@pytest.mark.parametrize("options", [{}, {"base": "main", "staged": True}, {"base": "main"}], ids=str)
async def test_a_range_of_a_repository_without_commits_is_a_wrong_call(tmp_path, options):
    repo = GitFolder.create(tmp_path / "new")
    with pytest.raises(UsageError, match="new has no commits yet") as caught:
        await pull_of(repo, **options)
    assert "--uncommitted" in caught.value.hint


async def test_an_empty_repository_with_a_remote_has_no_commits_either(repo, tmp_path):
    clone = GitFolder.clone(repo.path, tmp_path / "clone")
    clone.git("checkout", "-q", "--orphan", "new")
    with pytest.raises(UsageError, match="no commits yet"):
        await pull_of(clone)


@pytest.mark.parametrize(
    "options",
    [{"staged": True, "uncommitted": True}, {"head": "HEAD", "staged": True}, {"head": "x", "uncommitted": True}],
)
def test_options_that_contradict_each_other_are_a_wrong_call(repo, options):
    with pytest.raises(UsageError, match="--staged"):
        LocalRange(repo.path, **options)


async def test_unrelated_histories_are_a_wrong_call(repo):
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit({"a.txt": "other\n"}, "Other")
    with pytest.raises(UsageError, match="main and other have no common ancestor in app") as caught:
        await pull_of(repo)
    assert "--base" in caught.value.hint


async def test_a_merge_base_beyond_a_shallow_history_says_how_to_get_it(repo, tmp_path):
    repo.branch("feature")
    repo.commit({"a.txt": "two\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"b.txt": "b\n"})
    clone = GitFolder.clone(repo.path, tmp_path / "clone", "--depth=1", "--no-single-branch")
    with pytest.raises(UsageError, match="no common ancestor") as caught:
        await pull_of(clone, head="feature")
    assert "git fetch --unshallow" in caught.value.hint


async def test_a_shallow_history_that_is_long_enough_is_enough(repo, tmp_path):
    repo.commit({"a.txt": "two\n"})
    repo.branch("feature")
    repo.commit({"a.txt": "three\n"})
    clone = GitFolder.clone(repo.path, tmp_path / "clone", "--depth=2", "--no-single-branch")
    assert "-two\n+three\n" in await diff_of(LocalRange(clone.path, head="feature", base="main"))


async def test_a_partial_clone_fetches_nothing_and_says_what_is_missing(repo, tmp_path):
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.branch("feature")
    repo.commit({"a.txt": "two\n", "b.txt": "b\n"})
    clone = GitFolder.clone(repo.path, tmp_path / "clone", "--filter=blob:none", "--branch=feature")
    clone.git("config", "protocol.file.allow", "always")
    provider = LocalRange(clone.path, base="origin/main")
    pull = await provider.pull_request()
    assert await provider.read_files(pull.head.sha, ["a.txt"]) == {"a.txt": "two\n"}
    assert await provider.read_files(pull.merge_base_sha, ["a.txt"]) == {}
    with pytest.raises(GitError, match="does not have") as caught:
        await provider.diff(pull.merge_base_sha, pull.head.sha)
    assert "git diff --stat BASE...HEAD" in caught.value.hint
    clone.git("diff", "--stat", "origin/main...HEAD")
    assert "-one\n+two\n" in await diff_of(LocalRange(clone.path, base="origin/main"))


async def test_objects_that_the_repository_itself_borrows_are_read(repo, tmp_path):
    first = GitFolder.clone(repo.path, tmp_path / "first")
    GitFolder(tmp_path).git("clone", "-q", "--shared", str(first.path), str(tmp_path / "second"))
    GitFolder(tmp_path).git("clone", "-q", "--shared", str(tmp_path / "second"), str(tmp_path / "third"))
    third = GitFolder(tmp_path / "third")
    third.branch("feature")
    third.commit({"a.txt": "two\n"})
    assert "-one\n+two\n" in await diff_of(LocalRange(third.path))


@pytest.mark.parametrize("name", ["with space", "-dash", "quo'te", "é:colon", "#hash", '"quoted"'])
async def test_a_repository_may_be_called_anything(tmp_path, monkeypatch, name):
    repo = GitFolder.create(tmp_path / name)
    repo.commit({"a.txt": "one\n"})
    repo.branch("feature")
    repo.commit({"a.txt": "two\n"})
    repo.write({"b.txt": "b\n"})
    monkeypatch.chdir(tmp_path)
    assert "-one\n+two\n" in await diff_of(LocalRange(Path(name)))
    assert "+b\n" in await diff_of(LocalRange(Path(name), uncommitted=True))


async def test_a_subfolder_stands_for_the_whole_repository(repo):
    repo.branch("feature")
    repo.commit({"a.txt": "two\n", "deep/b.txt": "b\n"})
    repo.write({"c.txt": "c\n"})
    assert "-one\n+two\n" in await diff_of(LocalRange(repo.path / "deep"))
    assert "b/c.txt" in await diff_of(LocalRange(repo.path / "deep", uncommitted=True))


async def test_a_bare_repository_a_worktree_and_a_submodule_are_read(repo, tmp_path):
    repo.branch("feature")
    repo.commit({"a.txt": "two\n"})
    bare = GitFolder.clone(repo.path, tmp_path / "app.git", "--bare")
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    outer = GitFolder.create(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", "-b", "feature", str(repo.path), "sub")
    for path in (bare.path, tmp_path / "linked", outer.path / "sub"):
        assert "-one\n+two\n" in await diff_of(LocalRange(path, base="main"))


async def test_a_sha256_repository_is_read(tmp_path):
    repo = GitFolder.create(tmp_path / "repo", "--object-format=sha256")
    repo.commit({"a.txt": "one\n"})
    assert "+one\n" in await diff_of(LocalRange(repo.path))
    repo.branch("feature")
    repo.commit({"a.txt": "two\n"})
    assert "-one\n+two\n" in await diff_of(LocalRange(repo.path))


async def test_the_range_stays_as_it_was_when_it_was_first_read(repo):
    repo.branch("feature")
    head = repo.commit({"a.txt": "two\n"})
    provider = LocalRange(repo.path)
    before = await provider.pull_request()
    repo.commit({"a.txt": "three\n"})
    assert await provider.pull_request() == before
    assert before.head.sha == head


async def test_titles_and_names_that_are_not_utf_8_come_with_surrogates(repo):
    repo.branch("feature")
    header = f"tree {repo.id('HEAD^{tree}')}\nparent {repo.id('HEAD')}\n".encode()
    people = b"author Jos\xe9 <j@example.org> 1767323045 +0000\ncommitter J <j@example.org> 1767323045 +0000\n"
    commit = repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=header + people + b"\ncaf\xe9\n\n\xff\n")
    repo.git("reset", "-q", "--hard", commit)
    pull = await pull_of(repo)
    assert (pull.author, pull.title, pull.description) == ("Jos\udce9", "caf\udce9", "\udcff")


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def test_the_temporary_folder_goes_with_the_range(repo, temporary):
    provider = LocalRange(repo.path, uncommitted=True)
    provider.close()
    await provider.pull_request()
    assert len(list(temporary.iterdir())) == 1
    provider.close()
    assert not list(temporary.iterdir())
    forgotten = LocalRange(repo.path)
    await forgotten.pull_request()
    del forgotten
    gc.collect()
    assert not list(temporary.iterdir())


async def test_a_range_that_cannot_be_read_leaves_nothing_behind(repo, temporary):
    provider = LocalRange(repo.path, base="nothing")
    with pytest.raises(UsageError):
        await provider.pull_request()
    assert not list(temporary.iterdir())


async def test_readers_at_once_open_the_range_once(repo, temporary):
    provider = LocalRange(repo.path)
    first, second = await asyncio.gather(provider.pull_request(), provider.pull_request())
    assert first is second
    assert len(list(temporary.iterdir())) == 1


async def test_a_diff_file_is_its_text_and_nothing_else():
    text = "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n"
    provider: ChangeReader = DiffFile(text)
    pull = await provider.pull_request()
    assert (pull.base, pull.head, pull.merge_base_sha) == (Revision("", ""), Revision("", ""), "")
    assert await provider.diff("", "") == text
    assert await provider.read_files("", ["a"]) == {}
    assert await provider.list_files("") == ()
    assert await provider.generated("", ["a"]) == frozenset()
    assert provider.can_suggest is False


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("+é\n".encode(), "+é\n"),
        (b"\xef\xbb\xbf+x\n", "+x\n"),
        ("+é\n".encode("utf-16"), "+é\n"),
        (b"\xfe\xff\x00+\x00\n", "+\n"),
        (b"+caf\xe9\r\n", "+caf\udce9\r\n"),
        (b"", ""),
    ],
)
async def test_a_diff_file_is_decoded_as_it_was_encoded(content, text):
    assert await DiffFile.from_bytes(content).diff("", "") == text
