"""How long an endpoint asks to wait, in all the ways in which endpoints say it. Seconds, None where nothing is said."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")
_SENTENCE = re.compile(r"(?:try again|retry) (?:in|after) (\d+(?:\.\d+)?) ?(ms|s|m|h)?(?:ec|in|our)?", re.IGNORECASE)
_EPOCH = 1_000_000_000  # larger figures are points in time, in seconds or (a thousand times larger) milliseconds


def seconds_to_wait(headers: Mapping[str, str], message: str, now: datetime) -> float | None:
    """The first that is said of: `retry-after-ms`, `Retry-After`, an exhausted `x-ratelimit-reset-*`, the message."""
    return (
        _from_milliseconds(headers.get("retry-after-ms", ""))
        or _from_retry_after(headers.get("retry-after", ""), _date(headers.get("date", "")) or now)
        or _from_resets(headers, now)
        or _from_message(message)
    )


def _from_milliseconds(text: str) -> float | None:
    """`1500`."""
    return None if (number := _number(text)) is None else number / 1000


def _from_retry_after(text: str, now: datetime) -> float | None:
    """Seconds, or a date (RFC 9110, 10.2.3), which is measured against the endpoint's own clock where it tells it."""
    number = _number(text)
    if number is not None:
        return number
    moment = _date(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _from_resets(headers: Mapping[str, str], now: datetime) -> float | None:
    """The longest reset among the limits that are used up: `x-ratelimit-remaining-tokens: 0`, `-reset-tokens: 6m0s`."""
    waits = []
    for suffix in ("-requests", "-tokens", ""):
        remaining = headers.get(f"x-ratelimit-remaining{suffix}", "0")
        wait = _duration(headers.get(f"x-ratelimit-reset{suffix}", ""), now)
        if wait is not None and _number(remaining) == 0:
            waits.append(wait)
    return max(waits, default=None)


def _from_message(message: str) -> float | None:
    """`Please try again in 1.242s`, `Please retry after 6 seconds`."""
    found = _SENTENCE.search(message)
    return float(found[1]) * _UNITS[(found[2] or "s").lower()] if found else None


def _duration(text: str, now: datetime) -> float | None:
    """`6m0s`, `20ms`, `12` (seconds), or a point in time as seconds or milliseconds since 1970."""
    number = _number(text)
    if number is None:
        parts = _PART.findall(text)
        return sum(float(amount) * _UNITS[unit] for amount, unit in parts) if parts else None
    if number < _EPOCH:
        return number
    moment = number if number < _EPOCH * 1000 else number / 1000
    return max(0.0, moment - now.timestamp())


def _number(text: str) -> float | None:
    """A plain, non-negative number."""
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text.strip()) else None


def _date(text: str) -> datetime | None:
    """An HTTP date, as a moment."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
