"""Diffs of real tools are read whole; what cannot be read is refused with its line."""

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.model.changes import FileStatus
from pr_reviewer.model.errors import InvalidDiff
from tests.diff.builders import as_json

_GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "diff").glob("*.diff"))
_GIT = "diff --git a/f b/f\nindex 1..2 100644\n"
_TWO = [("empty", "modified"), ("f", "modified")]
_PLAIN = "--- a/f\n+++ b/f\n"


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("path", _GOLDEN, ids=lambda path: path.stem)
def test_the_diff_of_a_real_tool_reads_as_its_golden_value(path):
    assert as_json(parse_diff(_read(path))) == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize("text", ["", "\n", " \n\t\r\n"])
def test_an_empty_text_is_no_change(text):
    assert parse_diff(text) == ()


def test_a_byte_order_mark_is_not_part_of_the_first_line():
    assert [file.path for file in parse_diff(f"\ufeff{_PLAIN}@@ -1 +1 @@\n-a\n+b\n")] == ["f"]


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("diff --git a/f b/f", "f"),
        ("diff --git a/a b b/a b", "a b"),
        ("diff --git a/x b/x b/x b/x", "x b/x"),
        ("diff --git i/f w/f", "f"),
        ("diff --git f f", "f"),
        ("diff --git b/f b/f", "b/f"),
        ('diff --git "a/\\"\\303\\244\\377" "b/\\"\\303\\244\\377"', '"ä\udcff'),
        ('diff --git a/plain "b/q\\nr"', "q\nr"),
        ('diff --git "a/q\\nr" b/plain', "plain"),
        ("diff --git a/old name b/new", "new"),
        ("diff --git /dev/null b/f", "f"),
        ("diff --git a/f /dev/null\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b", "f"),
        ("diff --git before/f after/f\n--- before/f\n+++ after/f\n@@ -1 +1 @@\n-a\n+b", "f"),
    ],
)
def test_the_path_is_told_from_gits_header(header, path):
    assert [file.path for file in parse_diff(header + "\n")] == [path]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", [("f", "modified")]),
        ("--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n", [("f", "modified")]),
        ("--- old/f\n+++ new/f\n@@ -1 +1 @@\n-a\n+b\n", [("f", "modified")]),
        ("--- f.orig\n+++ f\n@@ -1 +1 @@\n-a\n+b\n", [("f", "modified")]),
        ("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+b\n", [("f", "added")]),
        ("--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n", [("f", "deleted")]),
        ("--- f\t1970-01-01 05:30:00.000000000 +0530\n+++ f\tx\n@@ -0,0 +1 @@\n+b\n", [("f", "added")]),
        ("--- f\t1970-01-01 05:30:00 +0000\n+++ f\tx\n@@ -0,0 +1 @@\n+b\n", [("f", "modified")]),
        ("--- f\t(revision 0)\n+++ f\t(working copy)\n@@ -0,0 +1 @@\n+b\n", [("f", "added")]),
        ("--- f\t(revision 0)\n+++ f\t(working copy)\n@@ -1 +1 @@\n-a\n+b\n", [("f", "modified")]),
        ("Binary files a/x and b/x differ\n", [("x", "modified")]),
        ("Binary files a/x and /dev/null differ\n", [("x", "modified")]),
        ("Submodule libs/x 1234567..89abcde:\n  > why\n", [("libs/x", "modified")]),
        ("Submodule x 0000000...89abcde (new submodule)\n", [("x", "added")]),
        ("Submodule x 89abcde...0000000 (submodule deleted)\n", [("x", "deleted")]),
        ("Submodule x contains modified content\n", [("x", "modified")]),
        ("diff -r 0123456789ab empty\ndiff -r 0123456789ab f\n--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+b\n", _TWO),
        ("Index: f\nRCS: no\n--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n", [("f", "modified")]),
        ("Index: f\n=====\nRCS file: f,v\n--- f\t1.1\n+++ f\t1.2\n@@ -1 +1 @@\n-a\n+b\n", [("f", "modified")]),
        ("diff --git a/f b/f\nold mode 100644\nnew mode 100755\n-- \n2.39\n", [("f", "modified")]),
        ("diff --git a/f b/f\nnew file mode 10644\n--- a/f\n+++ b/f\n\nProperty changes on: f\n", [("f", "added")]),
    ],
)  # fmt: skip
def test_other_tools_headers_tell_path_and_status(text, changes):
    assert [(file.path, file.status.value) for file in parse_diff(text)] == changes


