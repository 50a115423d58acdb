"""A suggestion stays within its lines: what stands around them must not come a second time."""

import re
from collections.abc import Sequence

from pr_reviewer.findings.quotes import squeeze
from pr_reviewer.findings.refused import Refused

_MOST_TRIMMED = 3  # lines that are not blank: whoever repeats more has rewritten something else
_NEAR = 12  # lines around the placed ones among which repetitions are counted
REACH = 200  # lines around them among which the head of another definition is looked for
_MOST_REPEATED = 2
_TELLING = re.compile(r"\w{3}")
_DEFINITION = re.compile(
    r"^\s*(?:(?:export|default|public|private|protected|internal|static|async|pub(?:\([^)]*\))?|final|abstract|unsafe"
    r"|override|virtual|sealed|open|data|inline|extern)\s+)*(?:def|class|func|function|fn|fun|sub|interface|struct|enum"
    r"|impl|trait|module|namespace)\b.*\w.*"
)


def kept_within(
    lines: Sequence[str], placed: Sequence[str], above: Sequence[str], below: Sequence[str]
) -> list[str] | Refused:
    """The suggestion without the few lines just above and below that it repeats at its ends.

    `above` and `below` are given from the placed lines outwards. One that repeats more of its surroundings, or the
    head of another definition, was written for other lines.
    """
    start = _repeated(lines, placed, above)
    end = _repeated(lines[start:][::-1], placed[::-1], below)
    trimmed = list(lines[start : len(lines) - end])
    if lines and not trimmed:
        return Refused("The suggestion only repeats lines around those that it replaces.")
    head = _foreign(lines[start:], placed, _around(above, below, REACH), _DEFINITION)
    if head:
        return Refused(f"The suggestion contains `{head[0]}`, which stands outside the lines that it replaces.")
    is_long = max(_code_lines(lines[:start]), _code_lines(lines[len(lines) - end :])) > _MOST_TRIMMED
    if is_long or len(_foreign(trimmed, placed, _around(above, below, _NEAR), _TELLING)) > _MOST_REPEATED:
        return Refused("The suggestion repeats lines that stand outside those that it replaces.")
    return trimmed


def _repeated(lines: Sequence[str], placed: Sequence[str], outwards: Sequence[str]) -> int:
    """With how many of the lines outside the suggestion starts, unless the placed lines start with them too."""
    for count in range(min(_NEAR, len(lines), len(outwards)), 0, -1):
        start, outside = lines[:count], outwards[:count][::-1]
        if any(map(_TELLING.search, start)) and _same(start, outside) and not _same(start, placed[:count]):
            return count
    return 0


def _code_lines(lines: Sequence[str]) -> int:
    return sum(bool(line.strip()) for line in lines)


def _same(lines: Sequence[str], others: Sequence[str]) -> bool:
    return list(map(squeeze, lines)) == list(map(squeeze, others))


def _foreign(lines: Sequence[str], placed: Sequence[str], around: set[str], kind: re.Pattern[str]) -> list[str]:
    """The lines of one kind that stand around the placed ones and not among them, each once."""
    known = around - set(map(squeeze, placed))
    new = {squeeze(line): line.strip() for line in lines if kind.search(line)}
    return [line for key, line in new.items() if key in known]


def _around(above: Sequence[str], below: Sequence[str], distance: int) -> set[str]:
    return {squeeze(line) for line in (*above[:distance], *below[:distance])}
