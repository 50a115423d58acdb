"""Unified diff text → `FileDiff`s.

Reads what git, Mercurial, Subversion, CVS, `diff -u` and `git format-patch` write, one after the other if
need be. Text around the files (mails, commit messages, statistics) is stepped over; what belongs to a
change and cannot be read is an `InvalidDiff`, never left out.
"""

import re
from collections.abc import Callable

from pr_reviewer.diff.cursor import Cursor, excerpt
from pr_reviewer.diff.git_files import START, read_git_file
from pr_reviewer.diff.hunks import COMBINED_HINT, skip_property_hunk
from pr_reviewer.diff.plain_files import (
    read_binary_pair,
    read_indexed_file,
    read_mercurial_file,
    read_plain_file,
    read_submodule,
)
from pr_reviewer.diff.series import Patch, Read, join
from pr_reviewer.diff.text import split_lines
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.errors import InvalidDiff

_PATCH_START = re.compile(r"From [0-9a-f]{40,64} .+|# HG changeset patch")
_COMMIT_START = re.compile(r"commit [0-9a-f]{40,64}\b.*")
_HUNK_START = re.compile(r"@@+ -[0-9]+(,[0-9]+)? .*")
_ONE_SIDED = re.compile(r"Only in .+: .+")
_DIFF_OUTPUT = ("+", "-", " ", "\\", "Only in ", "Binary files ", "diff -")
_READERS: tuple[Callable[[Cursor], FileDiff | None], ...] = (
    read_plain_file,
    read_indexed_file,
    read_mercurial_file,
    read_binary_pair,
    read_submodule,
)


def parse_diff(text: str) -> tuple[FileDiff, ...]:
    """The changed files, in the order of the diff, each path once.

    Of several patches in a row (`git format-patch --stdout`), what they change together. Empty text is no
    change; anything else without a file in it is an `InvalidDiff`, which names the line and what was expected.
    """
    if not text.strip():
        return ()
    cursor = Cursor(split_lines(text.removeprefix("\ufeff")))
    patches = _read_patches(cursor)
    if not any(patch.reads for patch in patches):
        raise _nothing_found(text)
    return join(patches)


def _read_patches(cursor: Cursor) -> list[Patch]:
    patches = [Patch()]
    while not cursor.is_at_end:
        line, number = cursor.look(), cursor.at + 1
        if file := _read_file(cursor):
            patches[-1].reads.append(Read(file, number))
            continue
        if _PATCH_START.fullmatch(line) or _COMMIT_START.fullmatch(line):
            patches.append(Patch(is_log=line.startswith("commit ")))
        if cursor.at == number - 1:
            _refuse_unreadable(cursor)
            cursor.at += 1
    return patches


def _read_file(cursor: Cursor) -> FileDiff | None:
    if cursor.look().startswith(START):
        return read_git_file(cursor)
    for read in _READERS:
        if file := read(cursor):
            return file
    skip_property_hunk(cursor)
    return None


def _refuse_unreadable(cursor: Cursor) -> None:
    """Some lines outside of files show that part of a change would be lost silently."""
    line = cursor.look()
    if line.startswith(("diff --cc ", "diff --combined ")):
        raise cursor.invalid("this is the combined diff of a merge, which has several old sides", hint=COMBINED_HINT)
    if _HUNK_START.fullmatch(line):
        raise cursor.invalid("this hunk belongs to no file: expected `--- ` and `+++ ` lines above it")
    if line.startswith("* Unmerged path "):
        raise cursor.invalid("the file has conflicts that nobody resolved", hint="Resolve the merge first.")
    if line.startswith("***************"):
        raise cursor.invalid("this is a context diff, expected a unified one", hint="Use `diff -u`.")
    is_output = cursor.at == 0 or cursor.lines[cursor.at - 1].startswith(_DIFF_OUTPUT)
    if _ONE_SIDED.fullmatch(line) and is_output:
        raise cursor.invalid("this file stands on one side only, and is not shown", hint="Use `diff -ruN`.")


def _nothing_found(text: str) -> InvalidDiff:
    lines = split_lines(text)
    number = next(number for number, line in enumerate(lines, start=1) if line.strip())
    hint = "Any unified diff will do, such as the output of `git diff`, `hg diff`, `svn diff` or `diff -u`."
    if "\x1b[" in text:
        hint = "The text holds colour codes: write the diff with `--no-color`."
    if "\0" in text:
        hint = "The text holds NUL bytes: is it UTF-16, as PowerShell's `>` writes? Save it as UTF-8."
    found = excerpt(lines[number - 1])
    return InvalidDiff(f"expected `diff --git` or `--- ` and `+++ ` lines, found {found}", line=number, hint=hint)
