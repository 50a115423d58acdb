"""`pr-reviewer rules`: what governs a file and from where, and whether rules are in order.

Options and help only: each command imports what it does when it is called.
"""

import asyncio
from pathlib import Path
from typing import Any

import click

from pr_reviewer.cli.exits import Exit


@click.group(short_help="Show, check and try best-practice rules.")
def rules() -> None:
    """Show, check and try best-practice rules.

    `list` and `explain` read what a review would read: the tip of the base branch. `check` and `test` read the working
    tree.
    """


_REPO = click.option(
    "--repo", type=click.Path(path_type=Path), help="The repository.  [default: the one around this folder]"
)
_BASE = click.option("--base", metavar="REF", help="Read the rules at this revision.  [default: the default branch]")
_WORKING_TREE = click.option("--working-tree", is_flag=True, help="Read the rules as they are on disk.")
_FORMAT = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)


@rules.command(short_help="Say what is wrong with rules.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for a warning, too.")
def check(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Say everything that is wrong with rules, each with file and line.

    PATH is a file of rules, `repositories.toml`, or a folder with some; without one, every source of rules in the
    repository around this folder is checked. Patterns are compiled, and run on their rule's examples: they must hit
    every Bad one and no Good one.

    Exit codes: 0 nothing is wrong (there may be warnings); 1 something is; 2 wrong usage or settings; 3 git failed.
    """
    from pr_reviewer.cli.rules_check import check_rules

    return asyncio.run(check_rules(**options))


@rules.command("list", short_help="Show which rules govern which files.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@_REPO
@_BASE
@_WORKING_TREE
@_FORMAT
def list_(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Show which rules govern each FILE and where they come from; without one, show all rules by source.

    A FILE is named from this folder, or from the repository's root, and need not exist.
    """
    from pr_reviewer.cli.rules_show import show_list

    return asyncio.run(show_list(**options))


@rules.command(short_help="Show all about one rule.")
@click.argument("rule_id", metavar="ID")
@click.argument("file", required=False)
@_REPO
@_BASE
@_WORKING_TREE
@_FORMAT
def explain(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Show all about one rule: its text, options and examples, which levels have it, and which one holds (for FILE)."""
    from pr_reviewer.cli.rules_show import show_rule

    return asyncio.run(show_rule(**options))


@rules.command(short_help="Show what one rule says of files.")
@click.argument("rule_id", metavar="ID")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_REPO
@click.option("--model", metavar="NAME", help="Ask this model about a rule without a pattern.")
@_FORMAT
def test(**options: Any) -> int:  # noqa: ANN401 click hands options by name
    """Show what one rule alone would say of whole FILEs as they are on disk.

    A pattern is run. A rule without one is judged by the model that is set, every line of the file taken for new.

    Exit codes: 0 it says nothing; 1 it says something; 2 wrong usage or settings; 3 the rule could not be tried, for
    example because it needs a model and none is set.
    """
    from pr_reviewer.cli.rules_test import try_rule

    return asyncio.run(try_rule(**options))


@rules.command(short_help="Print a template of a rule.")
@click.option("--id", "rule_id", default="aware-datetime", show_default=True, help="The new rule's id.")
def new(rule_id: str) -> int:
    """Print a commented template of a rule, which `rules check` accepts as it is."""
    from pr_reviewer.cli.console import write_out
    from pr_reviewer.cli.rules_new import template

    write_out(template(rule_id))
    return Exit.DONE
