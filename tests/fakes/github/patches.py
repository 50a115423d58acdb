"""`git diff-tree` output → the files, hunks and lines that GitHub shows. Not the product's own parser."""

import re
from dataclasses import dataclass, field

_HEADER = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_STATUS = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}
TOO_LONG_LINES, TOO_LONG_BYTES = 20_000, 500_000  # "Limits on viewing content and diffs in a repository"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a hunk. `position` counts from the file's first `@@`, as GitHub's `position` does."""

    old: int | None
    new: int | None
    text: str
    position: int

    def number(self, side: str) -> int | None:
        return self.old if side == "LEFT" else self.new


@dataclass(frozen=True, slots=True)
class Hunk:
    header: str
    lines: tuple[DiffLine, ...]

    def find(self, side: str, number: int) -> DiffLine | None:
        return next((line for line in self.lines if line.number(side) == number), None)

    def text_to(self, last: DiffLine) -> str:
        """`diff_hunk` of a comment: the hunk up to the line that is commented."""
        shown = [line.text for line in self.lines if line.position <= last.position]
        return "\n".join([self.header, *shown])


@dataclass(frozen=True, slots=True)
class FilePatch:
    """One changed file; `blob` is of the new side, or of the old one when the file is gone."""

    path: str
    old_path: str
    status: str
    blob: str
    text: str
    hunks: tuple[Hunk, ...] = field(repr=False, default=())

    @property
    def additions(self) -> int:
        return self._count("+")

    @property
    def deletions(self) -> int:
        return self._count("-")

    @property
    def patch(self) -> str:
        """What GitHub gives as `patch`: the hunks without the file's header; empty for a binary file."""
        start = self.text.find("\n@@ ")
        return "" if start < 0 else self.text[start + 1 :].removesuffix("\n")

    @property
    def is_too_large(self) -> bool:
        return self.text.count("\n") > TOO_LONG_LINES or len(self.text) > TOO_LONG_BYTES

    def _count(self, sign: str) -> int:
        return sum(line.text.startswith(sign) for hunk in self.hunks for line in hunk.lines)


def read_patches(raw: str, patch: str) -> tuple[FilePatch, ...]:
    """The files of `diff-tree --raw -z` and of `diff-tree -p` over the same two trees."""
    texts = re.split(r"^(?=diff --git )", patch, flags=re.MULTILINE)[1:]
    entries = _entries(raw)
    if len(entries) != len(texts):
        raise ValueError("a file changed its type; the stand-in does not model that")
    return tuple(
        FilePatch(path, old, _STATUS[status[0]], blob, text, _hunks(text))
        for (status, old, path, blob), text in zip(entries, texts, strict=True)
    )


def _entries(raw: str) -> list[tuple[str, str, str, str]]:
    """(status letter, old path, new path, blob) for each file."""
    parts = iter(raw.split("\0"))
    found = []
    for head in parts:
        if not head:
            continue
        _, _, old_blob, new_blob, status = head.split(" ")
        old = next(parts)
        new = next(parts) if status[0] in "RC" else old
        found.append((status, old, new, old_blob if status == "D" else new_blob))
    return found


def _hunks(text: str) -> tuple[Hunk, ...]:
    found: list[tuple[str, list[DiffLine]]] = []
    position, old, new = -1, 0, 0
    for line in text.split("\n"):
        match = _HEADER.match(line)
        if match:
            old, new = int(match[1]), int(match[3])
            found.append((line, []))
            position += 1
        elif found and line:
            position += 1
            sign = line[0]
            found[-1][1].append(
                DiffLine(old if sign in " -" else None, new if sign in " +" else None, line, position),
            )
            old, new = old + (sign in " -"), new + (sign in " +")
    return tuple(Hunk(header, tuple(lines)) for header, lines in found)
