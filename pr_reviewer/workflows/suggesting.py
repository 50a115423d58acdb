"""SUGGEST: each suggestion is applied, parsed and held against the team's rules.

One that fails goes back to the model once, with the error and the rules that it breaks; then it becomes prose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.findings.forbid import Answers
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.replies import BatchReply, JudgedReply, Repair
from pr_reviewer.findings.suggest import repaired, without_suggestion
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Origin, Placed
from pr_reviewer.model.plan import BatchPlan
from pr_reviewer.model.rules import Rule
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.plan.later import Failure, repair_prompts, rules_against
from pr_reviewer.plan.later_pass import LaterPrompt
from pr_reviewer.workflows.applying import Applier, named, unchecked
from pr_reviewer.workflows.asking import clean
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage
from pr_reviewer.workflows.prose_rules import CallsLeft, ask_checks
from pr_reviewer.workflows.together import together
from pr_reviewer.workflows.verifying import by_batch


@dataclass(frozen=True, slots=True)
class Suggester:
    """Settles suggestions with what a review works with; `llm` is None where no model is asked."""

    applier: Applier
    index: ChangeIndex
    inputs: PlanInputs
    batches: Sequence[BatchPlan]
    on_progress: OnProgress
    llm: LLM | None = None
    calls_left: CallsLeft = lambda: 0
    reply_type: type[JudgedReply] = BatchReply

    async def settle(self, placed: Sequence[Placed], answers: Mapping[str, Answers]) -> tuple[Placed, ...]:
        """The findings, in their order, each with a suggestion that can be committed, or with none and the reason.

        `answers` are what the verification says of their suggestions and rules, by fingerprint.
        """
        checked = await self._check(placed, answers)
        again = [each for each in checked if isinstance(each, Failure) and each.placed.finding.origin is Origin.MODEL]
        second = await self.again(again)
        settled = dict(zip(second, await self._check(tuple(second.values()), {}), strict=True))
        return tuple(_settled(each, settled) if isinstance(each, Failure) else each for each in checked)

    async def hold(
        self, applied: Sequence[Placed | Failure], answers: Mapping[str, Answers]
    ) -> Sequence[Placed | Failure]:
        """What can be applied, held against the rules that only a model can judge; failures pass."""
        known = await self._held_against_rules([each for each in applied if isinstance(each, Placed)], answers)
        return [each if isinstance(each, Failure) else self._judged(each, known) for each in applied]

    async def again(self, failures: Sequence[Failure]) -> Mapping[str, Placed]:
        """The second tries at failed suggestions, by the fingerprints of the first; none without a model."""
        return await self._ask_again(self.llm, failures) if self.llm and failures else {}

    async def _check(self, placed: Sequence[Placed], answers: Mapping[str, Answers]) -> Sequence[Placed | Failure]:
        """Each finding as it will be shown, or why its suggestion cannot be committed."""
        applied = [await self.applier.check(each) for each in placed]
        return await self.hold(applied, answers)

    async def _held_against_rules(
        self, placed: Sequence[Placed], answers: Mapping[str, Answers]
    ) -> Mapping[str, Answers]:
        """What is known of each suggestion and each rule, after asking about what is open."""
        still = [(each, self._open(each, answers.get(each.fingerprint, Answers()))) for each in placed]
        questions = [(each, rules) for each, rules in still if rules]
        if not (self.llm and questions):
            return answers
        said = await ask_checks(self.llm, self.inputs, self.batches, questions, self.calls_left, self.reply_type)
        return {name: answers.get(name, Answers()).joined(said.get(name, Answers())) for name in {*answers, *said}}

    def _open(self, placed: Placed, known: Answers) -> tuple[Rule, ...]:
        """The rules that nobody has answered for; one that is broken already needs no more answers."""
        if known.broken:
            return ()
        return tuple(rule for rule in rules_against(self.inputs, placed) if rule.id not in known.answered)

    def _judged(self, placed: Placed, answers: Mapping[str, Answers]) -> Placed | Failure:
        known = answers.get(placed.fingerprint, Answers())
        rules = {rule.id: rule for rule in rules_against(self.inputs, placed)}
        broken = {rules[rule_id]: why for rule_id, why in known.broken if rule_id in rules}
        if broken:
            problems = (f"The suggestion breaks {named(rule)}: {why}" for rule, why in broken.items())
            return Failure(placed, " ".join(problems), tuple(broken))
        unanswered = self._open(placed, known)
        return without_suggestion(placed, unchecked(unanswered)) if unanswered else placed

    async def _ask_again(self, llm: LLM, failures: Sequence[Failure]) -> Mapping[str, Placed]:
        """The second tries, by fingerprint. A call that fails for good leaves its findings without one."""
        known = {failure.placed.fingerprint: failure for failure in failures}
        prompts = [
            prompt
            for batch, group in by_batch(self.batches, [failure.placed for failure in failures])
            for prompt in repair_prompts(self.inputs, batch, [known[each.fingerprint] for each in group]).prompts
        ]
        self.on_progress(Progress(Stage.REPAIRING, 0, len(prompts)))
        replies = await together(_repairs(llm, prompt, self.reply_type) for prompt in prompts)
        tries = {
            placed.fingerprint: repaired(placed, repairs[number], self.index)
            for prompt, repairs in zip(prompts, replies, strict=True)
            for number, placed in enumerate(prompt.candidates, start=1)
            if number in repairs
        }
        # Two that moved to one place could not be told apart when a model is asked about them: the first stays.
        places = {retried.fingerprint: name for name, retried in reversed(tries.items())}
        return {name: retried for name, retried in tries.items() if places[retried.fingerprint] == name}


def _settled(failure: Failure, second: Mapping[str, Placed | Failure]) -> Placed:
    retried = second.get(failure.placed.fingerprint, failure)
    return without_suggestion(failure.placed, retried.problem) if isinstance(retried, Failure) else retried


async def _repairs(llm: LLM, later: LaterPrompt, reply_type: type[JudgedReply]) -> Mapping[int, Repair]:
    try:
        answer = await ask(llm, later.prompt, reply_type, clean=clean)
    except ModelError:
        return {}  # the findings stay, as prose, with the reason why their suggestion failed
    return {repair.candidate: _masked(repair) for repair in answer.value.repairs}


def _masked(repair: Repair) -> Repair:
    texts = {name: clean(text) for name in ("quote", "suggestion") if (text := getattr(repair, name)) is not None}
    return repair.model_copy(update=texts)
