"""A change in as few parts as a model can hold, each with one prompt: what /describe and /ask show.

A large change gets one call more, in which what was said of its parts is put together (`wholes.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pr_reviewer.model.coverage import FileCoverage
from pr_reviewer.model.llm import Message, ModelCard, Prompt, ReplySchema, Role, Task
from pr_reviewer.model.plan import Batch
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.plan.budget import budget_for
from pr_reviewer.plan.coverage import coverage_of
from pr_reviewer.plan.fence import fence
from pr_reviewer.plan.inputs import ChangedFile, Counter
from pr_reviewer.plan.packing import Limits, Packer, order_of
from pr_reviewer.plan.patches import Measure, PatchMaker
from pr_reviewer.plan.prompts import prompt, pull_text
from pr_reviewer.plan.templates import Templates

_FRAME = 500  # tokens: three pairs of tags with their digests, the words around them, the roles of a chat


@dataclass(frozen=True, slots=True)
class Shown:
    """The change to be shown, and the limits. Title and description of `pull` are masked already."""

    pull: PullRequest
    files: tuple[ChangedFile, ...]
    max_model_calls: int
    counter: Counter
    templates: Templates

    @property
    def most_parts(self) -> int:
        """How many parts there may be: one call is kept to put them together, one in ten for replies to be repaired."""
        return max(1, self.max_model_calls - 1 - self.max_model_calls // 10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each part, and of whom: our own words in `system`, the task with all that it holds in `last`."""

    task: Task
    cards: tuple[ModelCard, ...]
    system: str
    last: str
    reply: ReplySchema


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the change, and its prompt."""

    batch: Batch
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class PartsPlan:
    """Every part, and what no prompt shows."""

    parts: tuple[Part, ...]
    skipped: tuple[FileCoverage, ...]

    @property
    def batches(self) -> list[Batch]:
        """What the parts hold."""
        return [part.batch for part in self.parts]


def plan_parts(shown: Shown, asked: Asked) -> PartsPlan:
    """Plan the prompts. No files: no prompts."""
    packer = _packer(shown, asked, shown.counter.at_most)
    if not packer.fits_one_batch():
        packer = _packer(shown, asked, cache(shown.counter.count))
    most = shown.most_parts
    packing = packer.pack(
        Limits(most, most), f"no call is left for it (review.max_model_calls is {shown.max_model_calls})"
    )
    total = len(packing.batches)
    parts = (_part(shown, asked, batch, number, total) for number, batch in enumerate(packing.batches, start=1))
    return PartsPlan(tuple(parts), coverage_of(packing))


def _packer(shown: Shown, asked: Asked, measure: Measure) -> Packer:
    fixed = _FRAME + measure(_pull(shown, asked)) + measure(asked.system)
    budget = budget_for(asked.cards[:1], fixed=fixed, tail=measure(asked.last))
    breaks = {file.diff.path: [scope.first for scope in file.scopes] for file in shown.files}
    return Packer(shown.files, order_of(shown.files), PatchMaker(measure, budget.patches, breaks))


def _part(shown: Shown, asked: Asked, batch: Batch, number: int, total: int) -> Part:
    diff = fence("".join(patch.text for patch in batch.patches).rstrip("\n"), "diff")
    user = shown.templates.render(
        "describe/change.md.j2", pull=_pull(shown, asked), diff=diff, part=number, parts=total
    )
    messages = (Message(Role.SYSTEM, asked.system), Message(Role.USER, user))
    return Part(batch, finished(asked, messages, shown.counter))


def finished(asked: Asked, messages: Sequence[Message], counter: Counter) -> Prompt:
    """The messages and the task as one request."""
    tokens = sum(counter.at_most(text) for text in (*(each.content for each in messages), asked.last))
    return prompt(asked.task, messages, asked.last, cards=asked.cards, schema=asked.reply, tokens=tokens)


def _pull(shown: Shown, asked: Asked) -> str:
    return pull_text(shown.pull, asked.cards[0].window, shown.templates)
