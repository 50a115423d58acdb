"""What arrived and how it was answered, for tests that count and compare."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Exchange:
    """One request. `kind` is rest, graphql, git or web; `path` is without the API's prefix and decoded.

    `credential` is the token that came along, `jwt:SLUG` for an App itself, or empty; `fields` are the root fields of a
    GraphQL document; `status` is 0 when no answer was sent.
    """

    kind: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any = None
    credential: str = ""
    status: int = 0
    fault: str = ""
    fields: tuple[str, ...] = ()
    started: float = 0.0

    @property
    def name(self) -> str:
        """What fault patterns are matched with: `POST /repos/…`, `GRAPHQL viewer`, `GIT /o/r.git/info/refs`."""
        if self.kind == "graphql":
            return f"GRAPHQL {','.join(self.fields)}"
        return f"{'GIT' if self.kind == 'git' else self.method} {self.path}"


@dataclass
class Log:
    exchanges: list[Exchange] = field(default_factory=list)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self.exchanges))

    def __len__(self) -> int:
        return len(self.exchanges)

    @property
    def api(self) -> list[Exchange]:
        """REST and GraphQL, without git."""
        return [found for found in self if found.kind in ("rest", "graphql")]

    @property
    def git(self) -> list[Exchange]:
        return [found for found in self if found.kind == "git"]

    @property
    def writes(self) -> list[Exchange]:
        """REST calls that change something, and GraphQL mutations, that were answered with success."""
        return [found for found in self.api if is_write(found) and 0 < found.status < 300]

    @property
    def names(self) -> list[str]:
        return [found.name for found in self]

    def clear(self) -> None:
        self.exchanges.clear()


def is_write(found: Exchange) -> bool:
    if found.kind == "graphql":
        return any(name.startswith("mutation ") for name in found.fields)
    return found.kind == "rest" and found.method not in ("GET", "HEAD")
