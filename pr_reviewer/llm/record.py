"""Every request and reply of a real run, as files that only their owner can read."""

import json
import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import ModelError, UsageError
from pr_reviewer.model.llm import Prompt, Reply

_NUMBER = re.compile(r"(\d+)-")


class Record:
    """An LLM that writes `0001-review.json`, … into `folder`: the prompt, then the reply or the error.

    Put it next to the client, so that every attempt has its file. A prompt is written before it is sent, as masked as
    it is sent; headers and keys are never seen here. Numbers go on after those that are there. Raises UsageError for
    a folder that cannot be written.
    """

    def __init__(self, inner: LLM, folder: Path) -> None:
        self._inner = inner
        self._folder = folder
        self._last: int | None = None

    async def complete(self, prompt: Prompt) -> Reply:
        """The inner answer, written down."""
        path = self._next_path(prompt)
        page: dict[str, Any] = {"request": asdict(prompt)}
        self._write(path, page)
        try:
            reply = await self._inner.complete(prompt)
        except ModelError as error:
            self._write(path, page | {"error": {"kind": type(error).__name__, "message": str(error)}})
            raise
        self._write(path, page | {"reply": asdict(reply)})
        return reply

    def _next_path(self, prompt: Prompt) -> Path:
        """A file that does not exist yet."""
        if self._last is None:
            self._last = self._highest()
        self._last += 1
        return self._folder / f"{self._last:04}-{prompt.task.value}.json"

    def _highest(self) -> int:
        """The highest number in the folder, which is made if need be."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = [_NUMBER.match(path.name) for path in self._folder.iterdir()]
        except OSError as exc:
            raise self._unwritable(exc) from exc
        return max((int(number[1]) for number in found if number), default=0)

    def _write(self, path: Path, page: dict[str, Any]) -> None:
        """One page."""
        text = json.dumps(page, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace")
        try:
            # A link that somebody laid there is refused; nobody else may read the file from its first byte on.
            handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(text)
        except OSError as exc:
            raise self._unwritable(exc) from exc

    def _unwritable(self, exc: OSError) -> UsageError:
        """What to tell the user."""
        reason = exc.strerror or str(exc)
        return UsageError(
            f"--record cannot write to {self._folder}: {reason}", hint="Name a folder that you can write."
        )
