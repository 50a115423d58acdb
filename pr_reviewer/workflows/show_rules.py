"""/rules: what governs the files of a pull request. No model is asked."""

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.rules import RulesApplied
from pr_reviewer.report.governing_rules import rules_body
from pr_reviewer.report.links import Links
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.governing import Governing
from pr_reviewer.workflows.reading import read_change
from pr_reviewer.workflows.rulebook import rule_changes

HELP = CommandHelp(
    CommandName.RULES, "Show which rules govern the files of this pull request, and where each of them stands."
)


async def show_rules(desk: Desk, skip: SkipRules, links: Links) -> str:
    """What to answer."""
    change = await read_change(desk.source, skip)
    paths = {path for file in change.files for path in (file.path, file.old_path) if path is not None}
    changes = await rule_changes(desk.source, change.pull, paths, desk.rules, desk.foreign)
    governing = Governing.of(change, desk.rules, keeps_style=desk.legacy_style)
    by_file = tuple((path, tuple(rules)) for path, rules in governing.rules.items())
    book = governing.book
    applied = RulesApplied(by_file, changes, (), book.problems, book.unread, book.standing)
    named = {id(rule): rule for rules in governing.rules.values() for rule in rules.values()}
    return rules_body(applied, [rule for rule in book.rules if id(rule) in named], links)
