"""What people ask of the reviewer in a comment, as values; what could not be understood is a value too."""

from dataclasses import dataclass
from enum import StrEnum


class CommandName(StrEnum):
    """Every command that there is; a value is what people write behind the slash."""

    REVIEW = "review"
    IMPROVE = "improve"
    DESCRIBE = "describe"
    ASK = "ask"
    EXPLAIN = "explain"
    RULES = "rules"
    CONFIG = "config"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class CommandOption:
    """An option that a comment may give: `--name value`, or `--name` alone for a flag.

    `setting` is the key that it sets (`review.max_comments`); "" for an option that is the command's own. `value` says
    what it takes (`N`, `high|medium|low`).
    """

    name: str
    summary: str
    setting: str = ""
    is_flag: bool = False
    value: str = "VALUE"

    @property
    def written(self) -> str:
        """Its name as people write it: `--max-comments`."""
        return f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """What a command is, in its own words. `argument` names the text that follows it (`QUESTION`), "" for none.

    The text goes on to the next command, unless it `is_one_line`.
    """

    name: CommandName
    summary: str
    argument: str = ""
    is_argument_needed: bool = False
    options: tuple[CommandOption, ...] = ()
    is_one_line: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it was written on `line` (one-based) of a comment. `options` are pairs of name and value."""

    name: CommandName
    line: int = 1
    options: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that was meant for the reviewer and cannot be done: what was written, and a sentence."""

    line: int
    written: str
    problem: str
