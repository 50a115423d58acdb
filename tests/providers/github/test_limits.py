import pytest

from pr_reviewer.providers.github.limits import is_limited, seconds_to_wait

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("status", "headers", "message", "expected"),
    [
        (429, {}, "", True),
        (403, {"retry-after": "5"}, "", True),
        (403, {"x-ratelimit-remaining": "0"}, "", True),
        (403, {"x-ratelimit-remaining": "12"}, "You have exceeded a secondary rate limit.", True),
        (403, {}, "You have triggered an abuse detection mechanism.", True),
        (403, {"x-ratelimit-remaining": "12"}, "Resource not accessible by integration", False),
        (404, {"x-ratelimit-remaining": "0"}, "Not Found", False),
        (422, {}, "Validation Failed; body was submitted too quickly after a previous comment", True),
        (422, {"x-ratelimit-remaining": "0"}, "Validation Failed; Line could not be resolved", False),
        (500, {"retry-after": "5"}, "", False),
    ],
)
def test_a_limit_is_told_from_a_refusal(status, headers, message, expected):
    assert is_limited(status, headers, message) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "7", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000300"}, 7.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000300"}, 301.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1799999000"}, 1.0),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "1800000300"}, 60.0),
        ({"retry-after": "soon"}, 60.0),
        ({}, 60.0),
    ],
)
def test_the_wait_is_what_github_asks_for(headers, expected):
    assert seconds_to_wait(headers, NOW) == expected


def test_a_wrong_clock_here_does_no_harm():
    headers = {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1800000300",
        "date": "Fri, 15 Jan 2027 08:00:00 GMT",
    }
    assert seconds_to_wait(headers, 12.0) == 301.0
    assert seconds_to_wait(headers | {"date": "yesterday"}, NOW) == 301.0
