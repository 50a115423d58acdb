"""A model that improves: places that a test names, verdicts by what is suggested, repairs as told."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pr_reviewer.model.llm import Prompt, Task
from pr_reviewer.settings.load import load_settings
from pr_reviewer.settings.schema.sections import ImproveSettings
from tests.workflows.builders import ScriptedModel, confirmed

NOTHING: dict[str, Any] = {"places": [], "verdicts": [], "checks": [], "repairs": []}
_CANDIDATE = re.compile(
    r"^## Candidate (?P<number>\d+)$.*?is about:\n\n(?P<quote>.*?)\n\n"
    r"The suggestion that would replace these lines:\n\n(?P<code>.*?)"
    r"(?:\n\nHold the suggestion against: (?P<rules>.*?))?(?=\n\n## Candidate|\n</data-)",
    re.DOTALL | re.MULTILINE,
)


def improve_settings(**changes: Any) -> ImproveSettings:
    return load_settings({}).settings.improve.model_copy(update=changes)


def place(path: str, quote: str, *candidates: str, **fields: Any) -> dict[str, Any]:
    """A place with these candidates, best first."""
    return {
        "path": path,
        "quote": quote,
        "first_line": 0,
        "last_line": 0,
        "why": "It takes more steps than it needs.",
        "goal": f"Say `{candidates[0].strip()[:20] if candidates else ''}`",
        "candidates": [{"approach": "Other code.", "risk": "None.", "suggestion": each} for each in candidates],
        "ranking": list(range(1, len(candidates) + 1)),
        "theme": "simplicity",
        "impact": "medium",
        "rule_id": None,
        "idea": None,
    } | fields


def improving(
    *places: dict[str, Any],
    rejects: Iterable[str] = (),
    breaks: Iterable[str] = (),
    repairs: Mapping[str, Any] | None = None,
    verdict: Callable[[str], dict[str, Any]] = lambda _: {},
    answers_rules: bool = True,
) -> ScriptedModel:
    """Proposes the places; rejects or finds rules broken by code that holds one of the words.

    `repairs` maps a word of the failed suggestion to the second try.
    """

    def say(prompt: Prompt) -> Any:
        last = next(turn.content for turn in reversed(prompt.messages) if "# Task: " in turn.content)
        if prompt.task is Task.REVIEW:
            return NOTHING | {"places": list(places)}
        if prompt.task is Task.REPAIR:
            return NOTHING | {"repairs": list(_repairs(last, repairs or {}))}
        found = list(_CANDIDATE.finditer(last))
        verdicts = [
            confirmed(
                int(each["number"]),
                max(each["quote"].split("\n"), key=len),
                severity="error",
                verdict="reject" if any(word in each["code"] for word in rejects) else "confirm",
                reasoning=f"Read `{each['code'].strip()[:30]}`.",
            )
            | verdict(each["code"])
            for each in found
        ]
        checks = [
            _check(int(each["number"]), rule, is_broken=any(word in each["code"] for word in breaks))
            for each in found
            for rule in re.findall(r"`([^`]+)`", each["rules"] or "")
        ]
        return NOTHING | {"verdicts": verdicts, "checks": checks if answers_rules else []}

    return ScriptedModel(say)


def _check(number: int, rule: str, *, is_broken: bool) -> dict[str, Any]:
    return {
        "candidate": number,
        "rule_id": rule,
        "reasoning": "It says so.",
        "answer": "breaks" if is_broken else "keeps",
    }


def _repairs(text: str, repairs: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for block in re.split(r"^## Candidate ", text, flags=re.MULTILINE)[1:]:
        number = int(block.partition("\n")[0])
        second = next((value for word, value in repairs.items() if word in block), None)
        fields = second if isinstance(second, dict) else {"suggestion": second}
        yield {"candidate": number, "quote": None, "suggestion": None} | fields
