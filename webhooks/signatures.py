"""X-Hub-Signature-256: HMAC of the raw bytes, computed while they come in, compared in constant time.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hmac
import re
from collections.abc import Sequence

_FORM = re.compile(r"sha256=(?P<hex>[0-9a-f]{64})")


class Signature:
    """The signature that a request claims to have, and what its body gives for each secret."""

    def __init__(self, claimed: str, secrets: Sequence[str]) -> None:
        """`claimed` is the header's value; None of it is trusted."""
        match = _FORM.fullmatch(claimed)
        self._claimed = match["hex"] if match else ""
        self._codes = [hmac.new(secret.encode(), digestmod="sha256") for secret in secrets]

    @property
    def is_well_formed(self) -> bool:
        """Whether it can be right at all. SHA-1 signatures and truncated ones cannot."""
        return bool(self._claimed)

    def update(self, chunk: bytes) -> None:
        """Another part of the body."""
        for code in self._codes:
            code.update(chunk)

    def is_right(self) -> bool:
        """Whether one of the secrets signed all of the body. Takes as long whichever it was."""
        matches = [hmac.compare_digest(code.hexdigest(), self._claimed) for code in self._codes]
        return any(matches) and self.is_well_formed
