"""A pydantic model → the JSON Schema that OpenAI's strict mode accepts, as do vLLM, llama.cpp and the rest.

Strict mode wants an object at the root, every property required and nothing else allowed; it has no words for
defaults, lengths, ranges, patterns or formats (pydantic checks those afterwards). What it cannot say at all (an open
dictionary, a tuple, an untyped value, a discriminated union) is a mistake in our own type: TypeError.
"""

import json
import re
from functools import cache
from typing import Any

from pydantic import BaseModel

from pr_reviewer.model.llm import ReplySchema

_DROPPED = frozenset(
    {
        "title", "default", "examples", "deprecated", "readOnly", "writeOnly", "format", "pattern", "minLength",
        "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
        "uniqueItems", "discriminator",
    }
)  # fmt: skip
_KEPT = frozenset({"type", "description", "enum", "const", "anyOf", "$ref", "items", "properties", "required"})
_TYPES = frozenset({"string", "number", "integer", "boolean", "null", "object", "array"})
_DEEPEST = 10
_MOST_PROPERTIES = 5000
_LONGEST_NAME = 64


@cache
def reply_schema(reply_type: type[BaseModel]) -> ReplySchema:
    """The schema of a reply type, its name and canonical JSON. Properties keep their order: it is the order of thought.

    Raises TypeError, with the place, for a type that strict mode cannot express.
    """
    raw = reply_type.model_json_schema(mode="validation")
    definitions = raw.pop("$defs", {})
    strict = _strict(raw, reply_type.__name__)
    if strict.get("type") != "object":
        raise TypeError(f"{reply_type.__name__}: a reply is an object")
    if definitions:
        strict["$defs"] = {name: _strict(schema, name) for name, schema in definitions.items()}
    _check_size(strict, reply_type.__name__)
    return ReplySchema(_name(reply_type), json.dumps(strict, ensure_ascii=False, separators=(",", ":")))


def _strict(schema: dict[str, Any], place: str) -> dict[str, Any]:
    """One node and all below it."""
    schema = {key: value for key, value in schema.items() if key not in _DROPPED}
    unknown = schema.keys() - _KEPT - {"additionalProperties"}
    if unknown:
        raise TypeError(f"{place}: strict mode has no {', '.join(sorted(unknown))}")
    if "$ref" in schema:
        # A reference stands alone in strict mode: what is said beside it would be refused.
        return {"$ref": schema["$ref"]}
    if "anyOf" in schema:
        options = [_strict(option, place) for option in schema["anyOf"]]
        return {key: value for key, value in schema.items() if key == "description"} | {"anyOf": options}
    if schema.get("type") not in _TYPES:
        raise TypeError(f"{place}: strict mode wants a type")
    if schema["type"] == "object":
        return _strict_object(schema, place)
    if schema["type"] == "array":
        if not schema.get("items"):
            raise TypeError(f"{place}: strict mode wants the type of a list's items")
        schema["items"] = _strict(schema["items"], f"{place}[]")
    return schema


def _strict_object(schema: dict[str, Any], place: str) -> dict[str, Any]:
    """An object: exactly its properties, all of them."""
    if "properties" not in schema or schema.get("additionalProperties"):
        raise TypeError(f"{place}: strict mode has no open objects")
    properties = {name: _strict(part, f"{place}.{name}") for name, part in schema["properties"].items()}
    # No description: it is the class's docstring, which speaks to maintainers.
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _check_size(schema: dict[str, Any], place: str) -> None:
    """OpenAI's limits on nesting and on properties."""
    definitions = schema.get("$defs", {})
    if _depth(schema, definitions, ()) > _DEEPEST:
        raise TypeError(f"{place}: strict mode ends at {_DEEPEST} levels")
    if sum(len(part.get("properties", {})) for part in (schema, *definitions.values())) > _MOST_PROPERTIES:
        raise TypeError(f"{place}: strict mode ends at {_MOST_PROPERTIES} properties")


def _depth(schema: dict[str, Any], definitions: dict[str, Any], seen: tuple[str, ...]) -> int:
    """How many objects stand in one another at most; a type within itself counts once."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return 0 if name in seen else _depth(definitions[name], definitions, (*seen, name))
    parts = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    parts += [schema["items"]] if "items" in schema else []
    below = max((_depth(part, definitions, seen) for part in parts), default=0)
    return below + (schema.get("type") == "object")


def _name(reply_type: type[BaseModel]) -> str:
    """`BatchReply` → `batch_reply`: letters, digits, `_` and `-` only."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", reply_type.__name__).lower()
    return re.sub(r"[^a-z0-9_-]", "_", snake)[:_LONGEST_NAME]
