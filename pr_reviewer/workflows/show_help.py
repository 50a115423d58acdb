"""/help: what this person may use here, from the commands' own words. No model is asked."""

from collections.abc import Iterable, Mapping

from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.people import Permission
from pr_reviewer.providers.base import PermissionReader
from pr_reviewer.report.help import help_body, no_help

HELP = CommandHelp(CommandName.HELP, "List the commands that you may use here.")

_RANKS = tuple(Permission)


def may_command(held: Permission, needed: Permission) -> bool:
    """Whether somebody with this permission is heard where so much is needed."""
    return _RANKS.index(held) >= _RANKS.index(needed)


async def show_help(
    reader: PermissionReader,
    login: str,
    needed: Permission,
    helps: Mapping[CommandName, CommandHelp],
    mentions: Iterable[str],
) -> str:
    """What to answer: the commands, or that it takes more access than this person has."""
    held = await reader.permission(login)
    return help_body(helps, mentions) if may_command(held, needed) else no_help(needed)
