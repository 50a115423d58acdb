"""The prompts of later passes over a batch: verify and repair. Both go on from the batch's own, cached prefix.

Candidates are numbered from 1 within each prompt, in the order given. None is dropped silently: what no prompt holds
comes back with the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.llm import Prompt, Task
from pr_reviewer.model.plan import BatchPlan
from pr_reviewer.model.rules import Rule
from pr_reviewer.plan.budget import reply_of, room_after
from pr_reviewer.plan.excerpts import Excerpt, excerpt_around, render_excerpts, shortened
from pr_reviewer.plan.fence import fence
from pr_reviewer.plan.inputs import ChangedFile, PlanInputs
from pr_reviewer.plan.portions import Room
from pr_reviewer.plan.prompts import prompt, rule_text
from pr_reviewer.plan.templates import Templates

NO_ROOM = "it is longer than one model call holds"
_TOKENS_PER_ANSWER = 400  # a verdict with its reasoning and proof, a repair with its code
_FRAME = 200  # tokens: two pairs of tags with their digests
_SHORTER = (80, 30, 10)  # lines of context for a candidate where there is no room for all


_TASKS = {Task.VERIFY: "review/task_verify.md.j2", Task.REPAIR: "review/task_repair.md.j2"}
_CLAIMS = {Task.VERIFY: "review/candidate.md.j2", Task.REPAIR: "review/failure.md.j2"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A finding whose suggestion, or whose quote, did not hold; `problem` is the sentence that says why."""

    placed: Placed
    problem: str


@dataclass(frozen=True, slots=True)
class LaterPrompt:
    """One prompt, its candidates in the order of their numbers, and `shown`: all code in it, without the claims."""

    prompt: Prompt
    candidates: tuple[Placed, ...]
    shown: str


@dataclass(frozen=True, slots=True)
class LaterPlan:
    """The prompts of one pass over one batch, and the candidates that are in none, each with the reason."""

    prompts: tuple[LaterPrompt, ...]
    left_out: tuple[tuple[Placed, str], ...] = ()


def verify_prompts(
    inputs: PlanInputs, plan: BatchPlan, candidates: Sequence[Placed], more: Sequence[Excerpt] = ()
) -> LaterPlan:
    """Ask about each candidate with its claim, its place, its rule and the code around it from the head's file.

    `more` is other code that may help; it is shown as far as there is room.
    """
    return _Pass(inputs, plan, Task.VERIFY).ask([_Entry(placed, "") for placed in candidates], more)


def repair_prompts(inputs: PlanInputs, plan: BatchPlan, failures: Sequence[Failure]) -> LaterPlan:
    """Ask for each failed suggestion once more, with the error and the code around it."""
    return _Pass(inputs, plan, Task.REPAIR).ask([_Entry(failure.placed, failure.problem) for failure in failures], ())


