"""One delivery of GitHub, from its bytes to its answer: size, signature, form, owner, store; then 202."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from pr_reviewer.model.events import (
    Event,
    Ignored,
    InstallationChanged,
    Ping,
    RepositoriesChanged,
    RepositoryDeleted,
)
from webhooks.deliveries import Delivery, Subject, subject_of
from webhooks.github import is_known
from webhooks.inbox import Inbox
from webhooks.intake import Intake
from webhooks.metrics import Metrics
from webhooks.outcomes import Outcome, Refusal
from webhooks.reading import read_event
from webhooks.recording import Recorded, Recorder
from webhooks.signatures import Signature
from webhooks.strict_json import Malformed

PROVIDER = "github"
_ID = re.compile(r"[0-9A-Za-z-]{1,100}")
_EVENT = re.compile(r"[a-z0-9_]{1,100}")
_FORGETTING = (InstallationChanged, RepositoriesChanged, RepositoryDeleted)
_STORE_SECONDS = 9.0  # GitHub waits for ten

log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender gets; `job` where there is one."""

    outcome: Outcome
    job: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom we listen to. No `owners`: every installation's deliveries are kept, and the job engine decides."""

    secrets: Sequence[str] = field(repr=False)
    owners: frozenset[str] = frozenset()


class Reception:
    """Answers deliveries; every one is counted and logged, with the reason where it is refused."""

    def __init__(
        self,
        rules: Rules,
        inbox: Inbox,
        metrics: Metrics,
        intake: Intake | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self._rules = rules
        self._owners = frozenset(owner.lower() for owner in rules.owners)
        self._inbox = inbox
        self._metrics = metrics
        self._intake = intake or Intake()
        self._recorder = recorder

    async def answer(self, headers: Headers, chunks: AsyncIterator[bytes]) -> Answer:
        """The answer to one request. Never raises but when it is cancelled."""
        began = time.perf_counter()
        delivery, event = _said(headers, "x-github-delivery", _ID), _said(headers, "x-github-event", _EVENT)
        with structlog.contextvars.bound_contextvars(provider=PROVIDER, delivery=delivery, event_name=event):
            answer = await self._decided(headers, chunks, delivery, event)
        self._metrics.count_delivery(PROVIDER, event, answer.outcome, time.perf_counter() - began)
        return answer

    async def _decided(self, headers: Headers, chunks: AsyncIterator[bytes], delivery: str, event: str) -> Answer:
        try:
            return await self._taken(headers, chunks, delivery, event)
        except Refusal as refusal:
            log.warning("delivery refused", outcome=refusal.outcome.label, why=refusal.why)
            return Answer(refusal.outcome)
        except ClientDisconnect:
            log.warning("delivery refused", outcome=Outcome.BROKEN_OFF.label, why="the sender went away")
            return Answer(Outcome.BROKEN_OFF)
        except Exception:  # the one entry point: GitHub must get an answer, and the log the reason
            log.exception("delivery refused", outcome=Outcome.UNAVAILABLE.label)
            return Answer(Outcome.UNAVAILABLE)

    async def _taken(self, headers: Headers, chunks: AsyncIterator[bytes], delivery: str, event: str) -> Answer:
        signature = Signature(_only(headers, "x-hub-signature-256"), self._rules.secrets)
        body = await self._intake.read(headers.get("content-length"), chunks, signature)
        if not delivery or not event:
            raise Refusal(Outcome.MALFORMED, "X-GitHub-Delivery or X-GitHub-Event is missing or no name")
        happened = await _read(event, body)
        subject = subject_of(happened)
        if isinstance(happened, Ping):
            log.info("ping answered", hook=happened.hook)
            return Answer(Outcome.PONG)
        if isinstance(happened, Ignored):
            log.info("delivery ignored", why=happened.why)
            return Answer(Outcome.IGNORED)
        if not self._serves(happened, subject.owner):
            log.warning("delivery ignored", why="its owner is not in github.allowed_owners", owner=subject.owner)
            return Answer(Outcome.NOT_SERVED)
        if self._recorder:
            await self._recorder.keep(Recorded(event, delivery, body), subject.installation)
        kind = type(happened).__name__
        return await self._stored(
            Delivery(PROVIDER, delivery, event, kind, body, time.time(), subject.installation), subject
        )

    def _serves(self, happened: Event, owner: str) -> bool:
        """What is to be forgotten is heard of everybody: whoever is served no longer may have been."""
        return not self._owners or owner.lower() in self._owners or isinstance(happened, _FORGETTING)

    async def _stored(self, delivery: Delivery, subject: Subject) -> Answer:
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                is_new = await self._inbox.put(delivery)
        except TimeoutError:
            raise Refusal(Outcome.UNAVAILABLE, "the store did not answer in time") from None
        told = {"job": delivery.job, "kind": delivery.kind, "pull": subject.pull, "head": subject.head}
        log.info(
            "delivery accepted" if is_new else "delivery known", **{name: text for name, text in told.items() if text}
        )
        return Answer(Outcome.ACCEPTED if is_new else Outcome.REPEATED, delivery.job)


async def _read(event: str, body: bytes) -> Event:
    """The event. Raises Refusal."""
    if not is_known(event):
        return Ignored("unknown event")
    try:
        return await read_event(event, body)
    except Malformed as exc:
        raise Refusal(Outcome.MALFORMED, str(exc)) from None


def _said(headers: Headers, name: str, form: re.Pattern[str]) -> str:
    """A header's value if it stands there once and has the right form, else ""."""
    value = _only(headers, name)
    return value if form.fullmatch(value) else ""


def _only(headers: Headers, name: str) -> str:
    """A header that stands twice says nothing: another reader might take the other one."""
    values = headers.getlist(name)
    return values[0] if len(values) == 1 else ""
