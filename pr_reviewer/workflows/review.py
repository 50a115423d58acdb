"""/review: read, decide, ask, decide. The report is the caller's."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.diff.text import split_lines
from pr_reviewer.findings.conclude import FailedPass, assemble_coverage, conclude
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.merge import Merged, merge_unplaced
from pr_reviewer.findings.replies import BatchReply, ConsolidateReply
from pr_reviewer.findings.select import consolidate, select, worst_first
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Dropped, Placed, Unplaced
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.plan import ReviewPlan
from pr_reviewer.model.review import Review
from pr_reviewer.model.rules import ForeignKind, RuleChange, RulesApplied, Silenced
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.plan.consolidate import consolidate_prompt, is_worth_consolidating
from pr_reviewer.plan.inputs import ChangedFile, Counter, PlanInputs, TaskModels
from pr_reviewer.plan.review import plan_review
from pr_reviewer.plan.standing import successor_remark
from pr_reviewer.plan.templates import Templates
from pr_reviewer.providers.base import ChangeReader
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.settings.schema.options import comment_options
from pr_reviewer.settings.schema.sections import ReviewSettings
from pr_reviewer.workflows.applied import applied_rules
from pr_reviewer.workflows.applying import Applier
from pr_reviewer.workflows.asking import clean, find
from pr_reviewer.workflows.checking import Checked, check_change
from pr_reviewer.workflows.claims import by_standing, claims_of
from pr_reviewer.workflows.governing import Governing
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage, nobody
from pr_reviewer.workflows.reading import Change, read_change
from pr_reviewer.workflows.rulebook import rule_changes
from pr_reviewer.workflows.suggesting import Suggester
from pr_reviewer.workflows.verifying import verify

HELP = CommandHelp(
    CommandName.REVIEW, "Review the pull request as it is now.", options=comment_options("review", "paths")
)
ONLY_A_DIFF = "Only a diff was given: there is less context, nothing was parsed, and no suggestion can be committed."


@dataclass(frozen=True, slots=True)
class Desk:
    """What a review works with. `llm` is None where no model is to be asked; `spent` is the cost so far.

    `foreign` are the kinds of other tools' files that hold rules here; with `legacy_style`, rules of style are kept in
    a legacy repository, too.
    """

    source: ChangeReader
    worker: PatternWorker
    rules: RuleBook
    models: TaskModels
    counter: Counter
    templates: Templates
    llm: LLM | None = None
    spent: Callable[[], Cost] = Cost
    foreign: tuple[ForeignKind, ...] = tuple(ForeignKind)
    legacy_style: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A review before anything is asked: what changed, what code found, and the plan."""

    change: Change
    governing: Governing
    rule_changes: tuple[RuleChange, ...]
    checked: Checked
    inputs: PlanInputs
    plan: ReviewPlan

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, beside files: each leaves the review incomplete."""
        unread = (each for each in self.governing.book.unread if not each.is_expected)
        lost = (f"the rules of {each.origin} were not read: {each.why}" for each in unread)
        return (*lost, *self.plan.notes, *self.checked.notes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A review, and the (masked) change that its lines refer to."""

    review: Review
    files: tuple[FileDiff, ...]


async def review(desk: Desk, settings: ReviewSettings, skip: SkipRules, on_progress: OnProgress = nobody) -> Outcome:
    """Review a change. A model call that fails for good costs its part of the change, and the review says so.

    Raises ProviderError, UsageError or InvalidDiff where the change cannot be read.
    """
    started = time.monotonic()
    prepared = await prepare(desk, settings, skip, on_progress)
    said = await _ask(desk, settings, prepared, on_progress) if desk.llm else await _without_model(desk, prepared)
    cost = replace(desk.spent(), seconds=time.monotonic() - started)
    return Outcome(_concluded(prepared, said, settings, cost), prepared.change.files)


Planning = Callable[[PlanInputs], tuple[PlanInputs, ReviewPlan]]
"""What a review could be planned with → what the command is planned with, and its plan."""


