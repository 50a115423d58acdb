"""What is answered to a command that was not carried out: short, and safe to post whatever was written."""

from collections.abc import Sequence

from pr_reviewer.model.commands import Mistake
from pr_reviewer.report.sanitise import prose, title
from pr_reviewer.report.write import escape

_LONGEST = 1_000


def refusal(needed: str) -> str:
    """To somebody who may not command: `needed` is the access that it takes."""
    return f"I take commands from people with {needed} access to this repository only, so nothing was run."


def not_now(why: str) -> str:
    """To a command that is not run for a reason that is not its author's."""
    return f"Nothing was run: {title(why, _LONGEST)}."


def mistakes_text(mistakes: Sequence[Mistake]) -> str:
    """One line for each thing that could not be understood."""
    lines = [f"Line {each.line}, “{escape(each.written)}”: {_sentence(each.problem)}" for each in mistakes]
    return prose("\n\n".join(lines), _LONGEST)


def _sentence(clause: str) -> str:
    return clause if clause.endswith("?") else f"{clause}."


def failure_text(command: str, reason: str) -> str:
    """A command that was begun and failed; `reason` is a clause."""
    return f"`/{command}` failed: {title(reason, _LONGEST)}."


def not_run_text(command: str, reason: str) -> str:
    """A command that was not carried out for a reason that is not its author's, or not to its end."""
    return f"`/{command}` was not run: {title(reason, _LONGEST)}."


def done_text(command: str, url: str) -> str:
    """A command that was carried out, and where its result stands; `url` is the provider's own."""
    return f"`/{command}`: [done]({url})."
