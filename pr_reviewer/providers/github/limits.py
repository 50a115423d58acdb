"""How long GitHub asks to wait. Pure.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_SECONDARY_WAIT = 60.0  # "wait for at least one minute", where a secondary limit names no time
_TOO_FAST = "submitted too quickly"
_WORDS = ("rate limit", "abuse detection", _TOO_FAST)


def is_limited(status: int, headers: Mapping[str, str], message: str) -> bool:
    """Whether a refusal is a rate limit. GitHub does nothing that it refuses so."""
    if status == 422:  # noqa: PLR2004 so GitHub tells who comments too fast: "was submitted too quickly"
        return _TOO_FAST in message.lower()
    if status not in (403, 429):
        return False
    is_exhausted = headers.get("x-ratelimit-remaining") == "0"
    return status == 429 or "retry-after" in headers or is_exhausted or says_limited(message)  # noqa: PLR2004


def says_limited(message: str) -> bool:
    """Whether GitHub's own words tell a rate limit."""
    return any(words in message.lower() for words in _WORDS)


def seconds_to_wait(headers: Mapping[str, str], now: float) -> float:
    """Seconds until a limited call may be repeated; `now` counts since 1970, where GitHub's own clock is not told."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(0.0, float(reset) - _clock(headers.get("date", ""), now)) + 1
    return _SECONDARY_WAIT


def _clock(date: str, now: float) -> float:
    """The server's own time, so that a wrong clock here does no harm."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return now
