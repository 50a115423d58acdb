"""Reads deliveries beside the event loop, however large they are.

Reading JSON keeps Python's interpreter lock until it is done, about 10 ms for each megabyte, so that a thread helps
only as long as a body is small. A huge one is read by a process of its own.
"""

import asyncio
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from pr_reviewer.model.events import Event
from webhooks.github import parse_event
from webhooks.strict_json import Malformed

_LARGE = 64 * 2**10  # bytes that take about a millisecond
_HUGE = 2**20
_SECONDS = 60.0
_COMMAND = "import sys; sys.path[:] = sys.argv[2:]; from webhooks.reading import read_here; read_here(sys.argv[1])"
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")

_readers = ThreadPoolExecutor(2, thread_name_prefix="reader")  # each waits for a process


class Unread(RuntimeError):
    """The process that was to read a delivery came to nothing; it may succeed another time."""


async def read_event(event: str, body: bytes) -> Event:
    """What a delivery says. Raises Malformed, and Unread."""
    headers = {"x-github-event": event}
    if len(body) < _LARGE:
        return parse_event(headers, body)
    if len(body) < _HUGE:
        return await asyncio.to_thread(parse_event, headers, body)
    return await asyncio.get_running_loop().run_in_executor(_readers, _read_elsewhere, event, body)


def read_here(event: str) -> None:
    """The other process: a body on its standard input; the event, or why there is none, on its standard output."""
    try:
        told: Event | str = parse_event({"x-github-event": event}, sys.stdin.buffer.read())
    except Malformed as error:
        told = str(error)
    pickle.dump(told, sys.stdout.buffer)


def _read_elsewhere(event: str, body: bytes) -> Event:
    command = [sys.executable, "-I", "-S", "-c", _COMMAND, event, *filter(None, sys.path)]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 ourselves, and a list
            command,
            input=body,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env=environment,
            start_new_session=True,
        )
        told: Event | str = pickle.loads(done.stdout)  # noqa: S301 written by ourselves
    except (OSError, subprocess.SubprocessError, pickle.UnpicklingError, EOFError) as error:
        raise Unread(f"a delivery of {len(body):,} bytes could not be read: {type(error).__name__}") from error
    if isinstance(told, str):
        raise Malformed(told)
    return told
