"""Lines for a terminal: colour, width, wrapping; and prose in them.

Whatever is printed has gone through `characters` before: the only escape sequences are our own.
"""

from dataclasses import dataclass
from enum import Enum

_TAB = 4
_NARROWEST = 20


class Style(Enum):
    """What a run of characters is, and its SGR code."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "1;36"
    ADDED = "32"
    REMOVED = "31"
    CODE = "36"


@dataclass(frozen=True, slots=True)
class Ink:
    """Colour or none."""

    is_coloured: bool

    def __call__(self, text: str, style: Style) -> str:
        """The text in its style; never an escape sequence without colour."""
        return f"\x1b[{style.value}m{text}\x1b[0m" if self.is_coloured and style.value and text else text
