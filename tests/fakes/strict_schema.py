"""OpenAI's rules for a strict `json_schema`, as the real endpoint applies them: a schema that breaks one is refused."""

from collections.abc import Iterator
from typing import Any

_KEYWORDS = {
    "type", "description", "enum", "const", "anyOf", "$ref", "$defs", "items", "properties", "required",
    "additionalProperties",
}  # fmt: skip


def violations(schema: dict[str, Any]) -> list[str]:
    """Each broken rule in the endpoint's words; none: the schema is accepted."""
    if schema.get("type") != "object":
        return ["schema must be a JSON Schema of 'type: \"object\"'"]
    definitions = schema.get("$defs", {})
    found = list(_violations(schema, (), definitions))
    for name, part in definitions.items():
        found += _violations(part, ("$defs", name), definitions)
    return found


def _violations(schema: dict[str, Any], place: tuple[str, ...], definitions: dict[str, Any]) -> Iterator[str]:
    context = f"In context={place!r}"
    for keyword in schema.keys() - _KEYWORDS:
        yield f"{context}, '{keyword}' is not permitted."
    if "$ref" in schema:
        if set(schema) != {"$ref"}:
            yield f"{context}, $ref cannot have keywords {sorted(set(schema) - {'$ref'})}."
        if schema["$ref"].removeprefix("#/$defs/") not in definitions:
            yield f"{context}, reference can only point to definitions defined at the top level of the schema."
    elif "anyOf" not in schema and "type" not in schema:
        yield f"{context}, schema must have a 'type' key."
    if schema.get("type") == "object":
        yield from _object_violations(schema, context)
    if schema.get("type") == "array" and "items" not in schema:
        yield f"{context}, array schema missing items."
    for step, part in _parts(schema):
        yield from _violations(part, (*place, *step), definitions)


def _parts(schema: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        yield ("properties", name), part
    for number, part in enumerate(schema.get("anyOf", ())):
        yield ("anyOf", str(number)), part
    if isinstance(schema.get("items"), dict):
        yield ("items",), schema["items"]


def _object_violations(schema: dict[str, Any], context: str) -> Iterator[str]:
    if schema.get("additionalProperties") is not False:
        yield f"{context}, 'additionalProperties' is required to be supplied and to be false."
    if set(schema.get("required", ())) != set(schema.get("properties", {})):
        yield f"{context}, 'required' is required to be supplied and to be an array including every key in properties."
