"""Into which batch each patch goes.

Fewest batches first, then together what belongs together, riskiest first: a group goes whole where it fits, else its
patches go one by one. `spread` never splits a patch; what finds no room comes back, and `fill` tops the batches up
with parts of it, so that a batch holds hunks and not files. Nothing is lost: every patch is in a batch or comes back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pr_reviewer.model.plan import Patch
from pr_reviewer.plan.paths import folder_of

Group = Sequence[Patch]
Cut = Callable[[Patch, int], tuple[Patch | None, Patch | None]]
_LEAST_ROOM = 32  # tokens: less does not hold a path and a line


@dataclass(slots=True)
class Bin:
    """A batch in the making."""

    room: int
    patches: list[Patch] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)

    def put(self, patches: Group) -> None:
        """Take the patches in. Their tokens must fit."""
        self.room -= _size(patches)
        self.patches.extend(patches)
        self.folders.update(folder_of(patch.path) for patch in patches)


def spread(groups: Sequence[Group], *, room: int, count: int, evenly: bool = True) -> tuple[list[Bin], list[Patch]]:
    """Put the groups, riskiest first, into so many bins of so much room; what fits nowhere is returned in order.

    Bins fill evenly, so that what room is left stands beside risky files as well as beside the others; or else one
    after the other, which leaves the most room in one place.
    """
    bins = [Bin(room) for _ in range(count)]
    share = -(-sum(map(_size, groups)) // count) if evenly else room
    left: list[Patch] = []
    for group in groups:
        if not _place(bins, group, room - share):
            left.extend(patch for patch in group if not _place(bins, [patch], room - share))
    return bins, left


def fill(bins: Sequence[Bin], left: Sequence[Patch], cut: Cut) -> list[Patch]:
    """Put parts of the patches that fit nowhere whole into what room there is; what still fits nowhere is returned.

    `cut(patch, room)` is a part that fits into the room and the rest, either of them None.
    """
    return [rest for patch in left if (rest := _fill_with(bins, patch, cut)) is not None]


def _fill_with(bins: Sequence[Bin], patch: Patch, cut: Cut) -> Patch | None:
    rest: Patch | None = patch
    for target in sorted(bins, key=lambda target: -target.room):
        if rest is None or target.room < _LEAST_ROOM:
            break
        part, rest = (rest, None) if rest.tokens <= target.room else cut(rest, target.room)
        if part is not None:
            target.put([part])
    return rest


def _place(bins: Sequence[Bin], group: Group, spare: int) -> bool:
    """Put the whole group where its neighbours are, unless that bin has its share already and another has not."""
    size = _size(group)
    fitting = [target for target in bins if size <= target.room]
    if not fitting:
        return False
    choice = [target for target in fitting if target.room - size >= spare] or fitting
    folders = {folder_of(patch.path) for patch in group}
    max(choice, key=lambda target: (len(folders & target.folders), target.room if spare else -target.room)).put(group)
    return True


def _size(group: Group) -> int:
    return sum(patch.tokens for patch in group)
