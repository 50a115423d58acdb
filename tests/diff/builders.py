"""Diffs for tests: as plain JSON values, and made by git itself in a repository without a work tree."""

import difflib
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pr_reviewer.diff.numbers import start_of
from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.model.changes import FileDiff, Hunk, Line, LineKind

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LC_ALL": "C",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def as_json(files: tuple[FileDiff, ...]) -> list[dict[str, Any]]:
    return [
        {
            "path": file.path,
            "status": file.status.value,
            "old_path": file.old_path,
            "is_binary": file.is_binary,
            "old_mode": file.old_mode,
            "new_mode": file.new_mode,
            "hunks": [
                {
                    "start": [hunk.old_start, hunk.new_start],
                    "section": hunk.section,
                    "lines": [_line_as_json(line) for line in hunk.lines],
                }
                for hunk in file.hunks
            ],
        }
        for file in files
    ]


def _line_as_json(line: Line) -> list[Any]:
    shown = [line.old_number, line.new_number, f"{line.kind}{line.text}"]
    return shown if line.ends else [*shown, "no newline"]


def context(text: str, old: int, new: int) -> Line:
    return Line(LineKind.CONTEXT, text, old, new)


def added(text: str, new: int) -> Line:
    return Line(LineKind.ADDED, text, None, new)


def removed(text: str, old: int) -> Line:
    return Line(LineKind.REMOVED, text, old, None)


def changes_of(hunks: tuple[Hunk, ...]) -> list[Line]:
    return [line for hunk in hunks for line in hunk.lines if line.kind is not LineKind.CONTEXT]


def apply(old: str, file: FileDiff) -> str:
    """The new text; fails where a hunk does not say of the old one what stands there."""
    source = _LINE.findall(old)
    made: list[str] = []
    at = 0
    for hunk in file.hunks:
        start = start_of(hunk)
        made += source[at : start.old - 1]
        at = start.old - 1
        assert len(made) == start.new - 1
        for line in hunk.lines:
            text = line.text + "\n" * line.ends
            if line.old_number is not None:
                assert (source[at], at + 1) == (text, line.old_number)
                at += 1
            if line.new_number is not None:
                made.append(text)
                assert len(made) == line.new_number
    return "".join(made + source[at:])


def diff_of(old: list[str], new: list[str], lines_of_context: int) -> FileDiff:
    """A change of a file `f`, made without git: the lines must not hold line feeds."""
    text = difflib.unified_diff(old, new, "a/f", "b/f", lineterm="", n=lines_of_context)
    return parse_diff("\n".join(text) + "\n")[0]


Tree = Mapping[bytes, tuple[str, bytes]]
"""Paths to modes and contents; a submodule's content is its commit."""


class Git:
    """A bare repository. Trees are written with `git fast-import`, one process for as many as needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run("init", "--quiet", "--bare", ".")

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=_ENVIRONMENT, input=given, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, *trees: Tree) -> None:
        """Each tree as the branch of its index: `0`, `1`, …"""
        stream = b"".join(_commit_stream(index, tree) for index, tree in enumerate(trees))
        self.run("fast-import", "--quiet", "--force", given=stream)

    def diff(self, *options: str, old: str = "0", new: str = "1") -> str:
        return self.run("diff", *options, old, new).decode("utf-8", "surrogateescape")


def _commit_stream(index: int, tree: Tree) -> bytes:
    who = b"committer Ann <ann@example.org> 1600000000 +0000\ndata 0\n"
    start = b"reset refs/heads/%d\ncommit refs/heads/%d\n%s" % (index, index, who)
    return start + b"".join(_entry(path, mode, content) for path, (mode, content) in tree.items()) + b"\n"


def _entry(path: bytes, mode: str, content: bytes) -> bytes:
    if mode == "160000":
        return b"M 160000 %s %s\n" % (content, _quoted(path))
    return b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), _quoted(path), len(content), content)


def _quoted(path: bytes) -> bytes:
    return b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'
