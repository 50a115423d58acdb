"""What resolvers are given besides the record: the world, who asks, and GitHub's errors and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from tests.fakes.github.access import Identity, can_see, refused
from tests.fakes.github.limits import Limits
from tests.fakes.github.messages import refusal
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.state import Account, Repository
from tests.fakes.github.world import World

_LARGEST_PAGE = 100


def failure(kind: str, message: str) -> GraphQLError:
    """An error with GitHub's `type`, which stands beside `message`, not in `extensions`."""
    return GraphQLError(message, extensions={"type": kind})


@dataclass
class Context:
    world: World
    site: Site
    identity: Identity
    limits: Limits

    @property
    def user(self) -> Account:
        if self.identity.user is None:
            raise refusal(401, "Requires authentication")
        return self.identity.user

    def require(self, repository: Repository, needs: str, role: str = "read", mutation: str = "") -> None:
        """FORBIDDEN as GitHub says it to each kind of token."""
        no = refused(self.identity, repository, needs, role)
        if no is None:
            return
        message = no.response.body["message"]
        if message == "Not Found":
            who = self.user.login
            message = f"{who} does not have the correct permissions to execute `{mutation[:1].upper()}{mutation[1:]}`"
        raise failure("FORBIDDEN", message)

    def node(self, wanted: str, kinds: type | tuple[type, ...] = object) -> Any:
        """The record of that id, when the caller may see it."""
        found = self.world.node(wanted)
        repository = _repository_of(found)
        if not isinstance(found, kinds) or (repository and not can_see(self.identity, repository)):
            raise failure("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'")
        return found


def _repository_of(record: Any) -> Repository | None:
    for step in ("thread", "pull", "repository"):
        record = getattr(record, step, record)
    return record if isinstance(record, Repository) else None


def connection(name: str, rows: Sequence[Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """A page of rows by cursor. As GitHub, it wants `first` or `last`, of at most 100."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is None and last is None:
        says = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        raise failure("MISSING_PAGINATION_BOUNDARIES", says)
    if max(first or 0, last or 0) > _LARGEST_PAGE:
        says = (
            f"Requesting {first or last} records on the `{name}` connection exceeds the `first` limit of 100 records."
        )
        raise failure("EXCESSIVE_PAGINATION", says)
    keyed = list(enumerate(rows))
    start = int(arguments["after"]) + 1 if arguments.get("after") else 0
    stop = int(arguments["before"]) if arguments.get("before") else len(keyed)
    window = keyed[start:stop]
    shown = window[:first] if first is not None else window[max(len(window) - (last or 0), 0) :]
    ends = (str(shown[0][0]), str(shown[-1][0])) if shown else (None, None)
    page = {
        "startCursor": ends[0],
        "endCursor": ends[1],
        "hasNextPage": bool(shown) and shown[-1][0] < len(keyed) - 1,
        "hasPreviousPage": bool(shown) and shown[0][0] > 0,
    }
    edges = [{"cursor": str(at), "node": row} for at, row in shown]
    return {"nodes": [row for _, row in shown], "edges": edges, "pageInfo": page, "totalCount": len(rows)}
