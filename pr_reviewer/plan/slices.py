"""Less of a file's change: fewer lines of context, no lines of absurd length."""

from dataclasses import replace

from pr_reviewer.diff.numbers import hunk_at, is_changed, start_of
from pr_reviewer.diff.split import split_hunk
from pr_reviewer.model.changes import FileDiff, Hunk, LineKind


def trim_context(file: FileDiff, margin: int) -> FileDiff:
    """The same changes with at most so many lines of context around each; hunks fall apart where a gap opens."""
    return replace(file, hunks=tuple(piece for hunk in file.hunks for piece in _trim(hunk, margin)))


def split_off_giants(file: FileDiff, limit: int) -> tuple[FileDiff, tuple[Hunk, ...]]:
    """The file without the lines of more than `limit` characters, and the changed ones of these, each as a hunk."""
    if not any(_is_giant(hunk, limit) for hunk in file.hunks):
        return file, ()
    pieces = [piece for hunk in file.hunks for piece in _around_giants(hunk, limit)]
    giants = tuple(piece for piece in pieces if _is_giant(piece, limit))
    return replace(file, hunks=tuple(piece for piece in pieces if not _is_giant(piece, limit))), giants


def _trim(hunk: Hunk, margin: int) -> list[Hunk]:
    spans: list[tuple[int, int]] = []
    for index, line in enumerate(hunk.lines):
        if line.kind is not LineKind.CONTEXT:
            first = max(0, index - margin)
            is_apart = not spans or first > spans[-1][1]
            spans.append((first if is_apart else spans.pop()[0], min(len(hunk.lines), index + margin + 1)))
    start = start_of(hunk)
    return [hunk_at(start.after(hunk.lines[:first]), hunk.lines[first:end], hunk.section) for first, end in spans]


def _is_giant(hunk: Hunk, limit: int) -> bool:
    return any(len(line.text) > limit for line in hunk.lines)


def _around_giants(hunk: Hunk, limit: int) -> list[Hunk]:
    """Each giant line apart from the rest; giants that did not change are gone."""
    pieces = split_hunk(hunk, (), limit, lambda line: len(line.text) if len(line.text) > limit else 0)
    return [piece for piece in pieces if is_changed(piece.lines)]
