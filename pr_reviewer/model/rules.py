"""A best practice that a tech lead wrote, where it stands, and what a review did with it."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from pr_reviewer.model.findings import Severity


class Level(IntEnum):
    """Who states a rule, the nearest to the code last. Of rules with one id, the nearest holds."""

    PACK = 0
    OPERATOR = 1
    ORGANISATION = 2
    REPOSITORY = 3
    DIRECTORY = 4


class Enforcement(StrEnum):
    """How strictly a rule is kept. A required rule's finding is an error, and the head cannot silence it."""

    OFF = "off"
    ADVISORY = "advisory"
    REQUIRED = "required"


class RuleCategory(StrEnum):
    """What a rule is about. Style is not raised in a legacy repository, and only security in a deprecated one."""

    GENERAL = "general"
    STYLE = "style"
    SECURITY = "security"


class ForeignKind(StrEnum):
    """A file that people wrote for other tools and that holds rules too; the value is what they call it."""

    AGENTS = "AGENTS.md"
    CLAUDE = "CLAUDE.md"
    REVIEW = "REVIEW.md"
    CONTRIBUTING = "CONTRIBUTING.md"
    COPILOT = "copilot-instructions.md"
    INSTRUCTIONS = "*.instructions.md"
    CURSOR = ".cursor/rules"
    CURSORRULES = ".cursorrules"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file of rules. `origin` names it to people (`pack core`, `o/.pr-reviewer`, `repository`).

    `path` is relative to its repository, absolute on disk for the operator's folder, relative to the installation for
    a pack. `folder` is the directory that its rules govern ("" for all, no trailing slash). `project` and `revision`
    (a commit's id) tell where it can be read on the provider; both are empty for a file that only a disk has, and
    `project` is empty for the repository under review.
    """

    level: Level
    origin: str
    path: str
    folder: str = ""
    project: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Where a rule stands; `line` is one-based."""

    file: RuleFile
    line: int

    @property
    def origin(self) -> str:
        """The level or repository, in words."""
        return self.file.origin

    @property
    def path(self) -> str:
        """The file's path."""
        return self.file.path


@dataclass(frozen=True, slots=True)
class Example:
    """Code that breaks a rule (`is_bad`) or keeps it, in the language of its fence."""

    code: str
    language: str
    is_bad: bool
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `pattern` is ast-grep's rule object as JSON text, None where a model judges. No languages, paths or changes: all.
    `changes` are values of `FileStatus` (`added`, `modified`, …). `reason` says why a rule is off. `outer` is where the
    text stands of a rule that a nearer file only amended (`source` is then the amendment's place).
    """

    id: str
    title: str
    text: str
    source: RuleSource
    severity: Severity = Severity.WARNING
    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    pattern: str | None = None
    examples: tuple[Example, ...] = ()
    category: RuleCategory = RuleCategory.GENERAL
    enforcement: Enforcement = Enforcement.ADVISORY
    reason: str = ""
    outer: RuleSource | None = None


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """Something in a file of rules that could not be used: the sentence, and its one-based line.

    `origin` is that of the file, "" for the repository under review. `code` names its kind (`duplicate-id`). `rule_id`
    is the rule's that it is about, "" where it is about none or has no id.
    """

    path: str
    line: int
    text: str
    origin: str = ""
    code: str = "unusable"
    rule_id: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Unread:
    """A source of rules that was not read, and why. An unexpected one leaves a review incomplete."""

    origin: str
    why: str
    is_expected: bool = False


class Quality(StrEnum):
    """How far a repository's own code is a model for new code."""

    EXEMPLARY = "exemplary"
    NORMAL = "normal"
    LEGACY = "legacy"


class Status(StrEnum):
    """Where a repository is heading."""

    GROWING = "growing"
    MAINTAINED = "maintained"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the organisation thinks of a repository. `exemplars` are the projects whose code is to be imitated."""

    quality: Quality = Quality.NORMAL
    status: Status = Status.MAINTAINED
    note: str = ""
    successor: str = ""
    exemplars: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that the pull request itself adds, changes or removes; it is reviewed by the old ones."""

    path: str
    rule_id: str
    title: str
    verb: str  # added, changed, switched off, removed


@dataclass(frozen=True, slots=True)
class Silenced:
    """A comment that silences rules at a line of the head. `refused` says why it does not hold, "" where it does."""

    path: str
    line: int
    rule_ids: tuple[str, ...]
    reason: str
    is_added: bool
    refused: str = ""


@dataclass(frozen=True, slots=True)
class RulesApplied:
    """What a review did with rules, for its report. `by_file` has every reviewed file with the ids that governed it."""

    by_file: tuple[tuple[str, tuple[str, ...]], ...] = ()
    changes: tuple[RuleChange, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    problems: tuple[RuleProblem, ...] = ()
    unread: tuple[Unread, ...] = ()
    standing: Standing = field(default_factory=Standing)
