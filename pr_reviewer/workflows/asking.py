"""ASK: every prompt of the plan, batches side by side, the passes over one batch one after the other.

The first pass over a batch fills the endpoint's prompt cache for the next ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pr_reviewer.findings.conclude import FailedPass
from pr_reviewer.findings.read import read_findings
from pr_reviewer.findings.replies import BatchReply
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.masking import mask
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Dropped, Finding
from pr_reviewer.model.llm import Prompt, Task
from pr_reviewer.model.plan import BatchPlan, ReviewPlan
from pr_reviewer.model.rules import Rule
from pr_reviewer.workflows.governing import Governing
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage
from pr_reviewer.workflows.together import together

PARTIAL_REPLY = "the reply was cut off twice; only its complete findings were read"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the model claims, to be placed and verified, and what went wrong on the way.

    `asked` counts the prompts, `lost` those of them without any answer; `models` names the models that answered.
    `unapplied` holds for each file the ids of the rules of which a whole answer is lacking for a part of it.
    """

    findings: tuple[Finding, ...]
    dropped: tuple[Dropped, ...]
    failed: tuple[FailedPass, ...]
    asked: int
    lost: int
    models: tuple[str, ...]
    unapplied: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Pass:
    """One answered or failed prompt."""

    findings: tuple[Finding, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    failed: tuple[FailedPass, ...] = ()
    models: tuple[str, ...] = ()
    unapplied: frozenset[tuple[str, str]] = frozenset()


async def find(
    llm: LLM, plan: ReviewPlan, files: Sequence[FileDiff], governing: Governing, on_progress: OnProgress
) -> Asked:
    """Ask every prompt of the plan. A call that fails for good costs its batch, never the others."""
    total = sum(len(batch.prompts) for batch in plan.batches)
    done = 0

    async def one(batch: BatchPlan, prompt: Prompt) -> _Pass:
        nonlocal done
        result = await _ask_one(llm, batch, prompt, files, governing)
        done += 1
        on_progress(Progress(Stage.ASKING, done, total))
        return result

    async def all_of(batch: BatchPlan) -> list[_Pass]:
        return [await one(batch, prompt) for prompt in batch.prompts]

    on_progress(Progress(Stage.ASKING, 0, total))
    batches = await together(all_of(batch) for batch in plan.batches)
    passes = [each for batch in batches for each in batch]
    return Asked(
        findings=tuple(finding for each in passes for finding in each.findings),
        dropped=tuple(dropped for each in passes for dropped in each.dropped),
        failed=tuple(failed for each in passes for failed in each.failed),
        asked=total,
        lost=sum(not each.models for each in passes),
        models=tuple(dict.fromkeys(model for each in passes for model in each.models)),
        unapplied=frozenset(each for answered in passes for each in answered.unapplied),
    )


async def _ask_one(llm: LLM, plan: BatchPlan, prompt: Prompt, files: Sequence[FileDiff], governing: Governing) -> _Pass:
    asked = plan.rules_of(prompt)
    held = _held_against(plan, asked, governing)
    paths = tuple(dict.fromkeys(path for path, _ in sorted(held)))
    try:
        answer = await ask(llm, prompt, BatchReply, clean=clean)
    except ModelError as error:
        return _Pass(failed=(FailedPass(plan.batch, prompt.task, error.message, paths),), unapplied=held)
    rule_of = governing.rule_among(asked) if prompt.task is Task.RULES else governing.rule_of
    read = read_findings(answer.value, files, rule_of, must_name_rule=prompt.task is Task.RULES)
    cut = FailedPass(plan.batch, prompt.task, PARTIAL_REPLY, paths, is_total=False)
    return _Pass(
        findings=tuple(mask_finding(finding) for finding in read.findings),
        dropped=tuple(Dropped(mask_finding(dropped.finding), clean(dropped.why)) for dropped in read.dropped),
        failed=(cut,) if answer.is_partial else (),
        models=tuple(reply.model for reply in answer.replies),
        unapplied=held if answer.is_partial else frozenset(),
    )


def _held_against(plan: BatchPlan, asked: Sequence[Rule], governing: Governing) -> frozenset[tuple[str, str]]:
    """Each file of the batch with the id of each rule that a prompt holds it against."""
    return frozenset(
        (path, rule.id) for path in plan.batch.paths for rule in asked if governing.rules[path].get(rule.id) == rule
    )


def clean(text: str) -> str:
    """A model's own text without anything that looks like a secret: it may have invented or remembered one."""
    return mask(text).text


def mask_finding(finding: Finding) -> Finding:
    """The finding with every text of the model masked."""
    suggestion = finding.suggestion if finding.suggestion is None else mask(finding.suggestion, finding.path).text
    return replace(
        finding,
        path=clean(finding.path),
        rule_id=finding.rule_id if finding.rule_id is None else clean(finding.rule_id),
        quote=mask(finding.quote, finding.path).text,
        title=clean(finding.title),
        message=clean(finding.message),
        suggestion=suggestion,
    )
