"""Which patches are shown, in which batches: everything narrowly first, then wider where there is room."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from pr_reviewer.diff.numbers import start_of
from pr_reviewer.model.changes import FileDiff, LineKind
from pr_reviewer.model.plan import Batch, Packing, Patch
from pr_reviewer.plan.inputs import ChangedFile
from pr_reviewer.plan.pack import Bin, fill, spread
from pr_reviewer.plan.patches import PatchMaker
from pr_reviewer.plan.related import group_related
from pr_reviewer.plan.risk import risk_of
from pr_reviewer.plan.slices import trim_context
from pr_reviewer.plan.widening import widen_patches

TOO_LONG = "a single line is longer than one model call holds"
NO_WINDOW = "the model's context window leaves no room for code"
Order = tuple[tuple[str, ...], ...]
_MARGINS = (3, 1, 0)  # lines of context: less of it before any changed line is left out
_LEAST_MARGIN = _MARGINS[-1]
_DENSEST = 8  # characters: no code has more of them a token
_SPARE = 3 / 2  # as much as this times the room is tried in order; what comes after it cannot have a place


@dataclass(frozen=True, slots=True)
class Limits:
    """How many batches there may be: so many with their rules passes, or so many (never fewer) without."""

    with_rules: int
    without_rules: int

    def tries(self) -> Iterator[tuple[int, int]]:
        """Lines of context and batches, from what serves the model best to what shows most."""
        for margin in _MARGINS:
            yield margin, self.with_rules
        yield _LEAST_MARGIN, self.without_rules


def order_of(files: Sequence[ChangedFile]) -> Order:
    """Groups of related files, by path: the group with the riskiest file first, and so within each group."""
    keys = {file.diff.path: (risk_of(file.diff).key, file.diff.path) for file in files}
    related = group_related([file.diff for file in files])
    groups = (tuple(sorted((file.path for file in group), key=keys.__getitem__)) for group in related)
    return tuple(sorted(groups, key=lambda group: keys[group[0]]))


class Packer:
    """Packs files into batches of so much room, the riskiest first, related ones together."""

    def __init__(self, files: Sequence[ChangedFile], order: Order, maker: PatchMaker) -> None:
        self._maker = maker
        kept = {file.diff.path: maker.without_giants(file.diff) for file in files}
        self._giants = [replace(diff, hunks=giants) for diff, giants in kept.values() if giants]
        shown = {path: diff for path, (diff, giants) in kept.items() if diff.hunks or not giants}
        self._groups = [[shown[path] for path in paths if path in shown] for paths in order]
        self._ranks = {path: rank for rank, path in enumerate(path for paths in order for path in paths)}
        self._widenable = {file.diff.path: file for file in files if not kept[file.diff.path][1]}

    def fits_one_batch(self) -> bool:
        """Whether every file, with all the context that it came with, fits into one batch."""
        files = (file for group in self._groups for file in group)
        sizes = accumulate(self._maker.make(file).tokens for file in files)
        return not self._giants and all(size <= self._maker.room for size in sizes)

    def pack(self, limits: Limits, why_left: str) -> Packing:
        """The batches, and what is in none: for the reason given, or because it fits into no batch at all."""
        bins, left = self._pack_narrow(limits)
        _number_parts(bins, left)
        batches = tuple(self._batch(target) for target in bins if target.patches)
        giants = ((self._maker.make_uncounted(file), TOO_LONG) for file in self._giants)
        return Packing(batches, (*giants, *((patch, self._why(patch, why_left)) for patch in left)))

    def _pack_narrow(self, limits: Limits) -> tuple[list[Bin], list[Patch]]:
        """The bins of the first try that leaves nothing out; else as many as there may be, risky files in them."""
        changed = sum(_changed_characters(file) for group in self._groups for file in group)
        for margin, limit in limits.tries():
            if changed <= _DENSEST * self._maker.room * limit:
                bins = self._pack_all(margin, limit)
                if bins is not None:
                    return bins, []
        return self._pack_most(limits.without_rules)

    def _pack_all(self, margin: int, limit: int) -> list[Bin] | None:
        """As few bins as hold all patches; None: so many do not."""
        groups = [[self._maker.make(trim_context(file, margin)) for file in group] for group in self._groups]
        total, room = sum(patch.tokens for group in groups for patch in group), self._maker.room
        for count in range(max(1, -(-total // max(1, room))), limit + 1):
            for evenly in (True, False):
                bins, left = spread(groups, room=room, count=count, evenly=evenly)
                if not fill(bins, left, self._maker.cut):
                    return bins
        return None

    def _pack_most(self, count: int) -> tuple[list[Bin], list[Patch]]:
        """So many bins, and what they do not hold. What surely has no place in them is not even counted."""
        groups: list[list[Patch]] = []
        beyond: list[Patch] = []
        room = _SPARE * self._maker.room * count
        for group in self._groups:
            files = [trim_context(file, _LEAST_MARGIN) for file in group]
            if room > 0:
                groups.append([self._maker.make(file) for file in files])
                room -= sum(patch.tokens for patch in groups[-1])
            else:
                beyond += map(self._maker.make_uncounted, files)
        bins, left = spread(groups, room=self._maker.room, count=count, evenly=False)
        return bins, [*fill(bins, fill(bins, left, self._maker.cut), self._maker.cut_anywhere), *beyond]

    def _batch(self, target: Bin) -> Batch:
        patches = sorted(target.patches, key=lambda patch: self._ranks[patch.path])
        return Batch(widen_patches(patches, target.room, self._widenable, self._maker))

    def _why(self, patch: Patch, why_left: str) -> str:
        if not self._maker.room:
            return NO_WINDOW
        return TOO_LONG if self._maker.holds_nothing_of(patch) else why_left


def _changed_characters(file: FileDiff) -> int:
    return sum(len(line.text) for hunk in file.hunks for line in hunk.lines if line.kind is not LineKind.CONTEXT)


def _number_parts(bins: Sequence[Bin], left: Sequence[Patch]) -> None:
    """Say of each patch which part of its file it is, in the order of their lines; what is left counts too."""
    places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for at, target in enumerate(bins):
        for index, patch in enumerate(target.patches):
            places[patch.path].append((_first_line(patch), at, index))
    unseen = {patch.path for patch in left}
    for path, found in places.items():
        parts = len(found) + (path in unseen)
        for part, (_, at, index) in enumerate(sorted(found), start=1):
            bins[at].patches[index] = replace(bins[at].patches[index], part=part, parts=parts)


def _first_line(patch: Patch) -> int:
    return start_of(patch.file.hunks[0]).new if patch.file.hunks else 0
