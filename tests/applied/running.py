"""One generated suggestion through all of /improve, with a model that says yes to everything."""

from dataclasses import dataclass, replace
from typing import Any

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.model.llm import Prompt, Task
from pr_reviewer.report.improvements import draft_suggestions
from pr_reviewer.report.links import Links
from pr_reviewer.settings.load import load_settings
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.improve import improve
from tests.applied.generator import Case
from tests.fakes.provider import FakeProvider
from tests.workflows.builders import ScriptedModel, confirmed

EMPTY: dict[str, Any] = {"places": [], "verdicts": [], "checks": [], "repairs": []}
SETTINGS = load_settings({}).settings


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a case: the comment as it is posted on these lines, or (no body) why there is none."""

    body: str
    first: int
    last: int
    why: str


async def posted(case: Case, desk: Desk) -> Posted:
    """Ask for one place with one candidate, and draft what would be posted."""
    model = ScriptedModel(lambda prompt: _answer(case, prompt))
    here = replace(desk, source=FakeProvider({}, {case.path: case.head}), llm=model)
    improved = await improve(here, SETTINGS.review, SETTINGS.improve, SkipRules.compile())
    comments = draft_suggestions(improved.improvements, Links()).comments
    if not comments:
        return Posted("", 0, 0, "; ".join(each.why for each in improved.improvements.withheld))
    (comment,) = comments
    return Posted(comment.body, comment.lines.first, comment.lines.last, "")


def _answer(case: Case, prompt: Prompt) -> dict[str, Any]:
    if prompt.task is Task.REVIEW:
        return EMPTY | {"places": [_place(case)]}
    if prompt.task is Task.VERIFY:
        telling = max(case.quote.split("\n"), key=len)
        return EMPTY | {"verdicts": [confirmed(1, telling, severity="warning")]}
    return EMPTY | {"repairs": [{"candidate": 1, "quote": None, "suggestion": None}]}


def _place(case: Case) -> dict[str, Any]:
    return {
        "path": case.path,
        "quote": case.quote,
        "first_line": case.first,
        "last_line": case.first + case.quote.count("\n"),
        "why": "It takes more steps than it needs.",
        "goal": case.goal,
        "candidates": [{"approach": "Other code.", "risk": "None.", "suggestion": case.suggestion}],
        "ranking": [1],
        "theme": "simplicity",
        "impact": "medium",
        "rule_id": None,
        "idea": None,
    }
