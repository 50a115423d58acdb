"""What a model answers: the untrusted edge.

The JSON schema that is sent is generated from these types, so it fits OpenAI's strict subset: every field is
required, what may be absent is nullable, nothing has a default. Reading is lenient where only one meaning is possible
(`"Critical"` is an error, `null` is an empty list), because not every endpoint enforces a schema. Nothing here is
believed: `read.py`, `place.py`, `verdicts.py` and `suggest.py` hold every value against the change itself.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_SEVERITIES = {
    "error": ("critical", "blocker", "high", "severe", "major", "fatal"),
    "warning": ("warn", "medium", "moderate"),
    "note": ("low", "minor", "info", "information", "trivial", "nit", "suggestion"),
}
_CATEGORIES = {
    "correctness": ("bug", "logic", "logic-error", "functional"),
    "security": ("vulnerability",),
    "data-loss": ("data-corruption",),
    "concurrency": ("race", "race-condition", "deadlock"),
    "contract": ("api", "compatibility", "breaking-change"),
    "error-handling": ("error", "exception-handling", "errors"),
    "performance": ("perf",),
    "rule": ("best-practice", "best-practices", "rules"),
}
_CONFIDENCES = {"high": ("very-high", "certain"), "medium": ("moderate",), "low": ("very-low", "unsure")}
_VERDICTS = {
    "confirm": ("confirmed", "accept", "accepted"),
    "lower": ("lowered", "downgrade", "downgraded"),
    "reject": ("rejected", "refuse", "refused", "false-positive"),
}
_ANSWERS = {
    "keeps": ("keep", "kept", "complies", "respects"),
    "breaks": ("break", "broken", "violates", "violated"),
}
_SIDES = {"new": ("head", "after", "right", "+"), "old": ("base", "before", "left", "-")}


def word(known: Mapping[str, tuple[str, ...]]) -> Callable[[Any], Any]:
    """A reader for one word of a closed list, whatever its case, separators or well-known synonym."""
    words = {name: name for name in known} | {other: name for name, others in known.items() for other in others}

    def read(value: Any) -> Any:  # noqa: ANN401 a raw value of a reply
        if not isinstance(value, str):
            return value
        return words.get(re.sub(r"[\s_-]+", "-", value.strip().lower()), value)

    return read


def _number(value: Any) -> Any:  # noqa: ANN401 a raw value of a reply
    """`"L12"`, `"12-14"` and `"candidate 3"` mean their first number; null means 0: no line, no candidate."""
    if value is None:
        return 0
    found = re.search(r"(?<!\w)-\d+|\d+", value) if isinstance(value, str) else None
    return int(found[0][:9]) if found else value


def _number_or_none(value: Any) -> Any:  # noqa: ANN401 a raw value of a reply
    """The same, but nothing stays nothing."""
    return None if value in (None, "", 0, "null", "none") else _number(value)


def listed(value: Any) -> Any:  # noqa: ANN401 a raw value of a reply
    """Null is the empty list; a lone string is a list of one."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _none_if_blank(value: Any) -> Any:  # noqa: ANN401 a raw value of a reply
    """A blank identifier names nothing."""
    return None if isinstance(value, str) and value.strip().lower() in ("", "null", "none") else value


SeverityWord = Annotated[Literal["error", "warning", "note"], BeforeValidator(word(_SEVERITIES))]
CategoryWord = Annotated[
    Literal[
        "correctness",
        "security",
        "data-loss",
        "concurrency",
        "contract",
        "error-handling",
        "performance",
        "rule",
    ],
    BeforeValidator(word(_CATEGORIES)),
]
ConfidenceWord = Annotated[Literal["high", "medium", "low"], BeforeValidator(word(_CONFIDENCES))]
VerdictWord = Annotated[Literal["confirm", "lower", "reject"], BeforeValidator(word(_VERDICTS))]
AnswerWord = Annotated[Literal["keeps", "breaks"], BeforeValidator(word(_ANSWERS))]
SideWord = Annotated[Literal["new", "old"], BeforeValidator(word(_SIDES))]
Number = Annotated[int, BeforeValidator(_number)]
OptionalName = Annotated[str | None, BeforeValidator(_none_if_blank)]


