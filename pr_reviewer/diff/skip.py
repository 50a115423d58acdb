"""Which files are not reviewed, and why.

Every skip here is deliberate: it leaves a review complete, and the report names it. What a setting says comes
first, so `paths.ignore = ["!vendor/ours/"]` brings back a file that would be skipped for its path or its header.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pr_reviewer.diff.generated import generator_of, is_minified, kind_of_path
from pr_reviewer.diff.globs import why_costly
from pr_reviewer.diff.render import path_label
from pr_reviewer.model.changes import FileDiff, FileStatus
from pr_reviewer.model.errors import SettingsError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_SYMLINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True, slots=True)
class SkipRules:
    """The operator's and the repository's globs, compiled once; None where there are none."""

    ignore: "GitIgnoreSpec | None" = None
    only: "GitIgnoreSpec | None" = None

    @classmethod
    def compile(cls, ignore: Sequence[str] = (), only: Sequence[str] = ()) -> "SkipRules":
        """Globs as in a .gitignore file, the last match wins. SettingsError names the one that is none."""
        return cls(_compile("paths.ignore", ignore), _compile("paths.only", only))


def skip_reason(
    file: FileDiff, rules: SkipRules, generated: frozenset[str] = frozenset(), first_lines: Sequence[str] = ()
) -> str | None:
    """Why the file is not reviewed, as a sentence for people; None: it is.

    `generated` are the paths that .gitattributes marks as generated or vendored, `first_lines` the head's own.
    """
    is_ignored = _verdict(rules.ignore, file.path)
    if is_ignored:
        return "the path matches `paths.ignore`"
    if rules.only and not _verdict(rules.only, file.path):
        return "the path matches nothing in `paths.only`"
    if reason := _without_text(file):
        return reason
    if is_ignored is None and (reason := _made_by_tools(file, generated, first_lines)):
        return reason
    return None if file.hunks else _without_lines(file)


def _compile(setting: str, globs: Iterable[str]) -> "GitIgnoreSpec | None":
    from pathspec import GitIgnoreSpec

    lines = list(globs)
    if not lines:
        return None
    if costly := next((f"`{glob}`: {why}" for glob in lines if (why := why_costly(glob))), ""):
        raise SettingsError(f"`{setting}` holds a glob that would take too long: {costly}")
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as exc:
        message = f"`{setting}` holds a glob that cannot be read: {exc}"
        raise SettingsError(message, hint="Write it as in .gitignore.") from exc


def _verdict(spec: "GitIgnoreSpec | None", path: str) -> bool | None:
    """True: matches; False: a later `!glob` takes it out again; None: no glob says anything."""
    return spec.check_file(path).include if spec else None


def _without_text(file: FileDiff) -> str | None:
    mode = file.new_mode or file.old_mode
    if file.status is FileStatus.DELETED:
        return "the file is deleted"
    if mode == _SUBMODULE:
        return "the file is a submodule, whose commits are another repository's"
    if mode == _SYMLINK:
        return "the file is a symbolic link"
    return "the file is binary" if file.is_binary else None


def _made_by_tools(file: FileDiff, generated: frozenset[str], first_lines: Sequence[str]) -> str | None:
    if kind := kind_of_path(file.path):
        return kind
    if file.path in generated:
        return "`.gitattributes` marks the file as generated or vendored"
    if generator := generator_of(file.path, first_lines):
        return f"the file's header says that it is generated (`{generator}`)"
    return "nearly all of the change stands in very long lines (minified code or data)" if is_minified(file) else None


def _without_lines(file: FileDiff) -> str:
    if file.status is FileStatus.ADDED:
        return "the file is empty"
    if file.old_path:
        return f"the file is {file.status} from `{path_label(file.old_path)}` without another change"
    if file.old_mode != file.new_mode:
        return f"only the file's mode changes, from {file.old_mode} to {file.new_mode}"
    return "the change shows no lines of the file"
