"""Rules as they are on disk: which files are meant, and a reader for them.

Files of a repository are found as git lists them (ignored ones are none), and read from the working tree.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pr_reviewer.git.checkout import find_checkout
from pr_reviewer.model.errors import UsageError
from pr_reviewer.model.rules import Level, RuleFile
from pr_reviewer.providers.local import LocalRange
from pr_reviewer.rules.sources import rule_files
from pr_reviewer.rules.standing import FILE as STANDING_FILE

MAX_FILE_BYTES = 2_000_000
DISK = "working tree"
"""What stands for a revision here: there is only one."""


@dataclass(frozen=True, slots=True)
class DiskFiles:
    """Files below a folder; a `FileReader`. `paths` are relative to `top`. An absolute path can be read as well."""

    top: Path
    paths: tuple[str, ...]
    is_repository: bool

    async def list_files(self, revision: str) -> tuple[str, ...]:  # noqa: ARG002 there is one revision
        """Every path."""
        return self.paths

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002
        """Path → text; what is no plain file, too big or binary is not in it."""
        found = {path: _text(self.top / path) for path in paths}
        return {path: text for path, text in found.items() if text is not None}


async def open_disk(folder: Path) -> DiskFiles:
    """The files of the repository around a folder; around no repository, those below the folder itself."""
    top = top_of(folder)
    if top is None:
        below = (Path(root, name) for root, _, names in os.walk(folder) for name in names)
        paths = tuple(sorted(path.relative_to(folder).as_posix() for path in below))
        return DiskFiles(folder, paths, is_repository=False)
    tree = LocalRange(top, uncommitted=True)
    try:
        pull = await tree.pull_request()
        return DiskFiles(top, await tree.list_files(pull.head.sha), is_repository=True)
    finally:
        tree.close()


def top_of(folder: Path) -> Path | None:
    """The first folder of the working tree around a folder; None where there is none."""
    try:
        return find_checkout(folder).top
    except UsageError:
        return None


def path_inside(top: Path, path: Path) -> str | None:
    """A path from the top; None for one outside."""
    here = path.resolve()
    return here.relative_to(top.resolve()).as_posix() if here.is_relative_to(top.resolve()) else None


def files_meant(disk: DiskFiles, paths: Sequence[Path], kinds: Sequence[str]) -> tuple[RuleFile, ...]:
    """The files of rules that `paths` name; without one, all that the repository has.

    A file that no review would read, such as one of the operator's, counts as the operator's. Raises UsageError for a
    path that does not exist and for a folder without rules.
    """
    known = {file.path: file for file in rule_files(disk.paths, kinds, DISK)}
    if not paths:
        return tuple(known.values())
    return tuple(dict.fromkeys(file for path in paths for file in _meant(disk.top, path, known)))


def _meant(top: Path, path: Path, known: Mapping[str, RuleFile]) -> Sequence[RuleFile]:
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    here, inside = path.resolve(), path_inside(top, path)
    if path.name == STANDING_FILE:
        return []
    if not path.is_dir():
        return [known.get(inside or "") or _alone(here)]
    within = [file for file in known.values() if inside == "." or file.path.startswith(f"{inside}/")]
    found = within or [_alone(each) for each in sorted(here.glob("*.md")) if each.is_file()]
    if not found and not (path / STANDING_FILE).is_file():
        raise UsageError(
            f"there is no file of rules in {path}",
            hint="A file of rules is called best_practices.md, or lies in best_practices/. `pr-reviewer rules new` "
            "prints one to start with.",
        )
    return found


def _alone(path: Path) -> RuleFile:
    return RuleFile(Level.OPERATOR, "operator", str(path))


def _text(path: Path) -> str | None:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    return None if b"\0" in content else content.decode("utf-8", "surrogateescape")
