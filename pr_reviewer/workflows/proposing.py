"""PROPOSE: what the model says could be better, batch by batch, and the places where each idea stands."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from pr_reviewer.findings.conclude import FailedPass
from pr_reviewer.findings.ideas import ImproveReply, read_ideas
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.place import REMOVED_LINE, place
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.masking import mask
from pr_reviewer.model.changes import Side
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.findings import Dropped, Placed, Unplaced
from pr_reviewer.model.improvements import Idea, Withheld
from pr_reviewer.model.llm import Task
from pr_reviewer.model.plan import BatchPlan
from pr_reviewer.workflows.asking import PARTIAL_REPLY, clean, mask_finding
from pr_reviewer.workflows.preparing import Prepared
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage
from pr_reviewer.workflows.together import together

SAME_PLACE = "another idea is about the same lines"
WhyUnwanted = Callable[[Idea], str]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the model proposes, and what of it makes no sense.

    `asked` counts the prompts, `lost` those without any answer; `models` names the models that answered.
    """

    ideas: tuple[Idea, ...]
    withheld: tuple[Withheld, ...]
    failed: tuple[FailedPass, ...]
    asked: int
    lost: int
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Each idea with its place, no two of one fingerprint, and the ideas without one."""

    placed: tuple[tuple[Idea, Placed], ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class _Pass:
    """One answered or failed prompt."""

    ideas: tuple[Idea, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    failed: tuple[FailedPass, ...] = ()
    models: tuple[str, ...] = ()


async def propose_ideas(llm: LLM, prepared: Prepared, on_progress: OnProgress) -> Proposed:
    """Ask about each batch. A call that fails for good costs its batch, never the others."""
    total = len(prepared.plan.batches)
    done = 0

    async def one(batch: BatchPlan) -> _Pass:
        nonlocal done
        result = await _ask_one(llm, prepared, batch)
        done += 1
        on_progress(Progress(Stage.ASKING, done, total))
        return result

    on_progress(Progress(Stage.ASKING, 0, total))
    passes = await together(one(batch) for batch in prepared.plan.batches)
    return Proposed(
        ideas=tuple(idea for each in passes for idea in each.ideas),
        withheld=tuple(Withheld(dropped.finding, dropped.why) for each in passes for dropped in each.dropped),
        failed=tuple(failed for each in passes for failed in each.failed),
        asked=total,
        lost=sum(not each.models for each in passes),
        models=tuple(dict.fromkeys(model for each in passes for model in each.models)),
    )


def find_places(prepared: Prepared, index: ChangeIndex, ideas: Iterable[Idea], why_unwanted: WhyUnwanted) -> Places:
    """Where each idea stands; of several on exactly the same lines the one with the greatest impact.

    Withheld is what stands on no line of the new version, what is not wanted here, and what a comment silences.
    """
    withheld: list[Withheld] = []
    found: dict[str, tuple[Idea, Placed]] = {}
    for idea in sorted(ideas, key=lambda idea: idea.finding.severity.rank):
        placed = place(idea.finding, index)
        why = _why_nowhere(placed) or why_unwanted(idea)
        if why or isinstance(placed, Unplaced):
            withheld.append(Withheld(idea.finding, why, placed if isinstance(placed, Placed) else None))
        elif placed.fingerprint in found:
            withheld.append(Withheld(idea.finding, SAME_PLACE, placed))
        else:
            found[placed.fingerprint] = idea, placed
    heard = prepared.checked.silence.apply([placed for _, placed in found.values()])
    withheld += [Withheld(each.finding, each.why) for each in heard.dropped]
    return Places(tuple(found[each.fingerprint] for each in heard.placed), tuple(withheld))


def _why_nowhere(placed: Placed | Unplaced) -> str:
    if isinstance(placed, Unplaced):
        return placed.why
    return REMOVED_LINE if placed.side is Side.OLD else ""


async def _ask_one(llm: LLM, prepared: Prepared, batch: BatchPlan) -> _Pass:
    (prompt,) = batch.prompts
    try:
        answer = await ask(llm, prompt, ImproveReply, clean=clean)
    except ModelError as error:
        return _Pass(failed=(FailedPass(batch.batch, Task.REVIEW, error.message),))
    read = read_ideas(answer.value, prepared.change.reviewed, prepared.governing.rule_of)
    cut = FailedPass(batch.batch, Task.REVIEW, PARTIAL_REPLY, is_total=False)
    return _Pass(
        ideas=tuple(map(_masked, read.ideas)),
        dropped=tuple(_masked_dropped(read.dropped)),
        failed=(cut,) if answer.is_partial else (),
        models=tuple(reply.model for reply in answer.replies),
    )


def _masked(idea: Idea) -> Idea:
    """The idea with every text of the model masked."""
    return replace(
        idea,
        finding=mask_finding(idea.finding),
        name=clean(idea.name),
        candidates=tuple(mask(text, idea.finding.path).text for text in idea.candidates),
    )


def _masked_dropped(dropped: Iterable[Dropped]) -> Iterator[Dropped]:
    return (Dropped(mask_finding(each.finding), clean(each.why)) for each in dropped)
