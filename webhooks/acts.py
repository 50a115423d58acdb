"""Every command that the server carries out. A new one registers here; what it says of itself stands beside it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from pr_reviewer.model.commands import Command, CommandHelp, CommandName
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.settings.load import argument
from pr_reviewer.settings.schema.layers import Layer
from pr_reviewer.settings.schema.problems import Assignment
from pr_reviewer.workflows import commands
from webhooks.ending import Ended
from webhooks.improving import improve_pull
from webhooks.reviewing import review_pull
from webhooks.telling import describe_pull, tell_answer, tell_config, tell_help, tell_rules, tell_why
from webhooks.workshop import Work


@dataclass(frozen=True, slots=True)
class Act:
    """A command: what it says of itself, and what does it."""

    help: CommandHelp
    run: Callable[[Work], Awaitable[Ended]]

    @property
    def is_a_reply(self) -> bool:
        """Whether its result is a reply to the comment, so that none has to tell where the result is."""
        return self.help.name not in _ELSEWHERE


async def _help(work: Work) -> Ended:
    return await tell_help(work, HELPS)


_RUNS: Mapping[CommandName, Callable[[Work], Awaitable[Ended]]] = {
    CommandName.REVIEW: review_pull,
    CommandName.IMPROVE: improve_pull,
    CommandName.DESCRIBE: describe_pull,
    CommandName.ASK: tell_answer,
    CommandName.EXPLAIN: tell_why,
    CommandName.RULES: tell_rules,
    CommandName.CONFIG: tell_config,
    CommandName.HELP: _help,
}

ACTS: Mapping[CommandName, Act] = {name: Act(commands.HELPS[name], run) for name, run in _RUNS.items()}

HELPS: Mapping[CommandName, CommandHelp] = {name: act.help for name, act in ACTS.items()}

_ELSEWHERE = frozenset({CommandName.REVIEW, CommandName.IMPROVE, CommandName.DESCRIBE})
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
