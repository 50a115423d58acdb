"""A place in a diff's lines, and the error that names it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pr_reviewer.model.errors import InvalidDiff

_EXCERPT_LENGTH = 60


@dataclass(slots=True)
class Cursor:
    """Where reading stands: `at` is the index of the next line."""

    lines: Sequence[str]
    at: int = 0

    @property
    def is_at_end(self) -> bool:
        """Whether every line was read."""
        return self.at >= len(self.lines)

    def look(self, ahead: int = 0) -> str:
        """A header line without the carriage return that a conversion may have added; "" past the end."""
        index = self.at + ahead
        return self.lines[index].removesuffix("\r") if index < len(self.lines) else ""

    def invalid(self, message: str, *, hint: str = "", ahead: int = 0) -> InvalidDiff:
        """The error that names the next line, or the last one where the text ends too early."""
        return InvalidDiff(message, line=min(self.at + ahead + 1, len(self.lines)), hint=hint)


def excerpt(line: str) -> str:
    """A line as an error message quotes it: printable and not too long."""
    return repr(line if len(line) <= _EXCERPT_LENGTH else line[:_EXCERPT_LENGTH] + "…")
