"""Ask GitHub, off the event loop: waits, retries, refusals as sentences.

Reads are repeated here. A write is sent once: when its answer is lost or delayed, `Unanswered` says so, and whoever
writes looks for what they wrote before they write again; `patiently` is the loop for that.

What GitHub says of a failure is redacted as it arrives, and every error once more as it leaves: no credential that
somebody echoes gets into a message.
"""

import asyncio
import copy
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self, TypeVar

from pr_reviewer.masking import redact
from pr_reviewer.model.errors import ProviderRefused, ProviderUnavailable, ReviewerError
from pr_reviewer.providers.github.connection import Answer, Broken, Connection, Request
from pr_reviewer.providers.github.limits import is_limited, says_limited, seconds_to_wait
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.refusals import Need, errors_of, message_of, refused
from pr_reviewer.providers.github.tokens import Credentials

T = TypeVar("T")

_MOST_PAGES = 100
_REFUSED_BY_GRAPHQL = {"NOT_FOUND": 404, "FORBIDDEN": 403, "INSUFFICIENT_SCOPES": 403}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call may wait in all, how often it may be tried, and the first and longest wait; in seconds."""

    total: float = 120.0
    attempts: int = 6
    first: float = 1.0
    longest: float = 30.0


class Unanswered(ProviderUnavailable):
    """One attempt came to nothing for now. A write may have been done all the same."""


_PATIENCE = Patience()


class Client:
    """Calls one GitHub on behalf of somebody, for one repository (`project`, which errors name)."""

    def __init__(  # noqa: PLR0913 what a call depends on, each replaceable in tests
        self,
        connection: Connection,
        credentials: Credentials,
        project: str,
        *,
        patience: Patience = _PATIENCE,
        threads: int = 4,
        scheme: str = "Bearer",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.project = project
        self.credentials = credentials
        self._connection = connection
        self._patience = patience
        self._scheme = scheme
        self._sleep = sleep
        self._jitter = jitter
        self._clock = clock
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="github")

    @property
    def calls(self) -> int:
        """Requests sent so far, redirects and repetitions included."""
        return self._connection.calls

    def speaking_as(self, credentials: Credentials) -> Self:
        """The same client for somebody else; its calls take the same threads."""
        other = copy.copy(self)
        other.credentials = credentials
        return other

    def close(self) -> None:
        """Let no thread wait for another call."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def get(self, path: str, need: Need, **parameters: str | int) -> Json:
        """Read. Raises ProviderRefused or ProviderUnavailable."""
        return (await self.answer(path, need, **parameters)).data

    async def answer(self, path: str, need: Need, **parameters: str | int) -> Answer:
        """Read, with the headers of the answer. Raises as `get` does."""
        request = Request("GET", path, parameters=parameters)
        return await self.patiently(lambda: self._answer(request, need))

    async def pages(self, path: str, need: Need, key: str = "", **parameters: str | int) -> list[Json]:
        """Read all pages of a list; it stands under `key` where the answer is an object."""
        found: list[Json] = []
        for page in range(1, _MOST_PAGES + 1):
            data = await self.get(path, need, **parameters, per_page=100, page=page)
            rows = data[key] if key else data
            found += rows
            if len(rows) < 100:  # noqa: PLR2004 a page
                break
        return found

    async def query(self, text: str, need: Need, *, spare: str = "", **variables: Json) -> Mapping[str, Json]:
        """Read by GraphQL: its `data`. A field named `spare` may be null, whatever GitHub says against it."""

        async def ask() -> Mapping[str, Json]:
            data, errors = await self.mutate(text, need, **variables)
            if any(spare not in error.get("path", ()) for error in errors):
                raise self._refused_by_graphql(errors, need)
            return data

        return await self.patiently(ask)

    async def send(self, verb: str, path: str, body: Mapping[str, Json], need: Need) -> Json:
        """Write, once. Raises Unanswered where nobody knows whether it worked, ProviderRefused where it did not."""
        return (await self._answer(Request(verb, path, body), need)).data

    async def mutate(
        self, text: str, need: Need, **variables: Json
    ) -> tuple[Mapping[str, Json], list[Mapping[str, Json]]]:
        """Write by GraphQL, once: its `data`, and its `errors`, redacted. Raises as `send` does."""
        answer = await self._answer(Request("POST", "graphql", {"query": text, "variables": variables}), need)
        payload = answer.data if isinstance(answer.data, Mapping) else {}
        errors = [_each_text(error, self._redact) for error in payload.get("errors") or ()]
        said = errors_of(errors)
        if any(error.get("type") == "RATE_LIMITED" for error in errors) or says_limited(said):
            raise Unanswered(f"GitHub limits us: {said}", retry_after=seconds_to_wait(answer.headers, self._clock()))
        data = payload.get("data")
        if not isinstance(data, Mapping):
            if errors and any("type" in error or "extensions" in error for error in errors):
                raise self._refused_by_graphql(errors, need)
            raise Unanswered(f"GitHub failed: {said or 'its answer is empty'}")
        return data, errors

    async def patiently(self, step: Callable[[], Awaitable[T]]) -> T:
        """Repeat a step while it is Unanswered, as long as patience lasts; a write's step looks before it writes."""
        waited, attempt = 0.0, 0
        while True:
            attempt += 1
            try:
                return await step()
            except Unanswered as exc:
                self._redact_error(exc)
                pause = self._pause(attempt, exc.retry_after)
                if attempt >= self._patience.attempts or waited + pause > self._patience.total:
                    raise _given_up(exc, attempt, pause) from exc
            except ReviewerError as exc:
                self._redact_error(exc)
                raise
            waited += pause
            await self._sleep(pause)

    async def _answer(self, request: Request, need: Need) -> Answer:
        """One success. A rejected token is renewed once, where it can be."""
        try:
            token = await self.credentials.token()
            answer = await self._send(request, token)
            if answer.status == 401 and await self.credentials.renew(token):  # noqa: PLR2004 unauthorised
                answer = await self._send(request, await self.credentials.token())
            return self._judged(answer, need)
        except ReviewerError as exc:
            self._redact_error(exc)
            raise exc from None

    async def _send(self, request: Request, token: str) -> Answer:
        def call() -> Answer:
            return self._connection.send(request, f"{self._scheme} {token}")

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except Broken as exc:
            raise Unanswered(exc.why, hint="Check the network and https://www.githubstatus.com.") from exc

    def _judged(self, answer: Answer, need: Need) -> Answer:
        if answer.status < 300:  # noqa: PLR2004 a success
            return answer
        message = message_of(answer.data)
        if is_limited(answer.status, answer.headers, message):
            wait = seconds_to_wait(answer.headers, self._clock())
            raise Unanswered(f"GitHub limits us ({answer.status}: {message})", retry_after=wait)
        if answer.status >= 500 or answer.status == 408:  # noqa: PLR2004 the server's own trouble
            raise Unanswered(f"GitHub failed ({answer.status}{f': {message}' if message else ''})")
        raise refused(answer.status, message, answer.headers, need, self.project, self.credentials.kind)

    def _refused_by_graphql(self, errors: list[Mapping[str, Json]], need: Need) -> Exception:
        """A refusal where GraphQL names one, else a failure that may pass."""
        known = [_REFUSED_BY_GRAPHQL[error["type"]] for error in errors if error.get("type") in _REFUSED_BY_GRAPHQL]
        message = errors_of(errors)
        if known:
            return refused(known[0], message, {}, need, self.project, self.credentials.kind)
        if any("type" in error or "extensions" in error for error in errors):
            return ProviderRefused(f"cannot {need.what} in {self.project}: GitHub refuses ({message})", status=422)
        return Unanswered(f"GitHub failed: {message}")

    def _pause(self, attempt: int, asked: float | None) -> float:
        """Seconds before the next attempt: what was asked and up to a tenth more, or half to all of the backoff."""
        if asked is not None:
            return asked * (1 + self._jitter() / 10)
        backoff = min(self._patience.longest, self._patience.first * 2.0 ** (attempt - 1))
        return backoff * (0.5 + self._jitter() / 2)

    def _redact(self, text: str) -> str:
        return redact(text, self.credentials.secrets)

    def _redact_error(self, error: ReviewerError) -> None:
        error.message, error.hint = self._redact(error.message), self._redact(error.hint)
        error.args = (error.message,)


def _each_text(data: Json, change: Callable[[str], str]) -> Json:
    """The same data with every text in it changed; names stay."""
    if isinstance(data, Mapping):
        return {name: _each_text(value, change) for name, value in data.items()}
    if isinstance(data, list):
        return [_each_text(value, change) for value in data]
    return change(data) if isinstance(data, str) else data


def _given_up(exc: Unanswered, attempts: int, pause: float) -> ProviderUnavailable:
    """The last error, with how often it was tried; a wait too long to sit out is named."""
    tried = f"{exc.message} (tried {attempts} times)" if attempts > 1 else exc.message
    hint = f"GitHub asks to wait {pause:.0f} s: run it again then." if exc.retry_after is not None else exc.hint
    return ProviderUnavailable(tried, hint=hint, retry_after=exc.retry_after)
