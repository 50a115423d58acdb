"""/review: read, decide, ask, decide. The report is the caller's."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.diff.text import split_lines
from pr_reviewer.findings.conclude import FailedPass, assemble_coverage, conclude
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.merge import Merged, merge, merge_unplaced
from pr_reviewer.findings.place import place_all
from pr_reviewer.findings.replies import BatchReply, ConsolidateReply
from pr_reviewer.findings.select import consolidate, select, worst_first
from pr_reviewer.languages import language_of
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Dropped, Placed, Unplaced
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.plan import ReviewPlan
from pr_reviewer.model.review import Review
from pr_reviewer.model.rules import ForeignKind
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.plan.consolidate import consolidate_prompt, is_worth_consolidating
from pr_reviewer.plan.inputs import ChangedFile, Counter, PlanInputs, TaskModels
from pr_reviewer.plan.review import plan_review
from pr_reviewer.plan.templates import Templates
from pr_reviewer.providers.base import ChangeReader
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.settings.schema.sections import ReviewSettings
from pr_reviewer.workflows.asking import clean, find
from pr_reviewer.workflows.checking import Checked, check_change
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage, nobody
from pr_reviewer.workflows.reading import Change, read_change
from pr_reviewer.workflows.suggesting import Suggester
from pr_reviewer.workflows.verifying import verify

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
    checked: Checked
    inputs: PlanInputs
    plan: ReviewPlan


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


async def prepare(desk: Desk, settings: ReviewSettings, skip: SkipRules, on_progress: OnProgress = nobody) -> Prepared:
    """Read the change, check what code can check, and plan what to ask: all that needs no model."""
    on_progress(Progress(Stage.READING))
    change = await read_change(desk.source, skip)
    on_progress(Progress(Stage.CHECKING))
    checked = await check_change(change, desk.rules.rules, desk.worker)
    on_progress(Progress(Stage.PLANNING))
    inputs = _plan_inputs(desk, settings, change, checked)
    return Prepared(change, checked, inputs, plan_review(inputs))


def first_pass_coverage(prepared: Prepared) -> Coverage:
    """What the first pass would cover if every call were answered."""
    batches = [batch.batch for batch in prepared.plan.batches]
    skipped = (*prepared.change.skipped, *prepared.plan.skipped)
    return assemble_coverage(prepared.change.files, skipped=skipped, batches=batches, notes=prepared.plan.notes)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a review has to say, in its order."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    dropped: tuple[Dropped, ...] = ()
    failed: tuple[FailedPass, ...] = ()
    asked: int = 0
    lost: int = 0
    models: tuple[str, ...] = ()
    is_model_asked: bool = True


async def _without_model(desk: Desk, prepared: Prepared) -> _Said:
    """What code found, and nothing else."""
    index = _index(prepared)
    placement = place_all(prepared.checked.findings, index)
    merged = merge(placement.placed)
    suggester = Suggester(prepared.change, index, desk.worker, prepared.checked.syntax)
    settled = await suggester.settle(None, prepared.inputs, (), merged.placed, nobody)
    return _Said(worst_first(settled), placement.unplaced, merged.dropped, is_model_asked=False)


async def _ask(desk: Desk, settings: ReviewSettings, prepared: Prepared, on_progress: OnProgress) -> _Said:
    """Find, verify, repair, and put in order."""
    assert desk.llm is not None  # noqa: S101 the caller looked
    index, batches = _index(prepared), prepared.plan.batches
    asked = await find(desk.llm, prepared.plan, prepared.change.reviewed, desk.rules.rules, on_progress)
    placement = place_all((*prepared.checked.findings, *asked.findings), index)
    merged = merge(placement.placed)
    verified = await verify(
        desk.llm,
        prepared.inputs,
        batches,
        merged.placed,
        min_confidence=settings.min_confidence,
        on_progress=on_progress,
    )
    suggester = Suggester(prepared.change, index, desk.worker, prepared.checked.syntax)
    settled = await suggester.settle(desk.llm, prepared.inputs, batches, verified.placed, on_progress)
    on_progress(Progress(Stage.FINISHING))
    ordered = await _in_order(desk.llm, prepared.inputs, settled, len(batches), settings.max_comments)
    unplaced = merge_unplaced(placement.unplaced, ordered.placed)
    return _Said(
        placed=ordered.placed,
        unplaced=unplaced.unplaced,
        dropped=(*asked.dropped, *merged.dropped, *verified.dropped, *ordered.dropped, *unplaced.dropped),
        failed=(*asked.failed, *verified.failed),
        asked=asked.asked,
        lost=asked.lost,
        models=asked.models,
    )


async def _in_order(llm: LLM, inputs: PlanInputs, placed: Sequence[Placed], batches: int, max_comments: int) -> Merged:
    """Worst first. Findings of several batches, or too many, are shown to a model together: which are one defect?"""
    ordered = worst_first(placed)
    reply = None
    if is_worth_consolidating(batches=batches, findings=len(ordered), cap=max_comments):
        with suppress(ModelError):  # code's own order is good enough to go on with
            reply = (await ask(llm, consolidate_prompt(inputs, ordered), ConsolidateReply, clean=clean)).value
    return consolidate(ordered, reply)


def _index(prepared: Prepared) -> ChangeIndex:
    change = prepared.change
    return ChangeIndex(change.files, heads=change.masked_heads(), definitions=prepared.checked.definitions)


def _plan_inputs(desk: Desk, settings: ReviewSettings, change: Change, checked: Checked) -> PlanInputs:
    return PlanInputs(
        pull=change.pull,
        files=tuple(_changed_file(file, change, checked, desk.rules) for file in change.reviewed),
        models=desk.models,
        max_model_calls=settings.max_model_calls,
        counter=desk.counter,
        templates=desk.templates,
        reply=reply_schema(BatchReply),
        consolidate_reply=reply_schema(ConsolidateReply),
    )


def _changed_file(file: FileDiff, change: Change, checked: Checked, rules: RuleBook) -> ChangedFile:
    text = change.heads.get(file.path)
    lines = tuple(split_lines(text.masked.text)) if text else ()
    scopes = tuple(definition.lines for definition in checked.definitions.get(file.path, ()))
    governing = rules.governing(file.path, language_of(file.path, lines[0] if lines else ""), file.status)
    return ChangedFile(file, lines, scopes, governing)


def _concluded(prepared: Prepared, said: _Said, settings: ReviewSettings, cost: Cost) -> Review:
    change, plan = prepared.change, prepared.plan
    coverage = assemble_coverage(
        change.files,
        skipped=(*change.skipped, *plan.skipped),
        batches=[batch.batch for batch in plan.batches],
        failed=said.failed,
        is_model_asked=said.is_model_asked,
        notes=(*plan.notes, *prepared.checked.notes),
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
        remarks=() if change.can_suggest else (ONLY_A_DIFF,),
    )
