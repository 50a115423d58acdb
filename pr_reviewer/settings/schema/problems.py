"""What is assigned, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pr_reviewer.model.errors import SettingsError
from pr_reviewer.settings.schema.layers import Layer

HIDDEN = "********"

_LONGEST_SHOWN = 80
_MOST_LISTED = 20
_LOGIN = re.compile(r"[^/@\s]+@")
_QUERY_VALUE = re.compile(r"([?&][^=&]+=)[^&]+")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One layer sets one setting.

    `source` is what `config show` prints (`file /x.toml:12`); `where` is the place alone, as errors name it;
    `below` has the places of what stands inside the value, by path.
    """

    key: str
    value: object
    layer: Layer
    source: str
    where: str
    below: Mapping[tuple[str, ...], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, with its place, and what to do about it."""

    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


def raise_problems(problems: Sequence[Problem]) -> None:
    """Raise them all as one SettingsError; no problems, no error."""
    if not problems:
        return
    if len(problems) == 1:
        raise SettingsError(problems[0].message, hint=problems[0].hint)
    listed = [f"- {problem}" for problem in problems[:_MOST_LISTED]]
    more = [f"- … and {len(problems) - _MOST_LISTED} more"] if len(problems) > _MOST_LISTED else []
    raise SettingsError("\n".join([f"{len(problems)} settings are wrong:", *listed, *more]))


def without_login(address: str) -> str:
    """An address whose user, password and query values are hidden."""
    return _QUERY_VALUE.sub(rf"\1{HIDDEN}", _LOGIN.sub(f"{HIDDEN}@", address))


def printable(text: str) -> str:
    """Untrusted text for a terminal: one line, no control characters, no lone surrogates, cut where it is long."""
    cut = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode() for char in cut
    )
