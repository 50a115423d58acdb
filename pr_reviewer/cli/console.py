"""Standard output: bytes that every encoding takes, and colours where they are wanted."""

import os
import sys

from pr_reviewer.cli.process import drop_output


def write_out(text: str) -> None:
    """Write to standard output; what its encoding cannot say becomes `?`, never an error.

    A reader that leaves early (`| head`) does not change what the command's exit code says.
    """
    write_bytes(text.encode(sys.stdout.encoding or "utf-8", "replace"))


def write_bytes(content: bytes) -> None:
    """The same for bytes, as they are."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def is_coloured() -> bool:
    """Colours on a terminal, unless NO_COLOR is set (no-color.org); FORCE_COLOR wants them everywhere."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
