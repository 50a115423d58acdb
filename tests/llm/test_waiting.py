"""How long an endpoint asks to wait."""

from datetime import UTC, datetime

import pytest

from pr_reviewer.llm.waiting import seconds_to_wait

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 09:00:30 GMT", "date": "Sat, 21 Nov 2026 09:00:00 GMT"}, 30),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"x-ratelimit-reset-tokens": "6m0s"}, 360),
        ({"x-ratelimit-reset-tokens": "20ms", "x-ratelimit-reset-requests": "1h2m3.5s"}, 3723.5),
        ({"x-ratelimit-reset-tokens": "9s", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-requests": "60s",
          "x-ratelimit-remaining-requests": "12"}, 9),
        ({"x-ratelimit-reset-tokens": "9s", "x-ratelimit-remaining-tokens": "500"}, None),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 40), "x-ratelimit-remaining": "0"}, 40),
        ({"x-ratelimit-reset": str((int(NOW.timestamp()) + 40) * 1000)}, 40),
        ({"x-ratelimit-reset": "12"}, 12),
        ({"x-ratelimit-reset": "whenever"}, None),
    ],
)  # fmt: skip
def test_headers_say_when(headers: dict[str, str], expected: float | None) -> None:
    assert seconds_to_wait(headers, "", NOW) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Rate limit reached. Please try again in 1.242s. Visit…", 1.242),
        ("Please try again in 20ms.", 0.02),
        ("Please retry after 6 seconds.", 6),
        ("Please try again in 6m0s.", 360),
        ("Try again in 2 minutes", 120),
        ("Try again later", None),
    ],
)
def test_else_the_message_may_say_when(message: str, expected: float | None) -> None:
    assert seconds_to_wait({}, message, NOW) == expected


def test_a_wait_of_nothing_says_nothing() -> None:
    assert seconds_to_wait({"retry-after": "0"}, "", NOW) is None
