"""All rules that could govern a change, from every level, and which of them hold for one file.

Of rules with one id, the nearest whose folder holds the file decides, wholly: its paths, its languages, and whether it
is off. A directory's rules hold for files in that directory alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pr_reviewer.model.rules import Enforcement, Rule, RuleProblem, Standing, Unread
from pr_reviewer.rules.merge import merge
from pr_reviewer.rules.parsed import ParsedRules
from pr_reviewer.rules.select import RuleSelector

_Folders = tuple[str, ...]


def assemble(
    parsed: Sequence[ParsedRules],
    unread: Sequence[Unread] = (),
    standing: Standing | None = None,
    default_enforcement: Enforcement = Enforcement.ADVISORY,
) -> "RuleBook":
    """Put the files of all levels together, in any order of levels.

    `default_enforcement` is what a rule is that does not say; OFF switches every rule off, whatever it says. Within one
    level and folder, an id that two files write is the first one's (a problem with the other), an id that is derived
    from a heading gets a number, and a derived rule that repeats another is left out.
    """
    merged = merge(parsed, default_enforcement)
    return RuleBook(merged.rules, merged.problems, tuple(unread), standing or Standing(), merged.left_out)


@dataclass(frozen=True)
class RuleBook:
    """The rules of all levels, the outermost first, with what was left out and why.

    `left_out` are parts of files that state no rule about code; nothing is wrong with them.
    """

    rules: tuple[Rule, ...] = ()
    problems: tuple[RuleProblem, ...] = ()
    unread: tuple[Unread, ...] = ()
    standing: Standing = field(default_factory=Standing)
    left_out: tuple[RuleProblem, ...] = ()
    _nearest: dict[tuple[str, ...], dict[str, Rule]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _selectors: dict[tuple[str, ...], RuleSelector] = field(default_factory=dict, init=False, repr=False, compare=False)

    def governing(self, path: str, language: str | None, change: str = "modified") -> tuple[Rule, ...]:
        """The rules that hold for one file, in their order. `change` is the value of its `FileStatus`."""
        chosen = self._selector(path).select(path, language)
        return tuple(each for each in chosen if not each.changes or change in each.changes)

    def rule_for(self, path: str, rule_id: str) -> Rule | None:
        """The nearest rule of this id for a file, even if it is off; None: no level has it."""
        return self._nearest_for(self._folders_of(path)).get(rule_id)

    def switched_off(self, path: str) -> tuple[Rule, ...]:
        """The rules that would hold for a file if a nearer level had not switched them off, with its reason."""
        nearest = self._nearest_for(self._folders_of(path)).values()
        return tuple(rule for rule in nearest if rule.enforcement is Enforcement.OFF)

    def _selector(self, path: str) -> RuleSelector:
        folders = self._folders_of(path)
        if folders not in self._selectors:
            nearest = self._nearest_for(folders).values()
            self._selectors[folders] = RuleSelector(each for each in nearest if each.enforcement is not Enforcement.OFF)
        return self._selectors[folders]

    def _nearest_for(self, folders: _Folders) -> dict[str, Rule]:
        """Rules by id, in the order of the first that has it. One for each set of folders that a file lies in: few."""
        if folders not in self._nearest:
            nearest: dict[str, Rule] = {}
            for rule in self.rules:
                if rule.source.file.folder in folders and not _is_nearer(nearest.get(rule.id), rule):
                    nearest[rule.id] = rule
            self._nearest[folders] = nearest
        return self._nearest[folders]

    def _folders_of(self, path: str) -> _Folders:
        """Which of the folders that have rules hold a file."""
        parts = path.split("/")
        around = ("/".join(parts[:depth]) for depth in range(len(parts)))
        return tuple(folder for folder in around if folder in self._all_folders)

    @cached_property
    def _all_folders(self) -> frozenset[str]:
        return frozenset(rule.source.file.folder for rule in self.rules)


def _is_nearer(known: Rule | None, rule: Rule) -> bool:
    """Whether a rule that is known already is nearer than another, or as near."""
    return known is not None and _nearness(known) >= _nearness(rule)


def _nearness(rule: Rule) -> tuple[int, int]:
    return rule.source.file.level, len(rule.source.file.folder)
