"""A request's body, taken in with its size and signature checked on the way. Nothing is parsed here."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from webhooks.outcomes import Outcome, Refusal
from webhooks.signatures import Signature

LARGEST = 25 * 2**20  # GitHub's own limit


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of one body, of all bodies that are coming in, and of the time that one may take."""

    bytes: int = LARGEST
    bytes_together: int = 256 * 2**20
    seconds: float = 20.0


class Intake:
    """Takes bodies in. What strangers may make us hold is bounded, however many of them there are."""

    def __init__(self, allowance: Allowance | None = None) -> None:
        self._allowance = allowance or Allowance()
        self._held = 0

    async def read(self, length: str | None, chunks: AsyncIterator[bytes], signature: Signature) -> bytes:
        """The whole body, signed by whom it should be. Raises Refusal.

        `length` is the request's Content-Length; a chunked request has none, and neither is believed.
        """
        if length is not None and length.isascii() and length.isdigit() and int(length) > self._allowance.bytes:
            raise Refusal(Outcome.TOO_LARGE, f"{length} bytes are announced")
        if not signature.is_well_formed:
            raise Refusal(Outcome.BAD_SIGNATURE, "no X-Hub-Signature-256 of the right form")
        try:
            async with asyncio.timeout(self._allowance.seconds):
                body = await self._gather(chunks, signature)
        except TimeoutError:
            raise Refusal(Outcome.TOO_SLOW, f"not all there after {self._allowance.seconds:g} s") from None
        if not signature.is_right():
            raise Refusal(Outcome.BAD_SIGNATURE, "no configured secret gives this signature")
        return body

    async def _gather(self, chunks: AsyncIterator[bytes], signature: Signature) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            async for chunk in chunks:
                size += len(chunk)
                self._held += len(chunk)
                if size > self._allowance.bytes:
                    raise Refusal(Outcome.TOO_LARGE, f"more than {self._allowance.bytes} bytes")
                if self._held > self._allowance.bytes_together:
                    raise Refusal(Outcome.UNAVAILABLE, "too many bytes are coming in at once")
                signature.update(chunk)
                parts.append(chunk)
            return b"".join(parts)
        finally:
            self._held -= size
