"""What became of all generated suggestions, counted: `python -m tests.applied` prints the table of docs/improve.md."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.applied.generator import Case
from tests.applied.judging import clicked, parses, suggestion_of
from tests.applied.running import Posted

BEGIN, END = "<!-- applied:begin -->", "<!-- applied:end -->"
_REASONS = (
    (r"does not parse|cannot be parsed", "does not parse"),
    (r"changes nothing", "changes nothing"),
    (r"leaves code out", "leaves code out"),
    (r"is indented by", "indentation does not fit"),
    (r"repeats lines|stands outside", "repeats other lines"),
    (r"no candidate", "removal was not meant"),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A case and what was posted for it. `after` is the file after the click, None where nothing can be clicked."""

    case: Case
    posted: Posted
    after: str | None

    @classmethod
    def of(cls, case: Case, posted: Posted) -> "Ended":
        lines = suggestion_of(posted.body) if posted.body else None
        return cls(case, posted, None if lines is None else clicked(case.head, posted.first, posted.last, lines))

    @property
    def is_right(self) -> bool:
        """Whether the click makes the right edit. Line ends are git's and the provider's business."""
        return self.after is not None and self.after.replace("\r", "") == self.case.wanted.replace("\r", "")

    @property
    def breaks(self) -> bool:
        return self.after is not None and not parses(self.case.path, self.after)

    @property
    def reason(self) -> str:
        return next(words for pattern, words in _REASONS if re.search(pattern, self.posted.why))


def breaks_as_written(case: Case) -> bool:
    """Whether the file would not parse if the suggestion were posted as the model wrote it, where it quoted."""
    head = case.head.replace("\r", "")
    before = f"\n{head}\n".index(f"\n{case.quote}\n")
    first = f"\n{head}"[: before + 1].count("\n")
    lines = case.suggestion.split("\n") if case.suggestion else []
    return not parses(case.path, clicked(head, first, first + case.quote.count("\n"), lines))


def table(ended: Sequence[Ended]) -> str:
    """Markdown: a row for each kind."""
    kinds = dict.fromkeys(each.case.kind for each in ended)
    rows = [_row(kind, [each for each in ended if each.case.kind == kind]) for kind in kinds]
    total = [
        len(ended),
        sum(breaks_as_written(each.case) for each in ended),
        sum(each.is_right for each in ended),
        sum(each.after is not None and not each.is_right for each in ended),
        sum(each.after is None for each in ended),
    ]
    head = (
        "| written | generated | would break the file as written | offered, right | offered, another edit | refused |"
    )
    last = f"| **all** | {' | '.join(f'**{number:,}**' for number in total)} |"
    return "\n".join([head, "|:--|--:|--:|--:|--:|:--|", *rows, last])


def _row(kind: str, ended: Sequence[Ended]) -> str:
    reasons = Counter(each.reason for each in ended if each.after is None)
    refused = ", ".join(f"{number}: {reason}" for reason, number in reasons.most_common()) or "0"
    numbers = (
        len(ended),
        sum(breaks_as_written(each.case) for each in ended),
        sum(each.is_right for each in ended),
        sum(each.after is not None and not each.is_right for each in ended),
    )
    return f"| {kind} | {' | '.join(map(str, numbers))} | {refused} |"
