"""The worker process: reads a request, parses, answers, until its input ends.

It holds no credentials, opens no file and no connection. Two limits guard the engine: memory, set once, and an alarm
around every request, so that a worker whose engine died does not compute for ever.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from pr_reviewer.patterns.frames import frame, read_message

READY = {"ready": True}
PARSED = {"parsed": True}
DONE = {"done": True}


def serve(memory_bytes: int, seconds: int) -> None:
    """Answer requests on stdin with frames on stdout: `READY` once, then each request's answers and `DONE`.

    An answer that takes longer than `seconds` ends the process.
    """
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _silence()
    _limit_memory(memory_bytes)
    _send(answers, READY)
    while (request := read_message(requests)) is not None:
        _set_alarm(seconds)
        for answer in _answers(request):
            _send(answers, answer)
            _set_alarm(seconds)
        _send(answers, DONE)
        _set_alarm(0)


def _answers(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One answer for an outline or a syntax check; for a match `PARSED`, then one for each pattern, in order."""
    text, language = request["text"], request["language"]
    if request["ask"] == "outline":
        from pr_reviewer.patterns.outline import outline

        yield {"definitions": outline(text, language)}
    elif request["ask"] == "syntax":
        from pr_reviewer.patterns.syntax import syntax_problems

        yield {"problems": syntax_problems(text, language, request["path"])}
    else:
        yield from _matches(text, language, request["patterns"])


def _matches(text: str, language: str, patterns: list[str]) -> Iterator[Mapping[str, Any]]:
    from pr_reviewer.patterns.matching import BrokenPattern, Matcher

    matcher = Matcher(text, language)
    yield PARSED
    for pattern in patterns:
        try:
            yield {"ranges": matcher.ranges(pattern)}
        except BrokenPattern as error:
            yield {"broken": str(error)}


def _send(answers: BinaryIO, answer: Mapping[str, Any]) -> None:
    answers.write(frame(answer))
    answers.flush()


def _silence() -> None:
    """Nothing that a library prints may stand between two frames."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def _limit_memory(size: int) -> None:
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        size = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _set_alarm(seconds: int) -> None:
    """SIGALRM's default action ends the process, whatever C code it is in."""
    if sys.platform != "win32":
        import signal

        signal.alarm(seconds)
