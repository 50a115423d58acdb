"""Layers → settings: who may set what, which value wins, and whether it is of the right type."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr, ValidationError

from pr_reviewer.settings.schema.keys import CONFIG_VARIABLE, did_you_mean, keys, sections
from pr_reviewer.settings.schema.layers import Layer, Trust
from pr_reviewer.settings.schema.mistakes import mistakes
from pr_reviewer.settings.schema.problems import HIDDEN, Assignment, Problem, printable, raise_problems, without_login
from pr_reviewer.settings.schema.sections import Card, Settings


@dataclass(frozen=True, slots=True)
class Row:
    """One line of `config show`; `value` is JSON, secrets hidden, "" where it is not set."""

    key: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class ResolvedSettings:
    """The settings that hold, and for each key what set it: `environment OPENAI_API_KEY`, `file /x.toml:12`."""

    settings: Settings
    sources: Mapping[str, str]

    def rows(self) -> tuple[Row, ...]:
        """Every setting with its value and source, fit to be shown: no secret, no login inside an address."""
        return tuple(Row(key, _shown(self.value(key)), self.sources[key]) for key in keys())

    def value(self, key: str) -> object:
        """The value of one setting, by its key."""
        section, name = key.split(".")
        return getattr(getattr(self.settings, section), name)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Settings, or every problem that keeps them from being any."""

    resolved: ResolvedSettings | None
    problems: tuple[Problem, ...]

    def require(self) -> ResolvedSettings:
        """The settings. Raises SettingsError that names all problems."""
        raise_problems(self.problems)
        assert self.resolved is not None  # noqa: S101 there are settings where there is no problem
        return self.resolved


def resolve(assignments: Iterable[Assignment], problems: Sequence[Problem] = ()) -> Resolution:
    """Merge the layers, in any order given; `problems` are those that reading them has found already.

    The defaults must be among the assignments, complete and right: they are ours.
    """
    ordered = sorted(assignments, key=lambda each: list(Layer).index(each.layer))
    refused = {id(each): problem for each in ordered if (problem := _refusal(each)) is not None}
    accepted = [each for each in ordered if id(each) not in refused]
    found = [*problems, *refused.values(), *_wrong_values(accepted)]
    if found:
        return Resolution(None, tuple(found))
    winners = {each.key: each for each in accepted}
    settings = Settings.model_validate(_nested(winners.values()))
    sources = {key: winners[key].source for key in keys()}
    conflicts = tuple(Problem(f"{winners[key].where}: {sentence}") for key, sentence in settings.conflicts())
    return Resolution(None if conflicts else ResolvedSettings(settings, sources), conflicts)


def _refusal(each: Assignment) -> Problem | None:
    """Why an assignment does not count at all: no such setting, or not for this layer to set."""
    key = keys().get(each.key)
    if key is None:
        return _unknown(each)
    if each.layer.may_set(key.least_trust):
        return None
    who = _WHO[key.least_trust]
    hint = f"Set {key.variable} in the environment, or {key.name} in the file that {CONFIG_VARIABLE} names."
    return Problem(f"{each.where}: {key.name} may be set by {who} only, not by the {each.layer.label}", hint)


_WHO = {
    Trust.OPERATOR: "the operator",
    Trust.ORGANISATION: "the operator or the organisation",
    Trust.REPOSITORY: "the operator, the organisation or the repository",
}


def _unknown(each: Assignment) -> Problem:
    if each.key in sections():
        return Problem(
            f"{each.where}: {each.key} is a section, not a setting", f"Write [{each.key}] above its settings."
        )
    return Problem(f"{each.where}: unknown setting {printable(each.key)}", did_you_mean(each.key, keys()))


def _wrong_values(accepted: Sequence[Assignment]) -> list[Problem]:
    """Validate each layer over the defaults, so that a bad value is named even where a later layer hides it."""
    defaults = [each for each in accepted if each.layer is Layer.DEFAULTS]
    found: list[Problem] = []
    for layer in Layer:
        own = {each.key: each for each in accepted if each.layer is layer}
        try:
            _validate([*defaults, *own.values()], layer) if own else None
        except ValidationError as exc:
            found.extend(mistakes(exc, own))
    return found


def _validate(assignments: Iterable[Assignment], layer: Layer) -> None:
    """TOML has types, and "5" is not 5 there; elsewhere every value is written as text."""
    values = _nested(assignments)
    if layer.is_document:
        # A date becomes what no setting takes: JSON has none, and as text it would pass for a model's name.
        Settings.model_validate_json(json.dumps(values, default=lambda date: {str(date): None}), strict=True)
    else:
        Settings.model_validate(values)


def _nested(assignments: Iterable[Assignment]) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    for each in assignments:
        section, name = each.key.split(".")
        values.setdefault(section, {})[name] = each.value
    return values


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, str) and "//" in value:
        value = without_login(value)
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Card) -> object:
    """What JSON does not know of our values."""
    return value.model_dump(exclude_none=True)
