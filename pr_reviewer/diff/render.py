"""What the model sees of a change.

    ### src/app.py
    renamed from src/main.py
    @@ def main():
    10      port = 80
    old 11 -    serve(port)
    11 +    serve(port, host)
    12      wait()

The number is the line's in the head, and after `old` the one it had before. What follows the number and a space is
the diff's own: a space, `+` or `-`, then the line. No line of a file can look like one of the headers, since each
starts with its number.
"""

from pr_reviewer.diff.paths import quote
from pr_reviewer.diff.text import display
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, LineKind

_SIGNS = {
    FileStatus.ADDED: "new file",
    FileStatus.DELETED: "deleted",
    FileStatus.RENAMED: "renamed",
    FileStatus.COPIED: "copied",
    FileStatus.TYPE_CHANGED: "type changed",
}
NO_NEWLINE = r"\ No newline at end of file"


def render_file(file: FileDiff) -> str:
    """The path, what happened to the file beyond its lines, and its hunks; each line ends with a line feed.

    Where every line ends with CRLF, this is said once and the carriage returns are left out.
    """
    is_crlf = _is_crlf(file)
    notes = [*_notes(file), *(["lines end with CRLF"] if is_crlf else [])]
    head = "".join(f"{line}\n" for line in (f"### {path_label(file.path)}", *notes))
    return head + "".join(_render(hunk, is_crlf=is_crlf) for hunk in file.hunks)


def render_hunk(hunk: Hunk) -> str:
    """The section behind `@@`, then each line with its number; each line ends with a line feed."""
    return _render(hunk, is_crlf=False)


def path_label(path: str) -> str:
    """The path as the model sees it and should name it: as it is, or quoted like git where it is not printable."""
    return path if path.isprintable() and not path.startswith('"') else quote(path)


def _render(hunk: Hunk, *, is_crlf: bool) -> str:
    lines = [f"@@ {hunk.section}" if hunk.section else "@@"]
    for line in hunk.lines:
        number = f"old {line.old_number}" if line.kind is LineKind.REMOVED else str(line.new_number)
        text = line.text.removesuffix("\r") if is_crlf else line.text
        lines.append(f"{number} {line.kind}{text}")
        if not line.ends and line.kind is not LineKind.CONTEXT:
            lines.append(NO_NEWLINE)
    return display("\n".join(lines) + "\n")


def _notes(file: FileDiff) -> list[str]:
    notes = []
    if file.status is not FileStatus.MODIFIED:
        origin = f" from {path_label(file.old_path)}" if file.old_path else ""
        notes.append(_SIGNS[file.status] + origin)
    if file.old_mode and file.new_mode and file.old_mode != file.new_mode:
        notes.append(f"mode {file.old_mode} to {file.new_mode}")
    return notes


def _is_crlf(file: FileDiff) -> bool:
    ended = [line.text.endswith("\r") for hunk in file.hunks for line in hunk.lines if line.ends]
    return bool(ended) and all(ended)
