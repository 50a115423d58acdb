"""What a model says of a change for /describe: its replies, and what is left of them once they are held against it.

Files are those of the change, each once: what the model invents is left out, what it forgets is added without words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pr_reviewer.diff.render import path_label
from pr_reviewer.findings.replies import Number, Reply, listed, word
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.describing import ChangeKind, Concern, FileNote, Portrait

OTHER_FILES = "Other files"
_MOST_SENTENCES = 8
_MOST_CONCERNS = 30
_LONGEST_NOTE = 400
_LONGEST_NAME = 120
_LONGEST_TITLE = 200

_KINDS = {
    "bug-fix": ("fix", "bugfix", "bug", "hotfix"),
    "feature": ("enhancement", "feat", "new-feature"),
    "refactoring": ("refactor", "cleanup"),
    "performance": ("perf", "optimization"),
    "tests": ("test", "testing"),
    "documentation": ("docs", "doc"),
    "dependencies": ("dependency", "deps"),
    "build": ("ci", "configuration", "config", "chore"),
    "other": ("misc", "mixed"),
}
KindWord = Annotated[
    Literal[
        "bug-fix",
        "feature",
        "refactoring",
        "performance",
        "tests",
        "documentation",
        "dependencies",
        "build",
        "other",
    ],
    BeforeValidator(word(_KINDS)),
]
_PREFIX = re.compile(r"^(?:### |[ab]/|(?:\./)+)")


class DescribedFile(Reply):
    """One file of a group."""

    path: str = Field(description="The file's path, exactly as the diff's heading gives it.")
    change: str = Field(description="What the change does in this file and why, in one plain sentence.")


class DescribedGroup(Reply):
    """Files that change for one reason."""

    name: str = Field(description="The reason in a few words, as a heading, without a full stop.")
    files: Annotated[list[DescribedFile], BeforeValidator(listed)] = Field(
        description="The files, in the order in which a reviewer should read them."
    )


class DescribeReply(Reply):
    """A description of the change, or of the part that is shown."""

    may_be_absent = frozenset({"labels", "groups", "summary"})

    groups: Annotated[list[DescribedGroup], BeforeValidator(listed)] = Field(
        description="Every file that is shown, each in exactly one group, the most important group first."
    )
    summary: Annotated[list[str], BeforeValidator(listed)] = Field(
        description="What the change does and why, in one to five plain sentences, one entry each."
    )
    kind: KindWord = Field(description="What kind of change it is above all.")
    title: str = Field(description="A title for the change: imperative, at most 72 characters, without a full stop.")
    labels: Annotated[list[str], BeforeValidator(listed)] = Field(
        description="Those of the given labels that fit; else empty."
    )


class SummedGroup(Reply):
    """Files that change for one reason, by their numbers."""

    name: str = Field(description="The reason in a few words, as a heading, without a full stop.")
    files: Annotated[list[Number], BeforeValidator(listed)] = Field(description="The numbers of the files.")


class SumReply(Reply):
    """A description of the whole change, made from those of its parts."""

    may_be_absent = frozenset({"labels", "groups", "summary"})

    groups: Annotated[list[SummedGroup], BeforeValidator(listed)] = Field(
        description="Every file by its number, each in exactly one group, the most important group first."
    )
    summary: Annotated[list[str], BeforeValidator(listed)] = Field(
        description="What the whole change does and why, in one to six plain sentences, one entry each."
    )
    kind: KindWord = Field(description="What kind of change it is above all.")
    title: str = Field(description="A title for the change: imperative, at most 72 characters, without a full stop.")
    labels: Annotated[list[str], BeforeValidator(listed)] = Field(
        description="Those of the given labels that fit; else empty."
    )


def read_description(reply: DescribeReply, files: Sequence[FileDiff], labels: Sequence[str]) -> Portrait:
    """The portrait of these files, which are those that the model was shown."""
    known = paths_by_spelling(files)
    groups = [(each.name, [(_known(known, file.path), file.change) for file in each.files]) for each in reply.groups]
    return _portrait(reply, groups, [file.path for file in files], labels)


def read_sum(reply: SumReply, notes: Sequence[FileNote], labels: Sequence[str]) -> Portrait:
    """The portrait of the whole change; the files were shown by their numbers, from 1, in this order."""
    numbered = dict(enumerate(notes, start=1))
    groups = [
        (each.name, [(note.path, note.text) for number in each.files if (note := numbered.get(number))])
        for each in reply.groups
    ]
    portrait = _portrait(reply, groups, [note.path for note in notes], labels)
    texts = {note.path: note.text for note in notes}
    concerns = tuple(
        Concern(each.name, tuple(FileNote(file.path, texts[file.path]) for file in each.files))
        for each in portrait.concerns
    )
    return Portrait(portrait.title, portrait.kind, portrait.summary, concerns, portrait.labels)


def joined(portraits: Sequence[Portrait]) -> Portrait:
    """The portraits of all parts as one, by code alone: concerns of one name are one, and no title is suggested."""
    concerns: dict[str, list[FileNote]] = {}
    for portrait in portraits:
        for concern in portrait.concerns:
            concerns.setdefault(concern.name, []).extend(concern.files)
    kinds = [portrait.kind for portrait in portraits]
    return Portrait(
        title="",
        kind=max(kinds, key=kinds.count),
        summary=tuple(sentence for portrait in portraits for sentence in portrait.summary)[:_MOST_SENTENCES],
        concerns=tuple(Concern(name, _each_once(files)) for name, files in concerns.items()),
        labels=tuple(dict.fromkeys(label for portrait in portraits for label in portrait.labels)),
    )


def notes_of(portraits: Iterable[Portrait]) -> tuple[FileNote, ...]:
    """Every file of the parts, each once, with what was said of it; of a file in several parts all that was said."""
    return _each_once(note for portrait in portraits for concern in portrait.concerns for note in concern.files)


def paths_by_spelling(files: Iterable[FileDiff]) -> Mapping[str, str]:
    """Each file's path by what a model may call it."""
    return {spelling: file.path for file in files for spelling in (path_label(file.path), file.path)}


