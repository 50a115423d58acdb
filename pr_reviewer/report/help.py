"""What /help says: the commands that somebody may use here, in their own words."""

from collections.abc import Iterable, Mapping

from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.report.write import code_span, escape


def help_body(helps: Mapping[CommandName, CommandHelp], mentions: Iterable[str]) -> str:
    """One line for each command, its options below; how a command is written; `mentions` are what we are called by."""
    names = [code_span(f"@{name.removesuffix('[bot]')} review") for name in mentions]
    either = f", or with my name, as in {' or '.join(names)}" if names else ""
    lines = [line for help_ in helps.values() for line in _lines(help_)]
    how = (
        f"A command starts a line of a comment: `/review`{either}. What stands in a quote or in code is not a command, "
        "and editing a comment runs nothing again."
    )
    return "\n\n".join(("**What you can ask for here**", "\n".join(lines), f"<sub>{how}</sub>"))


def no_help(needed: str) -> str:
    """To somebody who may use nothing here; `needed` is the access that it takes."""
    people = f"people with {escape(needed)} access to this repository"
    return f"Commands are taken from {people}, so there is none for you here."


def _lines(help_: CommandHelp) -> list[str]:
    argument = help_.argument if help_.is_argument_needed or not help_.argument else f"[{help_.argument}]"
    call = code_span(f"/{help_.name} {argument}".rstrip())
    options = [
        f"  - {code_span(each.written if each.is_flag else f'{each.written} {each.value}')}: {escape(each.summary)}"
        for each in help_.options
    ]
    return [f"- {call}: {escape(help_.summary)}", *options]