def test_counts_decide_where_a_hunk_ends_and_not_the_look_of_its_lines():
    lines = ["--- a/x", "+++ b/x", "-@@ -1 +1 @@", "+diff --git a/y b/y", " Index: z", "-Binary files a and b differ"]
    (file,) = parse_diff(f"{_PLAIN}@@ -1,4 +1,3 @@\n" + "\n".join(lines) + "\n")
    assert [line.kind + line.text for line in file.hunks[0].lines] == lines


def test_a_hunk_without_counts_has_one_line_on_each_side():
    (file,) = parse_diff(f"{_PLAIN}@@ -7 +7 @@ def f():\n-a\n+b\n")
    assert as_json((file,))[0]["hunks"] == [
        {"start": [7, 7], "section": "def f():", "lines": [[7, None, "-a"], [None, 7, "+b"]]}
    ]


def test_an_empty_line_of_context_may_have_lost_its_space():
    (file,) = parse_diff(f"{_PLAIN}@@ -1,3 +1,3 @@\n\n\r\n-a\n+b\n")
    assert [line.text for line in file.hunks[0].lines] == ["", "\r", "a", "b"]


def test_a_missing_newline_belongs_to_the_line_above_it_in_any_language():
    (file,) = parse_diff(
        f"{_PLAIN}@@ -1 +1 @@\n-a\n\\ Kein Zeilenumbruch am Dateiende.\n+b\n\\ No newline at end of file\n"
    )
    assert [line.ends for line in file.hunks[0].lines] == [False, False]


def test_a_hunk_without_lines_is_none():
    assert parse_diff(f"{_PLAIN}@@ -0,0 +0,0 @@\n@@ -1 +1 @@\n-a\n+b\n")[0].hunks[0].old_start == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("hello\n", 1, "expected `diff --git`"),
        ("\n\nhello\n", 3, "expected `diff --git`"),
        ("1c1\n< a\n---\n> b\n", 1, "found '1c1'"),
        ("\x1b[1mdiff --git a/f b/f\x1b[m\n", 1, "--no-color"),
        ("d\0i\0f\0", 1, "UTF-16"),
        (f"{_PLAIN}@@ -1,2 +1 @@\n-a\n", 4, "promises 1 more old and 1 more new lines, but the text ends"),
        (f"{_PLAIN}@@ -1,2 +1,2 @@\n-a\n+b\nfrom nowhere\n", 6, "found 'from nowhere'"),
        (f"{_PLAIN}@@ -1 +1,2 @@\n-a\n-b\n+c\n", 5, "found '-b'"),
        (f"{_PLAIN}@@ -1,2 +1 @@\n+a\n+b\n-c\n", 5, "found '+b'"),
        (f"{_PLAIN}@@ -1 +1,2 @@\n+a\n a\n b\n", 6, "goes on with ' b'"),
        (f"{_PLAIN}@@ -0,0 +1 @@\n\\ No newline\n+a\n", 4, "promises 0 more old and 1 more new"),
        (f"{_PLAIN}@@ -1 +1 @@\n-a\n+b\n+c\n", 6, "all the lines that its header promises"),
        (f"{_PLAIN}@@ -a +1 @@\n", 3, "expected `@@ -line,count +line,count @@`"),
        (f"{_PLAIN}@@ -0 +1 @@\n-a\n+b\n", 3, "counted from 1"),
        (f"{_PLAIN}@@ -1 +0,1 @@\n-a\n+b\n", 3, "counted from 1"),
        (f"{_PLAIN}@@ -5 +5 @@\n-a\n+b\n@@ -5 +6 @@\n-a\n+b\n", 6, "starts before line 6 of the old or 6 of the new"),
        (f"{_PLAIN}@@ -5 +5 @@\n-a\n+b\n@@ -7 +5 @@\n-a\n+b\n", 6, "starts before line 6"),
        (f"{_PLAIN}@@ -{'9' * 5000} +1 @@\n-a\n+b\n", 3, "expected `@@"),
        (f"{_PLAIN}hello\n", 3, "expected a hunk"),
        (f"{_GIT}--- a/f\nhello\n", 4, "expected `+++ `"),
        (f"{_GIT}--- a/f\n", 3, "expected `+++ ` and the new path, found ''"),
        (f"{_GIT}GIT binary patch\nhello\n", 4, "expected `literal` or `delta`"),
        ("diff --git nonsense\n", 1, "cannot tell the two paths apart"),
        ("diff --git a/ b/\n", 1, "cannot tell the two paths apart"),
        ("diff --git a/x b/y b/z\n", 1, "cannot tell the two paths apart"),
        ("diff --git b/x y/z\n--- b/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", 1, "cannot tell the two paths apart"),
        ('diff --git "a/\\q" "b/\\q"\n', 1, "unknown escape"),
        ('diff --git a/x "b/q\n', 1, "cannot tell"),
        ('diff --git a/x "b/\\"\n', 1, "does not end"),
        ('--- "a/\\q"\n+++ "b/\\q"\n@@ -1 +1 @@\n-a\n+b\n', 1, "unknown escape"),
        ("--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n", 1, "neither `---` nor `+++` names a file"),
        ("@@ -1 +1 @@\n-a\n+b\n", 1, "belongs to no file"),
        ("diff --cc f\nindex 1,2..3\n", 1, "combined diff of a merge"),
        ("diff --combined f\n", 1, "combined diff of a merge"),
        (f"{_PLAIN}@@@ -1 -1 +1 @@@\n", 3, "git show -m --first-parent"),
        ("* Unmerged path f\n", 1, "conflicts that nobody resolved"),
        ("*** a\n--- b\n***************\n*** 1 ****\n", 3, "context diff"),
        ("Only in new: f\n", 1, "one side only"),
        (f"{_PLAIN}@@ -1 +1 @@\n-a\n+b\nOnly in new: f\n", 6, "diff -ruN"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, line, message):
    with pytest.raises(InvalidDiff) as caught:
        parse_diff(text)
    assert caught.value.line == line
    assert message in str(caught.value)


