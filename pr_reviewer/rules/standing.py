"""`repositories.toml` → what the organisation thinks of a repository.

[[repository]]
match = "acme/billing-*"        # a glob on owner/name, or several; the last entry that matches holds
quality = "legacy"              # exemplary, normal, legacy
status = "deprecated"           # growing, maintained, deprecated
note = "Frozen since 2024."
successor = "acme/ledger"
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeVar

from pr_reviewer.model.rules import Quality, RuleProblem, Standing, Status
from pr_reviewer.rules.options import nearest_of
from pr_reviewer.rules.select import compiled

Named = TypeVar("Named", bound=StrEnum)

FILE = "repositories.toml"
MAX_CHARACTERS = 1_000_000
_KEYS = ("match", "quality", "status", "note", "successor")
_HEADER = re.compile(r"^\s*\[\[\s*repository\s*\]\]", re.MULTILINE)
_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_WILD = frozenset("*?[!")
_MOST_EXEMPLARS = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """What one `[[repository]]` says of the projects that its globs match. `line` is that of its header."""

    match: tuple[str, ...]
    standing: Standing
    line: int = 1


@dataclass(frozen=True, slots=True)
class Standings:
    """The entries of one file in its order, and what was left out."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[RuleProblem, ...] = ()


class _Invalid(Exception):
    """An entry that cannot be used: the sentence, and the key that it is about."""

    def __init__(self, text: str, key: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.key = key


def parse_standings(text: str, path: str = FILE, origin: str = "") -> Standings:
    """Read a file of standings. An entry that is broken is left out, and said with its line."""
    if len(text) > MAX_CHARACTERS:
        return _unread(path, 1, f"it is longer than {MAX_CHARACTERS} characters", origin)
    try:
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        return _unread(path, int(line[1]) if line else text.count("\n") + 1, f"invalid TOML: {error}", origin)
    except RecursionError:
        return _unread(path, 1, "invalid TOML: it nests too deeply", origin)
    return _read(values, text, path, origin)


def standing_of(project: str, files: Sequence[Standings]) -> Standing:
    """The standing of `owner/name`: the last entry that matches, of the first file that has one.

    So the operator's file comes first, then the organisation's. `exemplars` are what the files call exemplary, without
    the project itself; one may be a glob.
    """
    standing = _stated(project, files) or Standing()
    named = (
        glob for file in files for entry in file.entries for glob in entry.match if _is_exemplar(glob, entry, files)
    )
    others = [glob for glob in dict.fromkeys(named) if glob.lower() != project.lower()]
    return replace(standing, exemplars=tuple(others[:_MOST_EXEMPLARS]))


def _stated(project: str, files: Sequence[Standings]) -> Standing | None:
    for file in files:
        for entry in reversed(file.entries):
            if compiled(tuple(glob.lower() for glob in entry.match)).match_file(project.lower()):
                return entry.standing
    return None


def _is_exemplar(glob: str, entry: Entry, files: Sequence[Standings]) -> bool:
    if entry.standing.quality is not Quality.EXEMPLARY or glob.startswith("!"):
        return False
    standing = entry.standing if _WILD.intersection(glob) else _stated(glob, files)  # another entry may hold for it
    return standing is not None and standing.quality is Quality.EXEMPLARY


def _unread(path: str, line: int, why: str, origin: str) -> Standings:
    return Standings(problems=(RuleProblem(path, line, f"no repository's standing is read: {why}", origin),))


def _read(values: dict[str, Any], text: str, path: str, origin: str) -> Standings:
    entries: list[Entry] = []
    problems = [
        RuleProblem(path, _line_of(key, text, 0), f"`{key}` is no key here{nearest_of(key, ('repository',))}", origin)
        for key in values
        if key != "repository"
    ]
    stated = values.get("repository", [])
    if not isinstance(stated, list):
        told = RuleProblem(path, _line_of("repository", text, 0), "write `[[repository]]` with two brackets", origin)
        return Standings(problems=(*problems, told))
    for value, part in zip(stated, _parts(text, len(stated)), strict=True):
        try:
            entries.append(_entry(value, _line_of("", *part)))
        except _Invalid as error:
            line = _line_of(error.key, *part)
            problems.append(RuleProblem(path, line, f"a repository's standing is left out: {error.text}", origin))
    return Standings(tuple(entries), tuple(problems))


def _parts(text: str, count: int) -> list[tuple[str, int]]:
    """Where each entry stands: the text up to its end, and its start. Entries in an array of one line are all of it."""
    starts = [found.start() for found in _HEADER.finditer(text)]
    if len(starts) != count:
        return [(text, 0)] * count
    return [(text[:end], start) for start, end in pairwise([*starts, len(text)])]


def _entry(value: object, line: int) -> Entry:
    if not isinstance(value, dict):
        raise _Invalid("expected a table with a `match`")
    for key in value:
        if key not in _KEYS:
            raise _Invalid(f"`{key}` is no key of a repository{nearest_of(key, _KEYS)}", key)
    match = _match(value.get("match"))
    return Entry(
        match,
        Standing(
            quality=_named(Quality, "quality", value.get("quality", Quality.NORMAL)),
            status=_named(Status, "status", value.get("status", Status.MAINTAINED)),
            note=_text("note", value.get("note", "")),
            successor=_text("successor", value.get("successor", "")),
        ),
        line,
    )


def _match(value: object) -> tuple[str, ...]:
    globs = [value] if isinstance(value, str) else value
    if not isinstance(globs, list) or not globs or not all(isinstance(each, str) and each for each in globs):
        raise _Invalid('it needs a `match`, such as `match = "acme/billing-*"`', "match")
    try:
        compiled(tuple(glob.lower() for glob in globs))
    except ValueError as error:
        raise _Invalid(f"`match` holds something that is no glob: {error}", "match") from error
    return tuple(globs)


def _named(kind: type[Named], key: str, value: object) -> Named:
    try:
        return kind(str(value))
    except ValueError as error:
        names = [str(each) for each in kind]
        raise _Invalid(f"`{value}` is no {key}: use {', '.join(names[:-1])} or {names[-1]}", key) from error


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _Invalid(f"`{key}` must be a text", key)
    return " ".join(value.split())


def _line_of(key: str, text: str, start: int) -> int:
    """The line on which a key stands, looked for from a place on; that place's, where it is not found."""
    found = re.compile(rf"^[ \t\[]*[\"']?{re.escape(key)}\b", re.MULTILINE).search(text, start) if key else None
    place = found.start() if found else len(text) - len(text[start:].lstrip())
    return text.count("\n", 0, place) + 1
