"""Suggestions as models write them, right and wrong: the same ones in every run."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tests.applied.judging import parses
from tests.applied.sources import SOURCES, Edit, Source

SEED = 20_261_121
_TELLING = re.compile(r"\w{3}")


class Fate(Enum):
    """What must become of a suggestion."""

    OFFERED = "offered"  # as the right edit, exactly
    REFUSED = "refused"
    HARMLESS = "harmless"  # offered or refused: what is posted must parse


@dataclass(frozen=True, slots=True)
class Variant:
    """How the same file is stored: its indentation, its line ends, and whether a line feed ends it."""

    name: str
    tabs: bool | None = None
    crlf: bool = False
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """One suggestion for one place, as a model would send it; `wanted` is the file with the right edit."""

    kind: str
    path: str
    variant: str
    head: str
    wanted: str
    quote: str
    first: int
    suggestion: str
    fate: Fate
    goal: str = "Say it in plainer code"

    @property
    def name(self) -> str:
        return f"{self.kind} {self.path} {self.variant} line {self.first}"


VARIANTS = (
    Variant("as it is"),
    Variant("other indentation", tabs=True),
    Variant("CRLF", crlf=True),
    Variant("no newline at the end", ends=False),
    Variant("CRLF, no newline at the end", crlf=True, ends=False),
)


def cases() -> list[Case]:
    """Every kind of mistake, in every language and variant; of each one place, chosen by the seed."""
    chooser = random.Random(SEED)  # noqa: S311 nothing secret
    found: dict[tuple[str, str, str], list[Case]] = {}
    for source in SOURCES:
        for variant in VARIANTS:
            if variant.tabs and not source.takes_tabs:
                continue
            for case in _of(stored_as(source, variant), variant):
                found.setdefault((case.kind, case.path, case.variant), []).append(case)
    return [case for some in found.values() for case in chooser.sample(some, 1)]


@dataclass(frozen=True, slots=True)
class _Stored:
    """A source in one variant; texts have LF, `crlf` is put in at the end."""

    source: Source
    text: str
    edits: tuple[Edit, ...]
    breaking: tuple[str, ...]
    crlf: bool

    def bytes_of(self, text: str) -> str:
        return text.replace("\n", "\r\n") if self.crlf else text


def stored_as(source: Source, variant: Variant) -> _Stored:
    text = source.text if variant.ends else source.text.removesuffix("\n")
    unit = unit_of(text)

    def other(part: str) -> str:
        return _other_indentation(part, unit) if variant.tabs else part

    edits = tuple(Edit(other(edit.old), other(edit.new), edit.is_function) for edit in source.edits)
    breaking = tuple(map(other, source.breaking))
    return _Stored(source, other(text), edits, breaking, variant.crlf)


def unit_of(text: str) -> int:
    """How many spaces the text is indented by; 4 where it has tabs."""
    return min((len(run) for run in re.findall(r"^ +(?=\S)", text, re.MULTILINE)), default=4)


def _other_indentation(text: str, unit: int) -> str:
    """Tabs for spaces, or spaces for tabs."""
    if re.search(r"^\t", text, re.MULTILINE):
        return re.sub(r"^\t+", lambda tabs: " " * unit * len(tabs[0]), text, flags=re.MULTILINE)
    return re.sub(r"^ +", lambda run: "\t" * (len(run[0]) // unit), text, flags=re.MULTILINE)


def _of(stored: _Stored, variant: Variant) -> Iterator[Case]:
    for edit in stored.edits:
        yield from _of_edit(stored, edit, variant)
    for line in stored.breaking:
        yield from _deletions(stored, line, variant)


def _of_edit(stored: _Stored, edit: Edit, variant: Variant) -> Iterator[Case]:
    place = _Place(stored, edit.old, edit.new, variant)
    if not edit.new:
        yield place.case("deleted lines", "", Fate.OFFERED, goal="Remove what nobody uses")
        yield place.case("deletion that nobody asked for", "", Fate.REFUSED)
        return
    yield place.case("whole function" if edit.is_function else "right", edit.new, Fate.OFFERED)
    yield place.case("in a fence", f"```\n{edit.new}\n```", Fate.OFFERED)
    yield place.case("wrong line number", edit.new, Fate.OFFERED, claimed=place.first + 1)
    yield place.case("no change", edit.old, Fate.REFUSED)
    yield place.case("leaves code out", f"{edit.new}\n{stored.source.comment} ... rest of the code", Fate.REFUSED)
    yield from _indented(place, edit)
    yield from _with_context(place, edit)
    yield from _off_by_one(stored, edit, variant)
    yield from _unbalanced(stored, place, edit)


class _Place:
    """Where an edit stands."""

    def __init__(self, stored: _Stored, old: str, new: str, variant: Variant) -> None:
        assert f"\n{stored.text}\n".count(f"\n{old}\n") == 1, old
        self.stored = stored
        self.variant = variant
        self.old = old
        self.lines = stored.text.split("\n")
        before = f"\n{stored.text}\n".index(f"\n{old}\n")
        self.first = f"\n{stored.text}"[: before + 1].count("\n")
        self.last = self.first + old.count("\n")
        replaced = [*self.lines[: self.first - 1], *(new.split("\n") if new else []), *self.lines[self.last :]]
        self.wanted = "\n".join(replaced)

    def case(self, kind: str, suggestion: str, fate: Fate, *, claimed: int = 0, goal: str = "") -> Case:
        stored = self.stored
        return Case(
            kind,
            stored.source.path,
            self.variant.name,
            stored.bytes_of(stored.text),
            stored.bytes_of(self.wanted),
            self.old,
            claimed or self.first,
            suggestion,
            fate,
            **({"goal": goal} if goal else {}),
        )

    def applied(self, suggestion: str) -> str:
        """The file with exactly this in place of the lines."""
        return "\n".join([*self.lines[: self.first - 1], *suggestion.split("\n"), *self.lines[self.last :]])


def _indented(place: _Place, edit: Edit) -> Iterator[Case]:
    """Dedented as a whole is put right; a stray space is not guessed at."""
    indent = re.match(r"[ \t]*", edit.new)
    if indent and indent[0]:
        dedented = "\n".join(line.removeprefix(indent[0]) for line in edit.new.split("\n"))
        yield place.case("dedented", dedented, Fate.OFFERED)
        shifted = "\n".join(f" {line}" if line else line for line in edit.new.split("\n"))
        yield place.case("one space too many", shifted, Fate.REFUSED)
    if re.search(r"^[ \t]", edit.new, re.MULTILINE) and place.stored.source.takes_tabs:
        yield place.case(
            "tabs and spaces swapped", _other_indentation(edit.new, unit_of(place.stored.text)), Fate.OFFERED
        )


def _with_context(place: _Place, edit: Edit) -> Iterator[Case]:
    above = place.lines[place.first - 2] if place.first > 1 else ""
    below = place.lines[place.last] if place.last < len(place.lines) else ""
    if _TELLING.search(above) and edit.new.split("\n")[0].strip() != above.strip():
        yield place.case("context above repeated", f"{above}\n{edit.new}", Fate.OFFERED)
    if _TELLING.search(below) and edit.new.split("\n")[-1].strip() != below.strip():
        yield place.case("context below repeated", f"{edit.new}\n{below}", Fate.OFFERED)
    around = "\n".join([*place.lines[max(0, place.first - 8) : place.first - 1], edit.new])
    if place.first > 8:
        yield place.case("much context repeated", around, Fate.REFUSED)


def _off_by_one(stored: _Stored, edit: Edit, variant: Variant) -> Iterator[Case]:
    """The right code for the lines above or below those that are quoted."""
    place = _Place(stored, edit.old, edit.new, variant)
    for shift in (-1, 1):
        first, last = place.first + shift, place.last + shift
        quote = "\n".join(place.lines[first - 1 : last]) if first >= 1 and last <= len(place.lines) else ""
        if quote.strip() and f"\n{stored.text}\n".count(f"\n{quote}\n") == 1:
            yield _Place(stored, quote, edit.new, variant).case("off by one", edit.new, Fate.HARMLESS)


def _unbalanced(stored: _Stored, place: _Place, edit: Edit) -> Iterator[Case]:
    """Brackets, quotes, colons and `end` left out, wherever that really breaks the file."""
    marks = [*re.finditer(r"[)\]}]|\"|\bend\b|:$", edit.new, re.MULTILINE)]
    for mark in marks[-2:]:
        broken = edit.new[: mark.start()] + edit.new[mark.end() :]
        if broken.strip() and not parses(stored.source.path, place.applied(broken)):
            yield place.case("unbalanced", broken, Fate.REFUSED)
    indent = edit.new[: len(edit.new) - len(edit.new.lstrip())]
    extra = f"{edit.new}\n{indent}{stored.source.opening}"
    if not parses(stored.source.path, place.applied(extra)):
        yield place.case("one bracket too many", extra, Fate.REFUSED)
    # Offered where the line below is the same: then it was only repeated.
    closed = f"{edit.new}\n{indent}{stored.source.closing}"
    if not parses(stored.source.path, place.applied(closed)):
        yield place.case("one end too many", closed, Fate.HARMLESS)


def _deletions(stored: _Stored, line: str, variant: Variant) -> Iterator[Case]:
    """Lines go without which the file does not parse."""
    first = stored.text.split("\n")
    quote = next((text for text in _whole_lines(first, line)), "")
    if quote and f"\n{stored.text}\n".count(f"\n{quote}\n") == 1:
        place = _Place(stored, quote, "", variant)
        if not parses(stored.source.path, place.wanted):
            yield place.case("deletion that breaks", "", Fate.REFUSED, goal="Remove what nobody uses")


def _whole_lines(lines: list[str], start: str) -> Iterator[str]:
    """The lines that begin like this, as whole lines."""
    height = start.count("\n") + 1
    for at in range(len(lines) - height + 1):
        block = "\n".join(lines[at : at + height])
        if block.startswith(start):
            yield block
