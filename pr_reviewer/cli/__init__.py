"""The command line: reads arguments, calls a workflow, prints, and exits with a code that means something.

What belongs here: arguments, the terminal, exit codes. What does not: decisions about a review.
Every command lives in a module of its own that is imported only when it is called: `--help` stays fast.
"""

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from pr_reviewer import __version__
from pr_reviewer.cli.exits import Exit
from pr_reviewer.cli.process import Terminated, drop_output, heed_signals, open_missing_streams
from pr_reviewer.model.errors import ReviewerError, UsageError

# Name -> (module, attribute, the line that `--help` shows). The server is a package of its own: it is named here and
# imported by nobody, so that everything else works, and starts as fast, without it.
COMMANDS = {
    "review": ("pr_reviewer.cli.review", "review", "Review a change of a git repository, or any unified diff."),
    "improve": ("pr_reviewer.cli.improve", "improve", "Suggest changes that can be committed as they are."),
    "setup": ("webhooks.setup_command", "setup", "Create the GitHub App on a page in your browser, then serve."),
    "describe": ("pr_reviewer.cli.describe", "describe", "Say what a change does: title, summary, file by file."),
    "ask": ("pr_reviewer.cli.ask", "ask", "Ask about a change; the answer names path:line."),
    "serve": ("webhooks.command", "serve", "Take webhooks and review pull requests by themselves."),
    "worker": ("webhooks.worker_command", "worker", "Work on the server's jobs without serving webhooks."),
    "jobs": ("webhooks.jobs_command", "jobs", "List what the server has done, and try again what failed."),
    "webhook": ("webhooks.replay_command", "webhook", "Send a recorded delivery to a server once more."),
    "doctor": ("pr_reviewer.cli.doctor", "doctor", "Check this installation, and say what to do about what fails."),
    "rules": ("pr_reviewer.cli.rules", "rules", "Show, check and try best-practice rules."),
    "config": ("pr_reviewer.cli.config", "config", "Show and check the settings, or print their JSON Schema."),
}


class LazyCommands(click.Group):
    """A group that imports a command's module only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        """All names, in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 click's signature
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 click's signature
        """List the commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a mistyped one is told the nearest name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command is called {args[0]!r}.{_nearest(args[0])}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 click's signature
        """Run the command. A reader of our output that has seen enough (`| head`) is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            drop_output()
            return Exit.DONE


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pr-reviewer")
def commands() -> None:
    """Review pull requests and local changes, and be right about every line it names."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; the codes are `Exit`'s."""
    open_missing_streams()
    heed_signals()
    try:
        code = commands.main(arguments, prog_name="pr-reviewer", standalone_mode=False)
    except click.exceptions.Exit as exc:
        code = exc.exit_code
    except click.ClickException as exc:
        exc.show()
        code = Exit.USAGE
    except (click.Abort, KeyboardInterrupt) as exc:
        click.echo("stopped", err=True)
        cause = exc.__cause__ or exc  # click makes an Abort of it
        code = cause.exit_code if isinstance(cause, Terminated) else Exit.INTERRUPTED
    except ReviewerError as exc:
        code = _report_error(exc)
    except OSError as exc:
        drop_output()
        code = _report_error(ReviewerError(f"the system refused: {exc}"))
    sys.exit(int(code or 0))


def _report_error(error: ReviewerError) -> Exit:
    from pr_reviewer.report.sentences import error_text

    click.echo(f"{click.style('error:', fg='red', bold=True)} {error_text(error)}", err=True)
    return Exit.USAGE if isinstance(error, UsageError) else Exit.FAILED


def _nearest(name: str) -> str:
    import difflib

    matches = difflib.get_close_matches(name, COMMANDS, n=1)
    return f" Did you mean {matches[0]!r}?" if matches else f" There are: {', '.join(COMMANDS)}."
