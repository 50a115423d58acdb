"""What the commands print on standard output, and how."""

import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any

from pr_reviewer import __version__
from pr_reviewer.cli.process import drop_output
from pr_reviewer.model.rules import Rule
from pr_reviewer.plan.inputs import Counter
from pr_reviewer.report.as_json import dry_run_to_json, to_json
from pr_reviewer.report.dry_run import dry_run_to_text
from pr_reviewer.report.links import Links
from pr_reviewer.report.markdown import to_markdown
from pr_reviewer.report.sarif import to_sarif
from pr_reviewer.report.text import Detail, to_text
from pr_reviewer.workflows.review import Outcome, Prepared, first_pass_coverage


def write_out(text: str) -> None:
    """Write to standard output; what its encoding cannot say becomes `?`, never an error.

    A reader that leaves early (`| head`) does not change what the command's exit code says.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.buffer.write(text.encode(encoding, "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def review_text(outcome: Outcome, style: str, detail: Detail, rules: Sequence[Rule], repository: str = "") -> str:
    """A review in the format asked for; `rules` are those that could have been broken, `repository` is an address."""
    if style == "json":
        return to_json(outcome.review)
    if style == "sarif":
        return to_sarif(outcome.review, rules, version=__version__, repository=repository)
    links = Links(rules={rule.id: f"{rule.source.path}:{rule.source.line}" for rule in rules})
    if style == "markdown":
        return to_markdown(outcome.review, outcome.files, links)
    width = shutil.get_terminal_size().columns
    return to_text(outcome.review, outcome.files, width=width, is_coloured=is_coloured(), detail=detail, links=links)


def dry_run_text(prepared: Prepared, counter: Counter, style: str) -> str:
    """Every byte that the first pass would send, and the files that later passes may quote."""
    prompts = [
        (prompt, sum(counter.count(message.content) for message in prompt.messages))
        for batch in prepared.plan.batches
        for prompt in batch.prompts
    ]
    later = sorted(prepared.change.heads)
    coverage = first_pass_coverage(prepared)
    if style == "json":
        return dry_run_to_json(prompts, coverage, later)
    width = shutil.get_terminal_size().columns
    return dry_run_to_text(prompts, coverage, later, width=width, is_coloured=is_coloured())


def detail_of(options: dict[str, Any]) -> Detail:
    """How much the text says."""
    if options["quiet"]:
        return Detail.QUIET
    return Detail.VERBOSE if options["verbose"] else Detail.NORMAL


def is_coloured() -> bool:
    """Colours on a terminal, unless NO_COLOR is set (no-color.org); FORCE_COLOR wants them everywhere."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
