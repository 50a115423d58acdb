"""Show a change part by part: what /describe and /ask have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from pr_reviewer.diff.text import split_lines
from pr_reviewer.findings.conclude import FailedPass, assemble_coverage
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.errors import ModelError, UsageError
from pr_reviewer.model.llm import Prompt, Task
from pr_reviewer.plan.inputs import ChangedFile
from pr_reviewer.plan.parts import Part, PartsPlan, Shown
from pr_reviewer.workflows.asking import clean
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage
from pr_reviewer.workflows.reading import Change
from pr_reviewer.workflows.together import together

T = TypeVar("T", bound=BaseModel)

_CUT = "the reply was cut off twice, and only its complete entries were read"


@dataclass(frozen=True, slots=True)
class PartAnswer(Generic[T]):
    """What a model said of a part; None and the reason where it said nothing."""

    part: Part
    value: T | None = None
    models: tuple[str, ...] = ()
    failed: tuple[FailedPass, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers(Generic[T]):
    """What was said of each part, in order."""

    answers: tuple[PartAnswer[T], ...]

    @property
    def models(self) -> tuple[str, ...]:
        """The models that answered."""
        return tuple(dict.fromkeys(name for each in self.answers for name in each.models))

    @property
    def said(self) -> list[tuple[Part, T]]:
        """The parts of which something was said."""
        return [(each.part, each.value) for each in self.answers if each.value is not None]

    def coverage(self, change: Change, plan: PartsPlan) -> Coverage:
        """Every changed file, with the reason where it was not shown or nothing was said of it."""
        failed = [failure for each in self.answers for failure in each.failed]
        skipped = (*change.skipped, *plan.skipped)
        return assemble_coverage(change.files, skipped=skipped, batches=plan.batches, failed=failed)


async def shown_of(desk: Desk, change: Change, max_model_calls: int, *, is_wide: bool) -> Shown:
    """The change as parts are made from it; `is_wide`: with as much of the files around it as there is room for."""
    heads = {path: text.raw for path, text in change.heads.items()} if is_wide else {}
    definitions = await desk.worker.outline(heads)
    files = tuple(
        ChangedFile(
            file,
            tuple(split_lines(change.heads[file.path].masked.text)) if file.path in heads else (),
            tuple(definition.lines for definition in definitions.get(file.path, ())),
        )
        for file in change.reviewed
    )
    return Shown(change.pull, files, max_model_calls, desk.counter, desk.templates)


async def ask_parts(llm: LLM, plan: PartsPlan, reply: type[T], on_progress: OnProgress) -> Answers[T]:
    """Ask about every part at once. One that fails for good costs that part; where all fail, the first error counts."""
    done, total = 0, len(plan.parts)
    errors: list[ModelError] = []

    async def one(part: Part) -> PartAnswer[T]:
        nonlocal done
        try:
            answer = await ask(llm, part.prompt, reply, clean=clean)
        except ModelError as error:
            errors.append(error)
            return PartAnswer(part, failed=(FailedPass(part.batch, Task.REVIEW, error.message),))
        finally:
            done += 1
            on_progress(Progress(Stage.ASKING, done, total))
        models = tuple(each.model for each in answer.replies)
        cut = (FailedPass(part.batch, Task.REVIEW, _CUT, is_total=False),) if answer.is_partial else ()
        return PartAnswer(part, answer.value, models, cut)

    on_progress(Progress(Stage.ASKING, 0, total))
    answers = await together(map(one, plan.parts))
    if errors and len(errors) == total:
        raise errors[0]
    return Answers(tuple(answers))


def model_of(desk: Desk, command: str) -> LLM:
    """The model to ask. Raises UsageError where there is none."""
    if desk.llm is None:
        raise UsageError(
            f"{command} needs a model, and none is set",
            hint="Set OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint of your own.",
        )
    return desk.llm


def first_coverage(change: Change, plan: PartsPlan) -> Coverage:
    """What would be covered if every call were answered."""
    return assemble_coverage(change.files, skipped=(*change.skipped, *plan.skipped), batches=plan.batches)


def prompts_of(plan: PartsPlan) -> Sequence[Prompt]:
    """What is sent first."""
    return [part.prompt for part in plan.parts]
