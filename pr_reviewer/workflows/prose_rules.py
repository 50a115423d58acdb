"""Hold suggestions against the rules that only a model can judge, where the verification has not done so already."""

from collections.abc import Callable, Mapping, Sequence

from pr_reviewer.findings.forbid import Answers, missing_checks
from pr_reviewer.findings.replies import BatchReply, JudgedReply
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.plan import BatchPlan
from pr_reviewer.model.rules import Rule
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.plan.later import Question, check_prompts
from pr_reviewer.plan.later_pass import LaterPrompt
from pr_reviewer.workflows.asking import clean
from pr_reviewer.workflows.together import together
from pr_reviewer.workflows.verifying import answers_in, by_batch

CallsLeft = Callable[[], int]


async def ask_checks(
    llm: LLM,
    inputs: PlanInputs,
    batches: Sequence[BatchPlan],
    questions: Sequence[tuple[Placed, tuple[Rule, ...]]],
    calls_left: CallsLeft,
    reply_type: type[JudgedReply] = BatchReply,
) -> Mapping[str, Answers]:
    """What a model says of each suggestion and each of these rules, by fingerprint.

    What there is no call for, or no answer to, is not in it: whoever asks takes that for no yes.
    """
    rules = {placed.fingerprint: asked for placed, asked in questions}
    prompts = [
        prompt
        for batch, group in by_batch(batches, [placed for placed, _ in questions])
        for prompt in check_prompts(inputs, batch, [Question(each, rules[each.fingerprint]) for each in group]).prompts
    ]
    said: dict[str, Answers] = {}
    for found in await together(_ask_one(llm, prompt, reply_type) for prompt in prompts[: max(0, calls_left())]):
        for name, answers in found.items():
            said[name] = said.get(name, Answers()).joined(answers)
    return said


async def _ask_one(llm: LLM, later: LaterPrompt, reply_type: type[JudgedReply]) -> Mapping[str, Answers]:
    def missing(reply: JudgedReply) -> str | None:
        return missing_checks(reply, later.checked)

    try:
        answer = await ask(llm, later.prompt, reply_type, check=missing, clean=clean)
    except ModelError:
        return {}  # without an answer, a suggestion is not offered
    return answers_in(answer.value, later)
