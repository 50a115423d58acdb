"""Pydantic's errors → problems that say what was given, what is wanted, and where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pr_reviewer.settings.schema.json_schema import JsonSchema, property_schema
from pr_reviewer.settings.schema.keys import did_you_mean, keys
from pr_reviewer.settings.schema.problems import Assignment, Problem, printable, without_login
from pr_reviewer.settings.schema.sections import Card


def mistakes(error: ValidationError, assigned: Mapping[str, Assignment]) -> Iterator[Problem]:
    """One problem for each value that is wrong; `assigned` has the assignments of the layer by key."""
    for detail in error.errors(include_url=False):
        section, name, *rest = (str(part) for part in detail["loc"])
        yield _problem(assigned[f"{section}.{name}"], rest, detail)


def _problem(each: Assignment, rest: Sequence[str], detail: ErrorDetails) -> Problem:
    place = f"{each.below.get(tuple(rest), each.where)}: {_spelled(each.key, rest)}"
    match detail["type"]:
        case "extra_forbidden":
            return Problem(f"{place} is unknown", did_you_mean(rest[-1], Card.model_fields))
        case "missing":
            return Problem(f"{place} is missing")
    schema = _inner(property_schema(each.key), rest)
    value = _at(each.value, rest)
    reason = detail.get("ctx", {}).get("error")
    if reason is not None and isinstance(value, dict):
        return Problem(f"{place}: {reason}")
    given = "what is given" if keys()[each.key].is_secret else given_value(value)
    return Problem(f"{place}: wanted is {reason or wanted_value(schema)}, not {given}", _nearest_choice(value, schema))


def wanted_value(schema: JsonSchema) -> str:
    """What a JSON Schema asks for, in words: `a whole number from 0 to 100`."""
    if "anyOf" in schema:
        return " or ".join(wanted_value(branch) for branch in schema["anyOf"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return "one of " + ", ".join(f'"{choice}"' for choice in schema["enum"])
    words = _KINDS[schema["type"]]
    return words + _bounds(schema)


def given_value(value: object) -> str:
    """A value in words, short and fit for a terminal."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'the text "{printable(without_login(value))}"'
        case int() | float():
            return f"the number {value}"
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
        case _:
            return printable(str(value))


_KINDS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "array": "a list of texts",
    "object": "a table",
}


def _bounds(schema: JsonSchema) -> str:
    low, high, above = schema.get("minimum"), schema.get("maximum"), schema.get("exclusiveMinimum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" of at least {low}"
    if above is not None:
        return f" above {above}"
    return " that is not empty" if schema.get("minLength") else ""


def _spelled(key: str, rest: Iterable[str]) -> str:
    return key + "".join(f", item {int(part) + 1}" if part.isdigit() else f".{printable(part)}" for part in rest)


def _inner(schema: JsonSchema, rest: Sequence[str]) -> JsonSchema:
    """The schema of what stands at `rest` inside a list or a table of cards."""
    for part in rest:
        schema = schema.get("items") or schema.get("properties", {}).get(part) or schema["additionalProperties"]
    return schema


def _at(value: Any, rest: Sequence[str]) -> object:  # noqa: ANN401 whatever somebody wrote
    for part in rest:
        if isinstance(value, dict):
            value = value[part]
        elif isinstance(value, list | tuple):
            value = value[int(part)]
    return value


def _nearest_choice(value: object, schema: JsonSchema) -> str:
    branches = schema.get("anyOf", [schema])
    choices = [str(choice) for branch in branches for choice in branch.get("enum", [branch.get("const", "")])]
    return did_you_mean(value, [choice for choice in choices if choice]) if isinstance(value, str) else ""
