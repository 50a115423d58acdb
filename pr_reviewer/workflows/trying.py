"""TRY: of each idea the best candidate that applies, parses, keeps the rules and is verified.

A candidate that fails makes room for the next. An idea whose candidates have all failed goes back to the model once,
with what was wrong with the best; then it is withheld, with that reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pr_reviewer.findings.conclude import FailedPass
from pr_reviewer.findings.ideas import ImproveReply
from pr_reviewer.findings.offers import offer_of
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.findings import Confidence, Finding, Placed
from pr_reviewer.model.improvements import Idea, Offer, Withheld
from pr_reviewer.plan.later import Failure
from pr_reviewer.workflows.progress import OnProgress
from pr_reviewer.workflows.prose_rules import CallsLeft
from pr_reviewer.workflows.suggesting import Suggester
from pr_reviewer.workflows.verifying import by_batch, verify

NO_CALL = "no model call was left to verify it"
NOT_VERIFIED = "the call that verifies suggestions failed"


@dataclass(frozen=True, slots=True)
class Tried:
    """What can be offered, what cannot, with the reason, and the passes that failed."""

    offers: tuple[Offer, ...]
    withheld: tuple[Withheld, ...]
    failed: tuple[FailedPass, ...]


@dataclass(slots=True)
class _Try:
    """An idea at its place, the candidates that are left, and what was wrong with the best of those that failed."""

    idea: Idea
    placed: Placed
    left: list[str]
    failure: Failure | None = None
    why: str = ""

    def fail(self, failure: Failure) -> None:
        self.failure = self.failure or failure
        self.why = self.why or failure.problem


@dataclass(slots=True)
class Trial:
    """Tries ideas with what a review works with."""

    llm: LLM
    suggester: Suggester
    min_confidence: Confidence
    calls_left: CallsLeft
    on_progress: OnProgress
    _offers: list[Offer] = field(default_factory=list)
    _failed: list[FailedPass] = field(default_factory=list)
    _stopped: str = ""

    async def settle(self, places: Sequence[tuple[Idea, Placed]]) -> Tried:
        """Every idea once: offered, or withheld. No two places have the same fingerprint."""
        tries = {placed.fingerprint: _Try(idea, placed, list(idea.candidates)) for idea, placed in places}
        open_ = tries
        while open_ and not self._stopped:
            applied = {name: placed for name, each in open_.items() if (placed := await self._next(each))}
            open_ = await self._judge({name: open_[name] for name in applied}, applied)
        await self._again([each for each in tries.values() if self._is_open(each)])
        withheld = tuple(_withheld(each, self._stopped) for each in tries.values() if self._is_open(each))
        return Tried(tuple(self._offers), withheld, tuple(self._failed))

    async def _next(self, attempt: _Try) -> Placed | None:
        """The next candidate that code has nothing against."""
        while attempt.left:
            candidate = attempt.left.pop(0)
            finding = replace(attempt.placed.finding, suggestion=candidate)
            if placed := await self._applied(attempt, replace(attempt.placed, finding=finding)):
                return placed
        return None

    async def _applied(self, attempt: _Try, placed: Placed) -> Placed | None:
        result = await self.suggester.applier.check(placed)
        if isinstance(result, Failure):
            attempt.fail(result)
            return None
        attempt.why = attempt.why or result.suggestion_problem
        return result if result.finding.suggestion is not None else None

    async def _judge(self, tries: Mapping[str, _Try], applied: Mapping[str, Placed]) -> dict[str, _Try]:
        """Verify what was applied; what is confirmed is offered, and the others are returned."""
        batches = self.suggester.batches
        if len(by_batch(batches, applied.values())) > self.calls_left():
            self._stopped = NO_CALL
        if self._stopped or not applied:
            return {}
        verified = await verify(
            self.llm,
            self.suggester.inputs,
            batches,
            tuple(applied.values()),
            min_confidence=self.min_confidence,
            on_progress=self.on_progress,
            reply_type=ImproveReply,
        )
        self._failed += verified.failed
        self._stopped = NOT_VERIFIED if verified.failed else ""
        reasons = {_claim(each.finding): each.why for each in verified.dropped}
        held = {each.fingerprint: each for each in verified.placed}
        checked = await self.suggester.hold(tuple(held.values()), verified.answers)
        outcomes = dict(zip(held, checked, strict=True))
        for name, attempt in tries.items():
            placed = applied[name]
            outcome = outcomes.get(placed.fingerprint) or Failure(placed, reasons[_claim(placed.finding)])
            self._settle(attempt, outcome)
        return {name: attempt for name, attempt in tries.items() if self._is_open(attempt)}

    def _settle(self, attempt: _Try, outcome: Placed | Failure) -> None:
        if isinstance(outcome, Failure):
            attempt.fail(outcome)
        elif outcome.finding.suggestion is None:
            attempt.why = attempt.why or outcome.suggestion_problem
        else:
            attempt.placed = outcome
            self._offers.append(offer_of(outcome, attempt.idea))

    async def _again(self, attempts: Sequence[_Try]) -> None:
        """The second and last time: the model is told what was wrong."""
        failures = [attempt.failure for attempt in attempts if attempt.failure]
        if (
            self._stopped
            or len(by_batch(self.suggester.batches, [each.placed for each in failures])) >= self.calls_left()
        ):
            return
        second = await self.suggester.again(failures)
        tries = {attempt.failure.placed.fingerprint: attempt for attempt in attempts if attempt.failure}
        applied = {
            name: placed
            for name, again in second.items()
            if again.finding.suggestion is not None and (placed := await self._applied(tries[name], again))
        }
        await self._judge({name: tries[name] for name in applied}, applied)

    def _is_open(self, attempt: _Try) -> bool:
        return not any(offer.placed is attempt.placed for offer in self._offers)


def _withheld(attempt: _Try, stopped: str) -> Withheld:
    why = attempt.why or stopped
    return Withheld(attempt.placed.finding, why, attempt.placed)


def _claim(finding: Finding) -> tuple[str, str, str, str | None]:
    """What of a finding the verification leaves as it is."""
    return finding.path, finding.quote, finding.title, finding.suggestion
