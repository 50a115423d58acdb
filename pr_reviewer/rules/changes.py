"""Which rules a pull request that edits rule files adds, changes and removes. It is reviewed by the old ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pr_reviewer.model.rules import Enforcement, Level, Rule, RuleChange
from pr_reviewer.rules.parsed import Amendment, ParsedRules

_Key = tuple[Level, str, str]


@dataclass(frozen=True, slots=True)
class _Stated:
    """A rule or an amendment: where it stands, and what it says."""

    path: str
    key: _Key
    title: str
    content: Rule | Amendment

    @property
    def is_off(self) -> bool:
        """Whether it switches its rule off."""
        stated = self.content.options if isinstance(self.content, Amendment) else self.content
        return stated.enforcement is Enforcement.OFF


def changed_rules(before: Sequence[ParsedRules], after: Sequence[ParsedRules]) -> tuple[RuleChange, ...]:
    """The differences between the same sources at the base and at the head, those of the head's order first.

    A rule that only moved, to another line or another file that governs the same folder, is none.
    """
    old, new = _stated(before), _stated(after)
    twins = _twins(old, new)
    pairs = [(old[twins[index]] if index in twins else None, rule) for index, rule in enumerate(new)]
    changes = [_change(rule, _verb(was, rule)) for was, rule in pairs if was is None or was.content != rule.content]
    kept = set(twins.values())
    return (*changes, *(_change(rule, "removed") for index, rule in enumerate(old) if index not in kept))


def _stated(parsed: Sequence[ParsedRules]) -> list[_Stated]:
    return [
        *(_of_rule(rule) for each in parsed for rule in each.rules),
        *(_of_amendment(amendment) for each in parsed for amendment in each.amendments),
    ]


def _of_rule(rule: Rule) -> _Stated:
    file = rule.source.file
    nowhere = replace(rule.source, file=replace(file, path="", origin="", revision=""), line=0)
    examples = tuple(replace(example, line=0) for example in rule.examples)
    content = replace(rule, source=nowhere, examples=examples)
    return _Stated(file.path, (file.level, file.folder, rule.id), rule.title, content)


def _of_amendment(amendment: Amendment) -> _Stated:
    file = amendment.source.file
    nowhere = replace(amendment.source, file=replace(file, path="", origin="", revision=""), line=0)
    key = (file.level, file.folder, amendment.rule_id)
    return _Stated(file.path, key, amendment.title, replace(amendment, source=nowhere))


def _twins(old: Sequence[_Stated], new: Sequence[_Stated]) -> dict[int, int]:
    """Which new one is which old one: first those of the same file, then those that went to another."""
    twins: dict[int, int] = {}
    for has_moved in (False, True):
        taken = set(twins.values())
        free: dict[tuple[_Key, str], list[int]] = {}
        for index, each in enumerate(old):
            if index not in taken:
                free.setdefault((each.key, "" if has_moved else each.path), []).append(index)
        for index, each in enumerate(new):
            if index not in twins and (found := free.get((each.key, "" if has_moved else each.path))):
                twins[index] = found.pop(0)
    return twins


def _verb(was: _Stated | None, rule: _Stated) -> str:
    """What was done. Somebody should hear of a rule that goes, be it by a section that is added."""
    if rule.is_off and not (was and was.is_off):
        return "switched off"
    return "changed" if was else "added"


def _change(stated: _Stated, verb: str) -> RuleChange:
    return RuleChange(stated.path, stated.key[2], stated.title, verb)
