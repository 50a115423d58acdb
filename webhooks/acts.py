"""Every command that the server carries out. A new one registers here, with its help, and nowhere else."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from pr_reviewer.model.commands import Command, CommandHelp, CommandName, CommandOption
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.settings.load import argument
from pr_reviewer.settings.schema.layers import Layer
from pr_reviewer.settings.schema.problems import Assignment
from webhooks.ending import Ended
from webhooks.reviewing import review_pull
from webhooks.workshop import Work


@dataclass(frozen=True, slots=True)
class Act:
    """A command: what it says of itself, and what does it."""

    help: CommandHelp
    run: Callable[[Work], Awaitable[Ended]]


_REVIEW = CommandHelp(
    CommandName.REVIEW,
    "Review the pull request as it is now.",
    options=(
        CommandOption("max_comments", "Most comments on lines.", "review.max_comments"),
        CommandOption("min_confidence", "How sure a finding has to be.", "review.min_confidence"),
        CommandOption("only", "Review these files only: a glob, or several with commas.", "paths.only"),
    ),
)

ACTS: Mapping[CommandName, Act] = {CommandName.REVIEW: Act(_REVIEW, review_pull)}

HELPS: Mapping[CommandName, CommandHelp] = {name: act.help for name, act in ACTS.items()}

_LISTS = frozenset({"paths.only"})


def arguments_of(command: Command) -> tuple[Assignment, ...]:
    """The settings that a comment gives; whether it may, and whether the value is one, is the schema's to say."""
    options = {option.name: option for option in ACTS[command.name].help.options}
    return tuple(
        argument(key, _value(key, value), f"--{name}", layer=Layer.COMMENT)
        for name, value in command.options
        if (key := options[name].setting)
    )


def why_wrong(error: SettingsError) -> str:
    """A problem of a comment's options as a clause."""
    return error.message.rstrip(".")


def _value(key: str, text: str) -> object:
    return [each.strip() for each in text.split(",") if each.strip()] if key in _LISTS else text
