"""Hunks of a unified diff.

The counts in a hunk's header decide where it ends, never the look of a line: `--- a/x` is a removed
line `-- a/x` as long as the header promised one more.
"""

import re
from dataclasses import dataclass, replace

from pr_reviewer.diff.cursor import Cursor, excerpt
from pr_reviewer.model.changes import Hunk, Line, LineKind
from pr_reviewer.model.errors import InvalidDiff

_RANGES = r"-([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))?"
_HEADER = re.compile(rf"@@ {_RANGES} @@(.*)", re.DOTALL)
_PROPERTY_HEADER = re.compile(rf"## {_RANGES} ##(.*)", re.DOTALL)
_MAIL_TRAILERS = ("--", "-- ")
# An empty line of context whose space an editor or `diff --suppress-blank-empty` took away.
_STRIPPED = ("", "\r")
COMBINED_HINT = "Diff against one parent instead: `git diff <parent> <merge>`, or `git show -m --first-parent <merge>`."


def read_hunks(cursor: Cursor) -> tuple[Hunk, ...]:
    """The hunks that stand here, in rising order; there may be none."""
    hunks: list[Hunk] = []
    old_end = new_end = 0
    while cursor.look().startswith("@@"):
        ranges = _read_header(cursor)
        if ranges.old_first <= old_end or ranges.new_first <= new_end:
            raise cursor.invalid(
                f"this hunk starts before line {old_end + 1} of the old or {new_end + 1} of the new file"
            )
        old_end, new_end = ranges.old_first + ranges.old_count - 1, ranges.new_first + ranges.new_count - 1
        cursor.at += 1
        if lines := _read_lines(cursor, ranges):
            hunks.append(Hunk(ranges.old_start, ranges.new_start, ranges.section, lines))
    if hunks:
        _refuse_surplus(cursor)
    return tuple(hunks)


def skip_property_hunk(cursor: Cursor) -> bool:
    """Step over a hunk of a Subversion property (`## -0,0 +1 ##`); False where none stands here."""
    match = _PROPERTY_HEADER.fullmatch(cursor.look())
    if match:
        cursor.at += 1
        _read_lines(cursor, _Ranges.of(match))
    return bool(match)


@dataclass(frozen=True, slots=True)
class _Ranges:
    """A hunk's header. A side without lines starts at the line before, so `old_first` is one more."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str

    @classmethod
    def of(cls, match: re.Match[str]) -> "_Ranges":
        old_start, old_count, new_start, new_count, section = match.groups()
        return cls(int(old_start), int(old_count or 1), int(new_start), int(new_count or 1), section.strip())

    @property
    def old_first(self) -> int:
        return self.old_start + (self.old_count == 0)

    @property
    def new_first(self) -> int:
        return self.new_start + (self.new_count == 0)


def _read_header(cursor: Cursor) -> _Ranges:
    line = cursor.look()
    if line.startswith("@@@"):
        raise cursor.invalid("this is the combined diff of a merge, which has several old sides", hint=COMBINED_HINT)
    match = _HEADER.fullmatch(line)
    if not match:
        raise cursor.invalid(f"expected `@@ -line,count +line,count @@`, found {excerpt(line)}")
    ranges = _Ranges.of(match)
    if ranges.old_first == 0 or ranges.new_first == 0:
        raise cursor.invalid("lines are counted from 1, but this hunk starts at line 0")
    return ranges


def _read_lines(cursor: Cursor, ranges: _Ranges) -> tuple[Line, ...]:
    r"""As many lines as the header promised, and the `\ No newline` that may follow the last."""
    lines: list[Line] = []
    old, new = ranges.old_first, ranges.new_first
    old_end, new_end = old + ranges.old_count, new + ranges.new_count
    for text in (cursor.lines[at] for at in range(cursor.at, len(cursor.lines))):
        mark = text[:1]
        if mark == "\\" and lines:
            lines[-1] = replace(lines[-1], ends=False)
        elif old == old_end and new == new_end:
            break
        elif mark == "+" and new < new_end:
            lines.append(Line(LineKind.ADDED, text[1:], None, new))
            new += 1
        elif mark == "-" and old < old_end:
            lines.append(Line(LineKind.REMOVED, text[1:], old, None))
            old += 1
        elif (mark == " " or text in _STRIPPED) and old < old_end and new < new_end:
            lines.append(Line(LineKind.CONTEXT, text[1:] if mark == " " else text, old, new))
            old += 1
            new += 1
        else:
            raise _broken(cursor, old_end - old, new_end - new)
        cursor.at += 1
    if old < old_end or new < new_end:
        raise _broken(cursor, old_end - old, new_end - new)
    return tuple(lines)


def _broken(cursor: Cursor, old_missing: int, new_missing: int) -> InvalidDiff:
    found = "the text ends" if cursor.is_at_end else f"found {excerpt(cursor.look())}"
    return cursor.invalid(
        f"this hunk's header promises {old_missing} more old and {new_missing} more new lines, but {found}",
        hint="A line of a hunk starts with a space, `+` or `-`. Was the diff cut or edited?",
    )


def _refuse_surplus(cursor: Cursor) -> None:
    """A line that looks like one more of the hunk means that the header's counts are wrong."""
    line = cursor.look()
    if line.startswith(("+", "-", " ")) and line not in _MAIL_TRAILERS and not _starts_plain_file(cursor):
        raise cursor.invalid(
            f"the hunk above has all the lines that its header promises, but goes on with {excerpt(line)}",
            hint="Was the diff edited by hand?",
        )


def _starts_plain_file(cursor: Cursor) -> bool:
    return cursor.look().startswith("--- ") and cursor.look(1).startswith("+++ ")
