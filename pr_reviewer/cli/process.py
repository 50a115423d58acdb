"""What a command owes to the process that it runs in: standard streams, and signals that end it."""

import contextlib
import os
import signal
import sys
from types import FrameType


class Terminated(KeyboardInterrupt):
    """Another signal than Ctrl-C's asks to end; it ends the same way: children stop, temporary files go."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_code = 128 + number


def heed_signals() -> None:
    """Let SIGTERM (a cancelled job, `timeout`) and SIGHUP (a closed terminal) end a command as Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` ignores one, and means it
            signal.signal(number, _terminate)


def open_missing_streams() -> None:
    """Give a closed standard stream (`>&-`) the null device, so that no file opened later takes its number."""
    for name, flag in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, flag, encoding="utf-8"))  # noqa: SIM115, PTH123 stays open


def drop_output() -> None:
    """Forget what is still to be written to standard output: Python would complain once more at exit."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _terminate(number: int, _frame: FrameType | None) -> None:
    raise Terminated(number)
