"""Failures on demand, and things that happen just before or after a call."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase

from tests.fakes.github.limits import secondary, too_many_requests
from tests.fakes.github.messages import Request, Response, refusal
from tests.fakes.github.rules import Rules


class Fault(Enum):
    """How a call fails. Each can strike before the server did anything, or `after` the write took effect."""

    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    TOO_MANY = "429"
    SECONDARY = "403 secondary"
    SECONDARY_IN_WORDS = "403 secondary in words"  # plain text, which git shows
    RESET = "reset"  # the connection breaks without an answer
    HANG = "hang"  # no answer until the server closes
    TRUNCATED = "truncated"  # the answer breaks off in the middle
    HTML = "html"  # a proxy's error page
    REDIRECT = "redirect"  # to another host


Match = str | Callable[[Request], bool]


@dataclass
class Planned:
    """One planned failure or event. `skip` calls that match go by first."""

    match: Match
    kind: Fault | None
    times: int = 1
    skip: int = 0
    after: bool = False
    location: str = ""
    action: Callable[[Request], None] | None = None

    def matches(self, request: Request, name: str) -> bool:
        if callable(self.match):
            return self.match(request)
        return any(fnmatchcase(name, pattern.strip()) for pattern in self.match.split("|"))


@dataclass
class FaultPlan:
    planned: list[Planned] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, request: Request, name: str) -> list[Planned]:
        """What shall happen to this call; each entry is used up by it."""
        taken = []
        with self._lock:
            for plan in self.planned:
                if plan.times <= 0 or not plan.matches(request, name):
                    continue
                if plan.skip > 0:
                    plan.skip -= 1
                    continue
                plan.times -= 1
                taken.append(plan)
        return taken


def answer_of(kind: Fault, rules: Rules, location: str) -> Response:
    """The answer of a fault that has one."""
    if kind is Fault.SECONDARY:
        return secondary(rules).response
    if kind is Fault.SECONDARY_IN_WORDS:
        words = b"You have exceeded a secondary rate limit.\n"
        return Response(403, words, {"content-type": "text/plain; charset=utf-8"})
    if kind is Fault.TOO_MANY:
        return too_many_requests(rules)
    if kind is Fault.HTML:
        page = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        return Response(502, page, {"content-type": "text/html", "server": "proxy"})
    if kind is Fault.REDIRECT:
        return Response(307, b"", {"location": location})
    return refusal(
        int(kind.value), {"500": "Server Error", "502": "Server Error"}.get(kind.value, "Unavailable")
    ).response
