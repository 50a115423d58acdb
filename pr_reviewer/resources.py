"""Finds the data that the product ships: settings, prompts, rule packs, tokenizer files.

What belongs here: reading files that came with the product. What does not: a user's files, and any parsing.

In a wheel all data lies in `pr_reviewer/_data/`; in a checkout (editable install) `settings/` and
`best_practices/` lie at its top. Both places are found from this file's own path, never from the working
directory, and hold no Python: a repository under review cannot slip in a file of its own.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path, PurePosixPath

from pr_reviewer.model.errors import ReviewerError

_PACKAGE = Path(__file__).resolve().parent
_REINSTALL = "The installation is damaged: install pr-reviewer again."


def data_bytes(relative: str) -> bytes:
    """One file, named with its folder: `settings/defaults.toml`. Raises ReviewerError where there is none."""
    path = _path(relative)
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ReviewerError(f"{relative} did not come with this installation", hint=_REINSTALL) from exc


def data_text(relative: str) -> str:
    """The same as text (UTF-8)."""
    return data_bytes(relative).decode()


def list_data(folder: str) -> tuple[str, ...]:
    """Every file in a folder and below it, sorted, each named so that `data_text` takes it; none: no such folder."""
    top = _path(folder)
    files = (path for path in top.rglob("*") if path.is_file())
    return tuple(sorted(str(PurePosixPath(folder, *path.relative_to(top).parts)) for path in files))


def data_folder(name: str) -> Path:
    """The folder that the paths of the data in `name` (`best_practices`) start from, for people to look it up."""
    return _top(name)


def tokenizer_bytes(name: str) -> bytes:
    """The vocabulary of an encoding (`o200k_base`) as tiktoken publishes it, its SHA-256 checked.

    Raises ReviewerError for an encoding that is not shipped and for bytes that are not the published ones.
    """
    expected = tokenizer_sums().get(name)
    if expected is None:
        shipped = ", ".join(sorted(tokenizer_sums()))
        raise ReviewerError(f"no tokenizer file for the encoding {name!r}", hint=f"Shipped are: {shipped}.")
    # gzip, not xz: o200k_base expands in 20 ms instead of 65 ms, for half a megabyte more.
    try:
        data = gzip.decompress(data_bytes(f"tokenizers/{name}.tiktoken.gz"))
    except (OSError, EOFError) as exc:
        raise ReviewerError(f"the tokenizer file of {name} cannot be read: {exc}", hint=_REINSTALL) from exc
    if hashlib.sha256(data).hexdigest() != expected:
        raise ReviewerError(f"the tokenizer file of {name} is not the published one", hint=_REINSTALL)
    return data


@cache
def tokenizer_sums() -> dict[str, str]:
    """The SHA-256 of each shipped encoding's expanded file, by the encoding's name."""
    lines = data_text("tokenizers/SHA256SUMS").splitlines()
    return {file.removesuffix(".tiktoken"): digest for digest, file in (line.split() for line in lines)}


def _path(relative: str) -> Path:
    """Where a data file or folder lies; `relative` is a plain path inside the data, without `..`."""
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or ".." in parts:
        raise ValueError(f"not a path inside the data: {relative!r}")
    return _top(parts[0]).joinpath(*parts)


def _top(folder: str) -> Path:
    """The folder that holds `folder`. A checkout is told by its pyproject.toml: site-packages has none."""
    checkout = _PACKAGE.parent
    is_checkout = not (_PACKAGE / "_data" / folder).is_dir() and (checkout / "pyproject.toml").is_file()
    return checkout if is_checkout else _PACKAGE / "_data"
