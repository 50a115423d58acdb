"""`rules test`: what one rule alone would say of whole files, as if every line of them were new.

A pattern is run. A rule without one is judged as in a review, with all other questions answered before they are asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.numbers import Numbers, hunk_at
from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.diff.text import split_lines
from pr_reviewer.diff.unified import unified
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.changes import FileDiff, FileStatus, Line, LineKind, LineRange
from pr_reviewer.model.coverage import CoverageState
from pr_reviewer.model.llm import Prompt, Reply, Task, Usage
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from pr_reviewer.model.review import Review
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.settings.schema.sections import ReviewSettings
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.review import review

_NOTHING = '{"findings": [], "verdicts": [], "checks": [], "repairs": []}'
_HEAD = Revision("working tree", "working-tree")
_NOWHERE = Revision("", "")


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of some lines. `message` is a model's, "" for a pattern."""

    lines: LineRange
    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule says of each file, and sentences about what could not be tried."""

    said: Mapping[str, Sequence[Said]]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewFiles:
    """Files (path → text) as a change that adds them; a `ChangeReader`."""

    texts: Mapping[str, str]
    can_suggest: bool = True

    async def pull_request(self) -> PullRequest:
        """A change of which nothing is known but its files."""
        return PullRequest(PullRequestRef("local", "", 0), "", "", "", _NOWHERE, _HEAD, "")

    async def diff(self, old: str, new: str) -> str:  # noqa: ARG002 there is one diff
        """Every line of every file, added."""
        return "".join(unified(_added(path, text)) for path, text in self.texts.items())

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:
        """The files; before the change there are none."""
        return {path: self.texts[path] for path in paths if path in self.texts} if revision == _HEAD.sha else {}

    async def list_files(self, revision: str) -> tuple[str, ...]:
        """The files' paths."""
        return tuple(self.texts) if revision == _HEAD.sha else ()

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:  # noqa: ARG002
        """No attribute is known."""
        return frozenset()


async def run_pattern(rule: Rule, texts: Mapping[str, str], worker: PatternWorker) -> Trial:
    """The hits of a rule's pattern in files that it governs (path → text)."""
    result = await worker.matches_by_file(texts, dict.fromkeys(texts, (rule,)))
    said = {path: [_hit(hit.lines, texts[path]) for hit in result.hits[path]] for path in texts}
    deaf = result.unchecked if not result.problems else ()
    return Trial(said, (*result.problems, *(f"no pattern can be run on {path}, given its language" for path in deaf)))


async def judge(rule: Rule, desk: Desk, settings: ReviewSettings) -> Trial:
    """What the desk's model says by this rule of the files that the desk's source adds."""
    assert desk.llm is not None  # noqa: S101 the caller looked
    alone = RuleBook((replace(rule, changes=()),))
    outcome = await review(replace(desk, rules=alone, llm=_OnlyRules(desk.llm)), settings, SkipRules())
    said: dict[str, list[Said]] = {file.path: [] for file in outcome.files}
    for placed in (*outcome.review.comments, *outcome.review.folded):
        if placed.finding.rule_id == rule.id:
            said[placed.finding.path].append(Said(placed.lines, placed.quote, placed.finding.message))
    return Trial({path: sorted(each, key=_place) for path, each in said.items()}, tuple(_gaps(outcome.review, rule)))


class _OnlyRules:
    """An `LLM` that answers the search for defects itself: nothing but the rule is asked about."""

    def __init__(self, asked: LLM) -> None:
        self._asked = asked

    async def complete(self, prompt: Prompt) -> Reply:
        """See `LLM`."""
        if prompt.task is Task.REVIEW:
            return Reply(_NOTHING, prompt.models[0], Usage())
        return await self._asked.complete(prompt)


def _gaps(made: Review, rule: Rule) -> Iterator[str]:
    """What was not judged, or only in part, and what stands on no line."""
    for file in made.coverage.files:
        if file.state is not CoverageState.FULL:
            yield f"{file.path}: {file.reason}"
    yield from dict.fromkeys((*made.coverage.notes, *made.failures))
    for each in made.unplaced:
        if each.finding.rule_id == rule.id:
            yield f"{each.finding.path}: “{each.finding.title}” stands on no line: {each.why}"


def _added(path: str, text: str) -> FileDiff:
    lines = split_lines(text)
    last, ends = len(lines), text.endswith("\n")
    added = [
        Line(LineKind.ADDED, line, None, number, ends or number < last) for number, line in enumerate(lines, start=1)
    ]
    return FileDiff(path, FileStatus.ADDED, (hunk_at(Numbers(1, 1), added),) if added else ())


def _hit(lines: LineRange, text: str) -> Said:
    return Said(lines, "\n".join(split_lines(text)[lines.first - 1 : lines.last]))


def _place(said: Said) -> tuple[int, int]:
    return said.lines.first, said.lines.last
