import os
import time

import pytest

from pr_reviewer.git.checkout import find_checkout
from pr_reviewer.git.repository import Repository, borrow, create_bare
from pr_reviewer.git.run import BIG_FILE
from pr_reviewer.git.snapshot import staged_tree, working_tree
from pr_reviewer.model.errors import UsageError
from tests.git.builders import GitFolder, fingerprint


@pytest.fixture
def repo(tmp_path):
    return GitFolder.create(tmp_path / "repo")


@pytest.fixture
def taken(tmp_path):
    """(repo, take=…) → the ids of HEAD's tree and of the snapshot, and a reader of both."""

    def taken(repo, take=working_tree, **options):
        checkout = find_checkout(repo.path)
        bare = tmp_path / f"bare-{time.monotonic_ns()}.git"
        create_bare(bare, checkout.object_format)
        borrow(bare, checkout.objects, checkout.shallow)
        tree = take(checkout, bare / "objects", bare.with_suffix(".scratch"), **options)
        return repo.id("HEAD^{tree}"), tree, Repository(bare)

    return taken


async def diff_of(taken):
    old, new, reader = taken
    return await reader.diff(old, new)


async def files_of(taken):
    _, new, reader = taken
    return await reader.read_files(new, await reader.list_files(new))


async def test_tracked_and_untracked_files_count_as_they_are_now(repo, taken):
    repo.commit({"kept.txt": "kept\n", "changed.txt": "old\n", "gone.txt": "gone\n", "staged.txt": "old\n"})
    repo.write({"changed.txt": "new\n", "folder/untracked.txt": "untracked\n", "staged.txt": "staged\n"})
    repo.git("add", "staged.txt")
    repo.write({"staged.txt": "later\n"})
    (repo.path / "gone.txt").unlink()
    assert await files_of(taken(repo)) == {
        "kept.txt": "kept\n",
        "changed.txt": "new\n",
        "folder/untracked.txt": "untracked\n",
        "staged.txt": "later\n",
    }


async def test_ignored_files_do_not_count_wherever_they_are_ignored(repo, taken, settings_of_nobody):
    repo.commit({".gitignore": "*.log\n", "forced.log": "tracked\n"})
    repo.git("add", "--force", "forced.log")
    repo.commit()
    ignore = settings_of_nobody.with_name("ignore")
    ignore.write_text("*.swp\n")
    settings_of_nobody.write_text("[core]\n\texcludesFile = ~/ignore\n")
    (repo.path / ".git" / "info" / "exclude").write_text("*.tmp\n")
    repo.write(dict.fromkeys(("a.log", "a.swp", "a.tmp", "a.txt"), "x\n") | {"forced.log": "changed\n"})
    assert sorted(await files_of(taken(repo))) == [".gitignore", "a.txt", "forced.log"]
    assert (await files_of(taken(repo)))["forced.log"] == "changed\n"


async def test_only_what_is_staged_counts(repo, taken):
    repo.commit({"a.txt": "old\n"})
    repo.write({"a.txt": "staged\n", "b.txt": "b\n", "c.txt": "untracked\n"})
    repo.git("add", "a.txt", "b.txt")
    repo.write({"a.txt": "later\n"})
    assert await files_of(taken(repo, staged_tree)) == {"a.txt": "staged\n", "b.txt": "b\n"}


async def test_another_index_can_be_named(repo, taken, tmp_path):
    repo.commit({"a.txt": "old\n"})
    repo.write({"a.txt": "staged\n"})
    repo.git("add", "a.txt")
    other = tmp_path / "index.lock"
    (repo.path / ".git" / "index").rename(other)
    repo.git("reset", "-q")
    assert await files_of(taken(repo, staged_tree, index=other)) == {"a.txt": "staged\n"}


@pytest.mark.parametrize("take", [staged_tree, working_tree])
def test_the_repository_stays_as_it_was_byte_for_byte(repo, taken, take):
    repo.commit({"a.txt": "old\n", "b.txt": "b\n"})
    repo.write({"a.txt": "new\n", "c.txt": "c\n", "d/e.txt": "e\n"})
    repo.git("add", "c.txt")
    (repo.path / "b.txt").unlink()
    before, index = fingerprint(repo.path), (repo.path / ".git" / "index").stat()
    taken(repo, take)
    assert fingerprint(repo.path) == before
    after = (repo.path / ".git" / "index").stat()
    assert (after.st_mtime_ns, after.st_ino) == (index.st_mtime_ns, index.st_ino)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
