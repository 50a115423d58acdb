"""What a model answers for /ask: its replies, and each citation found by its quote, or said not to be found.

A model names no lines that count: code looks for what it quotes in the file as it is at the head.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from pr_reviewer.diff.text import display
from pr_reviewer.findings.described import paths_by_spelling
from pr_reviewer.findings.index import Haystack
from pr_reviewer.findings.quotes import plain_lines, readings, squeeze, squeeze_lines
from pr_reviewer.findings.replies import Number, Reply, listed
from pr_reviewer.model.answering import Answer, Citation
from pr_reviewer.model.changes import FileDiff, LineKind, LineRange, Side

NO_FILE = "no file of this change has this name"
NO_TEXT = "the text of this file at the head is not at hand"
NOT_THERE = "this does not stand in the file at the head"
REMOVED = "this change removes it"
NO_QUOTE = "the model quoted nothing"
AMBIGUOUS = "this stands in several places of the file"
_MOST_CITATIONS = 12
_LONGEST_TEXT = 8_000
_LONGEST_QUOTE = 2_000
_SHORTEST_PART = 6  # characters: a shorter part of a line stands anywhere
_MISCOUNT = 40  # lines: a claim that is farther off than this chooses between no places
# Code comes first, so that what stands in it is passed over: `items[0]` is an index.
_REFERENCE = re.compile(
    r"(?P<code>(?P<ticks>(?<!`)`+)(?!`).*?(?<!`)(?P=ticks)(?!`))|(?P<word>\w?)\[(?P<number>\d{1,3})\]", re.DOTALL
)
_NO_REFERENCE = "[not cited]"
_PREFIX = re.compile(r"^(?:### |[ab]/|(?:\./)+)")


class CitedCode(Reply):
    """Code that the answer rests on."""

    may_be_absent = frozenset({"line"})

    path: str = Field(description="The file's path, exactly as the diff's heading gives it.")
    quote: str = Field(
        description="The lines that tell, copied exactly, whole lines without line numbers or +/- signs: as few "
        "consecutive lines as show it."
    )
    line: Number = Field(description="The number of the quote's first line in the new version.")


class AskReply(Reply):
    """An answer, with the code that it rests on before the words."""

    may_be_absent = frozenset({"citations"})

    citations: Annotated[list[CitedCode], BeforeValidator(listed)] = Field(
        description="The code that the answer rests on, most important first; none where the code does not tell."
    )
    is_told: bool = Field(description="Whether the code that is shown answers the question.")
    text: str = Field(
        description="The answer in plain sentences, the fact first. `[1]` stands for the first citation, `[2]` for the "
        "second. Where the code does not tell: what it lacks, in one or two sentences."
    )


class JoinReply(Reply):
    """One answer made from those about the parts."""

    is_told: bool = Field(description="Whether the answers together answer the question.")
    text: str = Field(
        description="The answer in plain sentences, the fact first, with the numbers of citations as the parts have "
        "them, such as [3]."
    )


class Heads:
    """The changed files as they are at the head, to look quotes up in. `texts` are masked, by path."""

    def __init__(self, files: Sequence[FileDiff], texts: Mapping[str, str]) -> None:
        self._paths = paths_by_spelling(files)
        self._removed = {file.path: _removed(file) for file in files}
        self._texts = texts
        self._haystacks: dict[str, Haystack] = {}

    def find(self, number: int, cited: CitedCode) -> Citation:
        """The citation with the lines on which its quote stands, or why it has none."""
        path = cited.path.strip()
        known = self._paths.get(path) or self._paths.get(_PREFIX.sub("", path))
        quote = cited.quote[:_LONGEST_QUOTE]
        if known is None:
            return Citation(number, path, quote, why=NO_FILE)
        found = self._look(known, quote, cited.line)
        return (
            Citation(number, known, quote, found)
            if isinstance(found, LineRange)
            else Citation(number, known, quote, why=found)
        )

    def _look(self, path: str, quote: str, claimed: int) -> LineRange | str:
        if not squeeze_lines(quote):
            return NO_QUOTE
        if path not in self._texts:
            return NO_TEXT
        haystack = self._haystack(path)
        for reading in readings(quote, Side.NEW):
            wanted = squeeze_lines(reading)
            places = list(haystack.whole(wanted)) if wanted else []
            if not places and sum(map(len, wanted)) >= _SHORTEST_PART:
                places = list(haystack.part(wanted))
            if places:
                return _nearest(places, claimed)
        return REMOVED if self._is_removed(path, quote) else NOT_THERE

    def _haystack(self, path: str) -> Haystack:
        if path not in self._haystacks:
            lines = plain_lines(display(self._texts[path]))
            self._haystacks[path] = Haystack(map(squeeze, lines), skip_blank=True)
        return self._haystacks[path]

    def _is_removed(self, path: str, quote: str) -> bool:
        gone = self._removed[path]
        return any(
            lines and all(line in gone for line in lines) for lines in map(squeeze_lines, readings(quote, Side.OLD))
        )


def read_answer(reply: AskReply, heads: Heads, first: int = 1) -> Answer:
    """The answer with its citations looked up. They are numbered from `first`, in the text, too."""
    cited = reply.citations[:_MOST_CITATIONS]
    citations = tuple(heads.find(number, each) for number, each in enumerate(cited, start=first))
    numbers = {number: number - 1 + first for number in range(1, len(cited) + 1)}
    return Answer(_renumbered(reply.text[:_LONGEST_TEXT], numbers).strip(), reply.is_told, citations)


def read_join(reply: JoinReply, answers: Iterable[Answer]) -> Answer:
    """The answer made from several: with those of their citations that it names."""
    text = reply.text[:_LONGEST_TEXT].strip()
    named = {int(found["number"]) for found in _REFERENCE.finditer(text) if found["number"]}
    cited = tuple(each for answer in answers for each in answer.citations if each.number in named)
    return Answer(_renumbered(text, {each.number: each.number for each in cited}), reply.is_told, cited)


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """The text with the new numbers of citations; of one that there is not, it is said so.

    `items[0]` in prose is an index, unless there is a citation of this number.
    """

    def renumber(found: re.Match[str]) -> str:
        if found["code"] is not None:
            return found[0]
        number = numbers.get(int(found["number"]))
        if number is None:
            return found[0] if found["word"] else _NO_REFERENCE
        return f"{found['word']}[{number}]"

    return _REFERENCE.sub(renumber, text)


def _nearest(places: Sequence[tuple[int, int]], claimed: int) -> LineRange | str:
    """The place nearest to the claimed line; of several without a claim that helps: none."""
    ordered = sorted(places, key=lambda rows: abs(rows[0] + 1 - claimed))
    first, last = ordered[0]
    if len(ordered) > 1 and (not claimed or abs(first + 1 - claimed) > _MISCOUNT):
        return AMBIGUOUS
    return LineRange(first + 1, last + 1)


def _removed(file: FileDiff) -> frozenset[str]:
    lines = (line for hunk in file.hunks for line in hunk.lines)
    return frozenset(squeeze(display(line.text)) for line in lines if line.kind is LineKind.REMOVED)
