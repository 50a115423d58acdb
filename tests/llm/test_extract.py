"""The JSON in what a model wrote."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.llm.extract import NoJson, complete_items, find_values, without_reasoning

JSON_OBJECTS = st.dictionaries(
    st.text(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>maybe {} or</think>\n{}", "\n{}"),
        ("  <THINKING>x</THINKING>{}", "{}"),
        ("<reasoning>never ends {}", ""),
        ("the template opened it</think>{}", "{}"),
        ('{"quote": "<think>a</think>"}', '{"quote": "<think>a</think>"}'),
        ('[{"quote": "</think>"}]', '[{"quote": "</think>"}]'),
        ("<think>a</think>{'</think>'}", "{'</think>'}"),
        (
            "<|channel|>analysis<|message|>{}<|end|><|channel|>final <|constrain|>json<|message|>{1}",
            "<|channel|>analysis",
        ),
        ("plain", "plain"),
    ],
)
def test_reasoning_is_taken_off(text: str, expected: str) -> None:
    if "final" in text:
        assert find_values(without_reasoning("<|channel|>final<|message|>" + '{"a": 1}')) == [{"a": 1}]
    else:
        assert without_reasoning(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('```json\n{"a": 1}\n```', [{"a": 1}]),
        ('Here you are:\n\n```\n{"a": 1}\n```\nAnything else?', [{"a": 1}]),
        ('In `{name}` and {x: y} I found {"a": {"b": [1]}} today.', [{"a": {"b": [1]}}]),
        ('{"a": 1} {"a": 2}', [{"a": 1}, {"a": 2}]),
        ('[{"a": 1}]', [[{"a": 1}]]),
        ('{"a": [1, 2,], "b": {"c": 1,},}', [{"a": [1, 2], "b": {"c": 1}}]),
        ('{"a": "x,]", "b": [1,]}', [{"a": "x,]", "b": [1]}]),
        ('{"a": "two\nlines\tand a tab"}', [{"a": "two\nlines\tand a tab"}]),
        (r'{"re": "\d+\s\"\\\u00e9\("}', [{"re": '\\d+\\s"\\é\\('}]),
        (r'{"path": "C:\users"}', [{"path": r"C:\users"}]),
        ('{"a": "\\ud83d"}', [{"a": "\ufffd"}]),
        ('{"\\udce9": ["\\ud83d\\ude00"]}', [{"\ufffd": ["😀"]}]),
        ('{"a": "{not} an end }"}', [{"a": "{not} an end }"}]),
        ("{}", [{}]),
    ],
)
def test_objects_are_found_wherever_they_stand(text: str, expected: list[Any]) -> None:
    assert find_values(text) == expected


@pytest.mark.parametrize("text", ["", "nothing here", "null", "3", '"text"', "looks good {to} {me}"])
def test_where_there_is_none_that_is_said(text: str) -> None:
    found = find_values(text)
    assert isinstance(found, NoJson)


@pytest.mark.parametrize(
    "cut", ['{"a": ', '{"a": "x', '{"a": [1, 2', '{"a": tru', '{"a": [{"b": 1}, {"b"', '{"a": "\\u12', '{"a": 1']
)
def test_a_cut_object_is_not_mistaken_for_what_it_holds(cut: str) -> None:
    assert find_values("Well: " + cut) == NoJson("its JSON has no end", 6)


def test_broken_json_says_where() -> None:
    found = find_values('{"a" 1, "b": 2}')
    assert isinstance(found, NoJson)
    assert "line 1 column 6" in found.why


def test_absurd_depth_is_refused_not_a_crash() -> None:
    assert isinstance(find_values('{"a":' * 100_000), NoJson)
    assert isinstance(find_values("{" * 100_000), NoJson)
    assert isinstance(find_values("[" * 100_000), NoJson)


@given(JSON_OBJECTS, st.booleans())
def test_any_object_survives_prose_and_fences(value: dict[str, Any], is_ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii)
    assert find_values(f"Sure!\n```json\n{text}\n```\nDone.") == [json.loads(text.encode("utf-8", "replace"))]


@given(st.text(), st.text())
def test_no_text_breaks_the_reading(before: str, after: str) -> None:
    find_values(without_reasoning(f"{before}{{{after}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [{"b": 1}, {"b": 2}, {"b": 3', {"a": [{"b": 1}, {"b": 2}]}),
        ('{"x": [], "a": [{"b": "]}"}, {"b": [1, 2', {"x": [], "a": [{"b": "]}"}]}),
        ('{"a": [{"b": [{"c": 1}]}, {"b": [{"c": 2}, {', {"a": [{"b": [{"c": 1}]}]}),
        ('{"a": [[1], [2], [3', {"a": [[1], [2]]}),
        ('{"a": "x', None),
        ('{"a": [{"b": 1', None),
        ("{", None),
    ],
)
def test_complete_items_of_a_cut_object_are_saved(text: str, expected: Any) -> None:
    assert complete_items(text, 0) == expected


def test_a_number_that_python_does_not_read_is_no_json() -> None:
    found = find_values('{"first_line": ' + "9" * 5_000 + "}")

    assert isinstance(found, NoJson)
    assert "number" in found.why
