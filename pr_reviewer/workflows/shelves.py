"""Where files of rules lie: in the installation, on the operator's disk, in a repository at one revision."""

import os
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pr_reviewer import resources
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.rules import Level, RuleFile
from pr_reviewer.providers.base import FileReader, Tip
from pr_reviewer.rules.sources import rule_files, shared_files
from pr_reviewer.workflows.packs import pack_files

MAX_FILE_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of rules that lie in one place.

    `read` gives the texts of paths there, those that the files take in among them; what is binary, too big or absent is
    left out. `has` says of a path that was left out whether there is anything.
    """

    files: tuple[RuleFile, ...]
    read: Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]
    has: Callable[[str], bool]


def packs_shelf(names: Sequence[str]) -> Shelf:
    """The packs of these names. Raises SettingsError for a name that is none."""

    async def read(paths: Sequence[str]) -> Mapping[str, str]:
        return {path: resources.data_text(path) for path in paths if path in known}

    files = pack_files(names)
    known = {file.path for file in files}
    return Shelf(files, read, known.__contains__)


def operators_shelf(name: str, without: Collection[str] = ()) -> Shelf:
    """The markdown files in the operator's folder, by their absolute paths, but for some. Raises SettingsError."""
    folder = Path(name).expanduser()
    try:
        paths = sorted(str(path) for path in folder.iterdir() if path.suffix == ".md" and not path.is_dir())
    except OSError as exc:
        raise SettingsError(
            f"rules.folder: {folder} cannot be read: {exc.strerror}",
            hint="Name a folder of markdown files, or none: PR_REVIEWER_RULES__FOLDER.",
        ) from exc
    taken = (path for path in paths if os.path.realpath(path) not in without)
    return disk_shelf(tuple(RuleFile(Level.OPERATOR, "operator", path) for path in taken))


def disk_shelf(files: tuple[RuleFile, ...]) -> Shelf:
    """Files by their absolute paths on disk."""
    return Shelf(files, read_disk, is_on_disk)


async def organisation_shelf(tip: Tip) -> Shelf:
    """The organisation's files, at the tip of its repository."""
    paths = await tip.files.list_files(tip.sha)
    return revision_shelf(tip.files, tip.sha, paths, shared_files(paths, tip.project, tip.sha))


async def repository_shelf(source: FileReader, revision: str, kinds: Collection[str]) -> Shelf:
    """A repository's own files, and those of the named kinds of other tools."""
    paths = await source.list_files(revision)
    return revision_shelf(source, revision, paths, rule_files(paths, kinds, revision))


def revision_shelf(source: FileReader, revision: str, paths: Collection[str], files: tuple[RuleFile, ...]) -> Shelf:
    """Some files of a revision; `paths` are all that it has."""

    async def read(wanted: Sequence[str]) -> Mapping[str, str]:
        return await source.read_files(revision, wanted)

    return Shelf(files, read, frozenset(paths).__contains__)


async def read_disk(paths: Sequence[str]) -> Mapping[str, str]:
    """The texts of files on disk, without those that are no plain file, too big, binary, or not for us to read."""
    found = {path: _text(Path(path)) for path in paths}
    return {path: text for path, text in found.items() if text is not None}


def is_on_disk(path: str) -> bool:
    """Whether there is anything of that name, readable or not."""
    try:
        Path(path).lstat()
    except OSError:
        return False
    return True


def _text(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    return None if b"\0" in content else content.decode("utf-8", "surrogateescape")
