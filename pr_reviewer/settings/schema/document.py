"""A settings document: TOML → assignments that know their lines."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from pr_reviewer.settings.schema.keys import sections
from pr_reviewer.settings.schema.layers import Layer
from pr_reviewer.settings.schema.problems import Assignment, Problem, printable

Path = tuple[str, ...]

# No setting nests deeper than four; what does is a mistake or an attempt to exhaust a parser.
_DEEPEST = 16

# tomllib takes time that grows with the square of a dotted key: a few seconds for the worst text of this length.
_LONGEST = 32_768

# In valid TOML a statement ends at the first line end outside of brackets, strings and comments.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]",
    re.DOTALL,
)
_POSITION = re.compile(
    r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL
)


def read_document(text: str, *, name: str, layer: Layer) -> tuple[tuple[Assignment, ...], tuple[Problem, ...]]:
    """What a TOML text sets, each value with its source (`repository .pr_reviewer.toml:3`).

    An unreadable text is one problem that names file, line and column. Whether a key exists, may be set by
    this layer and has a value of the right type is not asked here.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > _LONGEST:
        return (), (Problem(f"{name}: not read: it is longer than {_LONGEST:,} characters"),)
    try:
        text.encode()
        values = tomllib.loads(text)
        is_too_deep = _depth(values) > _DEEPEST
    except UnicodeEncodeError as exc:
        line = text.count("\n", 0, exc.start) + 1
        return (), (Problem(f"{name}:{line}: not UTF-8", "Save the file as UTF-8."),)
    except ValueError as exc:  # TOMLDecodeError is one, and an integer of 5000 digits raises the plain kind
        return (), (_unreadable(text, name, exc),)
    except RecursionError:
        is_too_deep = True
    if is_too_deep:
        return (), (Problem(f"{name}: not readable: tables or brackets are nested more than {_DEEPEST} deep"),)
    lines = {path: f"{name}:{line}" for path, line in key_lines(text).items()}
    return tuple(_assignments(values, lines, name, layer)), ()


def key_lines(text: str) -> Mapping[Path, int]:
    """The one-based line on which each key path of a valid TOML text first stands."""
    lines: dict[Path, int] = {}
    table: Path = ()
    for line, statement in _statements(text):
        paths = list(_paths(tomllib.loads(statement)))
        is_header = statement.lstrip().startswith("[")
        if is_header:
            table = max(paths, key=len)
        for path in paths:
            lines.setdefault(path if is_header else table + path, line)
    return lines


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement (a header, or a key with its value) and the line on which it begins."""
    start, depth, line = 0, 0, 1
    for token in _TOKEN.finditer(text + "\n"):
        if token[0] == "\n" and depth == 0:
            statement = text[start : token.end()]
            if statement.strip():
                yield line, statement
            line += statement.count("\n")
            start = token.end()
        depth += (token[0] in {"[", "{"}) - (token[0] in {"]", "}"})


def _paths(values: Mapping[str, Any]) -> Iterator[Path]:
    for key, value in values.items():
        yield (key,)
        inner = value[-1] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            yield from ((key, *path) for path in _paths(inner))


def _assignments(values: Mapping[str, Any], lines: Mapping[Path, str], name: str, layer: Layer) -> Iterator[Assignment]:
    """One assignment for each setting; what stands outside of every section is one too, named as it stands there."""
    below: dict[Path, dict[Path, str]] = {}
    for at, where in lines.items():
        below.setdefault(at[:2], {})[at[2:]] = where
    for section, inner in values.items():
        pairs = inner.items() if isinstance(inner, dict) and (inner or section in sections()) else [("", inner)]
        for key, value in pairs:
            path = (section, key) if key else (section,)
            where = lines.get(path, name)
            yield Assignment(".".join(path), value, layer, f"{layer.label} {where}", where, below.get(path, {}))


def _unreadable(text: str, name: str, error: ValueError) -> Problem:
    found = _POSITION.match(str(error))
    if found is None:
        return Problem(f"{name}: not readable as TOML: {printable(str(error))}")
    where = f"{found['line']}:{found['column']}" if found["line"] else str(text.rstrip().count("\n") + 1)
    return Problem(f"{name}:{where}: not readable as TOML: {printable(found['what'])}")


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)
