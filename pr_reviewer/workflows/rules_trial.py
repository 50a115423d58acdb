"""`rules test`: what one rule alone would say of whole files, as if every line of them were new.

A pattern is run; a rule without one is judged by the model, asked and verified as in a review.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.diff.text import split_lines
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.worker import PatternWorker


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


async def run_pattern(rule: Rule, texts: Mapping[str, str], worker: PatternWorker) -> Trial:
    """The hits of a rule's pattern in files that it governs (path → text)."""
    result = await worker.matches_by_file(texts, dict.fromkeys(texts, (rule,)))
    said = {path: [_said(hit.lines, texts[path]) for hit in result.hits[path]] for path in texts}
    deaf = [path for path, ids in result.unchecked.items() if ids] if not result.problems else ()
    return Trial(said, (*result.problems, *(f"no pattern can be run on {path}, given its language" for path in deaf)))


def _said(lines: LineRange, text: str) -> Said:
    return Said(lines, "\n".join(split_lines(text)[lines.first - 1 : lines.last]))
