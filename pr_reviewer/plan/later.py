"""The prompts of later passes over a batch: verify, check suggestions, repair. All go on from its own, cached prefix.

Candidates are numbered from 1 within each prompt, in the order given. None is dropped silently: what no prompt holds
comes back with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pr_reviewer.model.findings import Placed
from pr_reviewer.model.llm import Task
from pr_reviewer.model.plan import BatchPlan
from pr_reviewer.model.rules import Rule
from pr_reviewer.plan.excerpts import Excerpt
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.plan.later_pass import Entry, Kind, LaterPass, LaterPlan, bare_text
from pr_reviewer.plan.prompts import judged


@dataclass(frozen=True, slots=True)
class Failure:
    """A finding whose suggestion, or whose quote, did not hold; `problem` is the sentence that says why.

    `rules` are those that the suggestion breaks.
    """

    placed: Placed
    problem: str
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A finding whose suggestion is to be held against rules."""

    placed: Placed
    rules: tuple[Rule, ...]


def verify_prompts(
    inputs: PlanInputs, plan: BatchPlan, candidates: Sequence[Placed], more: Sequence[Excerpt] = ()
) -> LaterPlan:
    """Ask about each candidate with its claim, its place, its rule and the code around it from the head's file.

    A suggestion is shown with the rules that a model must hold it against; where these do not fit, the claim is asked
    about without it, and `check_prompts` are left to ask. `more` is other code that may help; it is shown as far as
    there is room.
    """
    asking = LaterPass(inputs, plan, _verify(inputs))
    return asking.ask([asking.with_checks(Entry(placed), rules_against(inputs, placed)) for placed in candidates], more)


def check_prompts(inputs: PlanInputs, plan: BatchPlan, questions: Sequence[Question]) -> LaterPlan:
    """Ask, rule by rule, whether suggestions keep to rules; as many prompts as all these rules need."""
    asking = LaterPass(inputs, plan, _check(inputs))
    return asking.ask([part for each in questions for part in asking.parts(Entry(each.placed, checked=each.rules))], ())


def repair_prompts(inputs: PlanInputs, plan: BatchPlan, failures: Sequence[Failure]) -> LaterPlan:
    """Ask for each failed suggestion once more, with the error, the rules it breaks and the code around it."""
    entries = [Entry(failure.placed, failure.problem, failure.rules) for failure in failures]
    return LaterPass(inputs, plan, _repair(inputs)).ask(entries, ())


def rules_against(inputs: PlanInputs, placed: Placed) -> tuple[Rule, ...]:
    """The rules that a model must hold a finding's suggestion against: those of its file that no pattern checks."""
    if placed.finding.suggestion is None:
        return ()
    files = (file for file in inputs.files if file.diff.path == placed.finding.path)
    return tuple(judged(rule for file in files for rule in file.rules))


def bare_tasks(inputs: PlanInputs) -> tuple[str, ...]:
    """The last messages of these passes without anything in them, to be measured."""
    kinds = (_verify(inputs), _check(inputs), _repair(inputs))
    return tuple(bare_text(kind, inputs.templates) for kind in kinds)


def _verify(inputs: PlanInputs) -> Kind:
    return Kind(Task.VERIFY, *inputs.wording.verify)


def _check(inputs: PlanInputs) -> Kind:
    return Kind(Task.VERIFY, *inputs.wording.check)


def _repair(inputs: PlanInputs) -> Kind:
    return Kind(Task.REPAIR, *inputs.wording.repair)
