"""A GraphQL request → its answer: validated against GitHub's schema, executed, with errors in GitHub's shape."""

import json
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, execute_sync, parse, validate
from graphql.language.ast import FieldNode

from tests.fakes.github.access import NOBODY, Identity, identify
from tests.fakes.github.graphql.context import Context
from tests.fakes.github.graphql.schema import NotModelled, schema
from tests.fakes.github.messages import Refusal, Request, Response, refusal
from tests.fakes.github.service import Service, check_headers


def root_fields(body: bytes) -> tuple[str, ...]:
    """What the document asks for: `repository`, or `mutation resolveReviewThread`."""
    try:
        document = parse(json.loads(body)["query"], no_location=True)
    except (ValueError, KeyError, TypeError, GraphQLError):
        return ()
    operations = [found for found in document.definitions if isinstance(found, OperationDefinitionNode)]
    return tuple(
        f"{'mutation ' if found.operation.value == 'mutation' else ''}{selected.name.value}"
        for found in operations
        for selected in found.selection_set.selections
        if isinstance(selected, FieldNode)
    )


def serve_graphql(service: Service, request: Request) -> tuple[Response, Identity]:
    identity = NOBODY
    with service.lock:
        try:
            check_headers(request)
            identity = identify(service.world, request.headers.get("authorization"))
            response = _executed(service, request, identity)
        except Refusal as no:
            response = no.response
    return service.finished(response, identity, "graphql"), identity


def _executed(service: Service, request: Request, identity: Identity) -> Response:
    if identity.token is None:
        raise refusal(403 if identity.app else 401, "This endpoint requires you to be authenticated.")
    fields = root_fields(request.body)
    is_write = any(name.startswith("mutation ") for name in fields)
    no = service.limits.admit(identity, "graphql", service.world.now(), is_write=is_write)
    if no:
        raise no
    try:
        given = json.loads(request.body)
        document = parse(given["query"])
    except (ValueError, KeyError, TypeError) as broken:
        raise refusal(400, "Problems parsing JSON") from broken
    except GraphQLError as broken:
        return _invalid(service, [broken])
    errors = validate(schema(), document)
    if errors:
        return _invalid(service, errors)
    context = Context(service.world, service.site, identity, service.limits)
    result = execute_sync(schema(), document, None, context, given.get("variables"), given.get("operationName"))
    return _answer(service, result.data, result.errors or [])


def _invalid(service: Service, errors: list[GraphQLError]) -> Response:
    """A document that the schema forbids is answered with 200, and fails the test."""
    service.violations += [f"GraphQL: {error.message}" for error in errors]
    return Response(200, {"errors": [_shown(error) for error in errors]})


def _answer(service: Service, data: Any, errors: list[GraphQLError]) -> Response:
    refused = next((error.original_error for error in errors if isinstance(error.original_error, Refusal)), None)
    if refused:
        return refused.response
    service.violations += [f"GraphQL: {error.message}" for error in errors if _is_ours(error)]
    body: dict[str, Any] = {"data": data}
    return Response(200, body | {"errors": [_shown(error) for error in errors]} if errors else body)


def _is_ours(error: GraphQLError) -> bool:
    """A mistake of the stand-in or of the caller's variables, not a refusal."""
    return isinstance(error, NotModelled) or "type" not in (error.extensions or {})


def _shown(error: GraphQLError) -> dict[str, Any]:
    extensions = dict(error.extensions or {})
    shown: dict[str, Any] = {"type": extensions.pop("type")} if "type" in extensions else {}
    if error.path:
        shown["path"] = error.path
    if extensions:
        shown["extensions"] = extensions
    locations = [{"line": found.line, "column": found.column} for found in error.locations or ()]
    return shown | {"locations": locations, "message": error.message}
