"""Which function answers which address, and what a caller needs for it. Templates are those of GitHub's description."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# These parts of an address may hold slashes: branch names and paths.
_GREEDY = frozenset({"path", "ref", "basehead", "branch", "name"})


@dataclass(frozen=True, slots=True)
class Route:
    """`needs`: alternatives of `area:level`, or `app`, `user`, `installation`, `nothing`. `role`: what people need."""

    method: str
    template: str
    answer: Callable[[Any], Any]
    needs: str
    role: str
    pattern: re.Pattern[str]
    status: int

    @property
    def is_of_repository(self) -> bool:
        return self.template.startswith("/repos/{owner}/{repo}")


ROUTES: list[Route] = []
Answer = Callable[[Any], Any]


def route(
    method: str, template: str, *, needs: str, role: str = "read", status: int = 200
) -> Callable[[Answer], Answer]:
    """Register an answer. It takes the call and returns a JSON value, or a `Response`."""

    def register(answer: Answer) -> Answer:
        ROUTES.append(Route(method, template, answer, needs, role, _pattern(template), status))
        return answer

    return register


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The most specific route: the one with the longest template."""
    hits = [(found, match) for found in ROUTES if found.method == method and (match := found.pattern.fullmatch(path))]
    if not hits:
        return None
    best, match = max(hits, key=lambda hit: (hit[0].template.count("/"), len(re.sub(r"\{\w+\}", "", hit[0].template))))
    return best, match.groupdict()


def _pattern(template: str) -> re.Pattern[str]:
    def part(match: re.Match[str]) -> str:
        name = match[1]
        shape = r"\d+" if name.endswith(("_id", "_number")) else (r".+" if name in _GREEDY else r"[^/]+")
        return f"(?P<{name}>{shape})"

    return re.compile(re.sub(r"\{(\w+)\}", part, template))
