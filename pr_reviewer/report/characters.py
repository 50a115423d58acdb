"""Characters that a reader cannot see, or that a terminal would obey."""

import re
import unicodedata

from pr_reviewer.diff.text import display

# Letters and marks that show nothing, besides all of category Cf (bidi controls, zero-width, tags).
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_ASCII_ONLY = re.compile(r"[\n -~]*")
_HIDDEN = re.compile(f"[{_BLANK}{_SELECTORS}]")
_REPLACED = frozenset({"Cs", "Co", "Cn"})
_TAB = "\t"
_CONTROL_PICTURES, _DELETE, _DELETE_PICTURE = 0x2400, 0x7F, "\u2421"
_SPACE = 0x20


def clean(text: str) -> str:
    """Prose without what cannot be seen: format, bidi and control characters go, what is not a character is U+FFFD.

    Every line end becomes a line feed; tabs stay.
    """
    text = _LINE_ENDS.sub("\n", text)
    if _ASCII_ONLY.fullmatch(text):
        return text
    return "".join(_cleaned(char) for char in _HIDDEN.sub("", text))


def visible(text: str) -> str:
    """Code or a path with every hidden character spelled out (`␛`, `<U+202E>`), so that none is obeyed or missed.

    Line feeds and tabs stay.
    """
    if _ASCII_ONLY.fullmatch(text):
        return text
    return "".join(_shown(char) for char in display(text))


def one_line(text: str) -> str:
    """The text, visible, with its line feeds and tabs spelled out too."""
    return visible(text).replace("\n", "␊").replace(_TAB, "␉")


def _cleaned(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf" or (category == "Cc" and char not in "\n\t"):
        return ""
    return "\ufffd" if category in _REPLACED else char


def _shown(char: str) -> str:
    if char in "\n\t":
        return char
    if ord(char) < _SPACE:
        return chr(_CONTROL_PICTURES + ord(char))
    if ord(char) == _DELETE:
        return _DELETE_PICTURE
    if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} or _HIDDEN.match(char):
        return f"<U+{ord(char):04X}>"
    return char
