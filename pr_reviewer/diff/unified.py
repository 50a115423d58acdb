"""`FileDiff` → the unified diff that git would print for it."""

from collections.abc import Iterator
from dataclasses import replace

from pr_reviewer.diff.numbers import Numbers, hunk_at, start_of
from pr_reviewer.diff.paths import NULL, quote
from pr_reviewer.diff.render import NO_NEWLINE
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, LineKind

REGULAR = "100644"
_NO_OBJECT = "0" * 7


def unified(file: FileDiff) -> str:
    """The file's section of a diff in git's format, which `parse_diff` reads back as the same value.

    Whether a file is binary is kept, its bytes and all object names are not.
    """
    if file.status is FileStatus.TYPE_CHANGED:
        return "".join(unified(half) for half in _halves(file))
    return "".join(f"{line}\n" for line in (*_headers(file), *_body(file)))


def _halves(file: FileDiff) -> tuple[FileDiff, FileDiff]:
    """Git has no word for a change of type: it prints a deletion and an addition."""
    removed = [line for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.REMOVED]
    added = [line for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.ADDED]
    old = (hunk_at(Numbers(1, 1), removed),) if removed else ()
    new = (hunk_at(Numbers(1, 1), added),) if added else ()
    return (
        replace(file, status=FileStatus.DELETED, hunks=old, new_mode=None),
        replace(file, status=FileStatus.ADDED, hunks=new, old_mode=None),
    )


def _headers(file: FileDiff) -> Iterator[str]:
    old, new = file.old_path or file.path, file.path
    yield f"diff --git {quote('a/' + old)} {quote('b/' + new)}"
    if file.status is FileStatus.ADDED:
        yield f"new file mode {file.new_mode or REGULAR}"
    elif file.status is FileStatus.DELETED:
        yield f"deleted file mode {file.old_mode or REGULAR}"
    elif file.old_mode and file.new_mode and file.old_mode != file.new_mode:
        yield from (f"old mode {file.old_mode}", f"new mode {file.new_mode}")
    if file.status in (FileStatus.RENAMED, FileStatus.COPIED):
        verb = "rename" if file.status is FileStatus.RENAMED else "copy"
        yield from (f"{verb} from {quote(old)}", f"{verb} to {quote(new)}")
    if file.new_mode and file.new_mode == file.old_mode:
        yield f"index {_NO_OBJECT}..{_NO_OBJECT} {file.new_mode}"


def _body(file: FileDiff) -> Iterator[str]:
    old = NULL if file.status is FileStatus.ADDED else "a/" + (file.old_path or file.path)
    new = NULL if file.status is FileStatus.DELETED else "b/" + file.path
    if file.is_binary:
        yield f"Binary files {quote(old)} and {quote(new)} differ"
        return
    if file.hunks:
        yield from (f"--- {_with_tab(quote(old))}", f"+++ {_with_tab(quote(new))}")
    for hunk in file.hunks:
        yield from _hunk(hunk)


def _with_tab(name: str) -> str:
    """GNU patch takes a name with spaces only if a tab ends it."""
    return f"{name}\t" if " " in name and not name.startswith('"') else name


def _hunk(hunk: Hunk) -> Iterator[str]:
    start = start_of(hunk)
    end = start.after(hunk.lines)
    old, new = _range(hunk.old_start, end.old - start.old), _range(hunk.new_start, end.new - start.new)
    yield f"@@ -{old} +{new} @@ {hunk.section}".rstrip(" ")
    for line in hunk.lines:
        yield f"{line.kind}{line.text}"
        if not line.ends:
            yield NO_NEWLINE


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"
