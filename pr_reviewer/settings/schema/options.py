"""What a person may set in a comment, for one run: the options of commands, as the schema has them."""

from pr_reviewer.model.commands import CommandOption
from pr_reviewer.settings.schema.keys import keys, sections
from pr_reviewer.settings.schema.layers import Trust


def comment_options(*names: str) -> tuple[CommandOption, ...]:
    """One option for each setting of these sections that a commenter may set, in the order of the schema."""
    settable = (key for key in keys().values() if key.least_trust is Trust.COMMENTER)
    return tuple(
        CommandOption(
            name, key.description, key.name, is_flag=sections()[section].model_fields[name].annotation is bool
        )
        for key in settable
        for section, _, name in (key.name.partition("."),)
        if section in names
    )
