"""All rules that could govern a change, from every level, and which of them hold for one file.

Of rules with one id, the nearest whose folder holds the file decides, wholly: its paths, its languages, and whether it
is off. A directory's rules hold for files in that directory alone.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from pr_reviewer.model.rules import Enforcement, Rule, RuleProblem, Standing, Unread
from pr_reviewer.rules.select import RuleSelector


@dataclass(frozen=True)
class RuleBook:
    """The rules of all levels, the outermost first, with what was left out and why."""

    rules: tuple[Rule, ...] = ()
    problems: tuple[RuleProblem, ...] = ()
    unread: tuple[Unread, ...] = ()
    standing: Standing = field(default_factory=Standing)
    _selectors: dict[tuple[str, ...], RuleSelector] = field(default_factory=dict, init=False, repr=False, compare=False)

    def governing(self, path: str, language: str | None, change: str = "modified") -> tuple[Rule, ...]:
        """The rules that hold for one file, in their order. `change` is the value of its `FileStatus`."""
        chosen = self._selector(path).select(path, language)
        return tuple(each for each in chosen if not each.changes or change in each.changes)

    def rule_for(self, path: str, rule_id: str) -> Rule | None:
        """The nearest rule of this id for a file, even if it is off; None: no level has it."""
        return _nearest(self.rules, path).get(rule_id)

    def switched_off(self, path: str) -> tuple[Rule, ...]:
        """The rules that would hold for a file if a nearer level had not switched them off, with its reason."""
        return tuple(rule for rule in _nearest(self.rules, path).values() if rule.enforcement is Enforcement.OFF)

    def _selector(self, path: str) -> RuleSelector:
        """One for each set of folders that a file can lie in: there are few."""
        folders = tuple(sorted({rule.source.file.folder for rule in self.rules if _holds(rule, path)}))
        if folders not in self._selectors:
            nearest = _nearest(self.rules, path).values()
            self._selectors[folders] = RuleSelector(each for each in nearest if each.enforcement is not Enforcement.OFF)
        return self._selectors[folders]


def _nearest(rules: tuple[Rule, ...], path: str) -> dict[str, Rule]:
    """Rules by id, in the order of the first that has it."""
    levels: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if _holds(rule, path):
            levels[rule.id].append(rule)
    return {
        id_: max(each, key=lambda rule: (rule.source.file.level, len(rule.source.file.folder)))
        for id_, each in levels.items()
    }


def _holds(rule: Rule, path: str) -> bool:
    folder = rule.source.file.folder
    return not folder or path.startswith(f"{folder}/")
