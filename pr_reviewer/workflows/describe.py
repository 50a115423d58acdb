"""/describe: read, ask, hold against the change, write between our own markers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.findings.described import DescribeReply, SumReply, joined, notes_of, read_description, read_sum
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.changes import FileStatus
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.describing import ChangeKind, Concern, Description, FileNote, Portrait
from pr_reviewer.model.errors import ModelError
from pr_reviewer.plan.describing import describe_asked, sum_prompt
from pr_reviewer.plan.parts import Asked, PartsPlan, Shown, plan_parts
from pr_reviewer.settings.schema.options import comment_options
from pr_reviewer.workflows.asking import clean
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.parts import Answers, ask_parts, model_of, shown_of
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage, nobody
from pr_reviewer.workflows.reading import Change, read_change

HELP = CommandHelp(
    CommandName.DESCRIBE,
    "Describe what the change does: a title, a summary, and what happens in which file.",
    options=comment_options("describe"),
)
NOTHING = "There is nothing to describe: every changed file is skipped"
EMPTY = "There is nothing to describe: the change is empty"


@dataclass(frozen=True, slots=True)
class PreparedDescription:
    """A description before anything is asked."""

    change: Change
    shown: Shown
    asked: Asked
    plan: PartsPlan
    labels: tuple[str, ...]


async def prepare_description(
    desk: Desk, max_model_calls: int, labels: Sequence[str], skip: SkipRules, on_progress: OnProgress = nobody
) -> PreparedDescription:
    """Read the change and plan what to ask. `labels` are those that may be suggested."""
    on_progress(Progress(Stage.READING))
    change = await read_change(desk.source, skip)
    on_progress(Progress(Stage.PLANNING))
    shown = await shown_of(desk, change, max_model_calls, is_wide=False)
    asked = describe_asked(desk.models.summary, labels, desk.templates, reply_schema(DescribeReply))
    return PreparedDescription(change, shown, asked, plan_parts(shown, asked), tuple(labels))


async def describe(
    desk: Desk, max_model_calls: int, labels: Sequence[str], skip: SkipRules, on_progress: OnProgress = nobody
) -> Description:
    """Describe a change; one that is too long for one call part by part, with one call more that sums up.

    A part whose call fails for good is not described, and the description says so. Raises ModelError where every call
    fails, and UsageError where there is no model.
    """
    started = time.monotonic()
    llm = model_of(desk, "/describe")
    prepared = await prepare_description(desk, max_model_calls, labels, skip, on_progress)
    if not prepared.plan.parts:
        remark = NOTHING if prepared.change.files else EMPTY
        return _concluded(desk, prepared, Answers(()), (_NO_PORTRAIT, (remark,)), started)
    answers = await ask_parts(llm, prepared.plan, DescribeReply, on_progress)
    on_progress(Progress(Stage.FINISHING))
    whole = await _whole(llm, prepared, answers)
    return _concluded(desk, prepared, answers, whole, started)


_NO_PORTRAIT = Portrait("", ChangeKind.OTHER, (), ())


async def _whole(
    llm: LLM, prepared: PreparedDescription, answers: Answers[DescribeReply]
) -> tuple[Portrait, tuple[str, ...]]:
    """The portrait of the whole change; where it cannot be summed up, that of its parts, and a remark."""
    portraits = [
        read_description(reply, [patch.file for patch in part.batch.patches], prepared.labels)
        for part, reply in answers.said
    ]
    portraits = list(map(masked_portrait, portraits))
    if len(prepared.plan.parts) == 1:
        return portraits[0], ()
    notes = notes_of(portraits)
    prompt = sum_prompt(prepared.shown, prepared.asked, portraits, notes, prepared.labels, reply_schema(SumReply))
    try:
        reply = (await ask(llm, prompt, SumReply, clean=clean)).value
    except ModelError as error:
        return joined(portraits), (f"The descriptions of the parts could not be summed up: {clean(error.message)}",)
    return masked_portrait(read_sum(reply, notes, prepared.labels)), ()


def _concluded(
    desk: Desk,
    prepared: PreparedDescription,
    answers: Answers[DescribeReply],
    whole: tuple[Portrait, tuple[str, ...]],
    started: float,
) -> Description:
    portrait, remarks = whole
    return Description(
        head_sha=prepared.change.pull.head.sha,
        portrait=portrait,
        coverage=answers.coverage(prepared.change, prepared.plan),
        cost=replace(desk.spent(), seconds=time.monotonic() - started),
        models=answers.models,
        deleted=frozenset(each.path for each in prepared.change.files if each.status is FileStatus.DELETED),
        remarks=remarks,
    )


def masked_portrait(portrait: Portrait) -> Portrait:
    """The portrait without anything in its words that looks like a secret."""
    return replace(
        portrait,
        title=clean(portrait.title),
        summary=tuple(map(clean, portrait.summary)),
        concerns=tuple(
            Concern(clean(each.name), tuple(FileNote(file.path, clean(file.text)) for file in each.files))
            for each in portrait.concerns
        ),
    )
