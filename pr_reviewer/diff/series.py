"""Several patches in a row → what they change together, so that each path stands once.

Line numbers of a later patch count in the files that the earlier ones left behind. So two changes of one
file are composed: A→B and B→C become A→C, with A's and C's line numbers.
"""

from dataclasses import dataclass, field, replace

from pr_reviewer.diff.compose import Mismatch, compose_hunks, replacement
from pr_reviewer.model.changes import FileDiff, FileStatus
from pr_reviewer.model.errors import InvalidDiff

_TYPE_DIGITS = 3
_MOST_WORK = 500_000  # lines gone through again because a later patch changes their file, too: a few seconds


@dataclass(frozen=True, slots=True)
class Read:
    """A file and the one-based line of the diff at which it starts."""

    file: FileDiff
    line: int


@dataclass(slots=True)
class Patch:
    """The files of one patch; `is_log`: it came from `git log`, which prints the newest change first."""

    reads: list[Read] = field(default_factory=list)
    is_log: bool = False


def join(patches: list[Patch]) -> tuple[FileDiff, ...]:
    """All patches as one change. InvalidDiff where a patch does not follow from those before it."""
    changes: dict[str, FileDiff] = {}
    work = 0
    for patch in patches:
        for reads in _without_repetition(_merge_type_changes(patch.reads)):
            if patch.is_log and any(_source(read.file) in changes or read.file.path in changes for read in reads):
                raise _out_of_order(reads[0])
            work += sum(_lines_of(changes.get(_source(read.file))) for read in reads)
            if work > _MOST_WORK:
                raise _too_many(reads[0])
            changes = _follow(changes, reads)
    return tuple(changes.values())


def _merge_type_changes(reads: list[Read]) -> list[Read]:
    """Git prints a change of type as a deletion and an addition of one path: make it one file again."""
    merged: list[Read] = []
    for read in reads:
        before = merged[-1].file if merged else None
        if before and before.path == read.file.path and _is_replacement(before, read.file):
            merged[-1] = Read(_replaced(before, read.file), merged[-1].line)
        else:
            merged.append(read)
    return merged


def _without_repetition(reads: list[Read]) -> list[list[Read]]:
    """Diffs that were simply put behind each other: a path that comes again starts the next one."""
    groups: list[list[Read]] = [[]]
    seen: set[str] = set()
    for read in reads:
        if read.file.path in seen:
            groups.append([])
            seen.clear()
        seen.add(read.file.path)
        groups[-1].append(read)
    return groups


def _follow(changes: dict[str, FileDiff], reads: list[Read]) -> dict[str, FileDiff]:
    """The changes so far and one more patch, all of whose files change at once."""
    after = dict(changes)
    targets = {read.file.path for read in reads}
    for read in reads:
        source = _source(read.file)
        if read.file.status is FileStatus.RENAMED and source not in targets:
            after.pop(source, None)
        if source not in changes:
            after[read.file.path] = read.file
            continue
        composed = _compose(changes[source], read)
        if read.file.status is FileStatus.DELETED:
            after.pop(source, None)
        if composed:
            after[composed.path] = composed
    return after


def _compose(before: FileDiff, read: Read) -> FileDiff | None:
    """Both changes as one; None where nothing is left of them."""
    after = read.file
    if _is_replacement(before, after):
        return _replaced(before, after)
    if FileStatus.DELETED is before.status or FileStatus.ADDED is after.status:
        raise _does_not_follow(read)
    if after.status is FileStatus.DELETED and before.status in (FileStatus.ADDED, FileStatus.COPIED):
        return None
    try:
        hunks = compose_hunks(before.hunks, after.hunks)
    except Mismatch as exc:
        raise _does_not_follow(read) from exc
    status, old_path = _origin(before, after)
    path = _source(before) if after.status is FileStatus.DELETED else after.path
    is_binary = before.is_binary or after.is_binary
    return FileDiff(path, status, hunks, old_path, is_binary, before.old_mode or after.old_mode, after.new_mode)


def _origin(before: FileDiff, after: FileDiff) -> tuple[FileStatus, str | None]:
    """The status of both changes together, and the path before them where it differs."""
    if after.status is FileStatus.DELETED or before.status is FileStatus.ADDED:
        return (after if after.status is FileStatus.DELETED else before).status, None
    first = before.old_path or after.old_path
    if first == after.path:
        return FileStatus.MODIFIED, None
    if after.old_path and before.status is not FileStatus.COPIED:
        return after.status, first
    return (after if before.status is FileStatus.MODIFIED else before).status, first


def _source(file: FileDiff) -> str:
    return file.old_path or file.path


def _is_replacement(before: FileDiff, after: FileDiff) -> bool:
    return before.status is FileStatus.DELETED and after.status is FileStatus.ADDED


def _replaced(before: FileDiff, after: FileDiff) -> FileDiff:
    is_same_type = (before.old_mode or "")[:_TYPE_DIGITS] == (after.new_mode or "")[:_TYPE_DIGITS]
    is_binary = before.is_binary or after.is_binary
    return replace(
        after,
        status=FileStatus.MODIFIED if is_same_type else FileStatus.TYPE_CHANGED,
        hunks=() if is_binary else replacement(before.hunks, after.hunks),
        is_binary=is_binary,
        old_mode=before.old_mode,
    )


def _lines_of(file: FileDiff | None) -> int:
    return sum(len(hunk.lines) for hunk in file.hunks) if file else 0


def _too_many(read: Read) -> InvalidDiff:
    return InvalidDiff(
        f"files such as {read.file.path!r} are changed again too often for the patches to be read as one change",
        line=read.line,
        hint="Give one diff from the first version to the last: `git diff <base>...<head>`.",
    )


def _does_not_follow(read: Read) -> InvalidDiff:
    return InvalidDiff(
        f"this change of {read.file.path!r} does not follow from the one above",
        line=read.line,
        hint="Put the patches in the order in which they apply, or give one diff from the first version to the last.",
    )


def _out_of_order(read: Read) -> InvalidDiff:
    return InvalidDiff(
        f"several commits change {read.file.path!r}, and a log does not say in which order",
        line=read.line,
        hint="Use `git diff <base>...<head>`, or `git format-patch --stdout <base>..<head>`.",
    )
