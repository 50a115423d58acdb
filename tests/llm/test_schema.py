"""Every reply type's schema is one that strict mode accepts, in the order of thought."""

import json
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from pr_reviewer.findings.replies import BatchReply, ConsolidateReply
from pr_reviewer.llm.schema import reply_schema
from tests.fakes.strict_schema import violations


class Level(StrEnum):
    HIGH = "high"
    LOW = "low"


class Part(BaseModel):
    """A docstring for maintainers, which is none of the model's business."""

    reasoning: str
    level: Level = Field(description="How bad.")
    score: Annotated[float, Field(ge=0, le=1)] = 0.5


class Whole(BaseModel):
    parts: list[Part] = Field(min_length=1, description="All of them.")
    best: Part | None
    kind: Literal["a", "b"]
    name: str = Field("x", min_length=1, max_length=9, pattern="^x", examples=["x"])


class Tree(BaseModel):
    children: list["Tree"]


def test_a_type_becomes_a_strict_schema_that_keeps_its_order() -> None:
    schema = reply_schema(Whole)
    part = {
        "type": "object",
        "properties": {
            "reasoning": {"type": "string"},
            "level": {"$ref": "#/$defs/Level"},
            "score": {"type": "number"},
        },
        "required": ["reasoning", "level", "score"],
        "additionalProperties": False,
    }
    assert schema.name == "whole"
    assert json.loads(schema.json) == {
        "type": "object",
        "properties": {
            "parts": {"description": "All of them.", "items": {"$ref": "#/$defs/Part"}, "type": "array"},
            "best": {"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}]},
            "kind": {"enum": ["a", "b"], "type": "string"},
            "name": {"type": "string"},
        },
        "required": ["parts", "best", "kind", "name"],
        "additionalProperties": False,
        "$defs": {"Level": {"enum": ["high", "low"], "type": "string"}, "Part": part},
    }
    assert list(json.loads(schema.json)["$defs"]["Part"]["properties"]) == ["reasoning", "level", "score"]
    assert "maintainers" not in schema.json


@pytest.mark.parametrize("reply_type", [BatchReply, ConsolidateReply, Whole])
def test_the_endpoints_rules_hold(reply_type: type[BaseModel]) -> None:
    schema = reply_schema(reply_type)
    assert violations(json.loads(schema.json)) == []
    assert json.dumps(json.loads(schema.json), ensure_ascii=False, separators=(",", ":")) == schema.json
    assert reply_schema(reply_type) is schema


def test_a_verdict_is_given_after_its_reasoning() -> None:
    properties = list(json.loads(reply_schema(BatchReply).json)["$defs"]["Verdict"]["properties"])
    assert properties.index("reasoning") < properties.index("verdict")


class Open(BaseModel):
    values: dict[str, int]


class Loose(BaseModel):
    model_config = {"extra": "allow"}
    a: int


class Pair(BaseModel):
    pair: tuple[int, str]


class Anything(BaseModel):
    value: Any


class Untyped(BaseModel):
    values: list


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Pet(BaseModel):
    pet: Cat | Dog = Field(discriminator="kind")


@pytest.mark.parametrize("reply_type", [Open, Loose, Pair, Anything, Untyped, Pet, Tree])
def test_what_strict_mode_cannot_say_is_a_mistake_in_the_type(reply_type: type[BaseModel]) -> None:
    with pytest.raises(TypeError, match=r"strict mode|a reply is an object"):
        reply_schema(reply_type)


def test_too_many_levels_are_a_mistake() -> None:
    deep: type[BaseModel] = Dog
    for number in range(10):
        deep = type(f"Level{number}", (BaseModel,), {"__annotations__": {"below": deep}})
    with pytest.raises(TypeError, match="10 levels"):
        reply_schema(deep)


def test_too_many_properties_are_a_mistake() -> None:
    wide = type("Wide", (BaseModel,), {"__annotations__": {f"p{number}": int for number in range(5001)}})
    with pytest.raises(TypeError, match="5000 properties"):
        reply_schema(wide)


class Node(BaseModel):
    below: "Node | None"


class Chain(BaseModel):
    first: Node


def test_a_type_within_itself_is_fine_below_the_root() -> None:
    assert violations(json.loads(reply_schema(Chain).json)) == []


class HTTPReply(BaseModel):
    a: int


def test_a_name_is_in_snake_case() -> None:
    assert reply_schema(BatchReply).name == "batch_reply"
    assert reply_schema(HTTPReply).name == "httpreply"
