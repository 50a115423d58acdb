"""Several patches in a row read as one change; patches that do not follow each other are refused."""

import time

import pytest

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.diff.unified import unified
from pr_reviewer.model.changes import FileDiff, FileStatus
from pr_reviewer.model.errors import InvalidDiff
from tests.diff.builders import as_json, diff_of

_A = [f"line {n}" for n in range(1, 21)]
_B = [*_A[:4], "five", *_A[5:]]
_C = ["zero", *_B[:15], *_B[17:]]
_EMPTY = FileDiff("f", FileStatus.ADDED, new_mode="100644")


def _file(path: str, status: FileStatus, old: list[str], new: list[str], old_path: str | None = None) -> FileDiff:
    hunks = diff_of(old, new, 3).hunks if old != new else ()
    modes = (None if status is FileStatus.ADDED else "100644", None if status is FileStatus.DELETED else "100644")
    return FileDiff(path, status, hunks, old_path, False, *modes)  # noqa: FBT003 in the order of the fields


def _patches(*patches: list[FileDiff]) -> str:
    start = "From {:040x} Mon Sep 17 00:00:00 2001\nSubject: x\n---\n\n"
    return "".join(start.format(n) + "".join(map(unified, files)) + "-- \n2.39\n\n" for n, files in enumerate(patches))


def test_two_changes_of_a_file_are_one_with_the_numbers_of_the_first_and_the_last_version():
    first = _file("f", FileStatus.MODIFIED, _A, _B)
    second = _file("f", FileStatus.MODIFIED, _B, _C)
    (file,) = parse_diff(_patches([first], [second]))
    assert [hunk["lines"] for hunk in as_json((file,))[0]["hunks"]] == [
        [
            [None, 1, "+zero"],
            [1, 2, " line 1"],
            [2, 3, " line 2"],
            [3, 4, " line 3"],
            [4, 5, " line 4"],
            [5, None, "-line 5"],
            [None, 6, "+five"],
            [6, 7, " line 6"],
            [7, 8, " line 7"],
            [8, 9, " line 8"],
        ],
        [
            [13, 14, " line 13"],
            [14, 15, " line 14"],
            [15, 16, " line 15"],
            [16, None, "-line 16"],
            [17, None, "-line 17"],
            [18, 17, " line 18"],
            [19, 18, " line 19"],
            [20, 19, " line 20"],
        ],
    ]


def test_a_change_that_is_taken_back_leaves_no_hunk():
    there, back = _file("f", FileStatus.MODIFIED, _A, _B), _file("f", FileStatus.MODIFIED, _B, _A)
    assert [(file.path, file.hunks) for file in parse_diff(_patches([there], [back]))] == [("f", ())]


_MODIFIED = _file("f", FileStatus.MODIFIED, _A, _B)
_ADDED = _file("f", FileStatus.ADDED, [], _B)
_DELETED = _file("f", FileStatus.DELETED, _B, [])
_MOVED = _file("g", FileStatus.RENAMED, _B, _B, "f")
_COPIED = _file("g", FileStatus.COPIED, _B, _B, "f")
_LINK = FileDiff("f", FileStatus.TYPE_CHANGED, diff_of(_B, ["to"], 0).hunks, None, False, "100644", "120000")  # noqa: FBT003


@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        ([[_ADDED], [_file("f", FileStatus.MODIFIED, _B, _C)]], [("f", "added", None)]),
        ([[_ADDED], [_DELETED]], []),
        ([[_ADDED], [_MOVED]], [("g", "added", None)]),
        ([[_ADDED], [_COPIED]], [("f", "added", None), ("g", "added", None)]),
        ([[_MODIFIED], [_DELETED]], [("f", "deleted", None)]),
        ([[_MODIFIED], [_MOVED]], [("g", "renamed", "f")]),
        ([[_MODIFIED], [_COPIED]], [("f", "modified", None), ("g", "copied", "f")]),
        ([[_MODIFIED], [_LINK]], [("f", "type changed", None)]),
        ([[_MOVED], [_file("g", FileStatus.MODIFIED, _B, _C)]], [("g", "renamed", "f")]),
        ([[_MOVED], [_file("h", FileStatus.RENAMED, _B, _B, "g")]], [("h", "renamed", "f")]),
        ([[_MOVED], [_file("f", FileStatus.RENAMED, _B, _B, "g")]], [("f", "modified", None)]),
        ([[_MOVED], [_file("g", FileStatus.DELETED, _B, [])]], [("f", "deleted", None)]),
        ([[_MOVED], [_ADDED]], [("g", "renamed", "f"), ("f", "added", None)]),
        ([[_COPIED], [_file("g", FileStatus.DELETED, _B, [])]], []),
        ([[_COPIED], [_file("h", FileStatus.RENAMED, _B, _B, "g")]], [("h", "copied", "f")]),
        ([[_DELETED], [_ADDED]], [("f", "modified", None)]),
        (
            [[_MODIFIED], [_MOVED, _file("f", FileStatus.RENAMED, _A, _A, "e")]],
            [("f", "renamed", "e"), ("g", "renamed", "f")],
        ),
    ],
)
def test_statuses_add_up(patches, expected):
    files = parse_diff(_patches(*patches))
    assert sorted((file.path, file.status.value, file.old_path) for file in files) == sorted(expected)


def test_a_later_binary_version_makes_the_file_binary():
    binary = "diff --git a/f b/f\nindex 1..2 100644\nBinary files a/f and b/f differ\n"
    (file,) = parse_diff(unified(_MODIFIED) + binary)
    assert file.is_binary


@pytest.mark.parametrize(
    "patches",
    [
        [[_MODIFIED], [_MODIFIED]],
        [[_MODIFIED], [_ADDED]],
        [[_DELETED], [_MODIFIED]],
    ],
)
def test_a_patch_that_does_not_follow_is_refused_with_the_line_where_its_file_starts(patches):
    text = _patches(*patches)
    with pytest.raises(InvalidDiff, match="does not follow") as caught:
        parse_diff(text)
    assert text.split("\n")[caught.value.line - 1] == "diff --git a/f b/f"


def _log(*patches: list[FileDiff]) -> str:
    start = "commit {:040x} (HEAD)\nAuthor: A <a@example.org>\n\n    Subject\n\n"
    return "".join(start.format(n) + "".join(map(unified, files)) + "\n" for n, files in enumerate(patches))


def test_a_log_of_commits_that_change_different_files_is_read():
    assert [file.path for file in parse_diff(_log([_MODIFIED], [_file("g", FileStatus.MODIFIED, _A, _B)]))] == [
        "f",
        "g",
    ]


def test_a_log_of_commits_that_change_the_same_file_is_refused_because_its_order_is_not_known():
    with pytest.raises(InvalidDiff, match="a log does not say in which order"):
        parse_diff(_log([_file("f", FileStatus.MODIFIED, _B, _C)], [_MODIFIED]))


def test_diffs_behind_each_other_need_no_mail_headers():
    text = unified(_MODIFIED) + unified(_file("f", FileStatus.MODIFIED, _B, _C))
    assert [file.path for file in parse_diff(text)] == ["f"]


def test_very_many_changes_of_one_file_are_refused_before_they_take_for_ever():
    text = "".join(f"--- a/f\n+++ b/f\n@@ -{n} +{n} @@\n-a\n+b\n" for n in range(1, 60_000, 3))
    started = time.process_time()
    with pytest.raises(InvalidDiff, match="changed again too often"):
        parse_diff(text)
    assert time.process_time() - started < 30
