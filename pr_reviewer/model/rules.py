"""A best practice that a tech lead wrote."""

from dataclasses import dataclass

from pr_reviewer.model.findings import Severity


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Where a rule stands: `origin` names the level (`pack core`, `repository`, …), `line` is one-based."""

    origin: str
    path: str
    line: int


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

    `pattern` is ast-grep's rule object as JSON text, None where a model judges. No languages or paths: all.
    """

    id: str
    title: str
    text: str
    source: RuleSource
    severity: Severity = Severity.WARNING
    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    pattern: str | None = None
    examples: tuple[Example, ...] = ()
