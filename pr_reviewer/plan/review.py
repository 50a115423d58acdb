"""The plan of a review's first pass: which code is shown, in which prompts, and what is left out.

1. Measure with bounds that cost nothing; only what does not surely fit into one batch is counted exactly, once.
2. Pack: narrow context first, so that every added line is shown if the calls allow it; then widen.
3. Write the prompts of each batch: one for correctness and security, and as many as the rules need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pr_reviewer.model.llm import Message, Prompt, Task
from pr_reviewer.model.plan import Batch, BatchPlan, ReviewPlan, TokenBudget
from pr_reviewer.model.rules import Rule
from pr_reviewer.plan.budget import CallBudget, budget_for, later_share, room_after
from pr_reviewer.plan.coverage import coverage_of
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.plan.later import bare_tasks
from pr_reviewer.plan.packing import Limits, Order, Packer, order_of
from pr_reviewer.plan.patches import Measure, PatchMaker
from pr_reviewer.plan.portions import Need, Room
from pr_reviewer.plan.prompts import judged, prefix_of, prompt, pull_text, rule_text, rules_task
from pr_reviewer.plan.standing import standing_text

_FRAME = 500  # tokens: three pairs of tags with their digests, the words around them, the roles of a chat


def plan_review(inputs: PlanInputs) -> ReviewPlan:
    """Everything that the first pass asks, within window and calls; what it does not ask is named.

    The exact counter is not touched when the bounds show that all files fit into one batch.
    """
    calls = CallBudget(inputs.max_model_calls)
    order = order_of(inputs.files)
    draft = _Draft.of(inputs, order, inputs.counter.at_most)
    if not draft.packer.fits_one_batch():
        draft = _Draft.of(inputs, order, cache(inputs.counter.count))
    limits = Limits(calls.batches(_most_rules_prompts(inputs, draft)), calls.batches(0))
    packing = draft.packer.pack(limits, f"no call is left for it (review.max_model_calls is {inputs.max_model_calls})")
    writer = _Writer(inputs, draft, len(packing.batches), calls.rules_prompts(len(packing.batches)))
    batches = tuple(writer.write(number, batch) for number, batch in enumerate(packing.batches, start=1))
    return ReviewPlan(batches, coverage_of(packing), tuple(writer.notes))


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is known before packing. `fixed` tokens stand in every prompt, whatever its batch."""

    measure: Measure
    pull: str
    standing: str
    fixed: int
    budget: TokenBudget
    packer: Packer

    @classmethod
    def of(cls, inputs: PlanInputs, order: Order, measure: Measure) -> "_Draft":
        cards = inputs.models.first_choices
        pull = pull_text(inputs.pull, min(card.window for card in cards), inputs.templates)
        standing = standing_text(inputs.standing, inputs.templates)
        fixed = _FRAME + measure(pull) + measure(standing) + measure(inputs.templates.render(inputs.wording.system))
        tasks = (_find_task(inputs), rules_task((), inputs.templates), *bare_tasks(inputs))
        budget = budget_for(cards, fixed=fixed, tail=max(map(measure, tasks)))
        breaks = {file.diff.path: [scope.first for scope in file.scopes] for file in inputs.files}
        packer = Packer(inputs.files, order, PatchMaker(measure, budget.patches, breaks))
        return cls(measure, pull, standing, fixed, budget, packer)


def _find_task(inputs: PlanInputs) -> str:
    """The last message of the first pass."""
    return inputs.templates.render(inputs.wording.find, rules="")


def _most_rules_prompts(inputs: PlanInputs, draft: _Draft) -> int:
    """How many rules prompts a full batch has at most: as if every rule governed it."""
    rules = judged(rule for file in inputs.files for rule in file.asked)
    tokens = sum(draft.measure(rule_text(rule, inputs.templates)) for rule in rules)
    return -(-tokens // max(1, later_share(inputs.models.first_choices)))


class _Writer:
    """Writes the prompts of one batch after the other, with so many rules prompts for all of them together."""

    def __init__(self, inputs: PlanInputs, draft: _Draft, batches: int, rules_prompts: int) -> None:
        self.notes: list[str] = []
        self._inputs = inputs
        self._draft = draft
        self._batches = batches
        self._rules_prompts = rules_prompts
        self._rules = {file.diff.path: file.asked for file in inputs.files}

    def write(self, number: int, batch: Batch) -> BatchPlan:
        """The batch with its prompts; rules that no prompt asks about are noted."""
        draft, templates = self._draft, self._inputs.templates
        system = self._inputs.wording.system
        prefix = prefix_of(draft.pull, draft.standing, batch, templates, system=system, number=number, of=self._batches)
        tokens = draft.fixed + sum(patch.tokens for patch in batch.patches)
        asked = self._rules_asked(number, batch, tokens)
        review = self._prompt(Task.REVIEW, prefix, _find_task(self._inputs), tokens)
        rules = (self._prompt(Task.RULES, prefix, rules_task(each, templates), tokens) for each in asked)
        return BatchPlan(batch, prefix, (review, *rules), tokens, ((), *asked))

    def _prompt(self, task: Task, prefix: tuple[Message, ...], last: str, tokens: int) -> Prompt:
        size = tokens + self._inputs.counter.at_most(last)
        return prompt(task, prefix, last, cards=self._inputs.models.review, schema=self._inputs.reply, tokens=size)

    def _rules_asked(self, number: int, batch: Batch, tokens: int) -> list[tuple[Rule, ...]]:
        """The rules that govern the batch, prompt by prompt."""
        templates = self._inputs.templates
        rules = judged(rule for path in batch.paths for rule in self._rules[path])
        room = Room(
            room_after(self._inputs.models.first_choices, tokens), rules_task((), templates), self._inputs.counter
        )
        found = room.portions(rules, lambda rule: Need(f"{rule_text(rule, templates)}\n\n"), most=len(rules))
        asked, unasked = list(found.full[: self._rules_prompts]), found.full[self._rules_prompts :]
        self._rules_prompts -= len(asked)
        self._note(number, [rule for portion in unasked for rule in portion], "no model call is left for them")
        self._note(number, found.too_long, "they are longer than one model call holds")
        return asked

    def _note(self, number: int, rules: Sequence[Rule], why: str) -> None:
        if rules:
            ids = ", ".join(rule.id for rule in rules)
            self.notes.append(f"part {number} of {self._batches} was not checked against the rules {ids}: {why}")
