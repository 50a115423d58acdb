"""What becomes of a delivery, and what its sender is told: the status, and not why."""

from enum import Enum


class Outcome(Enum):
    """A name for log lines and counters, and HTTP's status."""

    ACCEPTED = ("accepted", 202)
    REPEATED = ("repeated", 202)
    PONG = ("pong", 200)
    IGNORED = ("ignored", 204)
    NOT_SERVED = ("not_served", 204)
    TOO_LARGE = ("too_large", 413)
    BAD_SIGNATURE = ("bad_signature", 401)
    MALFORMED = ("malformed", 400)
    TOO_SLOW = ("too_slow", 408)
    BROKEN_OFF = ("broken_off", 400)
    UNAVAILABLE = ("unavailable", 503)

    def __init__(self, label: str, status: int) -> None:
        self.label = label
        self.status = status


class Refusal(Exception):
    """A delivery that is not taken. The reason is for the log alone."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome
        self.why = why
