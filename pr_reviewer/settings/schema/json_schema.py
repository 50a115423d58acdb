"""The same fields as JSON Schema (2020-12), for editors that complete and check TOML."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pr_reviewer.settings.schema.fields import NONE, NoneIsUnset
from pr_reviewer.settings.schema.keys import keys, sections
from pr_reviewer.settings.schema.layers import Layer
from pr_reviewer.settings.schema.sections import Section, Settings

JsonSchema = dict[str, Any]


def json_schema(layer: Layer, defaults: Mapping[str, object]) -> JsonSchema:
    """The schema of a document of this layer: just the settings that it may set, with descriptions and defaults."""
    allowed = [key for key in keys().values() if layer.may_set(key.least_trust)]
    tables: dict[str, JsonSchema] = {}
    for key in allowed:
        section, name = key.name.split(".")
        table = tables.setdefault(section, _table(sections()[section]))
        table["properties"][name] = {**property_schema(key.name), "default": defaults[key.name]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"pr-reviewer: settings of the {layer.label}",
        "type": "object",
        "properties": tables,
        "additionalProperties": False,
    }


def property_schema(key: str) -> JsonSchema:
    """The schema of one setting as it is written in TOML: where pydantic has null, TOML has "none" or ""."""
    section, name = key.split(".")
    field = sections()[section].model_fields[name]
    schema: JsonSchema = _written(_pydantic_schema()[sections()[section].__name__]["properties"][name])
    if NoneIsUnset not in field.metadata:
        return schema
    described = {"description": schema.pop("description")}
    return {**described, "anyOf": [schema, {"const": NONE}]}


def _table(section: type[Section]) -> JsonSchema:
    return {"description": section.__doc__, "type": "object", "properties": {}, "additionalProperties": False}


@cache
def _pydantic_schema() -> Mapping[str, Any]:
    definitions: Mapping[str, Any] = Settings.model_json_schema()["$defs"]
    return definitions


def _written(schema: Any) -> Any:  # noqa: ANN401 a JSON value is of any type
    """References replaced by what they name; null, titles and pydantic's own defaults left out."""
    if isinstance(schema, list):
        return [_written(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: _written(value) for key, value in schema.items() if key not in {"title", "$ref", "anyOf", "default"}}
    if "$ref" in schema:
        return {**_written(_pydantic_schema()[schema["$ref"].rpartition("/")[2]]), **told}
    if "anyOf" in schema:
        (branch,) = (branch for branch in schema["anyOf"] if branch != {"type": "null"})
        return {**_written(branch), **told}
    return told
