"""Front matter of other tools' files: which files a document is about.

Copilot's has `applyTo: "**/*.ts,**/*.tsx"`, Cursor's `globs: *.py,*.js` (no valid YAML, so it is read line by line),
`alwaysApply` and `description`; both understand braces, which git's globs do not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.model.rules import ForeignKind
from pr_reviewer.rules.select import compiled

_MOST_GLOBS = 100
_LONGEST_GLOBS = 4_000
_KEY = re.compile(r"^([A-Za-z]+)\s*:\s*(.*)$")
_ENTRY = re.compile(r"^\s*-\s+(.*)$")
_BRACES = re.compile(r"\{([^{}]*)\}")
_ON_REQUEST = "it has neither `globs` nor `alwaysApply: true` nor a `description`: it holds when somebody asks for it"
_FIRST = 2  # the line on which front matter starts
_ALL = ("*", "**", "**/*", "/**", "./**")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which files a document governs (`paths` as a rule has them; none: all), and `about`, its own words for that.

    `problem` says why it cannot be used, `left_out` why nobody expects it to be; `line` is where in the file.
    """

    paths: tuple[str, ...] = ()
    about: str = ""
    problem: str = ""
    left_out: str = ""
    line: int = 1


def read_scope(front_matter: str, kind: ForeignKind) -> Scope:
    """The scope that a file's front matter gives it."""
    return _twin(front_matter, kind) or _scope(_values(front_matter), kind)


def _scope(values: Mapping[str, Sequence[str]], kind: ForeignKind) -> Scope:
    about = " ".join(values.get("description", []))
    if kind is ForeignKind.CURSOR and values.get("alwaysApply") == ["true"]:
        return Scope(about=about)
    globs = _globs(values.get(_globs_key(kind), []))
    if kind is ForeignKind.CURSOR and not globs and not about:
        return Scope(left_out=_ON_REQUEST)
    is_short = sum(map(len, globs)) <= _LONGEST_GLOBS
    paths = list(dict.fromkeys(path for glob in globs for path in _expanded(glob))) if is_short else []
    if not is_short or len(paths) > _MOST_GLOBS:
        return Scope(problem=f"this file is left out: its globs stand for more than {_MOST_GLOBS}")
    if any(path in _ALL for path in paths):
        return Scope(about=about)
    try:
        compiled(tuple(paths))
    except ValueError as error:
        return Scope(problem=f"this file is left out: it has a glob that is none: {error}")
    return Scope(tuple(paths), about)


def _twin(front_matter: str, kind: ForeignKind) -> Scope | None:
    """Of a key that stands twice only one can hold, and nobody would know which."""
    read = {_globs_key(kind), "alwaysApply", "description"}
    known: set[str] = set()
    for number, line in enumerate(front_matter.split("\n")):
        key = found[1] if (found := _KEY.match(line)) else ""
        if key in known:
            why = f"this file is left out: `{key}` stands here a second time: only one can hold"
            return Scope(problem=why, line=number + _FIRST)
        known.update({key} & read)
    return None


def _globs_key(kind: ForeignKind) -> str:
    return "globs" if kind is ForeignKind.CURSOR else "applyTo"


def _values(front_matter: str) -> dict[str, list[str]]:
    """Keys and their values, a list's one by one; what looks like neither is passed over."""
    values: dict[str, list[str]] = {}
    entries: list[str] = []
    for line in front_matter.split("\n"):
        if found := _KEY.match(line):
            text = _bare(found[2].removeprefix("[").removesuffix("]") if found[2].startswith("[") else found[2])
            entries = values[found[1]] = [text] if text else []
        elif entry := _ENTRY.match(line):
            entries.append(_bare(entry[1]))
    return values


def _bare(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted and text[0] not in text[1:-1] else text


def _globs(texts: Sequence[str]) -> list[str]:
    """Globs one by one: commas part them, but not within braces."""
    globs = []
    for text in texts:
        depth, start = 0, 0
        for index, character in enumerate(f"{text},"):
            depth += (character == "{") - (character == "}")
            if character == "," and depth <= 0:
                globs.append(_bare(text[start:index]))
                start = index + 1
    return [glob for glob in globs if glob]


def _expanded(glob: str) -> Iterator[str]:
    """A glob without braces for each way to read it, up to one more than may be."""
    todo = [glob]
    found = 0
    while todo and found <= _MOST_GLOBS:
        here = todo.pop()
        braces = _BRACES.search(here)
        if braces is None:
            found += 1
            yield here
            continue
        before, after = here[: braces.start()], here[braces.end() :]
        todo += [f"{before}{each.strip()}{after}" for each in reversed(braces[1].split(",")[: _MOST_GLOBS + 1])]
