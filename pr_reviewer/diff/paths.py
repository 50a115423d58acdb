"""Paths as diff headers write them: C-quoted, prefixed with `a/` and `b/`, followed by a timestamp.

The quoting is git's (`quote.c`) and GNU diff's: double quotes around a path with control characters,
quotes or backslashes, and octal bytes for what is not ASCII.
"""

import re

NULL = "/dev/null"

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"((?:\\[0-3][0-7]{2})+)|\\(.)", re.DOTALL)
_LETTERS = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_NAMES = {character: f"\\{letter}" for letter, character in _LETTERS.items()}


def quote(path: str) -> str:
    """The path as git writes it: itself, or in double quotes where it must be."""
    quoted = "".join(_quote_character(character) for character in path)
    return path if quoted == path else f'"{quoted}"'


def unquote(text: str) -> str:
    r"""The path that a quoted text (`"a\303\244"`) stands for. ValueError where it is not one."""
    match = _QUOTED.fullmatch(text)
    if not match:
        raise ValueError("a quoted path does not end")
    return _ESCAPE.sub(_unescape, match[1])


def header_name(text: str) -> str:
    """The path in what follows `--- ` or `+++ `: quoted, or up to the tab before a timestamp."""
    if match := _QUOTED.match(text):
        return unquote(match[0])
    return text.partition("\t")[0]


def plain_or_quoted(text: str) -> str:
    """The path in what follows `rename from ` and the like, which has neither prefix nor timestamp."""
    return unquote(text) if text.startswith('"') else text


def git_names(text: str) -> tuple[str, str] | None:
    """Both names in what follows `diff --git `, prefixes included; None where spaces leave it open.

    Unquoted names can be told apart only because they are the same but for their prefix.
    """
    if match := _QUOTED.match(text):
        return unquote(match[0]), plain_or_quoted(text[match.end() + 1 :])
    if text.endswith('"') and ' "' in text:
        old, _, new = text.partition(' "')
        return old, unquote('"' + new)
    middle = len(text) // 2
    halves = text[:middle], text[middle + 1 :]
    if text[middle : middle + 1] == " " and without_prefixes(*halves)[0] == without_prefixes(*halves)[1]:
        return halves
    old, separator, new = text.partition(" b/")
    return (old, "b/" + new) if separator and " b/" not in new else None


def without_prefixes(old: str, new: str) -> tuple[str, str]:
    """Both names without `a/` and `b/`, or whatever single folders make them differ.

    Two equal names have no prefix (`--no-prefix`, svn), and `/dev/null` tells nothing about the other.
    """
    if NULL in (old, new):
        return old.removeprefix("a/"), new.removeprefix("b/")
    old_rest, new_rest = old.partition("/")[2], new.partition("/")[2]
    if old != new and (old_rest == new_rest != "" or (old.startswith("a/") and new.startswith("b/"))):
        return old_rest, new_rest
    return old, new


def _quote_character(character: str) -> str:
    if character in _NAMES:
        return _NAMES[character]
    if " " <= character <= "~":
        return character
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", errors))


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return bytes(int(octal, 8) for octal in match[1].split("\\")[1:]).decode("utf-8", "surrogateescape")
    if match[2] not in _LETTERS:
        raise ValueError(f"a quoted path holds the unknown escape \\{match[2]}")
    return _LETTERS[match[2]]
