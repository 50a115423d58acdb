"""What YAML says of rules: the front matter of a file, and the `yaml rule` block of one rule."""

import difflib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pr_reviewer.languages import NAMES, language_named
from pr_reviewer.model.changes import FileStatus
from pr_reviewer.model.findings import Severity
from pr_reviewer.model.rules import Enforcement, RuleCategory
from pr_reviewer.rules.select import compiled

T = TypeVar("T")
Named = TypeVar("Named", bound=StrEnum)

_KEYS = ("languages", "paths", "severity", "changes", "category", "enforcement", "reason")
_DEFAULT_KEYS = (*_KEYS, "include", "title", "description")
_RULE_KEYS = (*_KEYS, "pattern")
_DEEPEST = 50
_LONGEST_YAML = 20_000
_FEW = 12  # what fits in a sentence


@dataclass(frozen=True, slots=True)
class Options:
    """What a rule takes over from its file, or says itself. `pattern` is ast-grep's rule object as JSON.

    `enforcement` is None where nobody says. `include` are the files that a file takes in. `said` are the keys that the
    last text itself has, apart from what it takes over.
    """

    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING
    pattern: str | None = None
    changes: tuple[str, ...] = ()
    category: RuleCategory = RuleCategory.GENERAL
    enforcement: Enforcement | None = None
    reason: str = ""
    include: tuple[str, ...] = ()
    said: frozenset[str] = frozenset()


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


def nearest_of(name: str, known: Sequence[str]) -> str:
    """What to say behind an unknown name: the one that was probably meant, or all, where they are few."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; there is {', '.join(known)}" if len(known) < _FEW else ""


def _read(text: str, defaults: Options, known: tuple[str, ...]) -> Options:
    values = _load(text)
    for key in values:
        if key not in known:
            raise InvalidOptions(f"`{key}` is no key of a rule{nearest_of(str(key), known)}", _line_of(key, text))
    options = Options(
        languages=_take(values, "languages", text, _languages, defaults.languages),
        paths=_take(values, "paths", text, _paths, defaults.paths),
        severity=_take(values, "severity", text, _severity, defaults.severity),
        pattern=_take(values, "pattern", text, _pattern, defaults.pattern),
        changes=_take(values, "changes", text, _changes, defaults.changes),
        category=_take(values, "category", text, _category, defaults.category),
        enforcement=_take(values, "enforcement", text, _enforcement, defaults.enforcement),
        reason=_take(values, "reason", text, _reason, defaults.reason),
        include=_take(values, "include", text, _include, ()),
        said=frozenset(key for key, value in values.items() if value is not None),
    )
    if options.enforcement is Enforcement.OFF and not options.reason:
        raise InvalidOptions(
            "`enforcement: off` needs a `reason:`, which people are shown", _line_of("enforcement", text)
        )
    return options


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

    if len(text) > _LONGEST_YAML:
        raise InvalidOptions(f"it is longer than {_LONGEST_YAML} characters")
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        _refuse_bombs(yaml.parse(text, Loader=loader))
        _refuse_twins(yaml.compose(text, Loader=loader))
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


def _refuse_twins(root: Any) -> None:  # noqa: ANN401 a node of PyYAML's, or None
    """No key twice in one mapping: of two, the last would hold, and nobody would know."""
    import yaml

    nodes = [root]
    for node in nodes:
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        elif isinstance(node, yaml.MappingNode):
            keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            known: set[tuple[str, str]] = set()
            for key in keys:
                if (key.tag, key.value) in known:
                    raise InvalidOptions(
                        f"`{key.value}` stands here a second time: only one can hold", key.start_mark.line
                    )
                known.add((key.tag, key.value))
            nodes += [value for _, value in node.value]


def _mark_line(mark: Any) -> int:  # noqa: ANN401 a mark of PyYAML's, in Python or in C, or None
    return mark.line if mark else 0


def _languages(value: object) -> tuple[str, ...]:
    names = _texts("languages", value)
    unknown = [name for name in names if language_named(name) is None]
    if unknown:
        raise InvalidOptions(f"`{unknown[0]}` is no known language{nearest_of(unknown[0], tuple(sorted(NAMES)))}")
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
    return _named(Severity, "severity", value)


def _category(value: object) -> RuleCategory:
    return _named(RuleCategory, "category", value)


def _enforcement(value: object) -> Enforcement:
    return _named(Enforcement, "enforcement", "off" if value is False else value)  # YAML reads `off` as false


def _changes(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_named(FileStatus, "kind of change", each) for each in _texts("changes", value)))


def _include(value: object) -> tuple[str, ...]:
    return _texts("include", value)


def _reason(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidOptions("`reason` must be a text that says why")
    return " ".join(value.split())


def _named(kind: type[Named], what: str, value: object) -> Named:
    try:
        return kind(str(value))
    except ValueError as error:
        names = [str(each) for each in kind]
        listed = f"{', '.join(names[:-1])} or {names[-1]}"
        raise InvalidOptions(f"`{value}` is no {what}: use {listed}") from error


def _pattern(value: object) -> str:
    if isinstance(value, str) and value.strip():
        value = {"pattern": value.strip()}
    if not isinstance(value, dict) or not value:
        raise InvalidOptions("`pattern` must be code such as `print($$$)`, or an ast-grep rule")
    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise InvalidOptions(f"`pattern` holds what ast-grep cannot read: {error}") from error


def _line_of(key: object, text: str) -> int:
    """How many lines down a top-level key stands."""
    starts = (number for number, line in enumerate(text.split("\n")) if line.lstrip("\"'").startswith(str(key)))
    return next(starts, 0)
