"""The one place that reads the environment and the operator's file."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pr_reviewer import resources
from pr_reviewer.settings.schema.cards import read_cards
from pr_reviewer.settings.schema.document import read_document
from pr_reviewer.settings.schema.json_schema import json_schema
from pr_reviewer.settings.schema.keys import CONFIG_VARIABLE, PREFIX, keys, nearest, sections
from pr_reviewer.settings.schema.layers import Layer
from pr_reviewer.settings.schema.problems import Assignment, Problem, printable
from pr_reviewer.settings.schema.resolve import Resolution, ResolvedSettings, resolve
from pr_reviewer.settings.schema.sections import Card, Settings

REPOSITORY_FILE = ".pr_reviewer.toml"

Read = tuple[Sequence[Assignment], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML text, and what people call it (`octo/.pr-reviewer/.pr_reviewer.toml`)."""

    text: str
    name: str


def load_settings(
    environ: Mapping[str, str],
    *,
    organisation: Document | None = None,
    repository_text: str | None = None,
    repository_name: str = REPOSITORY_FILE,
    arguments: Iterable[Assignment] = (),
) -> ResolvedSettings:
    """The settings that hold, all layers merged. Raises SettingsError that names everything that is wrong.

    `organisation` is the file of the organisation's repository. `repository_text` is `.pr_reviewer.toml` at the base
    branch's tip. Both are None while they are not read or where there is none. Loading twice is cheap: only the
    operator's file is read again.
    """
    documents = _documents(organisation, repository_text, repository_name)
    return _resolution(environ, documents, arguments).require()


def check_settings(
    environ: Mapping[str, str],
    *,
    organisation: Document | None = None,
    repository_text: str | None = None,
    repository_name: str = REPOSITORY_FILE,
) -> tuple[Problem, ...]:
    """Everything that is wrong with the settings; nothing: they load."""
    return _resolution(environ, _documents(organisation, repository_text, repository_name), ()).problems


def argument(key: str, value: object, name: str, *, layer: Layer = Layer.COMMAND) -> Assignment:
    """A setting given as an argument: by default by the person at the terminal, `name` being what they typed.

    `layer=Layer.COMMENT` is an argument of a command in a comment, which may set much less.
    """
    return Assignment(key, value, layer, f"{layer.label} {name}", name)


def model_arguments(model: str, name: str = "--model") -> tuple[Assignment, ...]:
    """One model for everything: it reviews, verifies and summarises, and no other is asked in its place."""
    values: dict[str, object] = {
        "models.review": model,
        "models.verify": "",
        "models.summary": "",
        "models.fallbacks": [],
    }
    return tuple(argument(key, value, name) for key, value in values.items())


def schema_for(layer: Layer) -> dict[str, Any]:
    """The JSON Schema of a document: `Layer.REPOSITORY` for `.pr_reviewer.toml`, `Layer.FILE` for the operator's."""
    return json_schema(layer, default_values())


def default_values() -> Mapping[str, object]:
    """Every default as `settings/defaults.toml` has it, by key."""
    return {each.key: each.value for each in _defaults()}


def model_cards(settings: Settings) -> Mapping[str, Card]:
    """Every model that is known: the shipped cards, overridden and extended by the operator's."""
    return {**_shipped_cards(), **settings.models.cards}


def _documents(organisation: Document | None, repository_text: str | None, repository_name: str) -> Iterator[Read]:
    if organisation is not None:
        yield read_document(organisation.text, name=organisation.name, layer=Layer.ORGANISATION)
    if repository_text is not None:
        yield read_document(repository_text, name=repository_name, layer=Layer.REPOSITORY)


def _resolution(environ: Mapping[str, str], documents: Iterable[Read], arguments: Iterable[Assignment]) -> Resolution:
    read = [_operator_file(environ), _own_variables(environ), _ecosystem_variables(environ), *documents]
    assignments = [*_defaults(), *(each for found, _ in read for each in found), *arguments]
    resolution = resolve(assignments, [problem for _, problems in read for problem in problems])
    return _with_files_checked(resolution)


