"""VERIFY: a second, sceptical look at each candidate, with the code around it. What is not proven is not raised.

The same call holds each candidate's suggestion against the team's rules, one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.findings.conclude import FailedPass
from pr_reviewer.findings.forbid import Answers, missing_checks, read_checks
from pr_reviewer.findings.replies import BatchReply, JudgedReply
from pr_reviewer.findings.verdicts import Verified, apply_verdicts, leave_unverified, missing_verdicts, needs_verdict
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.changes import Side
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Confidence, Dropped, Placed
from pr_reviewer.model.llm import Task
from pr_reviewer.model.plan import BatchPlan, Patch
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.plan.later import verify_prompts
from pr_reviewer.plan.later_pass import LaterPrompt
from pr_reviewer.workflows.asking import clean
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage
from pr_reviewer.workflows.together import together


@dataclass(frozen=True, slots=True)
class Verification:
    """What is raised, what is not, and which batches have candidates that nobody could verify.

    `answers` say, by fingerprint, which rules a candidate's suggestion keeps and breaks.
    """

    placed: tuple[Placed, ...]
    dropped: tuple[Dropped, ...]
    failed: tuple[FailedPass, ...]
    answers: Mapping[str, Answers]


async def verify(  # noqa: PLR0913 a pass and what it works with
    llm: LLM,
    inputs: PlanInputs,
    batches: Sequence[BatchPlan],
    placed: Sequence[Placed],
    *,
    min_confidence: Confidence,
    on_progress: OnProgress,
    reply_type: type[JudgedReply] = BatchReply,
) -> Verification:
    """Verify what a model claims, by batch; what code found passes. A failed call leaves its candidates unverified.

    `reply_type` is what the command's passes have in common.
    """
    plans = [
        (batch, verify_prompts(inputs, batch, candidates))
        for batch, candidates in by_batch(batches, filter(needs_verdict, placed))
    ]
    total = sum(len(plan.prompts) for _, plan in plans)
    answers: dict[str, Answers] = {}
    done = 0

    async def one(later: LaterPrompt) -> Verified:
        nonlocal done
        verified = await _ask_one(llm, later, min_confidence, answers, reply_type)
        done += 1
        on_progress(Progress(Stage.VERIFYING, done, total))
        return verified

    async def all_of(batch: BatchPlan, prompts: Sequence[LaterPrompt], unasked: Sequence[Verified]) -> _Joined:
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
        answers=answers,
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


@dataclass(frozen=True, slots=True)
class _Joined:
    """What became of one batch's candidates."""

    placed: tuple[Placed, ...]
    dropped: tuple[Dropped, ...]
    failed: tuple[FailedPass, ...]


async def _ask_one(
    llm: LLM,
    later: LaterPrompt,
    min_confidence: Confidence,
    answers: dict[str, Answers],
    reply_type: type[JudgedReply],
) -> Verified:
    candidates = later.candidates

    def missing(reply: JudgedReply) -> str | None:
        problems = (missing_verdicts(reply, candidates, later.shown), missing_checks(reply, later.checked))
        return " ".join(filter(None, problems)) or None

    try:
        answer = await ask(llm, later.prompt, reply_type, check=missing, clean=clean)
    except ModelError as error:
        return leave_unverified(candidates, error.message)
    answers.update(answers_in(answer.value, later))
    verified = apply_verdicts(answer.value, candidates, later.shown, min_confidence)
    return replace(verified, dropped=tuple(replace(each, why=clean(each.why)) for each in verified.dropped))


def answers_in(reply: JudgedReply, later: LaterPrompt) -> Mapping[str, Answers]:
    """What a reply says of each candidate's suggestion, by fingerprint; one in several parts has one answer."""
    found: dict[str, Answers] = {}
    for placed, said in zip(later.candidates, read_checks(reply, later.checked), strict=True):
        masked = Answers(said.kept, tuple((rule_id, clean(why)) for rule_id, why in said.broken))
        found[placed.fingerprint] = found.get(placed.fingerprint, Answers()).joined(masked)
    return found


def _joined(batch: BatchPlan, results: Sequence[Verified]) -> _Joined:
    unverified = [each for result in results for each in result.unverified]
    paths = tuple(dict.fromkeys(each.finding.path for each in unverified))
    why = f"{len(unverified)} possible finding{'s' if len(unverified) != 1 else ''} could not be verified"
    return _Joined(
        placed=tuple(each for result in results for each in result.placed),
        dropped=tuple(each for result in results for each in result.dropped),
        failed=(FailedPass(batch.batch, Task.VERIFY, why, paths),) if unverified else (),
    )
