import pytest

from pr_reviewer.git import Repository
from pr_reviewer.git.repository import borrow, create_bare
from pr_reviewer.model.errors import GitError
from tests.git.builders import GitFolder

COMMON = "".join(f"line {number}\n" for number in range(1, 31))


@pytest.fixture
def repo(tmp_path):
    return GitFolder.create(tmp_path / "repo")


@pytest.fixture
def reader(tmp_path, repo):
    def reader(**options):
        bare = tmp_path / "bare.git"
        create_bare(bare, repo.git("rev-parse", "--show-object-format"))
        borrow(bare, repo.path / ".git" / "objects", repo.path / ".git" / "shallow")
        return Repository(bare, **options)

    return reader


@pytest.mark.parametrize("attribute", ["*.py -diff", "* binary", "*.py -text diff=hidden", "[attr]x -diff\n*.py x"])
async def test_no_attribute_of_the_change_hides_its_code(repo, reader, attribute):
    old = repo.commit({"a.py": "one\n", ".gitattributes": f"{attribute}\n"})
    new = repo.commit({"a.py": "two\n", ".gitattributes": f"{attribute}\n# changed\n"})
    if "hidden" not in attribute:
        assert "Binary files" in repo.git("diff", old, new), "the attack works where nothing prevents it"
    found = await reader().diff(old, new)
    assert "-one\n+two\n" in found


async def test_a_hunk_names_the_definition_that_it_stands_in(repo, reader):
    body = "".join(f"        x = {number}\n" for number in range(20))
    old = repo.commit({"a.py": f"class A:\n    def method(self):\n{body}"})
    new = repo.commit({"a.py": f"class A:\n    def method(self):\n{body}        y = 1\n"})
    assert "@@     def method(self):\n" in await reader().diff(
        old, new
    ) or "@@ def method(self):\n" in await reader().diff(old, new)


async def test_a_changed_and_moved_file_is_a_rename(repo, reader):
    old = repo.commit({"a.txt": COMMON})
    repo.git("mv", "a.txt", "b.txt")
    new = repo.commit({"b.txt": COMMON.replace("line 7\n", "line seven\n")})
    found = await reader().diff(old, new)
    assert "rename from a.txt\nrename to b.txt\n" in found
    assert "-line 7\n+line seven\n" in found


async def test_modes_links_and_submodules_are_in_the_diff_and_not_among_the_texts(repo, reader, tmp_path):
    inner = GitFolder.create(tmp_path / "inner")
    inner.commit({"x": "x\n"})
    old = repo.commit({"run.sh": "#!/bin/sh\n"})
    (repo.path / "run.sh").chmod(0o755)
    (repo.path / "link").symlink_to("run.sh")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    new = repo.commit()
    found = await reader().diff(old, new)
    assert "old mode 100644\nnew mode 100755\n" in found
    assert "new file mode 120000\n" in found
    assert f"+Subproject commit {inner.id('HEAD')}\n" in found
    assert await reader().list_files(new) == (".gitmodules", "link", "run.sh")
    assert await reader().read_files(new, ["link", "sub", "run.sh"]) == {"run.sh": "#!/bin/sh\n"}


async def test_trees_are_read_like_commits(repo, reader):
    old, new = repo.commit({"a.txt": "one\n"}), repo.commit({"a.txt": "two\n"})
    trees = repo.id(f"{old}^{{tree}}"), repo.id(f"{new}^{{tree}}")
    assert await reader().diff(*trees) == await reader().diff(old, new) != ""
    assert await reader().read_files(trees[1], ["a.txt"]) == {"a.txt": "two\n"}


@pytest.mark.parametrize("revision", ["HEAD", "", "--output=x", "1234567", "g" * 40])
async def test_only_full_ids_are_revisions(repo, reader, revision):
    known = repo.commit({"a.txt": "one\n"})
    with pytest.raises(ValueError, match="not a full object id"):
        await reader().diff(known, revision)
    with pytest.raises(ValueError, match="not a full object id"):
        await reader().read_files(revision, ["a.txt"])


async def test_a_blob_that_is_missing_is_not_read_and_breaks_a_diff_with_a_way_out(repo, reader):
    old = repo.commit({"a.txt": "one\n", "b.txt": "b\n"})
    new = repo.commit({"a.txt": "two\n"})
    blob = repo.id("HEAD:a.txt")
    (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert await reader().read_files(new, ["a.txt", "b.txt"]) == {"b.txt": "b\n"}
    with pytest.raises(GitError, match="needs objects that this repository does not have") as caught:
        await reader().diff(old, new)
    assert "git diff --stat" in caught.value.hint


async def test_a_hundred_thousand_lines_come_whole(repo, reader):
    text = "".join(f"line {number}\n" for number in range(100_000))
    old = repo.commit({"a.txt": ""})
    new = repo.commit({"a.txt": text})
    found = await reader().diff(old, new)
    assert found.count("\n+line ") == 100_000


async def test_a_file_beyond_the_limit_is_binary_to_the_diff(repo, reader):
    old = repo.commit({"a.txt": "x\n"})
    new = repo.commit({"a.txt": b"0123456789\n" * 2_000_000})
    assert (await reader().diff(old, new)).endswith("Binary files a/a.txt and b/a.txt differ\n")


async def test_attributes_of_folders_and_macros_count(repo, reader):
    attributes = {
        ".gitattributes": "[attr]made linguist-generated\n*.pb.go made\nfolder/*.py -linguist-generated\n",
        "folder/.gitattributes": "*.py linguist-generated\nhand.py linguist-generated=false\n",
    }
    commit = repo.commit({**attributes, "a.py": "a\n"})
    paths = ["a.pb.go", "folder/b.py", "folder/hand.py", "folder/line\nfeed.py", "a.py", "folder/\udcff.py"]
    generated = await reader().generated(commit, paths)
    assert generated == {"a.pb.go", "folder/b.py", "folder/line\nfeed.py", "folder/\udcff.py"}


async def test_a_symbolic_link_is_no_attributes_file(repo, reader):
    repo.write({"rules": "* linguist-generated\n"})
    (repo.path / ".gitattributes").symlink_to("rules")
    assert await reader().generated(repo.commit(), ["a.py"]) == frozenset()


async def test_files_with_the_same_content_are_all_read(repo, reader):
    commit = repo.commit({"a.txt": "same\n", "b.txt": "same\n", "empty": ""})
    assert await reader().read_files(commit, ["b.txt", "a.txt", "empty"]) == {
        "a.txt": "same\n",
        "b.txt": "same\n",
        "empty": "",
    }


async def test_a_sha256_repository_is_read(tmp_path):
    repo = GitFolder.create(tmp_path / "repo", "--object-format=sha256")
    old, new = repo.commit({"a.txt": "one\n"}), repo.commit({"a.txt": "two\n"})
    bare = tmp_path / "bare.git"
    create_bare(bare, "sha256")
    borrow(bare, repo.path / ".git" / "objects", repo.path / ".git" / "shallow")
    reader = Repository(bare)
    assert "-one\n+two\n" in await reader.diff(old, new)
    assert await reader.read_files(new, ["a.txt"]) == {"a.txt": "two\n"}