def _with_files_checked(resolution: Resolution) -> Resolution:
    resolved = resolution.resolved
    if resolved is None:
        return resolution
    bundle, folder = resolved.settings.network.ca_bundle, resolved.settings.rules.folder
    problems = []
    if bundle is not None and not Path(bundle).is_file():
        problems.append(Problem(f"{resolved.sources['network.ca_bundle']}: no file at {printable(bundle)}"))
    if folder is not None and not _is_folder(Path(folder).expanduser()):
        problems.append(Problem(f"{resolved.sources['rules.folder']}: no folder at {printable(folder)}"))
    return Resolution(None, tuple(problems)) if problems else resolution


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


@cache
def _defaults() -> Sequence[Assignment]:
    values = tomllib.loads(resources.data_text("settings/defaults.toml"))
    label = Layer.DEFAULTS.label
    return tuple(
        Assignment(f"{section}.{name}", value, Layer.DEFAULTS, label, label)
        for section, inner in values.items()
        for name, value in inner.items()
    )


@cache
def _shipped_cards() -> Mapping[str, Card]:
    return read_cards(resources.data_text("settings/models.toml"))


def _operator_file(environ: Mapping[str, str]) -> Read:
    """What the file says that PR_REVIEWER_CONFIG names; no such variable, no file."""
    name = environ.get(CONFIG_VARIABLE, "")
    if not name:
        return (), ()
    try:
        text = Path(name).read_bytes().decode()
    except UnicodeDecodeError as exc:
        return (), (Problem(f"{name}: not UTF-8 at byte {exc.start}", "Save the file as UTF-8."),)
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else exc
        return (), (Problem(f"{CONFIG_VARIABLE}: {printable(name)} cannot be read: {reason}"),)
    return read_document(text, name=name, layer=Layer.FILE)


def _ecosystem_variables(environ: Mapping[str, str]) -> Read:
    """OPENAI_API_KEY and the like, under the names that other programs know; white space around them is none of it."""
    found = (
        (key.name, next((each for each in key.variables if environ.get(each, "").strip()), None))
        for key in keys().values()
        if key.is_ecosystems
    )
    return [_from_variable(key, environ[name].strip(), name) for key, name in found if name is not None], ()


def _own_variables(environ: Mapping[str, str]) -> Read:
    """Every PR_REVIEWER_* variable that is not empty. As in pydantic-settings, their case does not matter."""
    own = {name: text for name, text in environ.items() if name.upper().startswith(PREFIX) and text}
    own.pop(CONFIG_VARIABLE, None)
    assignments: list[Assignment] = []
    problems: list[Problem] = []
    # A section's JSON comes first, so that the variable of a single setting overrides it.
    for name, text in sorted(own.items(), key=lambda each: ("__" in each[0], each[0])):
        found = _misnamed(name, own) or _decoded(name, text)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            assignments.extend(_from_variable(key, value, name) for key, value in found.items())
    return assignments, problems


def _misnamed(name: str, own: Iterable[str]) -> Problem | None:
    """Why no setting is read from a variable of this name."""
    known = {key.variable: key for key in keys().values() if not key.is_ecosystems}
    names = [*known, *(f"{PREFIX}{section}".upper() for section in sections()), CONFIG_VARIABLE]
    twins = sorted(each for each in own if each.upper() == name.upper())
    if name.upper() not in names or name.upper() == CONFIG_VARIABLE:
        return Problem(f"unknown environment variable {printable(name)}", _right_name(name, names))
    if len(twins) > 1 and name == twins[-1]:
        return Problem(f"{' and '.join(twins)} are the same setting", "Keep one of them.")
    return None


def _right_name(name: str, names: Iterable[str]) -> str:
    key = keys().get(name.upper().removeprefix(PREFIX).replace("__", ".", 1).lower())
    if key is not None:
        return f"{key.name} is read from {key.variable}."
    # Without the prefix: what all names share says nothing about which one was meant.
    match = nearest(name.upper().removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in names])
    return f"Did you mean {PREFIX}{match}?" if match else ""


def _decoded(name: str, text: str) -> Mapping[str, object] | Problem:
    from pr_reviewer.settings.environment import read_variable

    return read_variable(name, text)


def _from_variable(key: str, value: object, name: str) -> Assignment:
    return Assignment(key, value, Layer.ENVIRONMENT, f"{Layer.ENVIRONMENT.label} {name}", name)
