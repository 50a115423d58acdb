"""The plan of /improve: the same batches and passes as a review's, in words of its own.

Its only first pass is told the team's rules, as far as there is room: what a suggestion must keep to, and what can be a
goal itself. Whether it does keep to them is checked afterwards, rule by rule.
"""

from dataclasses import replace

from pr_reviewer.model.llm import ReplySchema, Task
from pr_reviewer.model.plan import BatchPlan, ReviewPlan
from pr_reviewer.plan.budget import room_after
from pr_reviewer.plan.inputs import ChangedFile, PlanInputs, Wording
from pr_reviewer.plan.portions import Need, Room
from pr_reviewer.plan.prompts import fenced_rules, judged, prompt, rule_text
from pr_reviewer.plan.review import plan_review

WORDING = Wording(
    system="improve/system.md.j2",
    find="improve/task_improve.md.j2",
    verify=("improve/task_verify.md.j2", "improve/candidate.md.j2"),
    repair=("improve/task_repair.md.j2", "improve/failure.md.j2"),
)


def improve_inputs(inputs: PlanInputs, reply: ReplySchema) -> PlanInputs:
    """A review's inputs as /improve takes them: no pass of its own looks for broken rules."""
    return replace(inputs, files=tuple(map(_without_rules_pass, inputs.files)), reply=reply, wording=WORDING)


def plan_improve(inputs: PlanInputs) -> ReviewPlan:
    """What the first pass asks of each batch; what no prompt shows is named."""
    plan = plan_review(inputs)
    return replace(plan, batches=tuple(_with_rules(batch, inputs) for batch in plan.batches))


def _without_rules_pass(file: ChangedFile) -> ChangedFile:
    return replace(file, silent=frozenset(rule.id for rule in file.rules))


def _with_rules(batch: BatchPlan, inputs: PlanInputs) -> BatchPlan:
    """The batch with the rules of its files in its prompt, those that fit."""
    templates, counter = inputs.templates, inputs.counter
    rules = judged(rule for file in inputs.files if file.diff.path in batch.batch.paths for rule in file.rules)
    bare = templates.render(inputs.wording.find, rules=fenced_rules((), templates))
    room = Room(room_after(inputs.models.first_choices, batch.prefix_tokens), bare, counter)
    fitting = room.portions(rules, lambda rule: Need(f"{rule_text(rule, templates)}\n\n"), most=len(rules)).full[:1]
    if not fitting:
        return batch
    last = templates.render(inputs.wording.find, rules=fenced_rules(fitting[0], templates))
    tokens = batch.prefix_tokens + counter.at_most(last)
    asked = prompt(Task.REVIEW, batch.prefix, last, cards=inputs.models.review, schema=inputs.reply, tokens=tokens)
    return replace(batch, prompts=(asked,))
