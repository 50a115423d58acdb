"""One file's section of a diff in git's format, as git, `hg diff --git` and `svn diff --git` write it.

The format is `git help diff-format`'s: `diff --git`, extended headers, then text hunks or a binary patch.
"""

import re

from pr_reviewer.diff import paths
from pr_reviewer.diff.cursor import Cursor, excerpt
from pr_reviewer.diff.hunks import read_hunks
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk

START = "diff --git "

_FIELD = re.compile(
    r"(old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to"
    r"|similarity index|dissimilarity index|index) (.+)",
    re.DOTALL,
)
_STATUSES = {
    "new file mode": FileStatus.ADDED,
    "deleted file mode": FileStatus.DELETED,
    "rename to": FileStatus.RENAMED,
    "copy to": FileStatus.COPIED,
}
_MODE = re.compile("[0-7]{6}")
_BINARY_BLOCK = re.compile("(?:literal|delta) [0-9]+")
_BASE_85 = re.compile(r"[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+")


def read_git_file(cursor: Cursor) -> FileDiff:
    """The file whose `diff --git` line stands here; the cursor ends behind its last hunk."""
    start = cursor.at
    cursor.at += 1
    fields = _read_fields(cursor)
    headers = cursor.look(), cursor.look(1)
    is_binary = _read_binary(cursor)
    hunks = () if is_binary else read_text(cursor)
    try:
        old, new = _names(cursor.lines[start].removesuffix("\r").removeprefix(START), fields, headers)
    except ValueError as exc:
        cursor.at = start
        raise cursor.invalid(str(exc), hint="Renames need `rename from` and `rename to` lines below it.") from exc
    return _file(old, new, fields, hunks, is_binary=is_binary)


def read_text(cursor: Cursor) -> tuple[Hunk, ...]:
    """The hunks below `---` and `+++`; none where the file has no such lines, or only properties below them."""
    if not cursor.look().startswith("--- "):
        return read_hunks(cursor)
    if not cursor.look(1).startswith("+++ "):
        raise cursor.invalid(f"expected `+++ ` and the new path, found {excerpt(cursor.look(1))}", ahead=1)
    cursor.at += 2
    hunks = read_hunks(cursor)
    if not hunks and not cursor.look(1).startswith("Property changes on: "):
        raise cursor.invalid(f"expected a hunk (`@@ -line,count +line,count @@`), found {excerpt(cursor.look())}")
    return hunks


def _read_fields(cursor: Cursor) -> dict[str, str]:
    fields: dict[str, str] = {}
    while match := _FIELD.fullmatch(cursor.look()):
        fields[match[1]] = match[2]
        cursor.at += 1
    return fields


def _read_binary(cursor: Cursor) -> bool:
    line = cursor.look()
    if line == "GIT binary patch":
        cursor.at += 1
        _skip_binary_patch(cursor)
        return True
    if line.startswith(("Binary files ", "Binary file ")):
        cursor.at += 1
        return True
    return False


def _skip_binary_patch(cursor: Cursor) -> None:
    """Step over one or two blocks of base-85 lines. An empty line ends each, but Subversion leaves the last one out."""
    if not _BINARY_BLOCK.fullmatch(cursor.look()):
        raise cursor.invalid(f"expected `literal` or `delta` and a size, found {excerpt(cursor.look())}")
    while _BINARY_BLOCK.fullmatch(cursor.look()):
        cursor.at += 1
        while _BASE_85.fullmatch(cursor.look()):
            cursor.at += 1
        cursor.at += not cursor.look()


def _names(text: str, fields: dict[str, str], headers: tuple[str, str]) -> tuple[str, str]:
    """The old and the new path, without prefixes. ValueError where the headers leave them open."""
    for kind in ("rename", "copy"):
        if f"{kind} from" in fields and f"{kind} to" in fields:
            return paths.plain_or_quoted(fields[f"{kind} from"]), paths.plain_or_quoted(fields[f"{kind} to"])
    names = paths.git_names(text) or _names_of_headers(*headers)
    if not names or not all(names := paths.without_prefixes(*names)):
        raise ValueError(f"cannot tell the two paths apart in {excerpt(text)}")
    return names


def _names_of_headers(old: str, new: str) -> tuple[str, str] | None:
    if not old.startswith("--- "):
        return None
    names = paths.header_name(old[4:]), paths.header_name(new[4:])
    return None if paths.NULL in names else names


def _file(old: str, new: str, fields: dict[str, str], hunks: tuple[Hunk, ...], *, is_binary: bool) -> FileDiff:
    status = next((status for field, status in _STATUSES.items() if field in fields), FileStatus.MODIFIED)
    unchanged = fields.get("index", "").partition(" ")[2]
    return FileDiff(
        path=old if new == paths.NULL else new,
        status=status,
        hunks=hunks,
        old_path=old if status in (FileStatus.RENAMED, FileStatus.COPIED) else None,
        is_binary=is_binary,
        old_mode=_mode(fields.get("old mode") or fields.get("deleted file mode") or unchanged),
        new_mode=_mode(fields.get("new mode") or fields.get("new file mode") or unchanged),
    )


def _mode(text: str) -> str | None:
    return text if _MODE.fullmatch(text) else None
