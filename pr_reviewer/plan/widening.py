"""More context for the riskiest files, out of room that is there anyway: never a batch more."""

from collections.abc import Iterator, Mapping, Sequence

from pr_reviewer.diff.widen import widen
from pr_reviewer.model.changes import FileDiff, LineRange
from pr_reviewer.model.plan import Patch
from pr_reviewer.plan.inputs import ChangedFile
from pr_reviewer.plan.patches import PatchMaker, rendered

_SMALL_FILE = 200  # lines: shown whole
_SCOPES = (150, 50)  # lines of a definition that is shown whole
_MARGIN = 3  # lines around a definition, as around a change
_LEAST_ROOM = 100  # tokens: below this nothing worth having fits
_GUESS = 1.3  # a text this many times longer than what would fit is not counted at all


def widen_patches(
    patches: Sequence[Patch], room: int, files: Mapping[str, ChangedFile], maker: PatchMaker
) -> tuple[Patch, ...]:
    """The same patches in the same order, each with the most context for which there is room, first come first served.

    A file that is shown in parts, or is not among `files`, keeps its context: a wider part would show lines of another.
    """
    wide = []
    for patch in patches:
        file = files.get(patch.path)
        wider = _widest(patch, room, file, maker) if file and patch.parts == 1 and room >= _LEAST_ROOM else patch
        room -= wider.tokens - patch.tokens
        wide.append(wider)
    return tuple(wide)


def _widest(patch: Patch, room: int, file: ChangedFile, maker: PatchMaker) -> Patch:
    for wider in _ladder(file):
        if wider.hunks == patch.file.hunks:
            break
        text = rendered(wider)
        if len(text) * patch.tokens <= _GUESS * (patch.tokens + room) * len(patch.text):
            made = maker.measured(wider, text)
            if made.tokens <= patch.tokens + room:
                return made
    return patch


def _ladder(file: ChangedFile) -> Iterator[FileDiff]:
    """The change with ever less context: the whole file if it is small, definitions, small definitions, as given."""
    lines = file.head_lines
    if lines and file.diff.hunks:
        if len(lines) <= _SMALL_FILE:
            yield widen(file.diff, lines, [LineRange(1, len(lines))], 0, _SMALL_FILE)
        yield from (widen(file.diff, lines, file.scopes, _MARGIN, limit) for limit in _SCOPES)
    yield file.diff
