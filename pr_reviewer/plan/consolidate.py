"""The last prompt of a review: what is one defect across batches, and what matters most."""

from collections.abc import Sequence

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.llm import Message, Prompt, Role, Task
from pr_reviewer.plan.budget import room_after
from pr_reviewer.plan.fence import fence
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.plan.prompts import prompt

_CUT = "[cut]"


def is_worth_consolidating(*, batches: int, findings: int, cap: int) -> bool:
    """Whether the call can tell anything: findings of several batches, or more of them than may be posted."""
    return findings > 1 and (batches > 1 or findings > cap)


def consolidate_prompt(inputs: PlanInputs, findings: Sequence[Placed]) -> Prompt:
    """Ask which findings are one defect and in what order they matter; numbers follow the order given, from 1.

    Every finding is in it: where there is little room, each is cut to an equal share of it.
    """
    cards, counter, templates = inputs.models.summary, inputs.counter, inputs.templates
    system = Message(Role.SYSTEM, templates.render("review/system_consolidate.md.j2"))
    bare = templates.render("review/task_consolidate.md.j2", count=len(findings), findings=fence("", "findings"))
    room = room_after(cards[:1], counter.at_most(system.content) + counter.at_most(bare))
    texts = [_text(inputs, number, placed) for number, placed in enumerate(findings, start=1)]
    shown = fence("\n\n".join(_cut(text, room // max(1, len(texts))) for text in texts), "findings")
    last = templates.render("review/task_consolidate.md.j2", count=len(findings), findings=shown)
    tokens = counter.at_most(system.content) + counter.at_most(last)
    return prompt(Task.SUMMARY, (system,), last, cards=cards, schema=inputs.consolidate_reply, tokens=tokens)


def _text(inputs: PlanInputs, number: int, placed: Placed) -> str:
    text = inputs.templates.render(
        "review/finding.md.j2",
        number=number,
        path=path_label(placed.finding.path),
        side=placed.side.value,
        first=placed.lines.first,
        last=placed.lines.last,
        finding=placed.finding,
    )
    return display(text)


def _cut(text: str, most: int) -> str:
    """The text in at most so many bytes, the blank line after it included: no tokenizer makes more of it."""
    raw = text.encode()
    most -= 2
    if len(raw) <= most:
        return text
    return raw[: max(0, most - len(_CUT) - 1)].decode(errors="ignore") + f" {_CUT}"
