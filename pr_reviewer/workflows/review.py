"""/review: read, decide, ask, decide. The report is the caller's."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.merge import Merged, merge_unplaced
from pr_reviewer.findings.replies import ConsolidateReply
from pr_reviewer.findings.select import consolidate, worst_first
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.review import Review
from pr_reviewer.plan.consolidate import consolidate_prompt, is_worth_consolidating
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.settings.schema.options import comment_options
from pr_reviewer.settings.schema.sections import ReviewSettings
from pr_reviewer.workflows.applying import Applier
from pr_reviewer.workflows.asking import clean, find
from pr_reviewer.workflows.claims import by_standing, claims_of
from pr_reviewer.workflows.concluding import Said, concluded
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.preparing import Prepared, index_of, prepare
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage, nobody
from pr_reviewer.workflows.suggesting import Suggester
from pr_reviewer.workflows.verifying import verify

HELP = CommandHelp(
    CommandName.REVIEW, "Review the pull request as it is now.", options=comment_options("review", "paths")
)


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
    return Outcome(concluded(prepared, said, settings, cost), prepared.change.files)


async def _without_model(desk: Desk, prepared: Prepared) -> Said:
    """What code found, and nothing else."""
    index = index_of(prepared)
    claimed = claims_of(prepared.checked.findings, index, prepared.checked, prepared.governing)
    settled = await _suggester(desk, prepared, index, nobody).settle(claimed.placed, {})
    return Said(
        worst_first(settled), claimed.unplaced, claimed.dropped, silenced=claimed.silenced, is_model_asked=False
    )


async def _ask(desk: Desk, settings: ReviewSettings, prepared: Prepared, on_progress: OnProgress) -> Said:
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
    return Said(
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
