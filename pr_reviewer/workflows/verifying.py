"""VERIFY: a second, sceptical look at each candidate, with the code around it. What is not proven is not raised."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pr_reviewer.findings.conclude import FailedPass
from pr_reviewer.findings.replies import BatchReply
from pr_reviewer.findings.verdicts import Verified, apply_verdicts, leave_unverified, missing_verdicts, needs_verdict
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.changes import Side
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Confidence, Dropped, Placed
from pr_reviewer.model.llm import Task
from pr_reviewer.model.plan import BatchPlan, Patch
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.plan.later import LaterPrompt, verify_prompts
from pr_reviewer.workflows.asking import clean
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage
from pr_reviewer.workflows.together import together


@dataclass(frozen=True, slots=True)
class Verification:
    """What is raised, what is not, and which batches have candidates that nobody could verify."""

    placed: tuple[Placed, ...]
    dropped: tuple[Dropped, ...]
    failed: tuple[FailedPass, ...]


async def verify(
    llm: LLM,
    inputs: PlanInputs,
    batches: Sequence[BatchPlan],
    placed: Sequence[Placed],
    *,
    min_confidence: Confidence,
    on_progress: OnProgress,
) -> Verification:
    """Verify what a model claims, by batch; what code found passes. A failed call leaves its candidates unverified."""
    plans = [
        (batch, verify_prompts(inputs, batch, candidates))
        for batch, candidates in by_batch(batches, filter(needs_verdict, placed))
    ]
    total = sum(len(plan.prompts) for _, plan in plans)
    done = 0

    async def one(later: LaterPrompt) -> Verified:
        nonlocal done
        verified = await _ask_one(llm, later, min_confidence)
        done += 1
        on_progress(Progress(Stage.VERIFYING, done, total))
        return verified

    async def all_of(batch: BatchPlan, prompts: Sequence[LaterPrompt], unasked: Sequence[Verified]) -> Verification:
        # One after the other: the first fills the endpoint's prompt cache for the next.
        return _joined(batch, [*unasked, *[await one(later) for later in prompts]])

    on_progress(Progress(Stage.VERIFYING, 0, total))
    results = await together(
        all_of(batch, plan.prompts, [leave_unverified([each], why) for each, why in plan.left_out])
        for batch, plan in plans
    )
    certain = [each for each in placed if not needs_verdict(each)]
    return Verification(
        placed=(*certain, *(each for result in results for each in result.placed)),
        dropped=tuple(each for result in results for each in result.dropped),
        failed=tuple(each for result in results for each in result.failed),
    )


def by_batch(batches: Sequence[BatchPlan], placed: Iterable[Placed]) -> list[tuple[BatchPlan, list[Placed]]]:
    """Each finding with the batch that shows its lines, else its file: there its context is in the cached prefix."""
    homes: dict[int, list[Placed]] = defaultdict(list)
    for each in placed:
        homes[max(range(len(batches)), key=lambda at: (_shows(batches[at], each), -at))].append(each)
    return [(batches[at], homes[at]) for at in sorted(homes)]


def _shows(batch: BatchPlan, placed: Placed) -> int:
    patches = [patch for patch in batch.batch.patches if patch.path == placed.finding.path]
    return 2 if any(_has_line(patch, placed) for patch in patches) else int(bool(patches))


def _has_line(patch: Patch, placed: Placed) -> bool:
    lines = (line for hunk in patch.file.hunks for line in hunk.lines)
    numbers = (line.new_number if placed.side is Side.NEW else line.old_number for line in lines)
    return any(number in placed.lines for number in numbers if number is not None)


async def _ask_one(llm: LLM, later: LaterPrompt, min_confidence: Confidence) -> Verified:
    candidates = later.candidates

    def missing(reply: BatchReply) -> str | None:
        return missing_verdicts(reply, candidates, later.shown)

    try:
        answer = await ask(llm, later.prompt, BatchReply, check=missing, clean=clean)
    except ModelError as error:
        return leave_unverified(candidates, error.message)
    return apply_verdicts(answer.value, candidates, later.shown, min_confidence)


def _joined(batch: BatchPlan, results: Sequence[Verified]) -> Verification:
    unverified = [each for result in results for each in result.unverified]
    paths = tuple(dict.fromkeys(each.finding.path for each in unverified))
    why = f"{len(unverified)} possible finding{'s' if len(unverified) != 1 else ''} could not be verified"
    return Verification(
        placed=tuple(each for result in results for each in result.placed),
        dropped=tuple(each for result in results for each in result.dropped),
        failed=(FailedPass(batch.batch, Task.VERIFY, why, paths),) if unverified else (),
    )
