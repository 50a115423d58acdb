"""A scripted model: answers each task of a review by what it is asked."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.fakes.model_server import ModelRequest

NOTHING: dict[str, Any] = {"findings": [], "verdicts": [], "checks": [], "repairs": []}


def finding(path: str, quote: str, **fields: Any) -> dict[str, Any]:
    """What the model claims, complete as the schema wants it."""
    return {
        "path": path,
        "quote": quote,
        "first_line": 1,
        "last_line": 1,
        "side": "new",
        "failing_case": "every call",
        "title": "It is wrong",
        "message": "It returns the wrong value.",
        "category": "correctness",
        "severity": "error",
        "rule_id": None,
        "suggestion": None,
    } | fields


def verdict(candidate: int, proof: Sequence[str], word: str = "confirm", **fields: Any) -> dict[str, Any]:
    return {
        "candidate": candidate,
        "reasoning": "The code says so.",
        "proof": list(proof),
        "duplicate_of": None,
        "verdict": word,
        "severity": "error",
        "confidence": "high",
    } | fields


def task_of(request: ModelRequest) -> str:
    """`find`, `rules`, `verify`, `hold`, `repair` or `consolidate`: the heading of the latest message that has one."""
    for message in reversed(request.messages):
        heading = re.search(r"^# Task: (\w+)", message["content"], re.MULTILINE)
        if heading:
            return "rules" if heading[1] == "check" else heading[1]
    return "consolidate"


def candidates_of(request: ModelRequest) -> list[tuple[int, str]]:
    """The numbered candidates of a verify or repair task, each with the code that it is about."""
    text = next(turn["content"] for turn in reversed(request.messages) if "## Candidate" in turn["content"])
    blocks = re.split(r"^## Candidate (\d+)$", text, flags=re.MULTILINE)[1:]
    found = []
    for number, block in zip(blocks[::2], blocks[1::2], strict=True):
        code = re.search(r"(?:is about|would replace):\n\n(.*?)(?=\n\n|\n</data-|\Z)", block, re.DOTALL)
        found.append((int(number), code[1] if code else ""))
    return found


def confirming(*findings: dict[str, Any], repairs: Callable[[int], dict[str, Any]] | None = None):
    """A model that finds these, confirms every candidate, and repairs as told."""

    def answer(request: ModelRequest) -> dict[str, Any]:
        task = task_of(request)
        if task == "find":
            return NOTHING | {"findings": list(findings)}
        if task == "verify":
            return NOTHING | {"verdicts": [verdict(number, [code]) for number, code in candidates_of(request)]}
        if task == "repair" and repairs:
            return NOTHING | {"repairs": [repairs(number) for number, _ in candidates_of(request)]}
        if task == "consolidate":
            count = len(re.findall(r"^## Finding \d+", request.messages[-1]["content"], re.MULTILINE))
            return {"reasoning": "", "groups": [], "order": list(range(1, count + 1))}
        return NOTHING

    return answer