class Reply(BaseModel):
    """A part of a reply: unknown keys are ignored, absent nullable and list fields are read as null and empty."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"additionalProperties": False})
    may_be_absent: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _fill_absent(cls, value: Any) -> Any:  # noqa: ANN401 a raw value of a reply
        if not isinstance(value, Mapping) or not cls.model_fields.keys() & value.keys():
            return value
        return dict.fromkeys(cls.may_be_absent) | dict(value)


class FoundFinding(Reply):
    """A defect that the model claims to have found."""

    may_be_absent = frozenset({"rule_id", "suggestion", "first_line", "last_line"})

    path: str = Field(description="The file's path, exactly as the diff's heading gives it.")
    quote: str = Field(
        description="The lines that the finding is about, copied exactly, whole lines without line numbers or "
        "+/- signs: as few consecutive lines as show the defect (and exactly those a suggestion replaces)."
    )
    first_line: Number = Field(description="The number of the quote's first line.")
    last_line: Number = Field(description="The number of the quote's last line.")
    side: SideWord = Field(description='"new"; "old" only where the defect is that these lines were removed.')
    failing_case: str = Field(description="A concrete input, state or sequence, and what then goes wrong.")
    title: str = Field(description="The defect in one line of at most 80 characters, without a full stop.")
    message: str = Field(description="What is wrong and why it matters, in one to three plain sentences.")
    category: CategoryWord = Field(description="The kind of defect.")
    severity: SeverityWord = Field(
        description='"error": must be fixed before merging; "warning": should be; "note": worth knowing.'
    )
    rule_id: OptionalName = Field(description="The id of the best-practice rule that is broken, else null.")
    suggestion: str | None = Field(
        description="Code that replaces exactly the quoted lines, with their indentation, without fences or "
        'line numbers; "" removes them; null where no short replacement of just these lines is the fix.'
    )


class Verdict(Reply):
    """What the verification says of one candidate."""

    may_be_absent = frozenset({"duplicate_of", "proof"})

    candidate: Number = Field(description="The candidate's number.")
    reasoning: str = Field(description="What the code really does in the failing case, step by step.")
    proof: Annotated[list[str], BeforeValidator(listed)] = Field(
        description="The lines that decide, each copied exactly from the code shown, without line numbers or +/- signs."
    )
    duplicate_of: Annotated[int | None, BeforeValidator(_number_or_none)] = Field(
        description="The number of another candidate that is about the same defect, else null."
    )
    verdict: VerdictWord = Field(
        description='"confirm": real, as severe as claimed; "lower": real, less severe; "reject": not real or not '
        "worth the author's time."
    )
    severity: SeverityWord = Field(description="How severe it really is.")
    confidence: ConfidenceWord = Field(description="How sure the reasoning is.")


class Repair(Reply):
    """A second try at a suggestion that could not be applied, or at a quote that was not found."""

    may_be_absent = frozenset({"quote", "suggestion"})

    candidate: Number = Field(description="The candidate's number.")
    quote: str | None = Field(description="The lines to replace, copied exactly; null: those quoted before.")
    suggestion: str | None = Field(
        description='Code that replaces exactly those lines; "" removes them; null where there is none.'
    )


class RuleCheck(Reply):
    """Whether one candidate's suggestion keeps to one rule of the team."""

    candidate: Number = Field(description="The candidate's number.")
    rule_id: str = Field(description="The rule's id, exactly as it is listed for the candidate.")
    reasoning: str = Field(description="What of the suggested code the rule is about, and why it keeps or breaks it.")
    answer: AnswerWord = Field(
        description='"keeps": the suggested code keeps to the rule, or the rule is not about it; "breaks": it does not.'
    )


Verdicts = Annotated[
    list[Verdict],
    BeforeValidator(listed),
    Field(description="Exactly one for every candidate, when asked to verify; else empty."),
]
RuleChecks = Annotated[
    list[RuleCheck],
    BeforeValidator(listed),
    Field(
        description="Exactly one for each rule listed for a candidate's suggestion, when asked to check; else empty."
    ),
]
Repairs = Annotated[
    list[Repair],
    BeforeValidator(listed),
    Field(description="One for every suggestion to repair, when asked to repair; else empty."),
]


class JudgedReply(Reply):
    """What the later passes of every command read; a field is declared where its place in the schema is."""

    if TYPE_CHECKING:
        verdicts: Verdicts
        checks: RuleChecks
        repairs: Repairs


class BatchReply(JudgedReply):
    """One schema for all passes over a batch, so that they share a cached prefix; the task says which list to fill."""

    may_be_absent = frozenset({"findings", "verdicts", "checks", "repairs"})

    findings: Annotated[list[FoundFinding], BeforeValidator(listed)] = Field(
        description="Defects found, when asked to find; else empty. Empty is a good answer."
    )
    verdicts: Verdicts
    checks: RuleChecks
    repairs: Repairs


class ConsolidateReply(Reply):
    """Which findings of a whole review are one defect, and which matter most."""

    reasoning: str = Field(description="Which findings share a defect and which matter most to the author, in short.")
    groups: Annotated[list[list[int]], BeforeValidator(listed)] = Field(
        description="Numbers of findings about the same defect, one list for each such defect; none: empty."
    )
    order: Annotated[list[int], BeforeValidator(listed)] = Field(
        description="The numbers of all findings, most important first."
    )
