"""A review before anything is asked: read the change, check what code can check, plan what to ask."""

from collections.abc import Callable
from dataclasses import dataclass

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.diff.text import split_lines
from pr_reviewer.findings.conclude import assemble_coverage
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.replies import BatchReply, ConsolidateReply
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.plan import ReviewPlan
from pr_reviewer.model.rules import RuleChange, RulesApplied
from pr_reviewer.plan.inputs import ChangedFile, PlanInputs
from pr_reviewer.plan.review import plan_review
from pr_reviewer.settings.schema.sections import ReviewSettings
from pr_reviewer.workflows.applied import applied_rules
from pr_reviewer.workflows.checking import Checked, check_change
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.governing import Governing
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage, nobody
from pr_reviewer.workflows.reading import Change, read_change
from pr_reviewer.workflows.rulebook import rule_changes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A review before anything is asked: what changed, what code found, and the plan."""

    change: Change
    governing: Governing
    rule_changes: tuple[RuleChange, ...]
    checked: Checked
    inputs: PlanInputs
    plan: ReviewPlan

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, beside files: each leaves the review incomplete."""
        unread = (each for each in self.governing.book.unread if not each.is_expected)
        lost = (f"the rules of {each.origin} were not read: {each.why}" for each in unread)
        return (*lost, *self.plan.notes, *self.checked.notes)


Planning = Callable[[PlanInputs], tuple[PlanInputs, ReviewPlan]]
"""What a review could be planned with → what the command is planned with, and its plan."""


def _plan(inputs: PlanInputs) -> tuple[PlanInputs, ReviewPlan]:
    return inputs, plan_review(inputs)


async def prepare(
    desk: Desk, settings: ReviewSettings, skip: SkipRules, on_progress: OnProgress = nobody, planning: Planning = _plan
) -> Prepared:
    """Read the change, check what code can check, and plan what to ask: all that needs no model."""
    on_progress(Progress(Stage.READING))
    change = await read_change(desk.source, skip)
    paths = {path for file in change.files for path in (file.path, file.old_path) if path is not None}
    changes = await rule_changes(desk.source, change.pull, paths, desk.rules, desk.foreign)
    on_progress(Progress(Stage.CHECKING))
    governing = Governing.of(change, desk.rules, keeps_style=desk.legacy_style)
    checked = await check_change(change, governing, desk.worker)
    on_progress(Progress(Stage.PLANNING))
    inputs, plan = planning(_plan_inputs(desk, settings, change, checked, governing))
    return Prepared(change, governing, changes, checked, inputs, plan)


def first_pass_coverage(prepared: Prepared) -> Coverage:
    """What the first pass would cover if every call were answered."""
    batches = [batch.batch for batch in prepared.plan.batches]
    skipped = (*prepared.change.skipped, *prepared.plan.skipped)
    return assemble_coverage(prepared.change.files, skipped=skipped, batches=batches, notes=prepared.notes)


def first_pass_rules(prepared: Prepared) -> RulesApplied:
    """Which rules would be applied to which files if every call were answered."""
    book = prepared.governing.book
    by_file = applied_rules(prepared.governing, prepared.checked.matched, prepared.plan.batches, ())
    return RulesApplied(by_file, prepared.rule_changes, (), book.problems, book.unread, book.standing)


def index_of(prepared: Prepared) -> ChangeIndex:
    """The change, prepared for looking up quotes."""
    change = prepared.change
    return ChangeIndex(change.files, heads=change.masked_heads(), definitions=prepared.checked.definitions)


def _plan_inputs(
    desk: Desk, settings: ReviewSettings, change: Change, checked: Checked, governing: Governing
) -> PlanInputs:
    return PlanInputs(
        pull=change.pull,
        files=tuple(_changed_file(file, change, checked, governing) for file in change.reviewed),
        models=desk.models,
        max_model_calls=settings.max_model_calls,
        counter=desk.counter,
        templates=desk.templates,
        reply=reply_schema(BatchReply),
        consolidate_reply=reply_schema(ConsolidateReply),
        standing=desk.rules.standing,
    )


def _changed_file(file: FileDiff, change: Change, checked: Checked, governing: Governing) -> ChangedFile:
    text = change.heads.get(file.path)
    lines = tuple(split_lines(text.masked.text)) if text else ()
    scopes = tuple(definition.lines for definition in checked.definitions.get(file.path, ()))
    return ChangedFile(file, lines, scopes, governing.of_file(file.path), governing.silent[file.path])
