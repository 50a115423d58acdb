"""What a model says could be better, and what of it makes sense: a goal for each place, and ways to reach it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pr_reviewer.findings.read import ReadFindings, RuleOf, no_rules, read_findings, speaks_of_removal
from pr_reviewer.findings.replies import (
    BatchReply,
    CategoryWord,
    FoundFinding,
    JudgedReply,
    Number,
    OptionalName,
    Repairs,
    Reply,
    RuleChecks,
    Verdicts,
    listed,
    word,
)
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.findings import Dropped
from pr_reviewer.model.improvements import Idea, Impact, Theme

_MOST_PLACES = 60  # of one reply
_MOST_CANDIDATES = 3
_LONGEST_NAME = 80
_IMPACTS = {
    "high": ("critical", "major", "large"),
    "medium": ("moderate", "normal"),
    "low": ("minor", "small", "trivial"),
}
_THEMES = {
    "correctness": ("bug", "logic"),
    "security": ("vulnerability",),
    "performance": ("perf", "efficiency"),
    "robustness": ("error-handling", "reliability", "safety"),
    "simplicity": ("simplification", "maintainability", "duplication", "clean-code"),
    "readability": ("naming", "style", "clarity", "documentation"),
    "rule": ("best-practice", "best-practices", "rules"),
}
_CATEGORIES: dict[Theme, CategoryWord] = {
    Theme.SECURITY: "security",
    Theme.PERFORMANCE: "performance",
    Theme.ROBUSTNESS: "error-handling",
}

ImpactWord = Annotated[Literal["high", "medium", "low"], BeforeValidator(word(_IMPACTS))]
ThemeWord = Annotated[
    Literal["correctness", "security", "performance", "robustness", "simplicity", "readability", "rule"],
    BeforeValidator(word(_THEMES)),
]


class Candidate(Reply):
    """One way to reach the goal."""

    approach: str = Field(description="What this way does differently from the code as it is, in one sentence.")
    risk: str = Field(description="What it could break or cost, after looking at the code around it; or why nothing.")
    suggestion: str = Field(
        description="Complete code that replaces exactly the quoted lines, with their indentation, without fences or "
        'line numbers; "" removes them.'
    )


class Place(Reply):
    """Some lines that could be better."""

    may_be_absent = frozenset({"rule_id", "idea", "first_line", "last_line", "ranking", "candidates"})

    path: str = Field(description="The file's path, exactly as the diff's heading gives it.")
    quote: str = Field(
        description="The lines that every candidate replaces, copied exactly, whole consecutive lines without line "
        "numbers or +/- signs: as few as the goal needs."
    )
    first_line: Number = Field(description="The number of the quote's first line.")
    last_line: Number = Field(description="The number of the quote's last line.")
    why: str = Field(description="What the code does now and what follows from it, in one to three plain sentences.")
    goal: str = Field(description="What is better afterwards, in one line of at most 80 characters, no full stop.")
    candidates: Annotated[list[Candidate], BeforeValidator(listed)] = Field(
        description="Two or three different ways to reach the goal."
    )
    ranking: Annotated[list[int], BeforeValidator(listed)] = Field(
        description="The numbers of the candidates, from 1, best first: surest to be right, then simplest."
    )
    theme: ThemeWord = Field(description="What the goal is about.")
    impact: ImpactWord = Field(
        description='"high": users or operators would notice; "medium": the team would; "low": nice to have.'
    )
    rule_id: OptionalName = Field(description="The id of the team's rule that the goal is to keep, else null.")
    idea: OptionalName = Field(
        description="Where the same idea applies to several places: a short name, the same for each of them; else null."
    )


class ImproveReply(JudgedReply):
    """One schema for all passes of /improve over a batch, so that they share a cached prefix."""

    may_be_absent = frozenset({"places", "verdicts", "checks", "repairs"})

    places: Annotated[list[Place], BeforeValidator(listed)] = Field(
        description="Places that could be better, when asked to improve; else empty. Empty is a good answer."
    )
    verdicts: Verdicts
    checks: RuleChecks
    repairs: Repairs


@dataclass(frozen=True, slots=True)
class ReadIdeas:
    """What one reply proposes, and what of it makes no sense."""

    ideas: tuple[Idea, ...]
    dropped: tuple[Dropped, ...]


def read_ideas(reply: ImproveReply, files: Iterable[FileDiff], rule_of: RuleOf = no_rules) -> ReadIdeas:
    """Read the places of a reply about `files`; nothing is lost without a reason.

    Candidates come in the order of their ranking; what the ranking leaves out follows in the reply's own order. An
    idea to keep a rule has the impact that the team gives the rule.
    """
    files = tuple(files)
    ideas: list[Idea] = []
    dropped: list[Dropped] = []
    for number, place in enumerate(reply.places):
        read = _read(place, files, rule_of)
        dropped += read.dropped
        for finding in read.findings:
            theme = Theme.RULE if finding.rule_id else _theme(place)
            name = " ".join((place.idea or "").split())[:_LONGEST_NAME]
            idea = Idea(finding, theme, name, _candidates(place))
            if number >= _MOST_PLACES:
                dropped.append(Dropped(finding, f"the reply holds more than {_MOST_PLACES} places"))
            elif not idea.candidates:
                dropped.append(Dropped(finding, "it has no candidate"))
            else:
                ideas.append(idea)
    return ReadIdeas(tuple(ideas), tuple(dropped))


def _read(place: Place, files: Sequence[FileDiff], rule_of: RuleOf) -> ReadFindings:
    """The place as a finding. A rule that it may not name is not cited; the idea can be good without it."""
    read = read_findings(_reply(_as_found(place, place.rule_id)), files, rule_of)
    if read.findings or place.rule_id is None:
        return read
    return read_findings(_reply(_as_found(place, None)), files)


def _reply(found: FoundFinding) -> BatchReply:
    return BatchReply(findings=[found], verdicts=[], checks=[], repairs=[])


def _as_found(place: Place, rule_id: str | None) -> FoundFinding:
    return FoundFinding(
        path=place.path,
        quote=place.quote,
        first_line=place.first_line,
        last_line=place.last_line,
        side="new",
        failing_case="",
        title=place.goal,
        message=place.why,
        category="rule" if rule_id else _CATEGORIES.get(_theme(place), "correctness"),
        severity=Impact(place.impact).severity.value,
        rule_id=rule_id,
        suggestion=None,
    )


def _theme(place: Place) -> Theme:
    """What it is about, where no rule is cited."""
    theme = Theme(place.theme)
    return Theme.SIMPLICITY if theme is Theme.RULE else theme


def _candidates(place: Place) -> tuple[str, ...]:
    """The best ones, each once; an empty one removes lines, and only where the place speaks of that."""
    texts = (place.candidates[at].suggestion for at in _order(place.ranking, len(place.candidates)))
    is_removal_meant = speaks_of_removal(place.goal, place.why)
    return tuple(dict.fromkeys(text for text in texts if text or is_removal_meant))[:_MOST_CANDIDATES]


def _order(ranking: Sequence[int], count: int) -> list[int]:
    ranked = (number - 1 for number in ranking if 1 <= number <= count)
    return list(dict.fromkeys((*ranked, *range(count))))