@pytest.mark.parametrize("take", [staged_tree, working_tree])
def test_a_repository_that_cannot_be_written_is_no_hindrance(repo, taken, take):
    repo.commit({"a.txt": "old\n"})
    repo.write({"a.txt": "new\n"})
    folders = [repo.path, *(path for path in repo.path.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert taken(repo, take)
    finally:
        for folder in folders:
            folder.chmod(0o755)


@pytest.mark.parametrize("autocrlf", ["true", "input"])
async def test_line_ends_are_compared_as_they_are_stored(repo, taken, settings_of_nobody, autocrlf):
    repo.commit({"same.txt": "one\ntwo\n", "changed.txt": "one\ntwo\n"})
    repo.write({"stored.txt": "one\r\n"})
    repo.commit()
    settings_of_nobody.write_text(f"[core]\n\tautocrlf = {autocrlf}\n\tsafecrlf = true\n")
    repo.write({"same.txt": "one\r\ntwo\r\n", "changed.txt": "one\r\n2\r\n", "stored.txt": "one\r\ntwo\r\n"})
    found = await diff_of(taken(repo))
    assert "same.txt" not in found
    assert "-two\n+2\n" in found
    assert "+two\r\n" in found, "what is stored with carriage returns keeps them"


async def test_without_such_a_setting_line_ends_are_content(repo, taken):
    repo.commit({"a.txt": "one\n"})
    repo.write({"a.txt": "one\r\n"})
    assert "-one\n+one\r\n" in await diff_of(taken(repo))


async def test_attributes_of_the_working_tree_say_how_it_is_stored(repo, taken):
    repo.commit({".gitattributes": "*.bat text eol=crlf\n*.utf16 working-tree-encoding=UTF-16LE\n", "a.bat": "one\n"})
    repo.write({"a.bat": "one\r\n", "b.utf16": "wide\n".encode("utf-16-le")})
    files = await files_of(taken(repo))
    assert (files["a.bat"], files["b.utf16"]) == ("one\n", "wide\n")


async def test_a_file_that_was_only_intended_to_be_added_counts_once_it_is_looked_at(repo, taken):
    repo.commit({"a.txt": "a\n"})
    repo.write({"new.txt": "new\n"})
    repo.git("add", "--intent-to-add", "new.txt")
    assert "new.txt" not in await files_of(taken(repo, staged_tree))
    assert (await files_of(taken(repo)))["new.txt"] == "new\n"


@pytest.mark.parametrize("take", [staged_tree, working_tree])
def test_conflicts_are_named(repo, taken, take):
    repo.commit({"a.txt": "base\n"})
    repo.branch("other")
    repo.commit({"a.txt": "theirs\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"a.txt": "ours\n"})
    with pytest.raises(AssertionError, match="git"):
        repo.git("merge", "other")
    with pytest.raises(UsageError, match=r"unresolved conflicts in a\.txt") as caught:
        taken(repo, take)
    assert "git add" in caught.value.hint


@pytest.mark.parametrize("take", [staged_tree, working_tree])
def test_a_bare_repository_has_nothing_to_take(repo, tmp_path, taken, take):
    repo.commit({"a.txt": "a\n"})
    bare = GitFolder.clone(repo.path, tmp_path / "bare", "--bare")
    with pytest.raises(UsageError, match="is a bare repository"):
        taken(bare, take)


async def test_files_that_turn_into_folders_links_and_programs(repo, taken):
    repo.commit({"file": "file\n", "folder/a": "a\n", "plain": "x\n", "linked/a": "a\n", "elsewhere/a": "not me\n"})
    (repo.path / "file").unlink()
    (repo.path / "folder" / "a").unlink()
    (repo.path / "folder").rmdir()
    repo.write({"file/inside": "inside\n", "folder": "now a file\n"})
    (repo.path / "plain").chmod(0o755)
    (repo.path / "linked" / "a").unlink()
    (repo.path / "linked").rmdir()
    (repo.path / "linked").symlink_to("elsewhere")
    result = taken(repo)
    files = await files_of(result)
    assert files == {"file/inside": "inside\n", "folder": "now a file\n", "plain": "x\n", "elsewhere/a": "not me\n"}
    found = await diff_of(result)
    assert "new mode 100755" in found
    assert "new file mode 120000" in found


async def test_file_modes_follow_the_users_setting(repo, taken):
    repo.commit({"a.sh": "x\n"})
    repo.git("config", "core.fileMode", "false")
    (repo.path / "a.sh").chmod(0o755)
    assert await diff_of(taken(repo)) == ""


async def test_a_file_that_was_touched_or_changed_within_one_tick_is_seen_right(repo, taken):
    repo.commit({"touched.txt": "same\n", "changed.txt": "old\n"})
    index = (repo.path / ".git" / "index").stat()
    repo.write({"changed.txt": "new\n"})
    os.utime(repo.path / "changed.txt", ns=(index.st_mtime_ns, index.st_mtime_ns))
    os.utime(repo.path / "touched.txt")
    found = await diff_of(taken(repo))
    assert "+new\n" in found
    assert "touched.txt" not in found


async def test_a_submodule_counts_with_the_commit_that_it_has_checked_out(repo, taken, tmp_path):
    inner = GitFolder.create(tmp_path / "inner")
    old = inner.commit({"x": "x\n"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    repo.commit({"a.txt": "a\n"})
    sub = GitFolder(repo.path / "sub")
    sub.write({"x": "changed\n", "y": "untracked\n"})
    assert await diff_of(taken(repo)) == "", "its own uncommitted changes are its own"
    new = sub.commit()
    assert f"-Subproject commit {old}\n+Subproject commit {new}\n" in await diff_of(taken(repo))


async def test_another_repository_in_the_working_tree_does_not_count(repo, taken):
    repo.commit({"a.txt": "a\n"})
    GitFolder.create(repo.path / "inner").commit({"x": "x\n"})
    assert await diff_of(taken(repo)) == ""


async def test_a_huge_file_costs_nothing_and_is_there_all_the_same(repo, taken):
    repo.commit({"a.txt": "a\n", "grown.txt": "small\n"})
    for name in ("huge.txt", "grown.txt"):
        with (repo.path / name).open("wb") as huge:
            huge.truncate(BIG_FILE + 1)
    (repo.path / "huge.txt").chmod(0o755)
    _, new, reader = result = taken(repo)
    found = await diff_of(result)
    assert "new file mode 100755" in found
    assert "Binary files /dev/null and b/huge.txt differ\n" in found
    assert "Binary files a/grown.txt and b/grown.txt differ\n" in found
    assert await reader.read_files(new, ["huge.txt", "a.txt"]) == {"a.txt": "a\n"}


async def test_nasty_names_count(repo, taken):
    repo.commit({"-dash": "a\n", "line\nfeed": "a\n"})
    repo.write({"-dash": "b\n", "line\nfeed": "b\n", "not-utf-8-\udcff": "b\n", ":(top)x*": "b\n", "--all": "b\n"})
    assert await files_of(taken(repo)) == dict.fromkeys(
        ["-dash", "line\nfeed", "not-utf-8-\udcff", ":(top)x*", "--all"], "b\n"
    )


async def test_a_sha256_repository_is_taken(tmp_path, taken):
    repo = GitFolder.create(tmp_path / "repo", "--object-format=sha256")
    repo.commit({"a.txt": "old\n", "gone.txt": "x\n"})
    repo.write({"a.txt": "new\n"})
    (repo.path / "gone.txt").unlink()
    assert await files_of(taken(repo)) == {"a.txt": "new\n"}


async def test_files_outside_a_sparse_checkout_are_not_gone(repo, taken):
    repo.commit({"in/a.txt": "a\n", "out/b.txt": "b\n", "top.txt": "t\n"})
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
    assert not (repo.path / "out").exists()
    repo.write({"in/a.txt": "changed\n"})
    assert await files_of(taken(repo)) == {"in/a.txt": "changed\n", "out/b.txt": "b\n", "top.txt": "t\n"}
    repo.git("add", "in")
    assert await files_of(taken(repo, staged_tree)) == {"in/a.txt": "changed\n", "out/b.txt": "b\n", "top.txt": "t\n"}


async def test_a_split_index_is_read(repo, taken):
    repo.git("config", "core.splitIndex", "true")
    repo.commit({"a.txt": "a\n", "b.txt": "b\n"})
    repo.write({"a.txt": "changed\n"})
    repo.git("add", "a.txt")
    assert list((repo.path / ".git").glob("sharedindex.*"))
    assert await files_of(taken(repo, staged_tree)) == {"a.txt": "changed\n", "b.txt": "b\n"}


async def test_a_linked_working_tree_is_taken(repo, taken, tmp_path):
    repo.commit({"a.txt": "a\n"})
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = GitFolder(tmp_path / "linked")
    linked.write({"a.txt": "linked\n"})
    assert await files_of(taken(linked)) == {"a.txt": "linked\n"}
    assert await files_of(taken(repo)) == {"a.txt": "a\n"}


async def test_a_partial_clone_is_taken_without_the_blobs_that_nobody_changed(repo, taken, tmp_path):
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit({"in/a.txt": "a\n", "out/b.txt": "b\n"})
    clone = GitFolder.clone(repo.path, tmp_path / "clone", "--filter=blob:none", "--sparse")
    clone.git("-c", "protocol.file.allow=always", "sparse-checkout", "set", "in")
    clone.write({"in/a.txt": "changed\n", "in/c.txt": "c\n"})
    (repo.path / ".git").rename(repo.path / "moved")
    assert await files_of(taken(clone)) == {"in/a.txt": "changed\n", "in/c.txt": "c\n"}
    assert "+changed\n" in await diff_of(taken(clone))