def bare_tasks(templates: Templates) -> tuple[str, ...]:
    """The last messages of these passes without anything in them, to be measured."""
    return tuple(_bare(task, templates) for task in _TASKS)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A candidate with the code around it."""

    placed: Placed
    problem: str
    excerpt: Excerpt | None = None


class _Pass:
    """One pass over one batch."""

    def __init__(self, inputs: PlanInputs, plan: BatchPlan, task: Task) -> None:
        self._inputs = inputs
        self._plan = plan
        self._task = task
        self._cards = inputs.models.verify if task is Task.VERIFY else inputs.models.review
        self._files: Mapping[str, ChangedFile] = {file.diff.path: file for file in inputs.files}
        self._rules: Mapping[str, Rule] = {rule.id: rule for file in inputs.files for rule in file.rules}
        tokens = room_after(self._cards[:1], plan.prefix_tokens + _FRAME)
        self._room = Room(tokens, _bare(task, inputs.templates), inputs.counter)

    def ask(self, entries: Sequence[_Entry], more: Sequence[Excerpt]) -> LaterPlan:
        """All entries in as few prompts as the window and the reply allow."""
        most = max(1, reply_of(self._cards[:1]) // _TOKENS_PER_ANSWER)
        found = self._room.portions([self._with_code(entry) for entry in entries], self._alone, most)
        prompts = tuple(self._prompt(portion, more) for portion in found.full)
        return LaterPlan(prompts, tuple((entry.placed, NO_ROOM) for entry in found.too_long))

    def _with_code(self, entry: _Entry) -> _Entry:
        """The entry with the code around it: all of it that fits into a prompt beside the claim."""
        placed = entry.placed
        file = self._files.get(placed.finding.path)
        excerpt = excerpt_around(file, placed.lines, placed.side) if file else None
        if excerpt is None or excerpt.numbers <= self._shown(excerpt.path):
            return entry
        choices = [excerpt, *(shortened(excerpt, placed.lines, lines) for lines in _SHORTER)]
        entries = (replace(entry, excerpt=choice) for choice in choices)
        return next((found for found in entries if self._room.holds(self._alone(found))), entry)

    def _shown(self, path: str) -> frozenset[int | None]:
        """The numbers of the file's lines that the batch shows anyway."""
        hunks = (hunk for patch in self._plan.batch.patches if patch.path == path for hunk in patch.file.hunks)
        return frozenset(line.new_number for hunk in hunks for line in hunk.lines)

    def _alone(self, entry: _Entry) -> str:
        """All that an entry adds to a prompt that holds no other."""
        return "\n".join([self._claim(1, entry), self._rules_text([entry]), render_excerpts(_excerpts([entry]))])

    def _prompt(self, entries: Sequence[_Entry], more: Sequence[Excerpt]) -> LaterPrompt:
        templates = self._inputs.templates
        claims = "\n\n".join(self._claim(number, entry) for number, entry in enumerate(entries, start=1))
        code = render_excerpts(self._with_more(entries, more))
        last = templates.render(
            _TASKS[self._task],
            numbers=", ".join(str(number) for number in range(1, len(entries) + 1)),
            rules=self._rules_text(entries),
            excerpts=fence(code.rstrip("\n"), "code") if code else "",
            candidates=fence(claims, "candidates"),
        )
        tokens = self._plan.prefix_tokens + self._inputs.counter.at_most(last)
        asked = prompt(self._task, self._plan.prefix, last, cards=self._cards, schema=self._inputs.reply, tokens=tokens)
        diff = "".join(patch.text for patch in self._plan.batch.patches)
        return LaterPrompt(asked, tuple(entry.placed for entry in entries), diff + code)

    def _with_more(self, entries: Sequence[_Entry], more: Sequence[Excerpt]) -> list[Excerpt]:
        """The entries' own excerpts, and of the others the first ones for which there is room."""
        shown = _excerpts(entries)
        claims = "".join(self._alone(entry) for entry in entries)
        while more and not self._room.holds(claims + render_excerpts(more)):
            more = more[:-1]
        return [*shown, *more]

    def _claim(self, number: int, entry: _Entry) -> str:
        placed = entry.placed
        text = self._inputs.templates.render(
            _CLAIMS[self._task],
            number=number,
            path=path_label(placed.finding.path),
            side=placed.side.value,
            first=placed.lines.first,
            last=placed.lines.last,
            finding=placed.finding,
            quote=placed.quote,
            problem=entry.problem,
        )
        return display(text)

    def _rules_text(self, entries: Iterable[_Entry]) -> str:
        ids = dict.fromkeys(entry.placed.finding.rule_id for entry in entries)
        rules = [self._rules[name] for name in ids if name is not None and name in self._rules]
        return "\n\n".join(rule_text(rule, self._inputs.templates) for rule in rules)


def _bare(task: Task, templates: Templates) -> str:
    return templates.render(_TASKS[task], numbers="", rules="", excerpts="", candidates="")


def _excerpts(entries: Iterable[_Entry]) -> list[Excerpt]:
    return [entry.excerpt for entry in entries if entry.excerpt]
