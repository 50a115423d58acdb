"""Who may use the set-up page: whoever has the link that was printed, in the browser that used it first."""

import hmac
import secrets
from collections.abc import Callable
from enum import Enum

from webhooks.setup_manifest import Wish

STATE_SECONDS = 3600.0  # GitHub's codes live no longer
_MOST_STATES = 100


class Admission(Enum):
    """What a token is worth."""

    ADMITTED = "admitted"
    USED = "used"
    WRONG = "wrong"


class Gate:
    """One token, good once, for one cookie. States tell GitHub's answers to us from those that somebody made up."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.token = secrets.token_urlsafe(32)
        self.cookie = secrets.token_urlsafe(32)
        self.form = secrets.token_urlsafe(32)
        """Stands in our forms, so that no other page can fill them in."""
        self._clock = clock
        self._is_used = False
        self._states: dict[str, tuple[float, Wish]] = {}

    def admit(self, token: str) -> Admission:
        """Take the token; who is admitted gets the cookie."""
        if not _same(token, self.token):
            return Admission.WRONG
        if self._is_used:
            return Admission.USED
        self._is_used = True
        return Admission.ADMITTED

    def knows(self, cookie: str) -> bool:
        """Whether this browser was admitted."""
        return self._is_used and _same(cookie, self.cookie)

    def is_ours(self, form: str) -> bool:
        """Whether a form was filled in on our page."""
        return _same(form, self.form)

    def expect(self, wish: Wish) -> str:
        """A new state for a manifest that goes to GitHub."""
        while len(self._states) >= _MOST_STATES:
            self._states.pop(next(iter(self._states)))
        state = secrets.token_urlsafe(32)
        self._states[state] = (self._clock() + STATE_SECONDS, wish)
        return state

    def expected(self, state: str) -> Wish | None:
        """What was wished for when this state went to GitHub; None for one that did not, or too long ago."""
        for known, (end, wish) in self._states.items():
            if _same(state, known):
                return wish if self._clock() < end else None
        return None


def _same(given: str, known: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), known.encode())