def _plan(inputs: PlanInputs) -> tuple[PlanInputs, ReviewPlan]:
    return inputs, plan_review(inputs)


async def prepare(
    desk: Desk, settings: ReviewSettings, skip: SkipRules, on_progress: OnProgress = nobody, planning: Planning = _plan
) -> Prepared:
    """Read the change, check what code can check, and plan what to ask: all that needs no model."""
    on_progress(Progress(Stage.READING))
    change = await read_change(desk.source, skip)
    paths = {path for file in change.files for path in (file.path, file.old_path) if path is not None}
    changes = await rule_changes(desk.source, change.pull, paths, desk.rules, desk.foreign)
    on_progress(Progress(Stage.CHECKING))
    governing = Governing.of(change, desk.rules, keeps_style=desk.legacy_style)
    checked = await check_change(change, governing, desk.worker)
    on_progress(Progress(Stage.PLANNING))
    inputs, plan = planning(_plan_inputs(desk, settings, change, checked, governing))
    return Prepared(change, governing, changes, checked, inputs, plan)


def first_pass_coverage(prepared: Prepared) -> Coverage:
    """What the first pass would cover if every call were answered."""
    batches = [batch.batch for batch in prepared.plan.batches]
    skipped = (*prepared.change.skipped, *prepared.plan.skipped)
    return assemble_coverage(prepared.change.files, skipped=skipped, batches=batches, notes=prepared.notes)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a review has to say, in its order."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    dropped: tuple[Dropped, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    failed: tuple[FailedPass, ...] = ()
    unapplied: frozenset[tuple[str, str]] = frozenset()
    asked: int = 0
    lost: int = 0
    models: tuple[str, ...] = ()
    is_model_asked: bool = True


async def _without_model(desk: Desk, prepared: Prepared) -> _Said:
    """What code found, and nothing else."""
    index = index_of(prepared)
    claimed = claims_of(prepared.checked.findings, index, prepared.checked, prepared.governing)
    settled = await _suggester(desk, prepared, index, nobody).settle(claimed.placed, {})
    return _Said(
        worst_first(settled), claimed.unplaced, claimed.dropped, silenced=claimed.silenced, is_model_asked=False
    )


async def _ask(desk: Desk, settings: ReviewSettings, prepared: Prepared, on_progress: OnProgress) -> _Said:
    """Find, verify, repair, and put in order."""
    assert desk.llm is not None  # noqa: S101 the caller looked
    index, batches, governing = index_of(prepared), prepared.plan.batches, prepared.governing
    asked = await find(desk.llm, prepared.plan, prepared.change.reviewed, governing, on_progress)
    claimed = claims_of((*prepared.checked.findings, *asked.findings), index, prepared.checked, governing)
    verified = await verify(
        desk.llm,
        prepared.inputs,
        batches,
        claimed.placed,
        min_confidence=settings.min_confidence,
        on_progress=on_progress,
    )
    raised = by_standing(governing, verified.placed, claimed.unplaced)
    suggester = _suggester(desk, prepared, index, on_progress, settings.max_model_calls)
    settled = await suggester.settle(raised.placed, verified.answers)
    on_progress(Progress(Stage.FINISHING))
    ordered = await _in_order(desk.llm, prepared.inputs, settled, len(batches), settings.max_comments)
    unplaced = merge_unplaced(raised.unplaced, ordered.placed)
    dropped = (asked, claimed, verified, raised, ordered, unplaced)
    return _Said(
        placed=ordered.placed,
        unplaced=unplaced.unplaced,
        dropped=tuple(each for stage in dropped for each in stage.dropped),
        silenced=claimed.silenced,
        failed=(*asked.failed, *verified.failed),
        unapplied=asked.unapplied,
        asked=asked.asked,
        lost=asked.lost,
        models=asked.models,
    )


