"""A suggestion stays within its lines: what stands around them must not come a second time."""

import re
from collections.abc import Sequence

from pr_reviewer.findings.quotes import squeeze
from pr_reviewer.findings.refused import Refused

_MOST_TRIMMED = 3  # lines: whoever repeats more has rewritten something else
_NEAR = 12  # lines around the placed ones among which repetitions are counted
REACH = 200  # lines around them among which the head of another definition is looked for
_MOST_REPEATED = 2
_TELLING = re.compile(r"\w{3}")
_DEFINITION = re.compile(
    r"(?:(?:export|default|public|private|protected|internal|static|async|pub(?:\([^)]*\))?|final|abstract|unsafe"
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
    trimmed = _trim(list(lines), placed, above, below)
    if lines and not trimmed:
        return Refused("The suggestion only repeats lines around those that it replaces.")
    own = set(map(squeeze, placed))
    new = {squeeze(line): line.strip() for line in trimmed if _TELLING.search(line) and squeeze(line) not in own}
    far = _around(above, below, REACH)
    foreign = [line for key, line in new.items() if key in far]
    head = next(filter(_DEFINITION.fullmatch, foreign), None)
    if head is not None:
        return Refused(f"The suggestion contains `{head}`, which stands outside the lines that it replaces.")
    if len(new.keys() & _around(above, below, _NEAR)) > _MOST_REPEATED:
        return Refused("The suggestion repeats lines that stand outside those that it replaces.")
    return trimmed


def _trim(lines: list[str], placed: Sequence[str], above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Cut repetitions off both ends; `above` is given from the placed lines upwards."""
    kept = lines[_repeated(lines, placed, above) :]
    return kept[: len(kept) - _repeated(kept[::-1], placed[::-1], below)]


def _repeated(lines: Sequence[str], placed: Sequence[str], outwards: Sequence[str]) -> int:
    """With how many of the lines outside the suggestion starts, unless the placed lines start with them too."""
    for count in range(min(_MOST_TRIMMED, len(lines), len(outwards)), 0, -1):
        start, outside = lines[:count], outwards[:count][::-1]
        if _is_telling(start) and _same(start, outside) and not _same(start, placed[:count]):
            return count
    return 0


def _is_telling(lines: Sequence[str]) -> bool:
    """Whether the lines adjoin and are more than brackets."""
    return all(map(str.strip, lines)) and any(map(_TELLING.search, lines))


def _same(lines: Sequence[str], others: Sequence[str]) -> bool:
    return list(map(squeeze, lines)) == list(map(squeeze, others))


def _around(above: Sequence[str], below: Sequence[str], distance: int) -> set[str]:
    return {squeeze(line) for line in (*above[:distance], *below[:distance])}
