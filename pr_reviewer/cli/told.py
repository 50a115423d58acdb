"""What /describe and /ask print besides their result: what would be sent, and the exit code."""

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pr_reviewer.cli.console import is_coloured
from pr_reviewer.cli.exits import Exit
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.llm import Prompt
from pr_reviewer.report.as_json import dry_run_to_json
from pr_reviewer.report.coverage_rows import missed
from pr_reviewer.report.dry_run import dry_run_to_text

if TYPE_CHECKING:
    from pr_reviewer.workflows.desk import Desk


def width() -> int:
    """The columns of the terminal."""
    return shutil.get_terminal_size().columns


def told_dry_run(prompts: Sequence[Prompt], coverage: Coverage, desk: "Desk", style: str) -> str:
    """Every byte that would be sent first."""
    counted = [(each, sum(desk.counter.count(message.content) for message in each.messages)) for each in prompts]
    if style == "json":
        return dry_run_to_json(counted, coverage)
    return dry_run_to_text(counted, coverage, width=width(), is_coloured=is_coloured())


def told_exit(coverage: Coverage, *, require_complete: bool) -> Exit:
    """The code of a finished description or answer."""
    is_complete = not missed(coverage) and not coverage.notes
    return Exit.INCOMPLETE if require_complete and not is_complete else Exit.DONE
