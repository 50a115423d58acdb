"""What a person may set in a comment, for one run: the options of commands, as the schema has them."""

from enum import EnumType
from typing import Any

from pr_reviewer.model.commands import CommandOption
from pr_reviewer.settings.schema.keys import keys, sections
from pr_reviewer.settings.schema.layers import Trust


def comment_options(*names: str) -> tuple[CommandOption, ...]:
    """One option for each setting of these sections that a commenter may set, in the order of the schema."""
    settable = (key for key in keys().values() if key.least_trust is Trust.COMMENTER)
    return tuple(
        CommandOption(name, key.description, key.name, is_flag=kind is bool, value=_value(kind))
        for key in settable
        for section, _, name in (key.name.partition("."),)
        if section in names
        for kind in (sections()[section].model_fields[name].annotation,)
    )


def _value(kind: Any) -> str:  # noqa: ANN401 an annotation
    """What such a setting takes, in a word."""
    if isinstance(kind, EnumType):
        return "|".join(str(each) for each in kind)  # type: ignore[var-annotated]
    return "N" if kind is int else "GLOB,…"
