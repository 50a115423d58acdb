"""What a parser says of source code."""

from dataclasses import dataclass

from pr_reviewer.model.changes import LineRange


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, method, class or the like. `lines` include its decorators, not the comment above it."""

    name: str
    lines: LineRange


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """A place that does not parse. `line` is one-based, `column` too; `text` is a short sentence."""

    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class PatternHit:
    """A rule's pattern matched these lines."""

    rule_id: str
    lines: LineRange


@dataclass(frozen=True, slots=True)
class Secret:
    """A masked secret: its one-based line and what it looks like (`AWS access key`); never its value."""

    line: int
    kind: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with every secret replaced; it has exactly as many lines as the original."""

    text: str
    secrets: tuple[Secret, ...] = ()

    @property
    def lines(self) -> frozenset[int]:
        """The one-based lines in which something is masked."""
        return frozenset(secret.line for secret in self.secrets)
