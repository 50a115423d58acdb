"""The progress display: one line on stderr while a review works, and none when stderr is not a terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pr_reviewer.model.llm import Cost
from pr_reviewer.workflows.progress import OnProgress, Progress, nobody

if TYPE_CHECKING:
    from rich.spinner import Spinner


@contextmanager
def progress_display(cost: Callable[[], Cost], *, is_wanted: bool) -> Iterator[OnProgress]:
    """Show the stage, elapsed time, tokens and cost until the block ends; yields the listener for a workflow."""
    if not is_wanted or not sys.stderr.isatty():
        yield nobody
        return
    from rich.console import Console
    from rich.live import Live

    line = _StatusLine(cost)
    with Live(line, console=Console(stderr=True), transient=True, refresh_per_second=8):
        yield line.show


class _StatusLine:
    """Renders itself anew at each refresh, so that the clock runs while nothing else happens."""

    def __init__(self, cost: Callable[[], Cost]) -> None:
        from rich.spinner import Spinner

        self._cost = cost
        self._started = time.monotonic()
        self._spinner = Spinner("dots")
        self._progress: Progress | None = None

    def show(self, progress: Progress) -> None:
        self._progress = progress

    def __rich__(self) -> "Spinner":
        self._spinner.update(text=status_text(self._progress, self._cost(), time.monotonic() - self._started))
        return self._spinner


def status_text(progress: Progress | None, cost: Cost, elapsed: float) -> str:
    """`asking 3/8 · 12 s · 48,120 tokens · $0.12`; what is not known yet is left out."""
    if progress is None:
        return "starting"
    counted = f" {progress.done}/{progress.total}" if progress.total else ""
    tokens = cost.usage.input_tokens + cost.usage.output_tokens
    parts = [f"{progress.stage}{counted}", f"{elapsed:.0f} s"]
    if tokens:
        parts.append(f"{tokens:,} tokens")
    if tokens and cost.usd is not None:
        parts.append(f"${cost.usd:.2f}")
    return " · ".join(parts)
