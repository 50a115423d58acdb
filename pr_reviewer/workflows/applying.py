"""What code alone says of a suggestion: whether it applies, parses, and keeps to the rules that have a pattern."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pr_reviewer.diff.text import split_lines
from pr_reviewer.findings.forbid import new_hits
from pr_reviewer.findings.moved import Rewrite
from pr_reviewer.findings.refused import Refused
from pr_reviewer.findings.suggest import judge, propose, without_suggestion
from pr_reviewer.model.code import SyntaxProblem
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.worker import PatternResult, PatternWorker
from pr_reviewer.plan.later import Failure
from pr_reviewer.report.amounts import listed
from pr_reviewer.rules.ignore import find_ignores
from pr_reviewer.workflows.governing import Governing, language
from pr_reviewer.workflows.reading import Change

_MOST_NAMED = 3
ONLY_A_DIFF = "Only a diff was given, so the suggestion could not be checked against the file."
SILENCES = "The suggestion silences a rule with a comment; it must keep to the team's rules instead."


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a file must not become so: the rules that it breaks, if any; `is_open`: nobody could tell."""

    problem: str
    broken: tuple[Rule, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Applier:
    """Checks suggestions against the head, alone and together.

    `syntax` is what the parser says of each head file, None: nothing; `matched` what patterns say of them.
    """

    change: Change
    worker: PatternWorker
    governing: Governing
    syntax: Mapping[str, tuple[SyntaxProblem, ...] | None]
    matched: PatternResult

    async def check(self, placed: Placed) -> Placed | Failure:
        """The finding as it will be shown, or why its suggestion cannot be committed."""
        if placed.finding.suggestion is None:
            return placed
        if not self.change.can_suggest:
            return without_suggestion(placed, ONLY_A_DIFF)
        head = self.change.heads.get(placed.finding.path)
        proposal = propose(placed, head.raw if head else None, head.masked.lines if head else frozenset())
        if isinstance(proposal, Refused):
            return Failure(placed, proposal.problem)
        objection = await self.objection(proposal.path, proposal)
        if objection is None:
            return proposal.placed
        if objection.is_open:
            return without_suggestion(proposal.placed, objection.problem)
        return Failure(proposal.placed, objection.problem, objection.broken)

    async def objection(self, path: str, rewrite: Rewrite) -> Objection | None:
        """What the parser, comments that silence rules, or patterns hold against a file with suggestions."""
        after = await self.worker.syntax_errors({path: rewrite.text_after})
        if problem := judge(rewrite, self.syntax.get(path), after[path]):
            return Objection(problem)
        head = self.change.heads.get(path)
        head_text = head.raw if head else ""
        if head and self._silences(path, head_text, rewrite.text_after):
            return Objection(SILENCES)
        return await self._by_patterns(path, head_text, rewrite)

    async def _by_patterns(self, path: str, head_text: str, rewrite: Rewrite) -> Objection | None:
        """A pattern that could not be tried on the result is no yes: then there is nothing to commit."""
        rules = {rule.id: rule for rule in self.governing.of_file(path)}
        result = await self.worker.matches_by_file({path: rewrite.text_after}, {path: tuple(rules.values())})
        hits = new_hits(rewrite, head_text, self.matched.hits.get(path, ()), result.hits[path])
        broken = tuple(dict.fromkeys(rules[hit.rule_id] for hit in hits))
        if broken:
            return Objection(f"The suggestion breaks {_listed(broken)}.", broken)
        untried = _untried(result, path, rules)
        return Objection(unchecked(untried), is_open=True) if untried else None

    def _silences(self, path: str, head_text: str, text_after: str) -> bool:
        """Whether a comment that silences rules stands in the rewritten file, and did not before."""
        spoken = language(self.change, path)
        before, after = (
            Counter(rule_id for each in find_ignores(split_lines(text), spoken) for rule_id in each.rule_ids)
            for text in (head_text, text_after)
        )
        return not after <= before


def named(rule: Rule) -> str:
    """A rule in a sentence."""
    return f"the rule {_title(rule)}"


def unchecked(rules: tuple[Rule, ...]) -> str:
    """Why a suggestion is not offered that nobody could hold against rules."""
    return f"It could not be checked whether the suggestion keeps to {_listed(rules)}."


def _listed(rules: tuple[Rule, ...]) -> str:
    """`the rule a (A)`, `the rules a (A), b (B), c (C) and 9 more`: a sentence has room for a few."""
    if len(rules) == 1:
        return named(rules[0])
    more = [f"{len(rules) - _MOST_NAMED} more"] if len(rules) > _MOST_NAMED else []
    return f"the rules {listed([*map(_title, rules[:_MOST_NAMED]), *more])}"


def _title(rule: Rule) -> str:
    return f"`{rule.id}` ({rule.title})"


def _untried(result: PatternResult, path: str, rules: Mapping[str, Rule]) -> tuple[Rule, ...]:
    """The rules whose patterns hung or crashed; one whose pattern is none in this language, or without one, is not."""
    ids = result.unchecked.get(path, frozenset()) - result.refused.get(path, frozenset())
    return tuple(rules[rule_id] for rule_id in sorted(ids))
