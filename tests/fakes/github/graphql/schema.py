"""GitHub's schema, with a table of resolvers. A field that is not modelled is an error, never null."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, is_abstract_type, is_object_type

Resolver = Callable[..., Any]
_FILE = Path(__file__).parent.parent.parent / "github_data" / "schema.graphql"
RESOLVERS: dict[tuple[str, str], Resolver] = {}


def resolves(kind: str, *names: str) -> Callable[[Resolver], Resolver]:
    """Register a function of (record, context, **arguments) for these fields of a type."""

    def register(resolver: Resolver) -> Resolver:
        for name in names:
            RESOLVERS[kind, name] = resolver
        return resolver

    return register


def reads(kind: str, **fields: Callable[[Any], Any]) -> None:
    """Register fields that follow from the record alone."""
    for name, read in fields.items():
        resolves(kind, name)(lambda record, _context, _read=read: _read(record))


@lru_cache(1)
def schema() -> GraphQLSchema:
    """Loaded once per process."""
    from tests.fakes.github.graphql import mutations, nodes, queries  # noqa: F401 imported for their resolvers

    built = build_schema(_FILE.read_text(), assume_valid=True)
    for kind in built.type_map.values():
        if is_object_type(kind) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                field.resolve = _resolver(kind.name, name)
        elif is_abstract_type(kind):
            kind.resolve_type = lambda record, _info, _kind: type_name(record)
    return built


class NotModelled(GraphQLError):
    """The stand-in does not know the field."""


def _resolver(kind: str, name: str) -> Resolver:
    known = RESOLVERS.get((kind, name))

    def resolve(record: Any, info: Any, **arguments: Any) -> Any:
        if known is not None:
            return known(record, info.context, **arguments)
        if isinstance(record, dict) and name in record:
            return record[name]
        raise NotModelled(f"the stand-in does not model {kind}.{name}")

    return resolve


def type_name(record: Any) -> str:
    if isinstance(record, dict):
        return str(record["__typename"])
    kind = type(record).__name__
    if kind == "Account":
        return str(record.kind)
    return {"Pull": "PullRequest", "Thread": "PullRequestReviewThread", "Review": "PullRequestReview"}.get(
        kind, "PullRequestReviewComment" if kind == "ReviewComment" else kind
    )