def _known(known: Mapping[str, str], path: str) -> str:
    path = path.strip()
    return known.get(path) or known.get(_PREFIX.sub("", path), "")


def _portrait(
    reply: DescribeReply | SumReply,
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    paths: Sequence[str],
    labels: Sequence[str],
) -> Portrait:
    return Portrait(
        title=_line(reply.title, _LONGEST_TITLE),
        kind=ChangeKind(reply.kind.replace("-", " ")),
        summary=tuple(filter(None, (each.strip() for each in reply.summary)))[:_MOST_SENTENCES],
        concerns=tuple(_concerns(groups, paths)),
        labels=_labels(reply.labels, labels),
    )


def _concerns(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], paths: Sequence[str]) -> Iterator[Concern]:
    """The groups with each file once and of this change; last, in their own order, the files that are in none."""
    left = dict.fromkeys(paths)
    for name, files in groups[:_MOST_CONCERNS]:
        notes = []
        for path, text in files:
            if path in left:
                del left[path]
                notes.append(FileNote(path, _line(text, _LONGEST_NOTE)))
        if notes:
            yield Concern(_line(name, _LONGEST_NAME) or OTHER_FILES, tuple(notes))
    if left:
        yield Concern(OTHER_FILES, tuple(map(FileNote, left)))


def _labels(said: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Those that may be suggested, as they are written there, in the order of the model."""
    known = {each.casefold(): each for each in allowed}
    return tuple(dict.fromkeys(known[name] for each in said if (name := each.strip().casefold()) in known))


def _each_once(notes: Iterable[FileNote]) -> tuple[FileNote, ...]:
    texts: dict[str, list[str]] = {}
    for note in notes:
        texts.setdefault(note.path, []).append(note.text)
    return tuple(FileNote(path, " ".join(filter(None, dict.fromkeys(said)))) for path, said in texts.items())


def _line(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0] or line[:most]} …"
