"""Primary and secondary rate limits, for each token."""

from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.fakes.github.access import Identity
from tests.fakes.github.messages import Refusal, Response, refusal
from tests.fakes.github.rules import Rules

_HOUR, _MINUTE = 3_600, 60
_SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)


@dataclass
class Limits:
    rules: Rules
    _used: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    _reset: dict[tuple[str, str], int] = field(default_factory=dict)
    _writes: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(self, identity: Identity, resource: str, now: float, *, is_write: bool) -> Refusal | None:
        """Count the request; the refusal when it is one too many."""
        key = (identity.label, resource)
        if now >= self._reset.get(key, 0):
            self._reset[key], self._used[key] = int(now) + _HOUR, 0
        if self._used[key] >= self.rules.requests_an_hour:
            whom = f"user ID {identity.user.id}" if identity.user else "127.0.0.1"
            return refusal(403, f"API rate limit exceeded for {whom}.", None, **self.headers(identity, resource))
        self._used[key] += 1
        return self._slow_down(identity.label, now) if is_write else None

    def forgive(self, identity: Identity, resource: str) -> None:
        """Answers with 304 are free."""
        self._used[identity.label, resource] -= 1

    def exhaust(self, label: str, now: float, seconds: int, resource: str = "core") -> None:
        """Leave the token nothing until so many seconds have gone by."""
        self._used[label, resource] = self.rules.requests_an_hour
        self._reset[label, resource] = int(now) + seconds

    def headers(self, identity: Identity, resource: str) -> dict[str, str]:
        row = self.row(identity, resource)
        return {f"x-ratelimit-{name}": str(value) for name, value in row.items()} | {"x-ratelimit-resource": resource}

    def row(self, identity: Identity, resource: str) -> dict[str, int]:
        used = self._used[identity.label, resource]
        limit = self.rules.requests_an_hour
        reset = self._reset.get((identity.label, resource), 0)
        return {"limit": limit, "remaining": max(limit - used, 0), "reset": reset, "used": used}

    def _slow_down(self, label: str, now: float) -> Refusal | None:
        most, recent = self.rules.writes_a_minute, self._writes[label]
        while recent and recent[0] <= now - _MINUTE:
            recent.popleft()
        if most is not None and len(recent) >= most:
            return secondary(self.rules)
        recent.append(now)
        return None


def secondary(rules: Rules) -> Refusal:
    return refusal(rules.secondary_status, _SECONDARY, retry_after=str(rules.retry_after))


def too_many_requests(rules: Rules) -> Response:
    return refusal(429, "API rate limit exceeded", retry_after=str(rules.retry_after)).response
