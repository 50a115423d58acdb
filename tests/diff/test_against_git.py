"""What is read equals what git knows: its blobs line by line, and its own list of changes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.diff.unified import unified
from pr_reviewer.model.changes import FileDiff, FileStatus
from tests.diff.builders import Git, Tree, apply

_LINES = st.sampled_from(
    [
        *(
            "",
            "a",
            "b",
            "c",
            " ",
            "\t",
            "}",
            "def f():",
            "  return 1",
            "\r",
            "x\r",
            "\x0c",
            "y\x0cz",
            "\u2028",
            "q\x0b\x1c",
        ),
        *("--- a/x", "+++ b/x", "-- a/x", "++ b/x", "@@ -1 +1 @@", "@@@ -1 -1 +1 @@@", "diff --git a/x b/x"),
        *("\\ No newline at end of file", "\\", "Index: x", "=====", "-- ", "2.39", "rename from x", "ä", "\udcff"),
    ]
)
_TEXTS = st.builds(
    lambda lines, ends: "\n".join(lines) + ("\n" if ends and lines else ""),
    st.lists(_LINES, max_size=25),
    st.booleans(),
)
_OPTIONS = st.lists(
    st.sampled_from(["-U0", "-U1", "-U10", "--patience", "--no-prefix", "-W", "--src-prefix=x/", "--minimal", "-B"]),
    max_size=3,
)
_STATUSES = {
    "A": FileStatus.ADDED,
    "M": FileStatus.MODIFIED,
    "D": FileStatus.DELETED,
    "R": FileStatus.RENAMED,
    "C": FileStatus.COPIED,
    "T": FileStatus.TYPE_CHANGED,
}
_QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def git(tmp_path_factory):
    return Git(tmp_path_factory.mktemp("repository"))


def _tree(texts: list[str]) -> Tree:
    return {b"f%d" % i: ("100644", text.encode("utf-8", "surrogateescape")) for i, text in enumerate(texts)}


@_QUICK
@given(pairs=st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=8), options=_OPTIONS, empties=st.booleans())
def test_every_line_number_is_that_line_in_its_version_and_the_new_text_follows(git, pairs, options, empties):
    git.commit(_tree([old for old, _ in pairs]), _tree([new for _, new in pairs]))
    configuration = ["-c", f"diff.suppressBlankEmpty={str(empties).lower()}"]
    text = git.run(*configuration, "diff", *options, "0", "1").decode("utf-8", "surrogateescape")
    files = {file.path: file for file in parse_diff(text)}
    assert set(files) == {f"f{index}" for index, (old, new) in enumerate(pairs) if old != new}
    for path, file in files.items():
        old, new = pairs[int(path[1:])]
        assert apply(old, file) == new


@_QUICK
@given(texts=st.lists(_TEXTS, min_size=2, max_size=4), options=st.sampled_from([["-U0"], ["-U1"], [], ["-W"]]))
def test_patches_in_a_row_are_what_they_change_together(git, texts, options):
    git.commit(*(_tree([text]) for text in texts))
    steps = [git.diff(*options, old=str(step), new=str(step + 1)) for step in range(len(texts) - 1)]
    files = parse_diff("".join(steps))
    assert apply(texts[0], files[0] if files else FileDiff("f0", FileStatus.MODIFIED)) == texts[-1]


_NAMES = st.lists(
    st.sampled_from(
        [b"a", b"b", b" ", b'"', b"\\", b"\t", b"\n", b"\r", b"-", b"\xff", "ä".encode(), b"'", b"a/", b"b/", b" b/"]
    ),
    min_size=1,
    max_size=5,
).map(b"".join)
_CONTENTS = st.builds(
    lambda seed, changed: b"".join(b"%s line %d\n" % (seed, 0 if n == changed else n) for n in range(1, 9)),
    st.sampled_from([b"one", b"two"]),
    st.integers(0, 9),
)
_ENTRIES = st.one_of(
    st.tuples(st.sampled_from(["100644", "100755"]), st.one_of(_CONTENTS, st.just(b""), st.just(b"\0\1"))),
    st.tuples(st.just("120000"), st.sampled_from([b"target", b"else/where"])),
    st.tuples(st.just("160000"), st.sampled_from([b"1" * 40, b"2" * 40])),
)


def _is_possible(path: bytes) -> bool:
    return all(part not in (b"", b".", b"..") for part in path.split(b"/"))


@st.composite
def _trees(draw):
    """Two trees with much in common, so that git finds renames and copies."""
    names = draw(st.lists(_NAMES.filter(_is_possible), max_size=10, unique=True))
    paths = [path for path in names if not any(other.startswith(path + b"/") for other in names)]
    old = {path: draw(_ENTRIES) for path in paths if draw(st.booleans())}
    pool = st.sampled_from(list(old.values())) if old else _ENTRIES
    new = {path: draw(st.one_of(st.just(old[path]) if path in old else pool, pool, _ENTRIES)) for path in paths}
    gone = draw(st.sets(st.sampled_from(paths))) if paths else set()
    return old, {path: entry for path, entry in new.items() if path not in gone}


def _raw(git: Git, options: list[str]) -> list[tuple[str, FileStatus, str | None, tuple[str, str]]]:
    """Git's machine-readable list of changes: path, status, old path and modes."""
    fields = iter(git.run("diff", "--raw", "-z", *options, "0", "1").decode("utf-8", "surrogateescape").split("\0"))
    changes = []
    for head in fields:
        if head:
            old_mode, new_mode, _, _, status = head.removeprefix(":").split(" ")
            path = next(fields)
            old_path = path if status[0] in "RC" else None
            changes.append((next(fields) if old_path else path, _STATUSES[status[0]], old_path, (old_mode, new_mode)))
    return changes


@_QUICK
@given(trees=_trees(), options=st.sampled_from([[], ["-M"], ["-M", "-C", "--find-copies-harder"], ["-B", "-M"]]))
def test_the_files_are_those_of_gits_own_list(git, trees, options):
    git.commit(*trees)
    files = parse_diff(git.diff(*options))
    expected = _raw(git, options)
    assert [(file.path, file.status, file.old_path) for file in files] == [change[:3] for change in expected]
    for file, (*_, modes) in zip(files, expected, strict=True):
        known = {(file.old_mode, modes[0]), (file.new_mode, modes[1])}
        assert all(ours == theirs or (ours is None and (file.old_path or theirs == "000000")) for ours, theirs in known)


@_QUICK
@given(trees=_trees(), options=st.sampled_from([["-M", "-C", "--find-copies-harder"], ["--no-renames"]]))
def test_a_written_diff_reads_back_as_the_same_value(git, trees, options):
    git.commit(*trees)
    files = parse_diff(git.diff(*options))
    assert parse_diff("".join(unified(file) for file in files)) == files
