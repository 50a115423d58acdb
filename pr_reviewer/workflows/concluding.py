"""What a review has to say → the review, with its coverage, its conclusion and the rules that it applied."""

from dataclasses import dataclass

from pr_reviewer.findings.conclude import FailedPass, assemble_coverage, conclude
from pr_reviewer.findings.select import select
from pr_reviewer.model.findings import Dropped, Placed, Unplaced
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.review import Review
from pr_reviewer.model.rules import RulesApplied, Silenced
from pr_reviewer.plan.standing import successor_remark
from pr_reviewer.settings.schema.sections import ReviewSettings
from pr_reviewer.workflows.applied import applied_rules
from pr_reviewer.workflows.preparing import Prepared

ONLY_A_DIFF = "Only a diff was given: there is less context, nothing was parsed, and no suggestion can be committed."


@dataclass(frozen=True, slots=True)
class Said:
    """What a review has to say, in its order."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    dropped: tuple[Dropped, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    failed: tuple[FailedPass, ...] = ()
    unapplied: frozenset[tuple[str, str]] = frozenset()
    asked: int = 0
    lost: int = 0
    models: tuple[str, ...] = ()
    is_model_asked: bool = True


def concluded(prepared: Prepared, said: Said, settings: ReviewSettings, cost: Cost) -> Review:
    """Put together what a review says, with what it covered, what it cost and what it did with rules."""
    change, plan = prepared.change, prepared.plan
    coverage = assemble_coverage(
        change.files,
        skipped=(*change.skipped, *plan.skipped),
        batches=[batch.batch for batch in plan.batches],
        failed=said.failed,
        is_model_asked=said.is_model_asked,
        notes=prepared.notes,
    )
    selection = select(said.placed, settings.max_comments)
    return Review(
        base_sha=change.pull.merge_base_sha,
        head_sha=change.pull.head.sha,
        conclusion=conclude((*said.placed, *said.unplaced), coverage, calls=said.asked, failed_calls=said.lost),
        comments=selection.comments,
        folded=selection.folded,
        unplaced=said.unplaced,
        dropped=said.dropped,
        coverage=coverage,
        cost=cost,
        failures=tuple(dict.fromkeys(failure.why for failure in said.failed)),
        models=said.models,
        remarks=_remarks(prepared),
        rules=_rules_applied(prepared, said),
    )


def _remarks(prepared: Prepared) -> tuple[str, ...]:
    change, standing = prepared.change, prepared.governing.book.standing
    remarks = ("" if change.can_suggest else ONLY_A_DIFF, successor_remark(standing, change.reviewed))
    return tuple(filter(None, remarks))


def _rules_applied(prepared: Prepared, said: Said) -> RulesApplied:
    book = prepared.governing.book
    by_file = applied_rules(
        prepared.governing,
        prepared.checked.matched,
        prepared.plan.batches if said.is_model_asked else (),
        said.unapplied,
    )
    return RulesApplied(by_file, prepared.rule_changes, said.silenced, book.problems, book.unread, book.standing)
