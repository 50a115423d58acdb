"""Everything that a plan is made from; nothing here is read from anywhere, all of it is handed in."""

from dataclasses import dataclass, field
from typing import Protocol

from pr_reviewer.model.changes import FileDiff, LineRange
from pr_reviewer.model.llm import ModelCard, ReplySchema
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.model.rules import Rule, Standing
from pr_reviewer.plan.templates import Templates


class Counter(Protocol):
    """Counts tokens. `count` is exact and loads a tokenizer; `at_most` is a bound that costs nothing."""

    def count(self, text: str) -> int:
        """How many tokens the text has."""
        ...

    def at_most(self, text: str) -> int:
        """A number that `count` never exceeds: the text's bytes in UTF-8."""
        ...


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file to review.

    `diff` has git's three lines of context. `head_lines` is the whole (masked) file at the head, empty where it is
    not at hand; `scopes` are its definitions. `rules` govern the file; those with a pattern are not a model's work, and
    of those in `silent` (ids) no finding would be raised, so that they are not asked about.
    """

    diff: FileDiff
    head_lines: tuple[str, ...] = ()
    scopes: tuple[LineRange, ...] = ()
    rules: tuple[Rule, ...] = ()
    silent: frozenset[str] = frozenset()

    @property
    def asked(self) -> tuple[Rule, ...]:
        """The rules that a model is to hold the file's changes against."""
        return tuple(rule for rule in self.rules if rule.pattern is None and rule.id not in self.silent)


@dataclass(frozen=True, slots=True)
class TaskModels:
    """Models by task, each task's first choice first, its fallbacks after it. No tuple is empty."""

    review: tuple[ModelCard, ...]
    verify: tuple[ModelCard, ...]
    summary: tuple[ModelCard, ...]

    def __post_init__(self) -> None:
        if not (self.review and self.verify and self.summary):
            raise ValueError("each task needs a model")

    @property
    def first_choices(self) -> tuple[ModelCard, ...]:
        """The models that see batches when nothing fails; batches are made for the smaller window of the two."""
        return self.review[0], self.verify[0]


@dataclass(frozen=True, slots=True)
class Wording:
    """The templates in which one command's passes differ from another's; of a later pass its task and its candidate."""

    system: str = "review/system.md.j2"
    find: str = "review/task_review.md.j2"
    verify: tuple[str, str] = ("review/task_verify.md.j2", "review/candidate.md.j2")
    check: tuple[str, str] = ("review/task_check.md.j2", "review/suggestion.md.j2")
    repair: tuple[str, str] = ("review/task_repair.md.j2", "review/failure.md.j2")


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """What is asked about, of whom, and within which limits.

    `reply` is shared by all passes over a batch, `consolidate_reply` belongs to the summary. Title and description
    of `pull` are masked already. `standing` is what the organisation thinks of the repository.
    """

    pull: PullRequest
    files: tuple[ChangedFile, ...]
    models: TaskModels
    max_model_calls: int
    counter: Counter
    templates: Templates
    reply: ReplySchema
    consolidate_reply: ReplySchema
    standing: Standing = field(default_factory=Standing)
    wording: Wording = field(default_factory=Wording)
