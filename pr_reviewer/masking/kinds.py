"""What a kind of secret is, and how its patterns are built; `catalog.py` lists the kinds."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Protocol

from pr_reviewer.masking.doubt import is_placeholder

_BEFORE = r"(?<![A-Za-z0-9])"
_AFTER = r"(?![A-Za-z0-9])"


def placeholder(name: str) -> str:
    """What a secret is replaced by."""
    return f"[masked {name}]"


class _Detector(Protocol):
    denylist: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Kind:
    """One kind of secret: a match's group `secret`, where a pattern has one, else the whole match.

    `anchors` are lower-case literals, one of which stands in every line that holds such a secret: they keep a text
    of ten thousand lines cheap. `build` makes the patterns, on first use. `doubts` says of a match whether it is no
    secret after all. `paths` restricts the kind to files whose path it finds.
    """

    name: str
    anchors: tuple[str, ...]
    build: Callable[[], tuple[re.Pattern[str], ...]]
    doubts: Callable[[re.Match[str]], bool] = lambda _found: False
    paths: re.Pattern[str] | None = None

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The exact patterns, compiled."""
        return self.build()

    def governs(self, path: str) -> bool:
        """Whether this kind is looked for in a file of this name."""
        return self.paths is None or self.paths.search(path) is not None

    def replace(self, line: str) -> tuple[str, int]:
        """The line without secrets of this kind, and how many there were."""
        count = 0

        def hide(found: re.Match[str]) -> str:
            nonlocal count
            first, last = found.span(secret_group(found))
            if is_placeholder(line_now[first:last]) or self.doubts(found):
                return found.group()
            count += 1
            return line_now[found.start() : first] + placeholder(self.name) + line_now[last : found.end()]

        for pattern in self.patterns:
            line_now = line
            line = pattern.sub(hide, line)
        return line, count


def own(*patterns: str) -> Callable[[], tuple[re.Pattern[str], ...]]:
    """Patterns as they stand."""
    return lambda: tuple(re.compile(pattern) for pattern in patterns)


def token(pattern: str) -> Callable[[], tuple[re.Pattern[str], ...]]:
    """A token that stands free: no letter or digit on either side."""
    return own(f"{_BEFORE}(?:{pattern}){_AFTER}")


def borrowed(module: str, detector: str, *numbers: int) -> Callable[[], tuple[re.Pattern[str], ...]]:
    """The patterns of a detect-secrets plugin (those at `numbers`, or all), never in the middle of other data.

    The plugin is imported only when a text holds one of the kind's anchors: it costs 0.2 s.
    """

    def build() -> tuple[re.Pattern[str], ...]:
        plugin: _Detector = getattr(import_module(f"detect_secrets.plugins.{module}"), detector)
        chosen = [plugin.denylist[number] for number in numbers] or plugin.denylist
        return tuple(re.compile(f"{_BEFORE}(?:{each.pattern}){_AFTER}", each.flags) for each in chosen)

    return build


def secret_group(found: re.Match[str]) -> str | int:
    """Which group of a match is the secret itself."""
    return "secret" if "secret" in found.re.groupindex else 0
