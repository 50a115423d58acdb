"""What no prompt shows, file by file, in sentences for people."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pr_reviewer.model.changes import FileDiff, Hunk, Line, LineKind
from pr_reviewer.model.coverage import CoverageState, FileCoverage
from pr_reviewer.model.plan import Packing, Patch

_MOST_RANGES = 5


def coverage_of(packing: Packing) -> tuple[FileCoverage, ...]:
    """One entry for each file of which something was left out: all of it, or the lines named."""
    shown = {path for batch in packing.batches for path in batch.paths}
    by_path: dict[str, list[tuple[Patch, str]]] = defaultdict(list)
    for patch, why in packing.omitted:
        by_path[patch.path].append((patch, why))
    return tuple(_entry(path, found, is_shown=path in shown) for path, found in by_path.items())


def _entry(path: str, omitted: Sequence[tuple[Patch, str]], *, is_shown: bool) -> FileCoverage:
    reasons = "; ".join(dict.fromkeys(why for _, why in omitted))
    if not is_shown:
        return FileCoverage(path, CoverageState.SKIPPED, f"not shown to the model: {reasons}")
    lines = _named([patch.file for patch, _ in omitted])
    return FileCoverage(path, CoverageState.PARTIAL, f"{lines} not shown to the model: {reasons}")


def _named(files: Iterable[FileDiff]) -> str:
    """`lines 3–9, 40 and removed line 12`; many places are counted."""
    hunks = [hunk for file in files for hunk in file.hunks]
    kinds = (("line", _ranges(hunks, LineKind.ADDED)), ("removed line", _ranges(hunks, LineKind.REMOVED)))
    return " and ".join(f"{noun}{_listed(ranges)}" for noun, ranges in kinds if ranges)


def _ranges(hunks: Iterable[Hunk], kind: LineKind) -> list[tuple[int, int]]:
    """First and last number of the changed lines of a kind in each hunk."""
    found = ([_number(line) for line in hunk.lines if line.kind is kind] for hunk in hunks)
    return sorted((min(numbers), max(numbers)) for numbers in found if numbers)


def _number(line: Line) -> int:
    return line.new_number or line.old_number or 0


def _listed(ranges: Sequence[tuple[int, int]]) -> str:
    """What stands behind `line`: ` 12` or `s 3–9, 40`."""
    first, last = ranges[0][0], ranges[-1][1]
    if len(ranges) > _MOST_RANGES:
        return f"s in {len(ranges)} places between {first} and {last}"
    numbers = ", ".join(f"{start}" if start == end else f"{start}–{end}" for start, end in ranges)
    return f" {numbers}" if first == last else f"s {numbers}"
