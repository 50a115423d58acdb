"""One file's section of a diff that is not git's: `diff -u`, Subversion, CVS, Mercurial, and git's submodule summaries.

Each reader answers for the lines at the cursor: the file, or None where no such file stands here.
"""

import re

from pr_reviewer.diff import paths
from pr_reviewer.diff.cursor import Cursor
from pr_reviewer.diff.git_files import START, read_text
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk

_HG_START = re.compile(r"diff(?: -r [0-9a-f]{12,40}){1,2} (.+)", re.DOTALL)
_BINARY_PAIR = re.compile(r"Binary files (.+) and (.+) differ", re.DOTALL)
_SUBMODULE = re.compile(
    r"Submodule (.+?) (?:[0-9a-f]{7,64}\.{2,3}[0-9a-f]{7,64}(?: \((.+)\))?:?|contains (?:untracked|modified) content)",
    re.DOTALL,
)
_ABSENT = re.compile(r"\((?:nonexistent|revision 0)\)$")
_MIDNIGHT = re.compile(r"(19(?:69-12-31|70-01-01)) ([0-9]{2}):([0-9]{2}):00(?:\.0+)? ([+-])([0-9]{2})([0-9]{2})$")
_HG_EPOCH = re.compile(r"Thu Jan 01 00:00:00 1970 \+0000$")
_SUBMODULE_MODE = "160000"


def read_plain_file(cursor: Cursor) -> FileDiff | None:
    """A file that starts with `--- old` and `+++ new`, whatever tool wrote them."""
    old_line, new_line = cursor.look(), cursor.look(1)
    if not (old_line.startswith("--- ") and new_line.startswith("+++ ")):
        return None
    try:
        names = paths.header_name(old_line[4:]), paths.header_name(new_line[4:])
    except ValueError as exc:
        raise cursor.invalid(str(exc)) from exc
    old, new = paths.without_prefixes(*names)
    path = old if new == paths.NULL else new
    if path in ("", paths.NULL):
        raise cursor.invalid("neither `---` nor `+++` names a file")
    hunks = read_text(cursor)
    return FileDiff(path, _status(old_line, new_line, hunks), hunks)


def read_indexed_file(cursor: Cursor) -> FileDiff | None:
    """A file that has only an `Index:` line of Subversion's: binary, empty, or with changed properties."""
    line = cursor.look()
    if not line.startswith("Index: ") or not cursor.look(1).startswith("====="):
        return None
    cursor.at += 2
    is_binary = False
    while not cursor.is_at_end and not cursor.look().startswith("Index: "):
        if cursor.look().startswith(START) or (cursor.look().startswith("--- ") and cursor.look(1).startswith("+++ ")):
            return None
        is_binary |= cursor.look().startswith("Cannot display: file marked as a binary type")
        cursor.at += 1
    return FileDiff(line.removeprefix("Index: "), FileStatus.MODIFIED, is_binary=is_binary)


def read_mercurial_file(cursor: Cursor) -> FileDiff | None:
    """A file that has only a `diff -r` line of Mercurial's: binary or empty."""
    match = _HG_START.fullmatch(cursor.look())
    if not match or cursor.look(1).startswith("--- "):
        return None
    is_binary = cursor.look(1).startswith("Binary file ")
    cursor.at += 2 if is_binary else 1
    return FileDiff(match[1], FileStatus.MODIFIED, is_binary=is_binary)


def read_binary_pair(cursor: Cursor) -> FileDiff | None:
    """`Binary files a/x and b/x differ` of `diff -r`."""
    match = _BINARY_PAIR.fullmatch(cursor.look())
    if not match:
        return None
    cursor.at += 1
    old, new = paths.without_prefixes(match[1], match[2])
    return FileDiff(old if new == paths.NULL else new, FileStatus.MODIFIED, is_binary=True)


def read_submodule(cursor: Cursor) -> FileDiff | None:
    """`Submodule x 123..456:`, which git prints for `diff.submodule=log`."""
    match = _SUBMODULE.fullmatch(cursor.look())
    if not match:
        return None
    cursor.at += 1
    is_new, is_gone = match[2] == "new submodule", match[2] == "submodule deleted"
    status = FileStatus.ADDED if is_new else FileStatus.DELETED if is_gone else FileStatus.MODIFIED
    old_mode, new_mode = None if is_new else _SUBMODULE_MODE, None if is_gone else _SUBMODULE_MODE
    return FileDiff(match[1], status, old_mode=old_mode, new_mode=new_mode)


def _status(old_line: str, new_line: str, hunks: tuple[Hunk, ...]) -> FileStatus:
    """Added or deleted only where that side has no lines and its header says that there was no file."""
    if _is_absent(old_line) and all(line.old_number is None for hunk in hunks for line in hunk.lines):
        return FileStatus.ADDED
    if _is_absent(new_line) and all(line.new_number is None for hunk in hunks for line in hunk.lines):
        return FileStatus.DELETED
    return FileStatus.MODIFIED


def _is_absent(line: str) -> bool:
    """`/dev/null`, a revision in which the file was not, or GNU diff's and Mercurial's time stamp zero."""
    name, _, stamp = line[4:].partition("\t")
    return name == paths.NULL or bool(_ABSENT.search(stamp) or _HG_EPOCH.search(stamp)) or _is_epoch(stamp)


def _is_epoch(stamp: str) -> bool:
    match = _MIDNIGHT.search(stamp)
    if not match:
        return False
    date, hour, minute, sign, zone_hours, zone_minutes = match.groups()
    local = int(hour) * 60 + int(minute) - (24 * 60 if date == "1969-12-31" else 0)
    zone = int(zone_hours) * 60 + int(zone_minutes)
    return local == (zone if sign == "+" else -zone)
