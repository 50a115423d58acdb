"""What went wrong on the way: an error status, silence, a connection that never stood or broke."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pr_reviewer.llm.failures import Failure, read_failure
from pr_reviewer.llm.responses import parse_body
from pr_reviewer.llm.waiting import seconds_to_wait
from pr_reviewer.model.errors import ModelError, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Usage

if TYPE_CHECKING:
    import httpx2

LATER = "It may answer later; models.fallbacks names others to ask meanwhile."


def failure_of(response: "httpx2.Response", where: str, secrets: tuple[str, ...]) -> Failure:
    """What an error status tells."""
    if response.is_redirect:
        target = response.headers.get("location", "").partition("?")[0][:200]
        raise ModelRefused(
            f"{where} redirects to {target or 'nowhere'}, which is not followed",
            hint="Set OPENAI_BASE_URL to the final address, if you trust it with the key.",
            usage=Usage(),
        )
    payload = parse_body(response.content, secrets)
    if isinstance(payload, str) and payload.lstrip().startswith("<"):
        payload = response.reason_phrase
    failure = read_failure(response.status_code, payload if isinstance(payload, dict) else {"message": payload})
    wait = seconds_to_wait(response.headers, failure.message, datetime.now(UTC))
    return Failure(failure.status, failure.message, failure.text, wait, failure.usage)


def timed_out(exc: Exception, where: str) -> ModelError:
    """No answer in time: before the connection stood (nothing was billed), or after."""
    import httpx2

    if isinstance(exc.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return ModelUnavailable(f"{where} could not be reached in time", hint=LATER, usage=Usage())
    return ModelUnavailable(f"{where} did not answer in time", hint=LATER)


def not_connected(exc: Exception, where: str) -> ModelError:
    """No answer: nobody there, somebody who cannot prove who they are, or a connection that broke."""
    import httpx2

    reasons = list(_causes(exc))
    reason = " ".join(str(reasons[-1]).split()) or type(reasons[-1]).__name__
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in reasons):
        hint = "If a private CA signs it, name its bundle in SSL_CERT_FILE."
        return ModelRefused(f"{where} has a certificate that cannot be trusted: {reason}", hint=hint, usage=Usage())
    if any(isinstance(cause, httpx2.ConnectError | httpx2.ProxyError) for cause in reasons):
        hint = "Check OPENAI_BASE_URL, the proxy (HTTPS_PROXY, NO_PROXY), and that the server runs."
        return ModelUnavailable(f"{where} cannot be reached: {reason}", hint=hint, usage=Usage())
    return ModelUnavailable(f"{where} broke off its answer: {reason}", hint=LATER)


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it, outermost first."""
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__
