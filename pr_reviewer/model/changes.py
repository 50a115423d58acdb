"""What a change is made of: lines, hunks, files, and ranges of lines."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which version of a file a line number counts in."""

    OLD = "old"
    NEW = "new"


class LineKind(StrEnum):
    """What a diff says of a line; the values are the diff's own first characters."""

    CONTEXT = " "
    ADDED = "+"
    REMOVED = "-"


class FileStatus(StrEnum):
    """What happened to a file."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    TYPE_CHANGED = "type changed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff. `text` lacks the line feed and keeps a carriage return.

    `ends` is False for the last line of a file that has no newline at its end.
    """

    kind: LineKind
    text: str
    old_number: int | None
    new_number: int | None
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of lines; `section` is what stands behind the second `@@`."""

    old_start: int
    new_start: int
    section: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class LineRange:
    """Lines `first` to `last` of one version of a file: inclusive, one-based, never empty."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.first < 1 or self.last < self.first:
            raise ValueError(f"not a range of lines: {self.first} to {self.last}")

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last

    def overlaps(self, other: "LineRange") -> bool:
        """Whether the two share a line."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One changed file.

    Paths are text with surrogate escapes where a path is not UTF-8. Modes are git's octal strings,
    None where the file is absent or the diff does not say. `old_path` differs from `path` in
    renames and copies only and is None otherwise.
    """

    path: str
    status: FileStatus
    hunks: tuple[Hunk, ...] = ()
    old_path: str | None = None
    is_binary: bool = False
    old_mode: str | None = None
    new_mode: str | None = None

    @property
    def added_lines(self) -> int:
        """How many lines the change adds."""
        return sum(line.kind is LineKind.ADDED for hunk in self.hunks for line in hunk.lines)

    @property
    def removed_lines(self) -> int:
        """How many lines the change removes."""
        return sum(line.kind is LineKind.REMOVED for hunk in self.hunks for line in hunk.lines)
