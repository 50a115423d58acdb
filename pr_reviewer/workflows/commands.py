"""Every command with what it says of itself: the parser, /help and the server's table read it here.

A command declares its help beside itself, as `HELP`; it is listed here, and nowhere else.
"""

from collections.abc import Mapping
from types import MappingProxyType

from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.workflows import ask_question, describe, explain, improve, review, show_config, show_help, show_rules

HELPS: Mapping[CommandName, CommandHelp] = MappingProxyType(
    {
        each.name: each
        for each in (
            review.HELP,
            improve.HELP,
            describe.HELP,
            ask_question.HELP,
            explain.HELP,
            show_rules.HELP,
            show_config.HELP,
            show_help.HELP,
        )
    }
)
