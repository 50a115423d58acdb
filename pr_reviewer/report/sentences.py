"""Errors as people read them."""

from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.report.characters import visible


def error_text(error: ReviewerError) -> str:
    """What is wrong, and below it what to do. Nothing in it reaches a terminal as a command."""
    lines = [error.message.strip(), *([error.hint.strip()] if error.hint else [])]
    return "\n".join(visible(line).replace("\n", "\n  ") for line in lines)
