"""Hold requests and answers against GitHub's own OpenAPI description.

Stricter than GitHub in two things, because a typing error in a name should fail a test: a query parameter or a field of
a request that the description does not know is a violation, although GitHub ignores it.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

_FOLDER = Path(__file__).parent.parent / "github_data"
_PREFIX = "#/components/schemas/"
_ERROR = {"$ref": f"{_PREFIX}basic-error"}
# GitHub answers what its own description does not allow: outdated comments have no line and no position, the
# repository of a deleted fork is null, renamed repositories redirect everywhere, and a bare list of labels is taken
# (PyGithub sends it). In the list of installations, an account would have to be user and enterprise.
_ODD_FIELDS = r"position|line|start_line|original_start_line|start_side|head/repo|labels/\d+/description"
_ODD_NULLS = rf"^(/\d+)?/({_ODD_FIELDS}): null is not"
_ODD_ANSWERS = re.compile(_ODD_NULLS + r"|^/\d+/account: ")
_REDIRECTS = (301, 302, 307)
_COMBINED = ("allOf", "anyOf", "oneOf")


@lru_cache(2)
def describe(*, is_enterprise: bool) -> "Description":
    name = "ghes.json" if is_enterprise else "api.github.com.json"
    return Description(json.loads((_FOLDER / name).read_text()))


class Description:
    """`check_request` and `check_answer` return sentences, one for each violation."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths = document["paths"]
        self._components = document["components"]
        self._validators: dict[tuple[str, ...], Any] = {}

    def knows(self, method: str, template: str) -> bool:
        return method.lower() in self._paths.get(template, {})

    def check_request(self, method: str, template: str, query: Mapping[str, str], body: Any) -> list[str]:
        if not self.knows(method, template):
            return [f"{method} {template} is not in the description"]
        return [*self._check_query(method, template, query), *self._check_body(method, template, body)]

    def check_answer(self, method: str, template: str, status: int, body: Any) -> list[str]:
        """Bodies in another media type (`bytes`) have no schema."""
        if isinstance(body, bytes) or status in _REDIRECTS:
            return []
        if status in (204, 304):
            return [] if body is None else [f"{status} with a body"]
        answers = self._paths[template][method.lower()]["responses"]
        answer = self._followed(answers.get(str(status)), "responses")
        if answer is None:
            return [f"{status} is not described"] if status < 400 else self._errors(("error",), _ERROR, body)
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        found = [] if schema is None else self._errors((method, template, str(status)), schema, body)
        return [error for error in found if not _ODD_ANSWERS.match(error)]

    def _check_query(self, method: str, template: str, query: Mapping[str, str]) -> list[str]:
        path = self._paths[template]
        listed = [*path.get("parameters", ()), *path[method.lower()].get("parameters", ())]
        known = {}
        for parameter in (self._followed(given, "parameters") for given in listed):
            known[parameter["name"]] = parameter
        found = [f"query: unknown parameter {name!r}" for name in query if name not in known]
        for name in query.keys() & known.keys():
            schema = known[name]["schema"]
            key = (method, template, "query", name)
            found += [f"query {name}: {error}" for error in self._errors(key, schema, _typed(schema, query[name]))]
        return found

    def _check_body(self, method: str, template: str, body: Any) -> list[str]:
        described = self._paths[template][method.lower()].get("requestBody")
        if described is None:
            return [] if body in (None, {}) else ["body: this operation takes none"]
        if body is None:
            return ["body: missing"] if described.get("required") else []
        schema = described["content"]["application/json"]["schema"]
        body = {"labels": body} if template.endswith("/labels") and isinstance(body, list) else body
        return [f"body{error}" for error in self._errors((method, template, "body"), _closed(schema), body)]

    def _errors(self, key: tuple[str, ...], schema: dict[str, Any], value: Any) -> list[str]:
        if key not in self._validators:
            self._validators[key] = self._validator(schema)
        return [
            f"/{'/'.join(map(str, e.instance_path))}: {e.message}"[:600]
            for e in self._validators[key].iter_errors(value)
        ]

    def _validator(self, schema: dict[str, Any]) -> Any:
        """Only what the schema reaches is attached: the whole of GitHub's components costs gigabytes."""
        reached: dict[str, Any] = {}
        root = self._translated(schema, reached)
        waiting = [name for name in reached if reached[name] is None]
        while waiting:
            name = waiting.pop()
            reached[name] = self._translated(self._components["schemas"][name], reached)
            waiting = [found for found in reached if reached[found] is None]
        return jsonschema_rs.Draft4Validator(root | {"definitions": reached}, validate_formats=True)

    def _translated(self, part: Any, reached: dict[str, Any]) -> Any:
        """OpenAPI 3.0 → JSON Schema: `nullable` becomes a type, references point to `definitions`."""
        if isinstance(part, list):
            return [self._translated(item, reached) for item in part]
        if not isinstance(part, dict):
            return part
        if isinstance(part.get("$ref"), str):
            name = part["$ref"].removeprefix(_PREFIX)
            reached.setdefault(name, None)
            return {"$ref": f"#/definitions/{name}"}
        kept = {name: self._translated(value, reached) for name, value in part.items() if name != "nullable"}
        return _nullable(kept) if part.get("nullable") is True else kept

    def _followed(self, part: dict[str, Any] | None, kind: str) -> Any:
        if part and "$ref" in part:
            return self._components[kind][part["$ref"].rpartition("/")[2]]
        return part


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if any(name in schema for name in _COMBINED) or "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    widened = schema | {"type": [schema["type"], "null"]}
    return widened | {"enum": [*schema["enum"], None]} if "enum" in schema else widened


def _closed(schema: Any) -> Any:
    """A request's schema that refuses fields that it does not name."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: value if name in _COMBINED else _closed(value) for name, value in schema.items()}
    is_open = any(name in schema for name in (*_COMBINED, "additionalProperties"))
    names_fields = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    return parts | {"additionalProperties": False} if names_fields and not is_open else parts


def _typed(schema: dict[str, Any], text: str) -> Any:
    """A query's text as the type that the schema wants, where it can be read so."""
    kind = schema.get("type")
    if kind == "integer" and text.lstrip("-").isdigit():
        return int(text)
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text