def _suggester(
    desk: Desk, prepared: Prepared, index: ChangeIndex, on_progress: OnProgress, max_calls: int = 0
) -> Suggester:
    checked = prepared.checked
    applier = Applier(prepared.change, desk.worker, prepared.governing, checked.syntax, checked.matched)
    return Suggester(
        applier,
        index,
        prepared.inputs,
        prepared.plan.batches,
        on_progress,
        desk.llm,
        calls_left=lambda: max_calls - desk.spent().calls - 1,  # one is kept to consolidate
    )


async def _in_order(llm: LLM, inputs: PlanInputs, placed: Sequence[Placed], batches: int, max_comments: int) -> Merged:
    """Worst first. Findings of several batches, or too many, are shown to a model together: which are one defect?"""
    ordered = worst_first(placed)
    reply = None
    if is_worth_consolidating(batches=batches, findings=len(ordered), cap=max_comments):
        with suppress(ModelError):  # code's own order is good enough to go on with
            reply = (await ask(llm, consolidate_prompt(inputs, ordered), ConsolidateReply, clean=clean)).value
    return consolidate(ordered, reply)


def index_of(prepared: Prepared) -> ChangeIndex:
    """The change, prepared for looking up quotes."""
    change = prepared.change
    return ChangeIndex(change.files, heads=change.masked_heads(), definitions=prepared.checked.definitions)


def _plan_inputs(
    desk: Desk, settings: ReviewSettings, change: Change, checked: Checked, governing: Governing
) -> PlanInputs:
    return PlanInputs(
        pull=change.pull,
        files=tuple(_changed_file(file, change, checked, governing) for file in change.reviewed),
        models=desk.models,
        max_model_calls=settings.max_model_calls,
        counter=desk.counter,
        templates=desk.templates,
        reply=reply_schema(BatchReply),
        consolidate_reply=reply_schema(ConsolidateReply),
        standing=desk.rules.standing,
    )


def _changed_file(file: FileDiff, change: Change, checked: Checked, governing: Governing) -> ChangedFile:
    text = change.heads.get(file.path)
    lines = tuple(split_lines(text.masked.text)) if text else ()
    scopes = tuple(definition.lines for definition in checked.definitions.get(file.path, ()))
    return ChangedFile(file, lines, scopes, governing.of_file(file.path), governing.silent[file.path])


def _concluded(prepared: Prepared, said: _Said, settings: ReviewSettings, cost: Cost) -> Review:
    change, plan = prepared.change, prepared.plan
    coverage = assemble_coverage(
        change.files,
        skipped=(*change.skipped, *plan.skipped),
        batches=[batch.batch for batch in plan.batches],
        failed=said.failed,
        is_model_asked=said.is_model_asked,
        notes=prepared.notes,
    )
    selection = select(said.placed, settings.max_comments)
    return Review(
        base_sha=change.pull.merge_base_sha,
        head_sha=change.pull.head.sha,
        conclusion=conclude((*said.placed, *said.unplaced), coverage, calls=said.asked, failed_calls=said.lost),
        comments=selection.comments,
        folded=selection.folded,
        unplaced=said.unplaced,
        dropped=said.dropped,
        coverage=coverage,
        cost=cost,
        failures=tuple(dict.fromkeys(failure.why for failure in said.failed)),
        models=said.models,
        remarks=_remarks(prepared),
        rules=_rules_applied(prepared, said),
    )


def _remarks(prepared: Prepared) -> tuple[str, ...]:
    change, standing = prepared.change, prepared.governing.book.standing
    remarks = ("" if change.can_suggest else ONLY_A_DIFF, successor_remark(standing, change.reviewed))
    return tuple(filter(None, remarks))


def _rules_applied(prepared: Prepared, said: _Said) -> RulesApplied:
    book = prepared.governing.book
    by_file = applied_rules(
        prepared.governing,
        prepared.checked.matched,
        prepared.plan.batches if said.is_model_asked else (),
        said.unapplied,
    )
    return RulesApplied(by_file, prepared.rule_changes, said.silenced, book.problems, book.unread, book.standing)
