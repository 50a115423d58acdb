"""What the verification says of each candidate, and what follows.

Candidates are numbered from 1 in the order in which they were shown. A verdict that is missing, contradicts itself or
proves nothing is no verdict: it is asked for again, and a candidate that still has none is not raised, and said to be
unverified. Nothing that a model says here makes a finding severer, and how severe it is to break a rule is the team's
word.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.text import display
from pr_reviewer.findings.merge import keep_best
from pr_reviewer.findings.quotes import is_elision, plain_lines, readings, squeeze, without_number
from pr_reviewer.findings.replies import JudgedReply, Verdict
from pr_reviewer.model.changes import Side
from pr_reviewer.model.findings import Confidence, Dropped, Origin, Placed, Severity

_SHORTEST_PROOF = 6  # characters without whitespace, unless it is a whole line
_LONGEST_REASON = 500
_LONGEST_SAID = 2_000
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Verified:
    """What is raised, in the order of the candidates, what is not, and which candidates stayed without a verdict.

    An unverified candidate is among the dropped too; the review is not complete then.
    """

    placed: tuple[Placed, ...]
    dropped: tuple[Dropped, ...]
    unverified: tuple[Placed, ...]


def needs_verdict(placed: Placed) -> bool:
    """Whether a model must confirm a finding; what code found is certain."""
    return placed.finding.origin is Origin.MODEL


def missing_verdicts(reply: JudgedReply, candidates: Sequence[Placed], shown: str) -> str | None:
    """What to tell the model that left candidates without a verdict; None if each has exactly one.

    `shown` is the code that the model saw and nothing else: not its own candidates, in which anything can stand.
    """
    problems = _problems(_by_candidate(reply), candidates, _Shown(shown))
    return " ".join(f"Candidate {number} {problem}." for number, problem in problems.items()) or None


def apply_verdicts(
    reply: JudgedReply, candidates: Sequence[Placed], shown: str, min_confidence: Confidence = Confidence.LOW
) -> Verified:
    """Raise what is confirmed, at no more than its claimed severity; merge what is about the same defect."""
    verdicts = _by_candidate(reply)
    problems = _problems(verdicts, candidates, _Shown(shown))
    raised: dict[int, Placed] = {}
    dropped: list[Dropped] = []
    for number, candidate in enumerate(candidates, start=1):
        if not needs_verdict(candidate):
            raised[number] = candidate
        elif number in problems:
            dropped.append(_not_proven(candidate, f"it {problems[number]}"))
        else:
            judged = replace(_judged(candidate, verdicts[number][0]), verification=_said(verdicts[number][0]))
            why = _why_dropped(judged, verdicts[number][0], min_confidence)
            raised |= {} if why else {number: judged}
            dropped += [Dropped(judged.finding, why)] if why else []
    merged = keep_best(_same_defects(raised, verdicts))
    unverified = tuple(candidates[number - 1] for number in problems)
    return Verified(merged.placed, (*dropped, *merged.dropped), unverified)


def leave_unverified(candidates: Sequence[Placed], why: str) -> Verified:
    """What becomes of candidates whose verification failed for good: only what code found is raised."""
    unverified = tuple(filter(needs_verdict, candidates))
    certain = tuple(candidate for candidate in candidates if not needs_verdict(candidate))
    return Verified(certain, tuple(_not_proven(candidate, why) for candidate in unverified), unverified)


class _Shown:
    """Code that a model saw, with or without line numbers and markers, as it can be quoted."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        unnumbered = [without_number(line) for line in lines]
        views = (lines, unnumbered, [line[1:] for line in unnumbered])
        self._lines = {squeeze(line) for view in views for line in view}
        self._text = "\n".join(map(squeeze, lines))

    def holds(self, proof: str) -> bool:
        """Whether every line of the proof stands here, at least one of them more than brackets."""
        return any(
            all(map(self._holds_line, lines)) and any(map(_WORD.search, lines))
            for side in Side
            for lines in map(_code_lines, readings(proof, side))
        )

    def _holds_line(self, line: str) -> bool:
        return line in self._lines or (len(line) >= _SHORTEST_PROOF and line in self._text)


def _code_lines(proof: str) -> list[str]:
    return [squeeze(line) for line in plain_lines(proof) if squeeze(line) and not is_elision(line)]


def _by_candidate(reply: JudgedReply) -> Mapping[int, Sequence[Verdict]]:
    verdicts: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in reply.verdicts:
        verdicts[verdict.candidate].append(verdict)
    return dict(verdicts)


def _problems(verdicts: Mapping[int, Sequence[Verdict]], candidates: Sequence[Placed], shown: _Shown) -> dict[int, str]:
    """For each candidate without a verdict that counts: what is wrong."""
    problems = {
        number: _problem(verdicts.get(number, ()), shown)
        for number, candidate in enumerate(candidates, start=1)
        if needs_verdict(candidate)
    }
    return {number: problem for number, problem in problems.items() if problem}


def _problem(verdicts: Sequence[Verdict], shown: _Shown) -> str:
    if not verdicts:
        return "has no verdict"
    if len({verdict.verdict for verdict in verdicts}) > 1:
        return "has verdicts that contradict each other"
    if verdicts[0].verdict != "reject" and not any(map(shown.holds, verdicts[0].proof)):
        return "has no proof that stands in the code shown: copy the deciding lines exactly"
    return ""


def _judged(candidate: Placed, verdict: Verdict) -> Placed:
    """The candidate as sure and as severe as the verdict says, never severer than it was; a rule's severity stays."""
    if candidate.finding.rule_id is not None:
        return replace(candidate, finding=replace(candidate.finding, confidence=Confidence(verdict.confidence)))
    claimed = candidate.finding.severity.rank
    least = claimed + 1 if verdict.verdict == "lower" else claimed
    rank = min(max(least, Severity(verdict.severity).rank), Severity.NOTE.rank)
    finding = replace(candidate.finding, severity=list(Severity)[rank], confidence=Confidence(verdict.confidence))
    return replace(candidate, finding=finding)


def _said(verdict: Verdict) -> str:
    """What the verification found the code to do, in one line."""
    return display(" ".join(verdict.reasoning.split()))[:_LONGEST_SAID]


def _why_dropped(judged: Placed, verdict: Verdict, min_confidence: Confidence) -> str:
    if verdict.verdict == "reject":
        return f"rejected: {display(' '.join(verdict.reasoning.split()))[:_LONGEST_REASON]}"
    if judged.finding.confidence.rank > min_confidence.rank:
        return f"the confidence is {judged.finding.confidence}, below {min_confidence}"
    return ""


def _not_proven(candidate: Placed, why: str) -> Dropped:
    return Dropped(candidate.finding, f"not proven: {why}")


def _same_defects(raised: Mapping[int, Placed], verdicts: Mapping[int, Sequence[Verdict]]) -> list[list[Placed]]:
    """The raised candidates, those together of which the verification says that they are about one defect."""
    group_of = {number: [number] for number in raised}
    for number in raised:
        other = verdicts[number][0].duplicate_of if number in verdicts else None
        if other in group_of and group_of[other] is not group_of[number]:
            group_of[other] += group_of[number]
            group_of |= dict.fromkeys(group_of[number], group_of[other])
    groups = {min(group): sorted(group) for group in group_of.values()}
    return [[raised[number] for number in groups[first]] for first in sorted(groups)]
