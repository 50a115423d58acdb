"""Where a review comment may stand, and where it stands after the head has moved.

GitHub takes a line that one of the diff's hunks shows (three lines of context), on the side that has it, and a range
within one hunk. It takes nothing in a file that the diff lacks, or whose diff it finds too large.
"""

from collections.abc import Mapping
from typing import Any

from tests.fakes.github.patches import FilePatch, Hunk
from tests.fakes.github.pull_rules import files_of, fork_point
from tests.fakes.github.state import Place, Pull, Thread

PATH = "Path could not be resolved"
TOO_LARGE = "Pull request review thread path diff too large"
LINE = "Line could not be resolved"
START_LINE = "Start line could not be resolved"
SAME_HUNK = "Pull request review thread start line must be part of the same hunk as the line."
ORDER = "Pull request review thread start line must precede the end line."
POSITION = "Position could not be resolved"


class Misplaced(Exception):
    """The place is none; `args[0]` is GitHub's sentence."""


def place(pull: Pull, commit: str, wanted: Mapping[str, Any]) -> Place:
    """The place that a comment's path, line, side and start name in the diff of that commit; else Misplaced."""
    file = next((found for found in files_of(pull, commit) if found.path == wanted["path"]), None)
    if file is None:
        raise Misplaced(PATH)
    if file.is_too_large or file.path in pull.too_large:
        raise Misplaced(TOO_LARGE)
    merge_base = fork_point(pull, commit)
    if wanted.get("subject_type") == "file":
        return Place(file.path, commit, merge_base, "RIGHT", 1, subject="file")
    if wanted.get("line") is None:
        return _by_position(file, commit, merge_base, wanted.get("position"))
    return _by_line(file, commit, merge_base, wanted)


def _by_line(file: FilePatch, commit: str, merge_base: str, wanted: Mapping[str, Any]) -> Place:
    side, line = wanted.get("side") or "RIGHT", wanted["line"]
    hunk = _hunk_with(file, side, line)
    if hunk is None:
        raise Misplaced(LINE)
    last = hunk.find(side, line)
    assert last is not None
    start, start_side = wanted.get("start_line"), None
    if start is not None:
        start_side = wanted.get("start_side") or side
        _check_start(file, hunk, last.position, start_side, start)
        if start_side == side and start >= line:
            raise Misplaced(ORDER)
    return Place(file.path, commit, merge_base, side, line, start_side, start, last.position, hunk.text_to(last))


def _check_start(file: FilePatch, hunk: Hunk, last: int, side: str, start: int) -> None:
    first = hunk.find(side, start)
    if first is None:
        raise Misplaced(SAME_HUNK if _hunk_with(file, side, start) else START_LINE)
    if first.position >= last:
        raise Misplaced(ORDER)


def _by_position(file: FilePatch, commit: str, merge_base: str, position: int | None) -> Place:
    for hunk in file.hunks:
        for line in hunk.lines:
            if line.position == position:
                side = "LEFT" if line.new is None else "RIGHT"
                number = line.number(side)
                assert number is not None
                return Place(file.path, commit, merge_base, side, number, None, None, position, hunk.text_to(line))
    raise Misplaced(POSITION if position is not None else LINE)


def _hunk_with(file: FilePatch, side: str, line: int) -> Hunk | None:
    return next((hunk for hunk in file.hunks if hunk.find(side, line)), None)


def line_now(thread: Thread, number: int | None = None) -> int | None:
    """Where the line (the last, unless told) stands in today's diff; None: outdated."""
    pull, at = thread.pull, thread.place
    wanted = at.line if number is None else number
    if at.subject == "file":
        return None
    if (pull.head_sha, fork_point(pull, pull.head_sha)) == (at.commit, at.merge_base):
        return wanted
    old, new = (at.merge_base, fork_point(pull, pull.head_sha)) if at.side == "LEFT" else (at.commit, pull.head_sha)
    moved = wanted if old == new else pull.repository.git.moved_line(old, new, at.path, wanted)
    file = next((found for found in files_of(pull) if found.path == at.path), None)
    if moved is None or file is None or _hunk_with(file, at.side, moved) is None:
        return None
    return moved


def is_outdated(thread: Thread) -> bool:
    """A range is outdated as soon as one of its ends is."""
    if thread.place.subject == "file":
        return all(found.path != thread.place.path for found in files_of(thread.pull))
    return line_now(thread) is None or (thread.place.start_line is not None and start_now(thread) is None)


def start_now(thread: Thread) -> int | None:
    start = thread.place.start_line
    return None if start is None or line_now(thread) is None else line_now(thread, start)


def position_now(thread: Thread) -> int | None:
    """The deprecated `position` in today's diff."""
    line = None if is_outdated(thread) else line_now(thread)
    if line is None:
        return None
    file = next(found for found in files_of(thread.pull) if found.path == thread.place.path)
    hunk = _hunk_with(file, thread.place.side, line)
    found = hunk.find(thread.place.side, line) if hunk else None
    return found.position if found else None
