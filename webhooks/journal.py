"""What a durable job has asked and written already, so that a crash repeats none of it.

A replay finds each answer by what was asked (the digest of the whole request, and how often it was asked before), in
whatever order concurrent calls start. Values are JSON.
"""

import hashlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter

from pr_reviewer.llm.base import LLM
from pr_reviewer.model.llm import Prompt, Reply
from pr_reviewer.model.posting import Check, DraftReview, Posted, Standing
from pr_reviewer.providers.base import ReviewWriter
from webhooks.store import Store
from webhooks.tables import journal

T = TypeVar("T")

_REPLY = TypeAdapter(Reply)
_POSTED = TypeAdapter(Posted)
_TEXT = TypeAdapter(str)


class Journal:
    """The records of one job in one run of it. Not to be shared between runs: it counts what this run has asked."""

    def __init__(self, store: Store, job: str) -> None:
        self._store = store
        self._job = job
        self._asked: Counter[str] = Counter()
        self._free: defaultdict[str, list[int]] = defaultdict(list)

    def next_entry(self, kind: str, request: object) -> "Entry":
        """The entry for this request; the same request again is the next attempt."""
        digest = digest_of(kind, request)
        free = self._free[digest]
        attempt = free.pop() if free else self._asked[digest]
        self._asked[digest] += attempt == self._asked[digest]
        return Entry(self._store, self._job, kind, digest, attempt)

    def release(self, entry: "Entry") -> None:
        """The request failed: the next one like it takes its place, now as in a replay, where it may not fail."""
        self._free[entry.digest].append(entry.attempt)


class Entry:
    """One request of a job."""

    def __init__(self, store: Store, job: str, kind: str, digest: str, attempt: int) -> None:
        self.digest = digest
        self.attempt = attempt
        self._store = store
        self._values: dict[str, Any] = {"job": job, "kind": kind, "digest": digest, "attempt": attempt}

    async def read(self, type_: TypeAdapter[T]) -> T | None:
        """The recorded result; None where there is none."""
        key = ("job", "digest", "attempt")
        where = [journal.c[name] == self._values[name] for name in key]
        text = await self._store.run(lambda c: c.execute(sa.select(journal.c.value).where(*where)).scalar())
        return None if text is None else type_.validate_python(json.loads(text))

    async def write(self, type_: TypeAdapter[T], result: T) -> T:
        """Record the result and return it. If another run recorded one meanwhile, that one stands and is returned."""
        value = json.dumps(type_.dump_python(result))  # pydantic's own JSON takes no lone surrogates
        row = {**self._values, "value": value, "at": time.time()}
        try:
            await self._store.run(lambda c: c.execute(journal.insert().values(row)))
        except sa.exc.IntegrityError:
            recorded = await self.read(type_)
            return result if recorded is None else recorded
        return result


class JournaledLLM:
    """An LLM whose answers are recorded before anybody sees them. Failures are not recorded: they are tried again.

    `on_replay` is told of each answer that is taken from the record.
    """

    def __init__(self, inner: LLM, journal_: Journal, on_replay: Callable[[], None] = lambda: None) -> None:
        self._inner = inner
        self._journal = journal_
        self._on_replay = on_replay

    async def complete(self, prompt: Prompt) -> Reply:
        """The recorded answer, else the inner one, recorded."""
        entry = self._journal.next_entry("reply", prompt)
        recorded = await entry.read(_REPLY)
        if recorded is not None:
            self._on_replay()
            return recorded
        try:
            reply = await self._inner.complete(prompt)
        except BaseException:
            self._journal.release(entry)
            raise
        return await entry.write(_REPLY, reply)


class JournaledWriter:
    """A ReviewWriter that makes no recorded write again.

    A write that was made and not recorded is the inner writer's to find: it looks for its marker first.
    """

    def __init__(self, inner: ReviewWriter, journal_: Journal) -> None:
        self._inner = inner
        self._journal = journal_

    async def standing(self) -> Standing:
        """Reads are not recorded: they tell what is so now."""
        return await self._inner.standing()

    async def post_review(self, draft: DraftReview) -> Posted:
        """Posted once."""
        entry = self._journal.next_entry("review", draft)
        recorded = await entry.read(_POSTED)
        return recorded if recorded is not None else await entry.write(_POSTED, await self._inner.post_review(draft))

    async def put_summary(self, head_sha: str, body: str) -> str:
        """Written once."""
        entry = self._journal.next_entry("summary", [head_sha, body])
        recorded = await entry.read(_TEXT)
        if recorded is not None:
            return recorded
        return await entry.write(_TEXT, await self._inner.put_summary(head_sha, body))

    async def set_check(self, check: Check) -> None:
        """Always made: it sets a state, so making it twice changes nothing, and the state may be another's by now."""
        await self._inner.set_check(check)


def digest_of(kind: str, request: object) -> str:
    """SHA-256 of a request's canonical JSON, in hexadecimal."""
    text = json.dumps([kind, request], default=_plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401 json's own signature
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON")