def test_prose_before_a_change_is_stepped_over():
    prose = "Subject: x\n\nOnly in debug mode: y\n> quoted\n---\n f | 2 +-\n\n"
    assert [file.path for file in parse_diff(f"{prose}{_PLAIN}@@ -1 +1 @@\n-a\n+b\n-- \n2.39\n\n")] == ["f"]


def test_a_change_of_type_is_one_file():
    gone = "diff --git a/f b/f\ndeleted file mode 100644\nBinary files a/f and /dev/null differ\n"
    came = "diff --git a/f b/f\nnew file mode 120000\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n"
    (file,) = parse_diff(gone + came)
    assert (file.status, file.is_binary, file.hunks) == (FileStatus.TYPE_CHANGED, True, ())


def test_a_change_of_type_without_content_has_no_hunks():
    text = "diff --git a/f b/f\ndeleted file mode 120000\ndiff --git a/f b/f\nnew file mode 100644\n"
    assert [(file.status, file.hunks) for file in parse_diff(text)] == [(FileStatus.TYPE_CHANGED, ())]


def test_a_hundred_thousand_lines_read_in_a_moment_even_while_coverage_watches():
    hunks = "".join(f"@@ -{9 * n},2 +{9 * n},2 @@ def f():\n context\n-old\n+new\n" for n in range(1, 25_001))
    started = time.process_time()
    (file,) = parse_diff(_PLAIN + hunks)
    assert time.process_time() - started < 5
    assert len(file.hunks) == 25_000


@pytest.mark.parametrize(
    "text",
    [
        f"{_PLAIN}@@ -0,0 +1 @@\n+" + "a b/" * 500_000,
        "diff --git " + "a b/ " * 400_000,
        '"' * 2_000_000,
        "Index: " * 300_000,
        "@@ -1 " * 300_000,
    ],
)
def test_a_line_of_two_megabytes_takes_no_time(text):
    started = time.process_time()
    with suppress(InvalidDiff):
        parse_diff(text)
    assert time.process_time() - started < 3


_PIECES = st.sampled_from(
    [*{line for path in _GOLDEN for line in _read(path).split("\n")}, "@@ -1 +1 @@@", "+++ /dev/null", "--- ", "\ud800"]
)


@settings(max_examples=100, deadline=None)
@given(
    text=st.one_of(
        st.lists(_PIECES, max_size=30).map("\n".join), st.text(st.characters(exclude_categories=()), max_size=200)
    )
)
def test_nothing_but_invalid_diff_is_ever_raised(text):
    files, error_line = (), 1
    try:
        files = parse_diff(text)
    except InvalidDiff as error:
        error_line = error.line
    paths = [file.path for file in files]
    assert len(paths) == len(set(paths))
    assert 1 <= error_line <= text.count("\n") + 1


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_diff_is_read_or_refused(data):
    lines = _read(data.draw(st.sampled_from(_GOLDEN))).split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(_PIECES, max_size=2))
        lines = lines or [""]
    try:
        files = parse_diff("\n".join(lines))
    except InvalidDiff:
        return
    for file in files:
        for hunk in file.hunks:
            old = [line.old_number for line in hunk.lines if line.old_number]
            new = [line.new_number for line in hunk.lines if line.new_number]
            assert old == list(range(old[0], old[0] + len(old))) if old else True
            assert new == list(range(new[0], new[0] + len(new))) if new else True
