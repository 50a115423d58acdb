"""/improve: read, decide, ask for ideas, try what is proposed, decide. The report is the caller's."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.findings.conclude import FailedPass, assemble_coverage, conclude
from pr_reviewer.findings.ideas import ImproveReply
from pr_reviewer.findings.offers import keep_apart, offer_of, select_offers
from pr_reviewer.findings.standing import LEGACY
from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.masking import mask
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.findings import Finding, Placed
from pr_reviewer.model.improvements import Idea, Impact, Improved, Improvements, Offer, Theme, Withheld
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.plan import ReviewPlan
from pr_reviewer.model.posting import Thread
from pr_reviewer.model.review import Review
from pr_reviewer.model.rules import Quality, RulesApplied
from pr_reviewer.plan.improve import improve_inputs, plan_improve
from pr_reviewer.plan.inputs import PlanInputs
from pr_reviewer.settings.schema.options import comment_options
from pr_reviewer.settings.schema.sections import ImproveSettings, ReviewSettings
from pr_reviewer.workflows.applied import kept_rules
from pr_reviewer.workflows.applying import Applier
from pr_reviewer.workflows.combining import fitting_together, patches_of
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.parts import model_of
from pr_reviewer.workflows.preparing import Prepared, index_of, prepare
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage, nobody
from pr_reviewer.workflows.proposing import Proposed, find_places, propose_ideas
from pr_reviewer.workflows.suggesting import Suggester
from pr_reviewer.workflows.trying import Trial

HELP = CommandHelp(
    CommandName.IMPROVE,
    "Suggest changes that can be committed with one click; each is applied, parsed and verified first.",
    options=comment_options("improve"),
)
DISMISSED = "a suggestion for these lines was posted before, and its thread is resolved"
OPEN = "another suggestion for these lines is open already"
TOO_SMALL = "its impact is below improve.min_impact"


async def improve(
    desk: Desk,
    review: ReviewSettings,
    settings: ImproveSettings,
    skip: SkipRules,
    on_progress: OnProgress = nobody,
    *,
    threads: Sequence[Thread] = (),
) -> Improved:
    """Suggest improvements of a change. `threads` are ours on the pull request: what stands there is not tried again.

    A model call that fails for good costs its part of the change, and the outcome says so. Raises UsageError where
    there is no model, and what `read_change` raises.
    """
    started = time.monotonic()
    llm = model_of(desk, "/improve")
    prepared = await prepare_improve(desk, review, skip, on_progress)
    wish = _Wish(prepared, settings.min_impact)
    proposed = await propose_ideas(llm, prepared, on_progress)
    trial = _trial(desk, llm, prepared, review, on_progress)
    places = find_places(prepared, trial.suggester.index, proposed.ideas, wish.why_unwanted)
    said = await _said_before(trial.suggester.applier, places.placed, threads)
    tried = await trial.settle(said.others)
    on_progress(Progress(Stage.FINISHING))
    wanted = wish.select(tried.offers)
    apart = keep_apart((*said.offers, *wanted.offers))
    fitting = await fitting_together(trial.suggester.applier, apart.offers)
    selection = select_offers(fitting.offers, settings.max_suggestions)
    stages = (proposed, places, said, tried, wanted, apart, fitting)
    cost = replace(desk.spent(), seconds=time.monotonic() - started)
    improvements = Improvements(
        review=_concluded(prepared, proposed, (*proposed.failed, *tried.failed), fitting.offers, cost),
        offers=selection.offers,
        folded=selection.folded,
        withheld=tuple(each for stage in stages for each in stage.withheld),
        standing=frozenset(offer.name for offer in said.offers),
    )
    return Improved(improvements, prepared.change.files, patches_of(prepared.change.heads, selection.offers))


async def prepare_improve(
    desk: Desk, review: ReviewSettings, skip: SkipRules, on_progress: OnProgress = nobody
) -> Prepared:
    """Read the change, check what code can check, and plan what to ask: all that needs no model."""
    return await prepare(desk, review, skip, on_progress, _plan)


def rules_to_keep(prepared: Prepared) -> RulesApplied:
    """Which rules each suggestion would be held against."""
    book = prepared.governing.book
    by_file = kept_rules(prepared.governing, prepared.checked.matched)
    return RulesApplied(by_file, prepared.rule_changes, (), book.problems, book.unread, book.standing)


def _plan(inputs: PlanInputs) -> tuple[PlanInputs, ReviewPlan]:
    improving = improve_inputs(inputs, reply_schema(ImproveReply))
    return improving, plan_improve(improving)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Offers, and what is not wanted in this repository once its true impact is known."""

    offers: tuple[Offer, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is wanted of improvements in this repository."""

    prepared: Prepared
    min_impact: Impact

    def why_unwanted(self, idea: Idea) -> str:
        """Why an idea is not pursued; "" if it is."""
        return self._why(idea.finding, idea.theme)

    def select(self, offers: Sequence[Offer]) -> _Wanted:
        """A verification that lowers an impact may take an offer below the bar."""
        why = {offer.name: self._why(offer.placed.finding, offer.theme) for offer in offers}
        return _Wanted(
            tuple(offer for offer in offers if not why[offer.name]),
            tuple(Withheld(each.placed.finding, why[each.name], each.placed) for each in offers if why[each.name]),
        )

    def _why(self, finding: Finding, theme: Theme) -> str:
        if not finding.severity.reaches(self.min_impact.severity):
            return TOO_SMALL
        governing = self.prepared.governing
        standing = governing.standing
        if theme.is_style and standing.standing.quality is Quality.LEGACY and not standing.keeps_style:
            return LEGACY
        return standing.why_not_raised(finding, governing.rules.get(finding.path, {}).get(finding.rule_id or ""))


@dataclass(frozen=True, slots=True)
class _SaidBefore:
    """Ideas of which a candidate stands in one of our threads, as offers or dismissed, and the others."""

    offers: tuple[Offer, ...]
    withheld: tuple[Withheld, ...]
    others: tuple[tuple[Idea, Placed], ...]


async def _said_before(
    applier: Applier, places: Sequence[tuple[Idea, Placed]], threads: Sequence[Thread]
) -> _SaidBefore:
    """A suggestion that stands is not verified again, and nothing else is proposed for its place.

    A model says the same in other words: so what is open keeps all else from its lines, and what was dismissed from
    exactly the same.
    """
    posted = [thread for thread in threads if thread.is_suggestion]
    known = {thread.fingerprint: thread for thread in posted}
    offers, withheld, others = [], [], []
    for idea, placed in places:
        offer = await _standing_offer(applier, idea, placed, known) if known else None
        if offer is None and (why := _why_taken(placed, posted)):
            withheld.append(Withheld(idea.finding, why, placed))
        elif offer is None:
            others.append((idea, placed))
        elif known[offer.name].is_resolved:
            withheld.append(Withheld(idea.finding, DISMISSED, placed))
        else:
            offers.append(offer)
    return _SaidBefore(tuple(offers), tuple(withheld), tuple(others))


def _why_taken(placed: Placed, posted: Iterable[Thread]) -> str:
    """Why nothing is proposed for these lines, as something was; "" for lines that are free."""
    there = [each for each in posted if each.lines and mask(each.path).text == placed.finding.path]
    if any(each.lines == placed.lines for each in there if each.is_resolved):
        return DISMISSED
    is_open = any(each.lines and each.lines.overlaps(placed.lines) for each in there if not each.is_resolved)
    return OPEN if is_open else ""


async def _standing_offer(applier: Applier, idea: Idea, placed: Placed, known: Mapping[str, Thread]) -> Offer | None:
    """The first candidate that stands, as it would be applied now."""
    for candidate in idea.candidates:
        checked = await applier.check(replace(placed, finding=replace(placed.finding, suggestion=candidate)))
        offer = offer_of(checked, idea) if isinstance(checked, Placed) else None
        if offer and offer.name in known and offer.placed.finding.suggestion is not None:
            return offer
    return None


def _trial(desk: Desk, llm: LLM, prepared: Prepared, review: ReviewSettings, on_progress: OnProgress) -> Trial:
    checked = prepared.checked

    def calls_left() -> int:
        return review.max_model_calls - desk.spent().calls

    suggester = Suggester(
        Applier(prepared.change, desk.worker, prepared.governing, checked.syntax, checked.matched),
        index_of(prepared),
        prepared.inputs,
        prepared.plan.batches,
        on_progress,
        llm,
        calls_left,
        ImproveReply,
    )
    return Trial(llm, suggester, review.min_confidence, calls_left, on_progress)


def _concluded(
    prepared: Prepared, proposed: Proposed, failed: Sequence[FailedPass], offers: Sequence[Offer], cost: Cost
) -> Review:
    """How the work went, as a review says it."""
    change, plan = prepared.change, prepared.plan
    coverage = assemble_coverage(
        change.files,
        skipped=(*change.skipped, *plan.skipped),
        batches=[batch.batch for batch in plan.batches],
        failed=failed,
        notes=prepared.notes,
    )
    placed = tuple(offer.placed for offer in offers)
    return Review(
        base_sha=change.pull.merge_base_sha,
        head_sha=change.pull.head.sha,
        conclusion=conclude(placed, coverage, calls=proposed.asked, failed_calls=proposed.lost),
        comments=placed,
        folded=(),
        unplaced=(),
        dropped=(),
        coverage=coverage,
        cost=cost,
        failures=tuple(dict.fromkeys(failure.why for failure in failed)),
        models=proposed.models,
    )
