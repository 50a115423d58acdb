"""What a change does, in the words of a model: the outcome of /describe."""

from dataclasses import dataclass
from enum import StrEnum

from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.llm import Cost


class ChangeKind(StrEnum):
    """What kind of change it is above all; a value is what people read."""

    FIX = "bug fix"
    FEATURE = "feature"
    REFACTORING = "refactoring"
    PERFORMANCE = "performance"
    TESTS = "tests"
    DOCUMENTATION = "documentation"
    DEPENDENCIES = "dependencies"
    BUILD = "build"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FileNote:
    """What happens in one changed file; `text` is a model's, "" where it said nothing of the file."""

    path: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """Files that are changed for one reason, in the order in which they are best read. `name` is a model's."""

    name: str
    files: tuple[FileNote, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a model says of a change, held against the change: every file is one of it and stands in one concern.

    `title` is "" where none is suggested; `labels` are of those that may be suggested.
    """

    title: str
    kind: ChangeKind
    summary: tuple[str, ...]
    concerns: tuple[Concern, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A portrait of the change between two commits, what of the change it covers, and what it cost.

    `deleted` are the paths that are not there any more at the head; `remarks` are sentences about how it was made.
    """

    head_sha: str
    portrait: Portrait
    coverage: Coverage
    cost: Cost
    models: tuple[str, ...] = ()
    deleted: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()
