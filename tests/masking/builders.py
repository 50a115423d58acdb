"""Secrets for tests, put together at run time: no file holds one in full, so no push protection fires."""

import base64
import json
import random
import string

_ALPHANUMERIC = string.ascii_letters + string.digits


def characters(count: int, alphabet: str = _ALPHANUMERIC, seed: int = 7) -> str:
    """As many characters, always the same ones; a digit and a letter are among the first."""
    source = random.Random(seed)  # noqa: S311 made-up keys
    start = [sign for sign in ("k", "7", "W", "3") if sign in alphabet]
    return ("".join(start) + "".join(source.choices(alphabet, k=count)))[:count]


def hexadecimal(count: int) -> str:
    return characters(count, "0123456789abcdef")


def upper(count: int) -> str:
    return characters(count, string.ascii_uppercase + string.digits)


def json_web_token() -> str:
    parts = [json.dumps({"alg": "HS256", "typ": "JWT"}), json.dumps({"sub": "17", "name": "Ada"})]
    encoded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
    signature = base64.urlsafe_b64encode(characters(32).encode()).decode().rstrip("=")
    return ".".join([*encoded, signature])


def private_key(lines: int = 3, label: str = "RSA ") -> list[str]:
    """A PEM block: BEGIN, full lines of base64, a short last one, END."""
    body = [characters(64, _ALPHANUMERIC + "+/", seed) for seed in range(lines)]
    return [f"-----BEGIN {label}PRIVATE KEY-----", *body, "kW3Dq==", f"-----END {label}PRIVATE KEY-----"]
