"""SUGGEST: each suggestion is applied and parsed; one that fails goes back to the model once, then becomes prose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.refused import Refused
from pr_reviewer.findings.replies import BatchReply, Repair
from pr_reviewer.findings.suggest import judge, propose, repaired, without_suggestion
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.code import SyntaxProblem
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Origin, Placed
from pr_reviewer.model.plan import BatchPlan
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.plan.later import Failure, LaterPrompt, repair_prompts
from pr_reviewer.workflows.asking import clean
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage
from pr_reviewer.workflows.reading import Change
from pr_reviewer.workflows.together import together
from pr_reviewer.workflows.verifying import by_batch

ONLY_A_DIFF = "Only a diff was given, so the suggestion could not be checked against the file."


@dataclass(frozen=True, slots=True)
class Suggester:
    """Checks suggestions against the head. `syntax` is what the parser says of each head file, None: nothing."""

    change: Change
    index: ChangeIndex
    worker: PatternWorker
    syntax: Mapping[str, tuple[SyntaxProblem, ...] | None]

    async def settle(
        self,
        llm: LLM | None,
        inputs: PlanInputs,
        batches: Sequence[BatchPlan],
        placed: Sequence[Placed],
        on_progress: OnProgress,
    ) -> tuple[Placed, ...]:
        """The findings, in their order, each with a suggestion that can be committed, or with none and the reason."""
        checked = [await self._check(each) for each in placed]
        failures = [each for each in checked if isinstance(each, Failure)]
        again = [each for each in failures if each.placed.finding.origin is Origin.MODEL]
        second = await self._ask_again(llm, inputs, batches, again, on_progress) if llm and again else {}
        return tuple([await self._settled(each, second) if isinstance(each, Failure) else each for each in checked])

    async def _settled(self, failure: Failure, second: Mapping[str, Placed]) -> Placed:
        retried = second.get(failure.placed.fingerprint)
        if retried is None:
            return without_suggestion(failure.placed, failure.problem)
        checked = await self._check(retried)
        return without_suggestion(failure.placed, checked.problem) if isinstance(checked, Failure) else checked

    async def _check(self, placed: Placed) -> Placed | Failure:
        """The finding as it will be shown, or why its suggestion cannot be committed."""
        if placed.finding.suggestion is None:
            return placed
        if not self.change.can_suggest:
            return without_suggestion(placed, ONLY_A_DIFF)
        head = self.change.heads.get(placed.finding.path)
        proposal = propose(placed, head.raw if head else None, head.masked.lines if head else frozenset())
        if isinstance(proposal, Refused):
            return Failure(placed, proposal.problem)
        after = await self.worker.syntax_errors({proposal.path: proposal.text_after})
        problem = judge(proposal, self.syntax.get(proposal.path), after[proposal.path])
        return Failure(placed, problem) if problem else proposal.placed

    async def _ask_again(
        self,
        llm: LLM,
        inputs: PlanInputs,
        batches: Sequence[BatchPlan],
        failures: Sequence[Failure],
        on_progress: OnProgress,
    ) -> Mapping[str, Placed]:
        """The second tries, by fingerprint. A call that fails for good leaves its findings without one."""
        problems = {failure.placed.fingerprint: failure.problem for failure in failures}
        prompts = [
            prompt
            for batch, group in by_batch(batches, [failure.placed for failure in failures])
            for prompt in repair_prompts(
                inputs, batch, [Failure(each, problems[each.fingerprint]) for each in group]
            ).prompts
        ]
        on_progress(Progress(Stage.REPAIRING, 0, len(prompts)))
        replies = await together(_repairs(llm, prompt) for prompt in prompts)
        return {
            placed.fingerprint: repaired(placed, repairs[number], self.index)
            for prompt, repairs in zip(prompts, replies, strict=True)
            for number, placed in enumerate(prompt.candidates, start=1)
            if number in repairs
        }


async def _repairs(llm: LLM, later: LaterPrompt) -> Mapping[int, Repair]:
    try:
        answer = await ask(llm, later.prompt, BatchReply, clean=clean)
    except ModelError:
        return {}  # the findings stay, as prose, with the reason why their suggestion failed
    return {repair.candidate: _masked(repair) for repair in answer.value.repairs}


def _masked(repair: Repair) -> Repair:
    texts = {name: clean(text) for name in ("quote", "suggestion") if (text := getattr(repair, name)) is not None}
    return repair.model_copy(update=texts)
