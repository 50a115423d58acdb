"""/config: the settings that hold for a pull request, with their sources. No model is asked."""

from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.report.config_table import config_body
from pr_reviewer.settings.schema.keys import keys
from pr_reviewer.settings.schema.resolve import ResolvedSettings

HELP = CommandHelp(CommandName.CONFIG, "Show the settings that hold for this pull request, and where each comes from.")


def show_config(resolved: ResolvedSettings) -> str:
    """What to answer."""
    return config_body(resolved.rows(), tuple(keys().values()))
