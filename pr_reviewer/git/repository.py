"""Read code as git objects, from a bare repository of our own.

What belongs here: diffs, texts, names and attributes of revisions that are already in the repository. What does
not: how objects get there (`borrow` points at those of a local repository), and what the user means by a name
(`checkout`).
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pr_reviewer.git.run import Git, in_thread

MAX_FILE_BYTES = 2_000_000

Choice = Callable[[Sequence[str]], Iterable[str]]
"""Of all paths of a revision, those that are wanted."""


def choose_none(paths: Sequence[str]) -> Iterable[str]:  # noqa: ARG001 a Choice
    """The choice of nothing."""
    return ()


_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_GENERATED = ("linguist-generated", "linguist-vendored")
_LINK = "120000"
_NO_BLOBS = frozenset({"000000", "160000"})  # absent, a submodule
_NO = frozenset({b"unspecified", b"unset", b"false"})

# Myers, with git's own defaults for the rest, because a provider's diff is made so: what we call
# an added line must be one for the provider, too. Copies stay additions: copied code is new code.
_DIFF = (
    *("diff-tree", "-r", "--patch", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv"),
    *("--find-renames=50%", "-l1000", "--diff-algorithm=myers", "--indent-heuristic", "--unified=3"),
    *("--inter-hunk-context=0", "--submodule=short", "--ignore-submodules=none", "--no-relative"),
    *("--src-prefix=a/", "--dst-prefix=b/", f"-O{os.devnull}"),
)

# `info/attributes` outranks every other source. The names are drivers that are built into git; all
# that they do is to find the definition that a hunk stands in.
_DRIVERS = {
    "bash": "*.sh *.bash",
    "cpp": "*.c *.h *.cc *.cpp *.cxx *.hh *.hpp",
    "csharp": "*.cs",
    "css": "*.css *.scss",
    "elixir": "*.ex *.exs",
    "golang": "*.go",
    "html": "*.html",
    "java": "*.java",
    "kotlin": "*.kt *.kts",
    "markdown": "*.md",
    "perl": "*.pl *.pm",
    "php": "*.php",
    "python": "*.py *.pyi",
    "ruby": "*.rb",
    "rust": "*.rs",
}


def create_bare(git_dir: Path, object_format: str = "sha1") -> None:
    """Make an empty bare repository in which no attribute can hide code from a diff."""
    git = Git.alone(git_dir)
    git.run(
        "init", "--quiet", "--bare", "--template=", f"--object-format={object_format}", "--end-of-options", str(git_dir)
    )
    attributes = [f"{glob} diff={driver}" for driver, globs in sorted(_DRIVERS.items()) for glob in globs.split()]
    info = git_dir / "info"
    info.mkdir(exist_ok=True)
    info.joinpath("attributes").write_text("\n".join(["* !diff", *attributes, ""]))


def borrow(git_dir: Path, objects: Path, shallow: Path) -> None:
    """Let the bare repository read another one's objects, and know where that one's history is cut off."""
    with git_dir.joinpath("objects", "info", "alternates").open("ab") as alternates:
        alternates.write(os.fsencode(objects) + b"\n")
    if shallow.is_file():
        git_dir.joinpath("shallow").write_bytes(shallow.read_bytes())


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    id: str

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


class Repository:
    """Diffs, texts and attributes of revisions; a `CodeReader`.

    Every revision is the full id of a commit or tree. `git_dir` is a bare repository made by `create_bare`.
    Safe to use from several tasks at once.
    """

    def __init__(
        self,
        git_dir: Path,
        *,
        max_file_bytes: int = MAX_FILE_BYTES,
        bring: Callable[[Sequence[str]], None] | None = None,
    ) -> None:
        """`bring` gets blobs that the repository lacks, by their ids, before they are read; it may fail to."""
        self._git = Git.alone(git_dir)
        self._max_file_bytes = max_file_bytes
        self._bring = bring
        self._trees: dict[str, dict[str, _Entry]] = {}

    async def diff(self, old: str, new: str) -> str:
        """The unified diff between two revisions, renames found; "" where they hold the same."""
        return await in_thread(lambda: self._diff(_full_id(old), _full_id(new)))

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:
        """Path → text. Absent, binary, too big, missing, a symbolic link or a submodule: not in it."""
        return await in_thread(lambda: self._read_files(_full_id(revision), paths))

    async def list_files(self, revision: str) -> tuple[str, ...]:
        """Every file and symbolic link of the revision, in git's order, without submodules."""
        entries = await in_thread(lambda: self._entries(_full_id(revision)))
        return tuple(path for path, entry in entries.items() if entry.is_file or entry.mode == _LINK)

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:
        """Those of `paths` that the `.gitattributes` files of the revision call generated or vendored."""
        return await in_thread(lambda: self._generated(_full_id(revision), paths))

    def prefetch(self, old: str, new: str, base: str, choose: Choice) -> None:
        """Bring at once what a review reads first: both sides of the diff; of `base` its attributes and the chosen."""
        wanted = frozenset(choose(tuple(self._entries(base))))
        more = (e.id for path, e in self._entries(base).items() if path in wanted or _is_attributes(path, e))
        self._require([*self._changed(old, new), *more])

    def _diff(self, old: str, new: str) -> str:
        if self._bring:
            self._require(self._changed(old, new))
        return _text(self._git.run(*_DIFF, "--end-of-options", old, new))

    def _changed(self, old: str, new: str) -> list[str]:
        """The blobs on both sides of every changed file; finding renames needs all of them."""
        output = self._git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--end-of-options", old, new)
        fields = (field.decode().removeprefix(":").split(" ") for field in output.split(b"\0")[:-1][0::2])
        sides = ((old_mode, one, new_mode, two) for old_mode, new_mode, one, two, _ in fields)
        blobs = ((mode, id_) for side in sides for mode, id_ in (side[:2], side[2:]))
        return [id_ for mode, id_ in blobs if mode not in _NO_BLOBS]

    def _require(self, ids: Iterable[str]) -> None:
        """Bring those of the blobs that are missing, all at once."""
        if not self._bring:
            return
        unique = tuple(dict.fromkeys(ids))
        known = self._sizes(unique)
        missing = [id_ for id_ in unique if id_ not in known]
        if missing:
            self._bring(missing)

    def _read_files(self, revision: str, paths: Sequence[str]) -> dict[str, str]:
        entries = self._entries(revision)
        ids = {path: entries[path].id for path in paths if path in entries and entries[path].is_file}
        texts = self._contents(ids.values())
        return {path: texts[id_] for path, id_ in ids.items() if id_ in texts}

    def _entries(self, revision: str) -> dict[str, _Entry]:
        if revision not in self._trees:
            listing = self._git.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", revision)
            self._trees[revision] = dict(map(_entry, listing.split(b"\0")[:-1]))
        return self._trees[revision]

    def _contents(self, ids: Iterable[str]) -> dict[str, str]:
        """Id → text, for the blobs that are there, small enough and without a NUL."""
        ids = tuple(ids)
        self._require(ids)
        sizes = {id_: size for id_, size in self._sizes(ids).items() if size <= self._max_file_bytes}
        if not sizes:
            return {}
        room = sum(size + 200 for size in sizes.values())
        output = self._git.run("cat-file", "--batch", "--buffer", stdin=_lines(sizes), max_output=room)
        return {id_: _text(content) for id_, content in _objects(output) if b"\0" not in content}

    def _sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """Id → bytes, without those that are missing."""
        wanted = tuple(dict.fromkeys(ids))
        if not wanted:
            return {}
        check = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", "--buffer")
        answers = self._git.run(*check, stdin=_lines(wanted)).decode().split("\n")[:-1]
        known = (answer.split(" ") for answer in answers if not answer.endswith(" missing"))
        return {id_: int(size) for id_, _, size in known}

    def _generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:
        rules = {path: entry for path, entry in self._entries(revision).items() if _is_attributes(path, entry)}
        if not rules or not paths:
            return frozenset()
        self._require(entry.id for entry in rules.values())
        # Attributes are read from an index, which is the one place that every git can be pointed at.
        with TemporaryDirectory(prefix="pr-reviewer-") as folder:
            git = self._git.set(GIT_INDEX_FILE=str(Path(folder, "index")))
            index = (f"{entry.mode} {entry.id}\t{path}" for path, entry in rules.items())
            git.run("update-index", "-z", "--index-info", stdin=_strings(index))
            answers = git.run("check-attr", "--cached", "-z", "--stdin", *_GENERATED, stdin=_strings(paths)).split(
                b"\0"
            )
        triples = zip(answers[0::3], answers[2::3], strict=False)
        return frozenset(_text(path) for path, value in triples if value not in _NO)


def _is_attributes(path: str, entry: _Entry) -> bool:
    return entry.is_file and path.rpartition("/")[2] == ".gitattributes"


def _full_id(revision: str) -> str:
    if not _FULL_ID.fullmatch(revision):
        raise ValueError(f"not a full object id: {revision!r}")
    return revision


def _entry(line: bytes) -> tuple[str, _Entry]:
    """Read `100644 blob 1f7a…`, a tab and the path."""
    head, _, path = line.partition(b"\t")
    mode, _, id_ = head.decode().split(" ")
    return _text(path), _Entry(mode, id_)


def _objects(output: bytes) -> Iterator[tuple[str, bytes]]:
    """The ids and contents that `cat-file --batch` printed: `1f7a… blob 12`, the bytes, a line feed."""
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        id_, _, size = output[start:end].decode().split(" ")
        start = end + 1 + int(size) + 1
        yield id_, output[end + 1 : start - 1]


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _lines(ids: Iterable[str]) -> bytes:
    return "".join(f"{id_}\n" for id_ in ids).encode()


def _strings(texts: Iterable[str]) -> bytes:
    return b"".join(text.encode("utf-8", "surrogateescape") + b"\0" for text in texts)
