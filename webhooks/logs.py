"""The server's log: one line for each event, JSON unless a person watches, and no secret in any of them.

Every line of the process goes one way, also those of libraries: an event with its context → a queue → one thread that
redacts, renders and writes. So neither a slow terminal nor the redaction holds up the event loop, and nothing can be
logged around the redaction.
"""

import contextlib
import logging
import logging.handlers
import queue
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from pr_reviewer.masking import redact

_WAITING = 10_000  # lines; more than that are dropped rather than kept without bound
_QUIET = ("uvicorn.access", "httpx", "httpx2", "httpcore", "urllib3", "asyncio", "alembic")
_DEEPEST = 8
_MOST_LATER = 1_000  # each is looked for in every line: 0.1 ms for all of them
_FIRST = ("timestamp", "level", "event")
_LAST_SECONDS = 5.0


class Redactor:
    """Takes secrets out of log lines: those that it knows, and whatever looks like one."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._given = tuple(known)
        self._later: deque[str] = deque(maxlen=_MOST_LATER)
        self._known: Collection[str] = self._given
        self._lock = threading.Lock()

    def add(self, *secrets: str) -> None:
        """Credentials that came later, such as an installation's token; the last hundreds of them are remembered."""
        with self._lock:  # more than one event loop asks for tokens
            self._later.extend(secret for secret in secrets if secret not in self._later)
            self._known = (*self._given, *self._later)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """A structlog processor; the last one before a line is rendered."""
        plain: EventDict = _plain(event)
        # Nearly every line is clean, and one look at all its texts costs a tenth of a look at each.
        together = "\n".join(_texts(plain))
        return plain if self._redacted(together) == together else self._clean(plain)

    def _clean(self, value: Any) -> Any:  # noqa: ANN401 what `_plain` returns
        if isinstance(value, dict):
            return {self._redacted(key): self._clean(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._clean(inner) for inner in value]
        return self._redacted(value) if isinstance(value, str) else value

    def _redacted(self, text: str) -> str:
        return redact(text, self._known)


def _plain(value: object, depth: int = 0) -> Any:  # noqa: ANN401 whatever somebody logged
    """The same as dicts, lists, numbers and texts alone."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if depth < _DEEPEST and isinstance(value, dict):
        return {str(key): _plain(inner, depth + 1) for key, inner in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner, depth + 1) for inner in value]
    return str(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


@contextmanager
def logging_to(stream: TextIO | None = None, *, known: Iterable[str] = (), level: str = "INFO") -> Iterator[Redactor]:
    """Log to `stream` (stderr) until the block ends; then what is waiting is written. Yields the redactor."""
    stream = stream or sys.stderr
    redactor = Redactor(known)
    lines: queue.Queue[logging.LogRecord | None] = queue.Queue(_WAITING)
    writer = logging.StreamHandler(stream)
    writer.setFormatter(_formatter(redactor, is_terminal=stream.isatty()))
    entrance = _Entrance(lines)
    listener = _Exit(lines, writer)
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    root.handlers[:] = [entrance]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel("WARNING")
    structlog.configure(
        processors=[
            *_context(),
            structlog.processors.format_exc_info,  # here, where the exception is being handled
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    listener.start()
    try:
        yield redactor
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        listener.stop()
        structlog.reset_defaults()


class _Entrance(logging.handlers.QueueHandler):
    """Puts records into the queue as they are: the other end is in this process."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            return  # whoever reads has stopped to; holding up deliveries for them would be worse


class _Exit(logging.handlers.QueueListener):
    """The thread that writes. At the end it has some seconds for what is waiting; who reads nothing misses it."""

    def enqueue_sentinel(self) -> None:
        lines: queue.Queue[object] = self.queue  # type: ignore[assignment]
        while True:
            try:
                lines.put_nowait(None)
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    lines.get_nowait()
            else:
                return

    def stop(self) -> None:
        thread = self._thread
        self.enqueue_sentinel()
        if thread is not None:
            thread.join(_LAST_SECONDS)
        self._thread = None


def _context() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _without_colours(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Uvicorn says everything twice."""
    event.pop("color_message", None)
    return event


def _in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """When, how grave, what, and then the rest: people read JSON, too."""
    first = {key: event[key] for key in _FIRST if key in event}
    return {**first, **event}


def _formatter(redactor: Redactor, *, is_terminal: bool) -> logging.Formatter:
    render: Callable[..., Any]
    if is_terminal:
        render = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    else:
        render = structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_context(), structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_colours,
            structlog.processors.format_exc_info,
            redactor,
            _in_order,
            render,
        ],
    )
