"""What only looks like a secret: placeholders, defaults of a laptop's database, names of things."""

import math
import re
from collections import Counter

_WORDS = (
    "example",
    "xxxx",
    "your",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "change this",
    "dummy",
    "redacted",
    "insert",
    "replace",
    "sample",
    "notreal",
    "not-real",
    "1234567890abc",
    "0123456789abc",
    "abcdefghijkl",
    "...",
    "…",
    "****",
    "[masked ",
)
_VARIABLE = re.compile(r"\$\{|\{\{|\$\(|%\(|#\{|^\$\w+$|<[^<>]*>|^%\w+%$|^\{\w*\}$|^%[sdr]$")
_FEW_CHARACTERS = 5  # xxxx-xxxx, 0000
_TAIL = 16  # a prefix such as `ghp_` says nothing
_DEFAULT_PASSWORDS = frozenset(
    ["", "admin", "guest", "pass", "passwd", "password", "postgres", "pw", "pwd", "root", "secret", "test", "token"]
)
_LOCAL_HOST = re.compile(
    r"(?i)^(?:localhost|127\.|\[::1|0\.0\.0\.0|host\b|example\.|[\w.-]*\.(?:example|test|invalid|localhost)\b)"
)
_NAME_OF_A_THING = re.compile(r"^[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*\d?$")
_IDENTIFIER = re.compile(r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|^arn:|^urn:", re.IGNORECASE)
_CODE = re.compile(r"://|\\|[(){}\[\]<>]|^[./~@$%-]|\.\w+$|^[a-z]+(?:[A-Z][a-z]+)+\d?$|^\w+(?:\.\w+)+$")
_SHORTEST_LOGIN = 8
_SHORTEST_RANDOM = 16
_SIGNS = "!@#$%^&*+="
_LEAST_ENTROPY = 3.0  # bits a character; random base 62 of 16 characters has about 3.7


def is_placeholder(value: str) -> bool:
    """Whether `value` stands where a secret would stand, and everybody knows that it is none."""
    folded = value.lower()
    return (
        any(word in folded for word in _WORDS)
        or _VARIABLE.search(value) is not None
        or len(set(folded[-_TAIL:])) < _FEW_CHARACTERS
    )


def is_default_login(user: str, password: str, host: str) -> bool:
    """Whether a URL's login is the one that every laptop has (`postgres:postgres@localhost`)."""
    return password.lower() in _DEFAULT_PASSWORDS or user == password or _LOCAL_HOST.match(host) is not None


def is_password(value: str) -> bool:
    """Whether `value`, assigned to something called a password, is one and not a name, a path or a message."""
    return (
        len(value) >= _SHORTEST_LOGIN
        and any(character.isdigit() or character in _SIGNS for character in value)
        and any(character.isalpha() for character in value)
        and _NAME_OF_A_THING.match(value) is None
        and _CODE.search(value) is None
    )


def is_random(value: str) -> bool:
    """Whether `value` is long and mixed enough to be a generated secret, not the name of a thing."""
    return (
        len(value) >= _SHORTEST_RANDOM
        and any(character.isdigit() for character in value)
        and any(character.isalpha() for character in value)
        and _NAME_OF_A_THING.match(value) is None
        and _CODE.search(value) is None
        and _IDENTIFIER.match(value) is None
        and _entropy(value) >= _LEAST_ENTROPY
    )


def _entropy(value: str) -> float:
    """Shannon's, in bits a character."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())
