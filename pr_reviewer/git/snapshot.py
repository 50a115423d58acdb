"""Turn what is staged or uncommitted into a tree, and leave the user's repository byte for byte as it was.

The work is done in a git directory of our own: a copy of the index, the user's working tree, and objects written to
our own folder. The user's `.git/config` is never read there, so no filter, hook or monitor that it defines can run;
the few settings that say how bytes in the working tree become bytes in the repository are handed over by name.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pr_reviewer.git.checkout import Checkout, read_settings
from pr_reviewer.git.repository import create_bare
from pr_reviewer.git.run import BIG_FILE, Git
from pr_reviewer.model.errors import UsageError

_CONVERSIONS = (
    r"core\.(autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|excludesfile|attributesfile"
    r"|trustctime|checkstat)"
)
_TOO_BIG = b"\0too big to be read\n"
_PLAIN, _EXECUTABLE = "100644", "100755"


def staged_tree(checkout: Checkout, objects: Path, scratch: Path, *, index: Path | None = None) -> str:
    """The id of the index's tree, written to `objects`. `index` is another index file than the repository's own.

    `scratch` is a folder that does not exist yet. Raises `UsageError` for an index with conflicts.
    """
    return _write_tree(_snapshot(checkout, objects, scratch, index))


def working_tree(checkout: Checkout, objects: Path, scratch: Path) -> str:
    """The id of the working tree's tree: tracked files as they are now, and untracked ones that are not ignored.

    A file above `BIG_FILE` bytes is represented by a few binary bytes in its place. A submodule counts
    with the commit that it has checked out; repositories inside the working tree that are no submodules do not count.
    """
    snapshot = _snapshot(checkout, objects, scratch, None)
    changed = _changed_paths(snapshot.git)
    gone = {path for path, status in changed if status == b"D"}
    untracked = (path for path in _untracked_paths(snapshot.git) if not path.endswith(b"/"))
    present = [path for path in dict.fromkeys((*(path for path, _ in changed), *untracked)) if path not in gone]
    big = {path: mode for path in present if (mode := _mode_if_big(snapshot.top, path))}
    _set_entries(snapshot, gone, big)
    _hash_files(snapshot.git, (path for path in present if path not in big))
    return _write_tree(snapshot)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    git: Git
    top: Path
    id_length: int


def _snapshot(checkout: Checkout, objects: Path, scratch: Path, index: Path | None) -> _Snapshot:
    if checkout.top is None:
        raise UsageError(
            f"{checkout.name} is a bare repository", hint="It has no index and no working tree: use --base and --head."
        )
    create_bare(scratch, checkout.object_format)
    _copy(checkout.common_dir / "info" / "exclude", scratch / "info" / "exclude")
    _copy(checkout.common_dir / "info" / "attributes", scratch / "info" / "attributes")
    _copy(index or checkout.git_dir / "index", scratch / "index")
    for shared in checkout.git_dir.glob("sharedindex.*"):
        _copy(shared, scratch / shared.name)
    git = Git.alone(scratch).set(GIT_WORK_TREE=str(checkout.top), GIT_OBJECT_DIRECTORY=str(objects))
    git = git.with_options(*_handed_over(checkout), "-C", str(checkout.top))
    _refuse_conflicts(git)
    return _Snapshot(git, checkout.top, 64 if checkout.object_format == "sha256" else 40)


def _copy(source: Path, target: Path) -> None:
    """Copy with the time of the last change: git compares it with the files' to find those to look at again."""
    if source.is_file():
        shutil.copy2(source, target)


def _handed_over(checkout: Checkout) -> Iterator[str]:
    yield from ("-c", "core.bare=false")
    for key, value in read_settings(checkout, _CONVERSIONS).items():
        yield from ("-c", key if value is None else f"{key}={value}")


def _refuse_conflicts(git: Git) -> None:
    unmerged = git.run("ls-files", "-z", "--unmerged").split(b"\0")[:-1]
    if unmerged:
        paths = sorted({line.partition(b"\t")[2].decode("utf-8", "replace") for line in unmerged})
        raise UsageError(
            f"the index has unresolved conflicts in {', '.join(paths[:5])}{' …' if len(paths) > 5 else ''}",  # noqa: PLR2004
            hint="Resolve them and `git add` the files.",
        )


def _changed_paths(git: Git) -> list[tuple[bytes, bytes]]:
    """Tracked paths that differ from the index, each with git's letter for how."""
    # Without "dirty", git would look into each submodule with the submodule's own settings.
    fields = git.run("diff-files", "-z", "--name-status", "--no-renames", "--ignore-submodules=dirty").split(b"\0")[:-1]
    return list(zip(fields[1::2], fields[0::2], strict=True))


def _untracked_paths(git: Git) -> list[bytes]:
    return git.run("ls-files", "-z", "--others", "--exclude-standard").split(b"\0")[:-1]


def _mode_if_big(top: Path, path: bytes) -> str:
    """The git mode of a file that is too big to be read, "" for every other."""
    try:
        found = os.lstat(os.path.join(os.fsencode(top), path))  # noqa: PTH118 paths are bytes here
    except OSError:
        return ""
    if not stat.S_ISREG(found.st_mode) or found.st_size <= BIG_FILE:
        return ""
    return _EXECUTABLE if found.st_mode & stat.S_IXUSR else _PLAIN


def _set_entries(snapshot: _Snapshot, gone: Iterable[bytes], big: Mapping[bytes, str]) -> None:
    blob = snapshot.git.run("hash-object", "-w", "--stdin", stdin=_TOO_BIG).strip() if big else b""
    lines = [b"0 %b\t%b" % (b"0" * snapshot.id_length, path) for path in gone]
    lines += [b"%b %b\t%b" % (mode.encode(), blob, path) for path, mode in big.items()]
    snapshot.git.run("update-index", "-z", "--index-info", stdin=_strings(lines))


def _hash_files(git: Git, paths: Iterable[bytes]) -> None:
    arguments = ("update-index", "--add", "--remove", "--replace", "--ignore-skip-worktree-entries", "-z", "--stdin")
    git.run(*arguments, stdin=_strings(paths))


def _write_tree(snapshot: _Snapshot) -> str:
    # A partial clone lacks blobs that nobody changed.
    return snapshot.git.run("write-tree", "--missing-ok").decode().strip()


def _strings(paths: Iterable[bytes]) -> bytes:
    return b"".join(path + b"\0" for path in paths)
