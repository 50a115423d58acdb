"""Which patches are shown, in which batches: everything narrowly first, then wider where there is room."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.numbers import start_of
from pr_reviewer.model.changes import FileDiff
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
_MARGINS = (3, 1, 0)  # lines of context: less of it before any changed line is left out


@dataclass(frozen=True, slots=True)
class Limits:
    """How many batches there may be: so many with their rules passes, or so many (never fewer) without."""

    with_rules: int
    without_rules: int

    def steps(self) -> Iterator[tuple[int, int]]:
        """Lines of context and batches, from what serves the model best to what shows most."""
        for margin in _MARGINS:
            yield margin, self.with_rules
        yield _MARGINS[-1], self.without_rules


class Packer:
    """Packs files into batches of so much room, the riskiest first, related ones together."""

    def __init__(self, files: Sequence[ChangedFile], maker: PatchMaker) -> None:
        self._maker = maker
        kept = {file.diff.path: maker.without_giants(file.diff) for file in files}
        self._giants = [replace(diff, hunks=giants) for diff, giants in kept.values() if giants]
        self._groups = _ranked([diff for diff, giants in kept.values() if diff.hunks or not giants])
        self._ranks = {file.path: rank for rank, file in enumerate(file for group in self._groups for file in group)}
        self._widenable = {file.diff.path: file for file in files if not kept[file.diff.path][1]}

    def fits_one_batch(self) -> bool:
        """Whether every file, with all the context that it came with, fits into one batch."""
        files = (file for group in self._groups for file in group)
        return not self._giants and sum(self._maker.make(file).tokens for file in files) <= self._maker.room

    def pack(self, limits: Limits, why_left: str) -> Packing:
        """The batches, and what is in none: for the reason given, or because it fits into no batch at all."""
        bins: list[Bin] = []
        left: list[Patch] = []
        for margin, count in limits.steps():
            bins, left = self._pack_narrow(margin, count)
            if not left:
                break
        _number_parts(bins, left)
        batches = tuple(self._batch(target) for target in bins if target.patches)
        giants = ((self._maker.make_uncounted(file), TOO_LONG) for file in self._giants)
        return Packing(batches, (*giants, *((patch, self._why(patch, why_left)) for patch in left)))

    def _pack_narrow(self, margin: int, limit: int) -> tuple[list[Bin], list[Patch]]:
        """As few bins as hold all patches, or `limit` of them and what they do not hold."""
        groups = [[self._maker.make(trim_context(file, margin)) for file in group] for group in self._groups]
        total, room = sum(patch.tokens for group in groups for patch in group), self._maker.room
        for count in range(max(1, -(-total // max(1, room))), limit + 1):
            bins, left = spread(groups, room=room, count=count)
            left = fill(bins, left, self._maker.cut)
            if not left:
                return bins, []
        bins, left = spread(groups, room=room, count=limit)
        return bins, fill(bins, fill(bins, left, self._maker.cut), self._maker.cut_anywhere)

    def _batch(self, target: Bin) -> Batch:
        patches = sorted(target.patches, key=lambda patch: self._ranks[patch.path])
        return Batch(widen_patches(patches, target.room, self._widenable, self._maker))

    def _why(self, patch: Patch, why_left: str) -> str:
        if not self._maker.room:
            return NO_WINDOW
        return TOO_LONG if self._maker.cut(patch, self._maker.room)[0] is None else why_left


def _ranked(files: Sequence[FileDiff]) -> list[list[FileDiff]]:
    """Groups of related files, the group with the riskiest file first, and so within each group."""
    keys = {file.path: (risk_of(file).key, file.path) for file in files}
    groups = [sorted(group, key=lambda file: keys[file.path]) for group in group_related(files)]
    return sorted(groups, key=lambda group: keys[group[0].path])


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
