"""No suggestion against the team's rules: what patterns say of the file with it, and what a model says of each rule.

A hit counts against a suggestion if the file had none like it before. A rule that a model was asked about and did not
answer for is open: never a yes.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.diff.text import display
from pr_reviewer.findings.moved import Rewrite
from pr_reviewer.findings.quotes import plain_lines, squeeze_lines
from pr_reviewer.findings.replies import JudgedReply, RuleCheck
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.code import PatternHit

_LONGEST_REASON = 300
_MARKS = re.compile(r"^[\s`'\"]+|[\s`'\"]+$")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of one suggestion: the ids of rules that it keeps to, and of those that it breaks, with why."""

    kept: frozenset[str] = frozenset()
    broken: tuple[tuple[str, str], ...] = ()

    @property
    def answered(self) -> frozenset[str]:
        """The rules of which it says anything."""
        return self.kept | {rule_id for rule_id, _ in self.broken}

    def joined(self, other: "Answers") -> "Answers":
        """What both say."""
        return Answers(self.kept | other.kept, (*self.broken, *other.broken))


def new_hits(
    rewrite: Rewrite, head_text: str, before: Sequence[PatternHit], after: Sequence[PatternHit]
) -> tuple[PatternHit, ...]:
    """The hits in the rewritten file that the head's file does not have.

    A hit elsewhere may have moved; one within the replaced lines is the same if its own lines are, but for whitespace.
    """
    moved = rewrite.moved
    old, new = _Text(head_text, moved.of_head), _Text(rewrite.text_after, moved.of_result)
    known = Counter(map(old.key, before))
    found = []
    for hit in after:
        key = new.key(hit)
        if not known[key]:
            found.append(hit)
        known[key] -= 1
    return tuple(found)


def missing_checks(reply: JudgedReply, asked: Sequence[Sequence[str]]) -> str | None:
    """What to tell the model that did not answer for each rule of each suggestion; None if it did.

    `asked` are the ids of the rules for each candidate, in the order of their numbers. A candidate that is rejected in
    the same reply needs no answers.
    """
    answers = read_checks(reply, asked)
    rejected = {verdict.candidate for verdict in reply.verdicts if verdict.verdict == "reject"}
    lacking = [
        f"The suggestion of candidate {number} is not checked against {_named(ids, answers[number - 1])}."
        for number, ids in enumerate(asked, start=1)
        if number not in rejected and not answers[number - 1].answered.issuperset(ids)
    ]
    return " ".join(lacking) or None


def read_checks(reply: JudgedReply, asked: Sequence[Sequence[str]]) -> tuple[Answers, ...]:
    """For each candidate, what the reply says of the rules that were asked about; contradictions say nothing."""
    said: dict[tuple[int, str], list[RuleCheck]] = defaultdict(list)
    for check in reply.checks:
        said[check.candidate, _MARKS.sub("", check.rule_id)].append(check)
    return tuple(
        _answers({rule_id: said[number, rule_id] for rule_id in ids if (number, rule_id) in said})
        for number, ids in enumerate(asked, start=1)
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """A version of a file; `place` tells where its lines stand, below 0 for those of a replacement."""

    text: str
    place: Callable[[int], int]

    def key(self, hit: PatternHit) -> Hashable:
        """Equal for hits of both versions that are the same."""
        first, last = self.place(hit.lines.first), self.place(hit.lines.last)
        if first == last < 0:
            return hit.rule_id, tuple(squeeze_lines("\n".join(self._lines(hit.lines))))
        return hit.rule_id, first, last

    def _lines(self, lines: LineRange) -> Sequence[str]:
        return plain_lines(self.text)[lines.first - 1 : lines.last]


def _answers(checks: Mapping[str, Sequence[RuleCheck]]) -> Answers:
    clear = {rule_id: each for rule_id, each in checks.items() if len({check.answer for check in each}) == 1}
    return Answers(
        frozenset(rule_id for rule_id, each in clear.items() if each[0].answer == "keeps"),
        tuple((rule_id, _reason(each[0])) for rule_id, each in clear.items() if each[0].answer == "breaks"),
    )


def _reason(check: RuleCheck) -> str:
    return display(" ".join(check.reasoning.split()))[:_LONGEST_REASON]


def _named(ids: Iterable[str], answers: Answers) -> str:
    return ", ".join(f"`{rule_id}`" for rule_id in ids if rule_id not in answers.answered)
