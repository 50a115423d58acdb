"""What will be asked: patches, batches, prompts, and what was left out."""

from dataclasses import dataclass

from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.coverage import FileCoverage
from pr_reviewer.model.llm import Message, Prompt
from pr_reviewer.model.rules import Rule


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """Tokens of one model call.

    Of the whole `window`, `reply` and `overhead` (instructions, rules, later turns) are set aside.
    """

    window: int
    reply: int
    overhead: int

    @property
    def patches(self) -> int:
        """What is left for patches, never negative."""
        return max(0, self.window - self.reply - self.overhead)


@dataclass(frozen=True, slots=True)
class Patch:
    """Rendered hunks of one file: all of them, or some (`part` of `parts`, one-based). `file` has just these."""

    path: str
    text: str
    tokens: int
    file: FileDiff
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Patches that travel in one model call."""

    patches: tuple[Patch, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files in it, each once, in order."""
        return tuple(dict.fromkeys(patch.path for patch in self.patches))


@dataclass(frozen=True, slots=True)
class Packing:
    """Batches, and the patches for which there was no room, each with the reason."""

    batches: tuple[Batch, ...]
    omitted: tuple[tuple[Patch, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """One batch and the prompts of its passes; every pass, verify too, starts with `prefix`, so that it is cached.

    `prefix_tokens` is what the prefix was counted at, or a bound of it. `rules` are those that each of the `prompts`
    asks about, in the same order: none for a prompt that looks for defects.
    """

    batch: Batch
    prefix: tuple[Message, ...]
    prompts: tuple[Prompt, ...]
    prefix_tokens: int = 0
    rules: tuple[tuple[Rule, ...], ...] = ()

    def rules_of(self, prompt: Prompt) -> tuple[Rule, ...]:
        """The rules that one of the prompts asks about."""
        return next((rules for each, rules in zip(self.prompts, self.rules, strict=False) if each is prompt), ())


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """All that a review will ask in its first pass.

    `skipped` holds every file or part that no prompt shows; `notes` are sentences about what else was left out
    (rules that no prompt asks about).
    """

    batches: tuple[BatchPlan, ...]
    skipped: tuple[FileCoverage, ...]
    notes: tuple[str, ...] = ()
