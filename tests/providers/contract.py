"""What every provider promises, as tests. A subclass gives the fixture `make`: (base, head, **options) → provider.

`base` and `head` map paths to texts; the option `max_file_bytes` is the size above which a file is not read.
"""

import pytest

from pr_reviewer.model.errors import GitError
from tests.git.builders import GitFolder, as_bytes

NASTY_PATHS = (
    "a b.txt",
    "-dash.txt",
    'quo"te.txt',
    "back\\slash.txt",
    "tab\there.txt",
    "line\nfeed.txt",
    "é.txt",
    "not-utf-8-\udcff.txt",
    "deep/er/-x y.txt",
    "{a => b}.txt",
    ":(glob)*.txt",
)
NASTY_TEXTS = {
    "crlf.txt": "one\r\ntwo\r\n",
    "form-feed.txt": "one\ftwo\u2028three\rfour\n",
    "no-end.txt": "one\ntwo",
    "latin-1.txt": "caf\udce9\n",
    "looks-like-a-diff.txt": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\ndiff --git a/x b/x\n",
    "empty.txt": "",
}


async def diff_of(provider):
    pull = await provider.pull_request()
    return await provider.diff(pull.merge_base_sha, pull.head.sha)


def applied(folder, base, diff):
    """The files of `base` after git has applied the diff."""
    place = GitFolder.create(folder)
    place.write(base)
    place.git("apply", "--allow-empty", "-", stdin=as_bytes(diff))
    names = place.git("ls-files", "-z", "--others").split("\0")[:-1]
    return {name: (folder / name).read_bytes() for name in names}


class ProviderContract:
    """Subclass it once for each provider."""

    @pytest.mark.parametrize("path", NASTY_PATHS)
    async def test_the_diff_of_any_path_turns_base_into_head(self, make, tmp_path, path):
        base = {path: "one\ntwo\nthree\n", "kept.txt": "kept\n"}
        head = {path: "one\n2\nthree\n", "kept.txt": "kept\n"}
        found = await diff_of(make(base, head))
        assert applied(tmp_path / "applied", base, found) == {name: as_bytes(text) for name, text in head.items()}

    async def test_the_diff_of_any_text_turns_base_into_head(self, make, tmp_path):
        base = {name: f"before\n{text}" for name, text in NASTY_TEXTS.items()} | {"gone.txt": "gone\n"}
        head = {**NASTY_TEXTS, "new.txt": "new"}
        found = await diff_of(make(base, head))
        assert applied(tmp_path / "applied", base, found) == {name: as_bytes(text) for name, text in head.items()}

    async def test_a_moved_file_is_a_rename(self, make):
        text = "".join(f"line {number}\n" for number in range(20))
        found = await diff_of(make({"old name.py": text}, {"new.py": text}))
        assert found == (
            "diff --git a/old name.py b/new.py\nsimilarity index 100%\nrename from old name.py\nrename to new.py\n"
        )

    async def test_a_copy_is_an_addition_because_copied_code_is_new_code(self, make):
        text = "".join(f"line {number}\n" for number in range(20))
        found = await diff_of(make({"one.py": text}, {"one.py": f"{text}more\n", "two.py": text}))
        assert "new file mode 100644" in found
        assert "+line 19" in found

    async def test_a_hunk_shows_three_lines_around_the_change_and_full_ids(self, make):
        before = "".join(f"{number}\n" for number in range(1, 10))
        found = await diff_of(make({"a.txt": before}, {"a.txt": before.replace("5\n", "five\n")}))
        assert found == (
            "diff --git a/a.txt b/a.txt\n"
            "index 07193989308c972f8a2d0f1b3a15c29ea4ac565b..4c5701d775286e43e9f53ee570f38b6070b09616 100644\n"
            "--- a/a.txt\n+++ b/a.txt\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        )

    async def test_binary_files_have_no_hunks(self, make):
        found = await diff_of(make({"a.bin": "\0one\n"}, {"a.bin": "\0two\n"}))
        assert found.endswith("Binary files a/a.bin and b/a.bin differ\n")

    async def test_equal_revisions_have_an_empty_diff(self, make):
        files = {"a.txt": "same\n"}
        assert await diff_of(make(files, files)) == ""

    async def test_texts_come_back_as_they_were_written(self, make):
        head = {**NASTY_TEXTS, **{path: f"{number}\n" for number, path in enumerate(NASTY_PATHS)}}
        provider = make({"base.txt": "base\n"}, head)
        revision = (await provider.pull_request()).head.sha
        assert await provider.read_files(revision, list(head)) == head

    async def test_each_revision_has_its_own_texts(self, make):
        provider = make({"a.txt": "old\n"}, {"a.txt": "new\n"})
        pull = await provider.pull_request()
        assert await provider.read_files(pull.merge_base_sha, ["a.txt"]) == {"a.txt": "old\n"}
        assert await provider.read_files(pull.head.sha, ["a.txt"]) == {"a.txt": "new\n"}

    async def test_what_cannot_be_read_is_not_in_the_answer(self, make):
        head = {"binary.dat": "a\0b", "big.txt": "x" * 101, "fits.txt": "x" * 100}
        provider = make({"a.txt": "a\n"}, head, max_file_bytes=100)
        revision = (await provider.pull_request()).head.sha
        wanted = ["absent.txt", "../absent.txt", "", *head]
        assert await provider.read_files(revision, wanted) == {"fits.txt": "x" * 100}
        assert await provider.read_files(revision, []) == {}

    async def test_all_files_of_a_revision_are_listed(self, make):
        provider = make({"gone.txt": "gone\n"}, {"b/c.txt": "c\n", "a.txt": "a\n", "b.txt": "b\n"})
        pull = await provider.pull_request()
        assert await provider.list_files(pull.head.sha) == ("a.txt", "b.txt", "b/c.txt")
        assert await provider.list_files(pull.base.sha) == ("gone.txt",)

    async def test_generated_files_are_those_that_the_asked_revision_names(self, make):
        attributes = "*.gen.py linguist-generated\nvendor/* linguist-vendored=true\nno.gen.py -linguist-generated\n"
        provider = make({".gitattributes": attributes}, {".gitattributes": "*.py linguist-generated=true\n"})
        pull = await provider.pull_request()
        paths = ["a.gen.py", "deep/b.gen.py", "vendor/x.js", "no.gen.py", "hand.py"]
        expected = frozenset({"a.gen.py", "deep/b.gen.py", "vendor/x.js"})
        assert await provider.generated(pull.base.sha, paths) == expected
        assert await provider.generated(pull.base.sha, []) == frozenset()

    async def test_without_attributes_nothing_is_generated(self, make):
        provider = make({"a.py": "a\n"}, {"a.py": "b\n"})
        assert await provider.generated((await provider.pull_request()).base.sha, ["a.py"]) == frozenset()

    async def test_a_revision_that_does_not_exist_is_an_error(self, make):
        provider = make({"a.py": "a\n"}, {"a.py": "b\n"})
        with pytest.raises(GitError):
            await provider.list_files("1" * 40)
        with pytest.raises(GitError):
            await provider.diff("1" * 40, "2" * 40)
