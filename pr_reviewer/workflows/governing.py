"""Which rules govern each file of a change, which of them can be raised there, and which comments silence them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pr_reviewer.diff.text import split_lines
from pr_reviewer.findings.refused import Refused
from pr_reviewer.findings.silence import Ignore, Silence
from pr_reviewer.findings.standing import StandingFilter
from pr_reviewer.languages import language_of
from pr_reviewer.model.rules import Enforcement, Rule
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.rules.ignore import find_ignores
from pr_reviewer.workflows.reading import Change

NOT_IN_CHANGE = "about a file that is not part of this change"
NOT_ASKED = "which was not asked about"


@dataclass(frozen=True)
class Governing:
    """The rules of a book that govern the reviewed files. `rules` has each file's by id, in the book's order."""

    book: RuleBook
    standing: StandingFilter
    rules: Mapping[str, Mapping[str, Rule]]
    silent: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, change: Change, book: RuleBook, *, keeps_style: bool = False) -> "Governing":
        """Select the rules of each reviewed file, by its path, its language and what happened to it."""
        standing = StandingFilter(book.standing, keeps_style)
        rules = {
            file.path: {rule.id: rule for rule in book.governing(file.path, language(change, file.path), file.status)}
            for file in change.reviewed
        }
        # By identity: hashing the texts of a thousand rules for each of many files takes longer than all else.
        unraised = {id(rule) for rule in book.rules if standing.why_rule_is_silent(rule)}
        silent = {
            path: frozenset(name for name, rule in each.items() if id(rule) in unraised) if unraised else frozenset()
            for path, each in rules.items()
        }
        return cls(book, standing, rules, silent)

    def of_file(self, path: str) -> tuple[Rule, ...]:
        """All rules that govern a file."""
        return tuple(self.rules.get(path, {}).values())

    def rule_of(self, path: str, rule_id: str) -> Rule | Refused:
        """The rule that a model means by an id in a file, or why it may not name it."""
        rule = self.rules.get(path, {}).get(rule_id)
        if rule is not None:
            return rule if rule.pattern is None else Refused("which code checks by its pattern")
        if path not in self.rules:
            return Refused(NOT_IN_CHANGE)
        nearest = self.book.rule_for(path, rule_id)
        if nearest is not None and nearest.enforcement is Enforcement.OFF:
            return Refused(f"which is switched off for this file{f': {nearest.reason}' if nearest.reason else ''}")
        return Refused("which does not govern this file" if rule_id in self._ids else "which does not exist")

    def rule_among(self, asked: Iterable[Rule]) -> "RuleAmong":
        """The same, for an answer about some rules only."""
        return RuleAmong(self, frozenset((rule.id, rule.source) for rule in asked))

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(rule.id for rule in self.book.rules)


@dataclass(frozen=True, slots=True)
class RuleAmong:
    """The rules that one prompt asks about."""

    governing: Governing
    asked: frozenset[object]

    def __call__(self, path: str, rule_id: str) -> Rule | Refused:
        """The rule that an id means in a file, or why a finding there may not name it."""
        rule = self.governing.rule_of(path, rule_id)
        if isinstance(rule, Refused) or (rule.id, rule.source) in self.asked:
            return rule
        return Refused(NOT_ASKED)


def language(change: Change, path: str) -> str | None:
    """The language of a reviewed file, as far as its name and its first line tell."""
    text = change.heads.get(path)
    return language_of(path, text.masked.text.partition("\n")[0] if text else "")


def silence_of(change: Change, governing: Governing) -> Silence:
    """The comments of the reviewed files at the head that silence rules."""
    return Silence(_ignores(change), change.reviewed, governing.rules)


def _ignores(change: Change) -> Iterable[Ignore]:
    for path, text in change.heads.items():
        for found in find_ignores(split_lines(text.masked.text), language(change, path)):
            yield Ignore(path, found.line, found.governs, found.rule_ids, found.reason)
