"""From files to patches: rendered, counted, and cut where one does not fit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.render import render_file, render_hunk
from pr_reviewer.diff.split import split_hunk
from pr_reviewer.diff.text import display
from pr_reviewer.model.changes import FileDiff, Hunk, Line
from pr_reviewer.model.plan import Patch
from pr_reviewer.plan.slices import split_off_giants

Measure = Callable[[str], int]


def rendered(file: FileDiff) -> str:
    """What the model sees of the file, and the blank line that parts it from the next."""
    return f"{render_file(file)}\n"


@dataclass(frozen=True, slots=True)
class PatchMaker:
    """Makes patches for batches of so much `room`. `breaks` are, by path, the first lines of definitions."""

    measure: Measure
    room: int
    breaks: Mapping[str, Sequence[int]]

    def make(self, file: FileDiff) -> Patch:
        """The file's patch."""
        return self.measured(file, rendered(file))

    def measured(self, file: FileDiff, text: str) -> Patch:
        """The patch of a file that is rendered already."""
        return Patch(file.path, text, self.measure(text), file)

    def make_uncounted(self, file: FileDiff) -> Patch:
        """A patch that is shown to nobody: its tokens are those of two characters each."""
        text = rendered(file)
        return Patch(file.path, text, len(text) // 2, file)

    def without_giants(self, file: FileDiff) -> tuple[FileDiff, tuple[Hunk, ...]]:
        """The file without lines that no batch holds, and the changed ones of these.

        They are told by their length (no code is as dense as two characters a token), so nothing of that size is
        ever tokenized.
        """
        return split_off_giants(file, 2 * self.room) if self.room else (file, ())

    def cut(self, patch: Patch, room: int) -> tuple[Patch | None, Patch | None]:
        """Hunks of the patch that fit into the room, and the rest; a hunk is cut only if it fits into no batch."""
        return self._cut(patch, room, self.room)

    def cut_anywhere(self, patch: Patch, room: int) -> tuple[Patch | None, Patch | None]:
        """The same, but a hunk is cut as soon as it does not fit into this room."""
        return self._cut(patch, room, room)

    def holds_nothing_of(self, patch: Patch) -> bool:
        """Whether not even an empty batch takes a part of the patch."""
        return patch.tokens > self.room and self.cut(patch, self.room)[0] is None

    def _cut(self, patch: Patch, room: int, largest: int) -> tuple[Patch | None, Patch | None]:
        heading = self.make(replace(patch.file, hunks=())).tokens
        pieces = [piece for hunk in patch.file.hunks for piece in self._pieces(patch.path, hunk, largest - heading)]
        taken = self._take(pieces, room - heading)
        part = self._patch_of(patch, pieces, taken)
        while part and part.tokens > room:  # once in a great while a text counts for more than its parts
            taken.pop()
            part = self._patch_of(patch, pieces, taken)
        left = sorted(set(range(len(pieces))) - set(taken))
        return (part, self._patch_of(patch, pieces, left)) if part else (None, patch)

    def _pieces(self, path: str, hunk: Hunk, limit: int) -> tuple[Hunk, ...]:
        if self._tokens(hunk) <= limit:
            return (hunk,)
        return split_hunk(
            hunk, self.breaks.get(path, ()), max(1, limit - self.measure(f"@@ {hunk.section}\n")), self._weigh
        )

    def _weigh(self, line: Line) -> int:
        number = f"old {line.old_number}" if line.new_number is None else line.new_number
        return self.measure(f"{number} {line.kind}{display(line.text)}\n")

    def _take(self, pieces: Sequence[Hunk], room: int) -> list[int]:
        """The indexes of pieces that fit together, the first ones first."""
        taken = []
        for index, piece in enumerate(pieces):
            tokens = self._tokens(piece)
            if tokens <= room:
                taken.append(index)
                room -= tokens
        return taken

    def _patch_of(self, patch: Patch, pieces: Sequence[Hunk], chosen: Sequence[int]) -> Patch | None:
        return self.make(replace(patch.file, hunks=tuple(pieces[index] for index in chosen))) if chosen else None

    def _tokens(self, hunk: Hunk) -> int:
        return self.measure(render_hunk(hunk))
