"""Files of rules that take in other files: `include: [other.md]` in front matter, `@other.md` in CLAUDE.md.

The convention of `@path` is Claude Code's (its documentation of memory files): anywhere outside of code, relative to
the file, at most five files deep. A file of another tool that consists of one path (what git keeps of a symbolic link)
takes that file in as well.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pr_reviewer.model.rules import ForeignKind, Level, RuleFile, RuleProblem
from pr_reviewer.rules.about import parts_about_code
from pr_reviewer.rules.markdown import BlockKind, read_document
from pr_reviewer.rules.options import InvalidOptions, Options, read_defaults
from pr_reviewer.rules.parse import why_unreadable
from pr_reviewer.rules.parsed import ParsedRules, problem
from pr_reviewer.rules.shape import shaped
from pr_reviewer.rules.sources import kind_of_file

DEEPEST = 5
MOST = 200
_CODE = re.compile(r"(`+).*?\1", re.DOTALL)
_AT = re.compile(r"(?:^|(?<=[\s(*]))@([^\s`*()]+\.(?:mdc?|markdown|txt))(?=$|[\s.,;:)*])", re.IGNORECASE)
_LINK = re.compile(r"\s*([^\s:]+\.(?:mdc?|markdown))\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Include:
    """A path as it is written, and the line."""

    written: str
    line: int


def includes_of(text: str, file: RuleFile) -> tuple[str, ...]:
    """The paths that a file takes in, from the root of its repository (or of the disk); those outside are not told."""
    paths = (_resolve(each.written, file.path) for each in _includes(text, file))
    return tuple(dict.fromkeys(path for path in paths if path is not None))


@dataclass(slots=True)
class Inclusion:
    """Which files are still to be read.

    Give it the files that stand for themselves; until `wanted` is empty, read all that it names and `take` each. A file
    is taken in once for one folder, under the level and the origin of the one that takes it in. Circles, more than
    `DEEPEST` files in a row and files that are not there are problems.
    """

    roots: Sequence[RuleFile]
    _problems: list[RuleProblem] = field(default_factory=list)
    _left_out: list[RuleProblem] = field(default_factory=list)
    _wanted: dict[RuleFile, int] = field(default_factory=dict)
    _known: list[RuleFile] = field(default_factory=list)
    _depths: dict[RuleFile, int] = field(default_factory=dict)
    _named_at: dict[RuleFile, tuple[RuleFile, int]] = field(default_factory=dict)
    _edges: dict[RuleFile, list[RuleFile]] = field(default_factory=dict)
    _taken_in: int = 0

    def __post_init__(self) -> None:
        self._known = list(self.roots)
        self._depths = dict.fromkeys(self.roots, 0)
        self._wanted = dict.fromkeys(self.roots, 0)

    @property
    def wanted(self) -> tuple[RuleFile, ...]:
        """The files to be read next, in one batch; two may have the same path."""
        return tuple(self._wanted)

    def take(self, file: RuleFile, text: str | None) -> None:
        """Look for what a file takes in; None: it is not there."""
        self._wanted.pop(file, None)
        if text is None:
            by, line = self._named_at.get(file, (file, 1))
            self._problems.append(problem(by, line, f"`{file.path}` is not there, or is no file", "include"))
            return
        for each in _includes(text, file):
            self._add(each, file)

    def parsed(self) -> ParsedRules:
        """What went wrong, and what was left out, for `assemble`."""
        return ParsedRules((), tuple(self._problems), left_out=tuple(self._left_out))

    def _add(self, include: _Include, file: RuleFile) -> None:
        path = _resolve(include.written, file.path)
        if path is None:
            text = f"`{include.written}` lies outside of the repository: it is not read"
            said = self._left_out if kind_of_file(file) else self._problems  # people's own notes belong to CLAUDE.md
            said.append(problem(file, include.line, text, "include"))
            return
        target = self._known_as(path, file) or replace(file, path=path)
        if self._leads_to(target, file):
            self._say(file, include, f"`{path}` takes in this file already: they go in a circle")
        elif target in self._depths:
            self._edges.setdefault(file, []).append(target)
        elif self._depths[file] == DEEPEST:
            self._say(file, include, f"`{path}` is not read: it is more than {DEEPEST} files deep")
        elif self._taken_in == MOST:
            self._say(file, include, f"`{path}` is not read: more than {MOST} files are taken in")
        else:
            self._want(target, file, include.line)

    def _want(self, target: RuleFile, file: RuleFile, line: int) -> None:
        self._taken_in += 1
        self._known.append(target)
        self._depths[target] = self._depths[file] + 1
        self._named_at[target] = (file, line)
        self._edges.setdefault(file, []).append(target)
        self._wanted[target] = line

    def _known_as(self, path: str, file: RuleFile) -> RuleFile | None:
        """A file that is read already, for this folder or one around it."""
        same = (each for each in self._known if each.path == path and _store(each) == _store(file))
        return next((each for each in same if f"{file.folder}/".startswith(f"{each.folder}/".lstrip("/"))), None)

    def _leads_to(self, start: RuleFile, end: RuleFile) -> bool:
        """Whether one file takes in another, directly or not."""
        seen, todo = {start}, [start]
        while todo:
            here = todo.pop()
            if here == end:
                return True
            fresh = [each for each in self._edges.get(here, ()) if each not in seen]
            seen.update(fresh)
            todo += fresh
        return False

    def _say(self, file: RuleFile, include: _Include, text: str) -> None:
        self._problems.append(problem(file, include.line, text, "include"))


def _store(file: RuleFile) -> tuple[str, Level]:
    """Where a file lies: a pack's path may be a repository's too."""
    return file.project, min(file.level, Level.REPOSITORY)


def _includes(text: str, file: RuleFile) -> tuple[_Include, ...]:
    if why_unreadable(text, file):
        return ()
    kind = kind_of_file(file)
    if kind is None:
        return tuple(_in_front_matter(text))
    if link := _LINK.fullmatch(text):
        return (_Include(link[1].removeprefix("@"), 1),)
    return tuple(_at_paths(text, kind)) if kind is ForeignKind.CLAUDE else ()


def _in_front_matter(text: str) -> Iterator[_Include]:
    front_matter = read_document(text).front_matter if text.startswith("---") else None
    if front_matter is None:
        return
    try:
        options = read_defaults(front_matter, Options())
    except InvalidOptions:
        return  # said where the rules are read
    lines = front_matter.split("\n")
    start = next((number for number, line in enumerate(lines) if line.startswith("include")), 0)
    yield from (_Include(written, start + 2) for written in options.include)


def _at_paths(text: str, kind: ForeignKind) -> Iterator[_Include]:
    for section in parts_about_code(shaped(read_document(text).sections, kind), kind).whole:
        for block in section.blocks:
            if block.kind is BlockKind.FENCE:
                continue
            prose = _CODE.sub(lambda code: "\n" * code[0].count("\n"), block.text)
            for number, line in enumerate(prose.split("\n")):
                yield from (_Include(found[1], block.line + number) for found in _AT.finditer(line))


def _resolve(written: str, path: str) -> str | None:
    """The path that is meant, seen from the file that names it; None: it is absolute, or leads out."""
    if written.startswith(("/", "~")):
        return None
    root = "/" if path.startswith("/") else ""
    parts = path.strip("/").split("/")[:-1]
    for part in written.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return root + "/".join(parts)
