"""What YAML says of rules: the front matter of a file, and the `yaml rule` block of one rule."""

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pr_reviewer.languages import NAMES, language_named
from pr_reviewer.model.findings import Severity
from pr_reviewer.rules.select import compiled

T = TypeVar("T")

_DEFAULT_KEYS = ("languages", "paths", "severity", "title", "description")
_DEEPEST = 50
_RULE_KEYS = ("languages", "paths", "severity", "pattern")


@dataclass(frozen=True, slots=True)
class Options:
    """What a rule takes over from its file, or says itself. `pattern` is ast-grep's rule object as JSON."""

    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING
    pattern: str | None = None


class InvalidOptions(Exception):
    """YAML that says nothing usable: the sentence, and how many lines below the block's first it stands."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.line = line


def read_defaults(text: str, defaults: Options) -> Options:
    """The options of a file's front matter. Raises InvalidOptions."""
    return _read(text, defaults, _DEFAULT_KEYS)


def read_options(text: str, defaults: Options) -> Options:
    """The options of one rule; what it does not say is its file's. Raises InvalidOptions."""
    options = _read(text, defaults, _RULE_KEYS)
    if options.pattern is not None and not options.languages:
        raise InvalidOptions("a pattern needs `languages`: it is written in one")
    return options


def _read(text: str, defaults: Options, known: tuple[str, ...]) -> Options:
    values = _load(text)
    for key in values:
        if key not in known:
            raise InvalidOptions(f"`{key}` is no key of a rule{_nearest(str(key), known)}", _line_of(key, text))
    return Options(
        languages=_take(values, "languages", text, _languages, defaults.languages),
        paths=_take(values, "paths", text, _paths, defaults.paths),
        severity=_take(values, "severity", text, _severity, defaults.severity),
        pattern=_take(values, "pattern", text, _pattern, defaults.pattern),
    )


def _take(values: Mapping[Any, Any], key: str, text: str, read: Callable[[object], T], default: T) -> T:
    """The value of a key, as `read` understands it; a complaint gets the line on which the key stands."""
    if values.get(key) is None:
        return default
    try:
        return read(values[key])
    except InvalidOptions as error:
        raise InvalidOptions(error.text, _line_of(key, text)) from error


def _load(text: str) -> Mapping[Any, Any]:
    import yaml

    try:
        _refuse_bombs(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        raise InvalidOptions(f"invalid YAML: {error.problem}", _mark_line(error.problem_mark)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidOptions(f"invalid YAML: {str(error).partition(chr(10))[0]}") from error
    if not isinstance(values, dict):
        raise InvalidOptions("expected `key: value` lines, such as `languages: [python]`")
    return values


def _refuse_bombs(events: Iterable[Any]) -> None:
    """No aliases: ten lines of them are a billion nodes when written out. No depths: reading them is quadratic."""
    import yaml

    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise InvalidOptions("YAML aliases (`*name`) are not read here", _mark_line(event.start_mark))
        if depth > _DEEPEST:
            raise InvalidOptions(f"YAML nests deeper than {_DEEPEST} levels", _mark_line(event.start_mark))


def _mark_line(mark: Any) -> int:  # noqa: ANN401 a mark of PyYAML's, in Python or in C, or None
    return mark.line if mark else 0


def _languages(value: object) -> tuple[str, ...]:
    names = _texts("languages", value)
    unknown = [name for name in names if language_named(name) is None]
    if unknown:
        raise InvalidOptions(f"`{unknown[0]}` is no known language{_nearest(unknown[0], tuple(sorted(NAMES)))}")
    return tuple(dict.fromkeys(language_named(name) or name for name in names))


def _paths(value: object) -> tuple[str, ...]:
    globs = _texts("paths", value)
    try:
        compiled(globs)
    except ValueError as error:
        raise InvalidOptions(f"`paths` holds something that is no glob: {error}") from error
    return globs


def _texts(key: str, value: object) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(each, str) and each for each in values):
        raise InvalidOptions(f"`{key}` must be a list of texts, such as `[a, b]`")
    return tuple(values)


def _severity(value: object) -> Severity:
    try:
        return Severity(str(value))
    except ValueError as error:
        raise InvalidOptions(f"`{value}` is no severity: use error, warning or note") from error


def _pattern(value: object) -> str:
    if isinstance(value, str) and value.strip():
        value = {"pattern": value.strip()}
    if not isinstance(value, dict) or not value:
        raise InvalidOptions("`pattern` must be code such as `print($$$)`, or an ast-grep rule")
    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise InvalidOptions(f"`pattern` holds what ast-grep cannot read: {error}") from error


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; there is {', '.join(known)}" if len(known) < 8 else ""  # noqa: PLR2004 what fits in a sentence


def _line_of(key: object, text: str) -> int:
    """How many lines down a top-level key stands."""
    starts = (number for number, line in enumerate(text.split("\n")) if line.lstrip("\"'").startswith(str(key)))
    return next(starts, 0)
