"""Who sets a value: layers, in the order of precedence, and how far each is trusted."""

from dataclasses import dataclass
from enum import Enum


class Trust(Enum):
    """Whose word a layer is; a higher value is trusted less. The values order `may_set`."""

    OPERATOR = 0
    ORGANISATION = 1
    REPOSITORY = 2
    COMMENTER = 3


class Layer(Enum):
    """Where a value comes from. A later member overrides an earlier one.

    Precedence rises as trust falls, with one exception: the arguments of a command line are the words of
    the operator, who sits in front of it. The arguments of a comment are those of whoever wrote it.
    """

    DEFAULTS = ("defaults", Trust.OPERATOR)
    FILE = ("file", Trust.OPERATOR)
    ENVIRONMENT = ("environment", Trust.OPERATOR)
    ORGANISATION = ("organisation", Trust.ORGANISATION)
    REPOSITORY = ("repository", Trust.REPOSITORY)
    COMMENT = ("comment", Trust.COMMENTER)
    COMMAND = ("command", Trust.OPERATOR)

    def __init__(self, label: str, trust: Trust) -> None:
        self.label = label
        self.trust = trust

    @property
    def is_document(self) -> bool:
        """Whether its values are TOML, which has types of its own; elsewhere values arrive as text."""
        return self in {Layer.DEFAULTS, Layer.FILE, Layer.ORGANISATION, Layer.REPOSITORY}

    def may_set(self, least: Trust) -> bool:
        """Whether this layer may set a field that needs at least this much trust."""
        return self.trust.value <= least.value


@dataclass(frozen=True, slots=True)
class SettableBy:
    """Marks a field with the least trusted one who may set it; without a mark it is the operator's alone."""

    trust: Trust


@dataclass(frozen=True, slots=True)
class Variable:
    """Marks a field that the ecosystem knows by an environment variable; `also` goes before it where both are set."""

    name: str
    also: str | None = None
