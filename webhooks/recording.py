"""Deliveries in a folder, each as a file that `pr-reviewer webhook replay` can send again. For looking into trouble.

Bodies are kept as they came: they hold what people wrote in titles, descriptions and comments. Signatures are not kept.
The folder is its owner's alone, and files go when deliveries go: with time, and with their installation.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from pr_reviewer.model.errors import UsageError
from pr_reviewer.settings.schema.sections import ServerSettings

_DAY = 86_400.0
_TIDY_SECONDS = 3600.0
_HINT = "It takes what server.record_deliveries keeps, and what GitHub's API answers for a delivery, as JSON."

log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A delivery as it came, without its signature."""

    event: str
    delivery: str
    body: bytes


class Recorder:
    """Keeps deliveries in `folder`. Trouble with it is logged and costs no delivery."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, recorded: Recorded, installation: int | None) -> None:
        """Write it down."""
        try:
            await asyncio.to_thread(self._write, recorded, installation)
        except OSError as exc:
            log.warning("a delivery could not be recorded", why=str(exc))

    async def keep_tidy(self, retention_days: int) -> None:
        """Forget what is too old, once an hour, for ever."""
        while True:
            await asyncio.to_thread(self.prune, time.time() - retention_days * _DAY)
            await asyncio.sleep(_TIDY_SECONDS)

    def prune(self, before: float) -> int:
        """Delete what was recorded before that time; how many files there were."""
        return self._delete(lambda path: path.stat().st_mtime < before, "*-*-*.json")

    def purge(self, installation: int) -> int:
        """Delete all of an installation; how many files there were."""
        return self._delete(lambda _: True, f"{installation}-*.json")

    def _delete(self, is_wanted: Callable[[Path], bool], pattern: str) -> int:
        count = 0
        for path in self._folder.glob(pattern):
            try:
                if is_wanted(path):
                    path.unlink()
                    count += 1
            except OSError as exc:
                log.warning("a recorded delivery could not be deleted", path=str(path), why=str(exc))
        return count

    def _write(self, recorded: Recorded, installation: int | None) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{installation or 0}-{time.time_ns() // 10**6}-{recorded.event}-{recorded.delivery}.json"
        handle = os.open(self._folder / name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text_of(recorded))


def recorder_of(server: ServerSettings) -> Recorder | None:
    """The recorder that the settings ask for; None where they ask for none."""
    return Recorder(Path(server.record_deliveries).expanduser()) if server.record_deliveries else None


def text_of(recorded: Recorded) -> str:
    """The file's text. The body stands in it as a text of its own, so that its bytes stay what they were."""
    told = {"event": recorded.event, "delivery": recorded.delivery, "body": recorded.body.decode()}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def read_recorded(text: str, name: str) -> Recorded:
    """A recorded file, or GitHub's own description of a delivery. Raises UsageError that names the file."""
    try:
        told = json.loads(text)
        return _of_github(told) if "request" in told else _of_ours(told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{name} is no recorded delivery", hint=_HINT) from None


def _of_ours(told: Mapping[str, Any]) -> Recorded:
    """`body` may also be an object: somebody has edited it by hand."""
    body = told["body"]
    text = body if isinstance(body, str) else _compact(body)
    return Recorded(_name(told["event"]), _name(told["delivery"]), text.encode())


def _of_github(told: Mapping[str, Any]) -> Recorded:
    return Recorded(_name(told["event"]), _name(told["guid"]), _compact(told["request"]["payload"]).encode())


def _compact(payload: object) -> str:
    if not isinstance(payload, dict):
        raise TypeError
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _name(value: object) -> str:
    """A text that a header can carry."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        raise TypeError
    return value
