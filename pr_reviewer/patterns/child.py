"""The child process as the engine sees it: started when first asked, killed when it hangs, never left behind."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from pr_reviewer.patterns.frames import HEADER, frame, parse_body
from pr_reviewer.patterns.process import DONE

_COMMAND = (
    "import sys; sys.path[:] = sys.argv[3:]; from pr_reviewer.patterns.process import serve; "
    "serve(int(sys.argv[1]), int(sys.argv[2]))"
)
_START_SECONDS = 30.0
_STOP_SECONDS = 2.0
_GRACE_SECONDS = 2  # the child's own alarm comes after the engine's deadline
# All that an interpreter needs to start; no credential reaches the process that parses foreign code.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LANG")


@dataclass(frozen=True, slots=True)
class Exchange:
    """The answers to one request, and why there are no more of them (`""`: they are complete)."""

    answers: tuple[Mapping[str, Any], ...]
    failure: str = ""


class Child:
    """One process, one request at a time; `seconds` is the deadline of each answer."""

    def __init__(self, seconds: float, memory_bytes: int) -> None:
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._process: asyncio.subprocess.Process | None = None
        self._is_broken = False
        self._lock = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The running process, None where there is none."""
        return self._process.pid if self._process else None

    async def ask(self, request: Mapping[str, Any]) -> Exchange:
        """Send a request and collect its answers. A child that fails is gone; the next request starts another."""
        async with self._lock:
            answers: list[Mapping[str, Any]] = []
            failure = "it was cancelled"
            try:
                failure = await self._converse(request, answers)
            finally:
                if failure:
                    await self._kill()
            return Exchange(tuple(answers), failure)

    async def close(self) -> None:
        """End the process: by the end of its input, by force if that does not help."""
        async with self._lock:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
                try:
                    await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
                except TimeoutError:
                    await self._kill()
                self._process = None

    async def _converse(self, request: Mapping[str, Any], answers: list[Mapping[str, Any]]) -> str:
        """Append the answers as they come; return why they ended early, `""` for a complete exchange."""
        if self._process is None and not await self._start():
            return "the worker process does not start"
        try:
            async with asyncio.timeout(self._seconds):
                await self._send(request)
            while (answer := await self._receive(self._seconds)) != DONE:
                answers.append(answer)
        except TimeoutError:
            return f"it took longer than {self._seconds:g} s"
        except (EOFError, ConnectionError):
            return "it crashed the parser"
        return ""

    async def _start(self) -> bool:
        """Start the process; one that does not come up is not tried again."""
        if self._is_broken:
            return False
        try:
            self._process = await self._spawn()
            await self._receive(_START_SECONDS)
        except (OSError, TimeoutError, EOFError):
            self._is_broken = True
        return not self._is_broken

    async def _spawn(self) -> asyncio.subprocess.Process:
        limits = (str(self._memory_bytes), str(ceil(self._seconds) + _GRACE_SECONDS))
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", "-c", _COMMAND, *limits, *filter(None, sys.path)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )

    async def _send(self, message: Mapping[str, Any]) -> None:
        stdin = self._running.stdin
        assert stdin is not None  # noqa: S101 it was started with a pipe
        stdin.write(frame(message))
        await stdin.drain()

    async def _receive(self, seconds: float) -> Mapping[str, Any]:
        stdout = self._running.stdout
        assert stdout is not None  # noqa: S101 it was started with a pipe
        async with asyncio.timeout(seconds):
            header = await stdout.readexactly(HEADER.size)
            return parse_body(await stdout.readexactly(HEADER.unpack(header)[0]))

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None  # noqa: S101 only called between start and kill
        return self._process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.communicate()  # reads what is left and reaps it: no zombie, no open pipe
