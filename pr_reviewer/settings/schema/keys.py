"""The names of the settings: `review.max_comments`, and `PR_REVIEWER_REVIEW__MAX_COMMENTS` in the environment."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from pr_reviewer.settings.schema.layers import SettableBy, Trust, Variable
from pr_reviewer.settings.schema.sections import Section, Settings

PREFIX = "PR_REVIEWER_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"


@dataclass(frozen=True, slots=True)
class Key:
    """One setting. `variables` are asked in this order; the last one is the name that the documentation uses."""

    name: str
    description: str
    least_trust: Trust
    variables: tuple[str, ...]
    is_secret: bool

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return self.variables[-1]

    @property
    def is_ecosystems(self) -> bool:
        """Whether other programs know the variable too, so that it lacks our prefix."""
        return not self.variable.startswith(PREFIX)


@cache
def sections() -> Mapping[str, type[Section]]:
    """Every section's class by its name, in the order of the schema."""
    annotations = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {name: kind for name, kind in annotations.items() if isinstance(kind, type) and issubclass(kind, Section)}


@cache
def keys() -> Mapping[str, Key]:
    """Every setting by its name, in the order of the schema."""
    found = (
        _key(section, name, field) for section, kind in sections().items() for name, field in kind.model_fields.items()
    )
    return {key.name: key for key in found}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody who wrote `name` most likely meant; a right last part alone is enough."""
    by_lower = {each.lower(): each for each in known}
    wanted = name.lower()
    same_end = [each for lower, each in by_lower.items() if lower.rpartition(".")[2] == wanted.rpartition(".")[2]]
    close = difflib.get_close_matches(wanted, by_lower, n=1, cutoff=0.7)
    if close:
        return by_lower[close[0]]
    return same_end[0] if same_end else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known name; "" where nothing is near."""
    match = nearest(name, known)
    return f"Did you mean {match}?" if match else ""


def _key(section: str, name: str, field: FieldInfo) -> Key:
    marks = field.metadata
    own = next((mark for mark in marks if isinstance(mark, Variable)), Variable(f"{PREFIX}{section}__{name}".upper()))
    return Key(
        name=f"{section}.{name}",
        description=field.description or "",
        least_trust=next((mark.trust for mark in marks if isinstance(mark, SettableBy)), Trust.OPERATOR),
        variables=(own.also, own.name) if own.also else (own.name,),
        is_secret=SecretStr in get_args(field.annotation),
    )
