"""A question about a change, and what was answered: the nouns of /ask."""

from dataclasses import dataclass

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.llm import Cost


@dataclass(frozen=True, slots=True)
class Said:
    """One earlier message of a thread. Both are untrusted text."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class ThreadPlace:
    """The lines that a thread is about; None where the change has moved on from them.

    `opened_on` is how these lines looked in the diff when the thread was opened, the last of them last. Masked.
    """

    path: str
    lines: LineRange | None = None
    side: Side = Side.NEW
    opened_on: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks; in a thread on lines with its place and what was said there before, oldest first."""

    text: str
    place: ThreadPlace | None = None
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """Code that an answer rests on, found by its quote: `lines` of `path` at the head.

    None for a quote that does not stand there; then `why` says it. `number` is how the answer's text names it (`[2]`).
    """

    number: int
    path: str
    quote: str
    lines: LineRange | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered. Not `is_told`: by its own word, the code that it was shown does not tell."""

    text: str
    is_told: bool
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer about the change up to `head_sha`, how much of the change was looked at, and what it cost."""

    head_sha: str
    question: Question
    answer: Answer
    coverage: Coverage
    cost: Cost
    models: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
