"""The files of all levels → one list of rules: amendments applied, no id twice within one level and folder."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pr_reviewer.model.findings import Severity
from pr_reviewer.model.rules import Enforcement, Rule, RuleFile, RuleProblem
from pr_reviewer.rules.options import nearest_of
from pr_reviewer.rules.parsed import Amendment, ParsedRules, problem

_ALL_OFF = "the setting `rules.enforcement` is `off`"
_Place = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Merged:
    """The rules, the outermost first, and what was left out."""

    rules: tuple[Rule, ...]
    problems: tuple[RuleProblem, ...]
    left_out: tuple[RuleProblem, ...]


def merge(parsed: Sequence[ParsedRules], default_enforcement: Enforcement) -> Merged:
    """Put files together; those of one level and folder count in the order given."""
    is_off = default_enforcement is Enforcement.OFF
    merger = _Merger(Enforcement.ADVISORY if is_off else default_enforcement)
    merger.problems += [told for each in parsed for told in each.problems]
    merger.left_out += [part for each in parsed for part in each.left_out]
    for group in _groups(parsed):
        merger.add(group)
    rules = [_settled(rule, is_off=is_off) for rule in merger.rules]
    return Merged(tuple(rules), tuple(merger.problems), tuple(merger.left_out))


def _groups(parsed: Sequence[ParsedRules]) -> Iterator[list[ParsedRules]]:
    """The files by level and folder, outer ones first."""
    groups: dict[_Place, list[ParsedRules]] = defaultdict(list)
    for each in parsed:
        sources = [*(rule.source for rule in each.rules), *(amendment.source for amendment in each.amendments)]
        if sources:
            groups[_place(sources[0].file)].append(each)
    yield from (groups[place] for place in sorted(groups))


def _place(file: RuleFile) -> _Place:
    return file.level, len(file.folder), file.folder


@dataclass(slots=True)
class _Merger:
    default_enforcement: Enforcement
    rules: list[Rule] = field(default_factory=list)
    problems: list[RuleProblem] = field(default_factory=list)
    left_out: list[RuleProblem] = field(default_factory=list)
    _numbers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, group: list[ParsedRules]) -> None:
        """Take up the files of one level and folder: their rules, then what they amend."""
        here = _Group({rule.id for each in group for rule in each.rules if rule.id not in each.derived})
        for each in group:
            for rule in each.rules:
                self._add(rule, each, here)
        for each in group:
            for amendment in each.amendments:
                self._amend(amendment)

    def _add(self, rule: Rule, parsed: ParsedRules, here: "_Group") -> None:
        is_derived = rule.id in parsed.derived
        if is_derived and (twin := here.twin_of(rule)):
            self._leave_out(rule, f"“{rule.title}” says what {_where(twin)} says already")
            return
        id_ = here.free(rule.id) if is_derived else rule.id
        if taken := here.rules.get(id_):
            text = f"rule “{rule.title}” is left out: {_where(taken)} has a rule `{id_}` already"
            self.problems.append(problem(rule.source.file, rule.source.line, text, "duplicate-id", id_))
            return
        enforcement = self.default_enforcement if rule.id in parsed.undecided else rule.enforcement
        self._keep(here.keep(replace(rule, id=id_, enforcement=enforcement)))

    def _amend(self, amendment: Amendment) -> None:
        outer = self._outer(amendment)
        if outer is None:
            self.problems.append(self._missing(amendment))
            return
        rule = _amended(self.rules[outer], amendment)
        if _place(self.rules[outer].source.file) == _place(rule.source.file):
            self.rules[outer] = rule
        else:
            self._keep(rule)

    def _outer(self, amendment: Amendment) -> int | None:
        """The index of the nearest rule of this id that holds where the amendment stands."""
        folder = amendment.source.file.folder
        numbers = (
            number
            for number in self._numbers.get(amendment.rule_id, ())
            if f"{folder}/".startswith(f"{self.rules[number].source.file.folder}/".lstrip("/"))
        )
        return max(numbers, key=lambda number: _place(self.rules[number].source.file)[:2], default=None)

    def _missing(self, amendment: Amendment) -> RuleProblem:
        verb = "switch off" if amendment.options.enforcement is Enforcement.OFF else "amend"
        elsewhere = self._numbers.get(amendment.rule_id)
        if elsewhere:
            near = f" here: it stands at {_where(self.rules[elsewhere[0]])}, for another folder"
        else:
            near = nearest_of(amendment.rule_id, tuple(sorted(self._numbers))) if self._numbers else ""
        text = f"there is no rule `{amendment.rule_id}` to {verb}{near}"
        return problem(amendment.source.file, amendment.source.line, text, "unknown-rule", amendment.rule_id)

    def _keep(self, rule: Rule) -> None:
        self._numbers[rule.id].append(len(self.rules))
        self.rules.append(rule)

    def _leave_out(self, rule: Rule, text: str) -> None:
        self.left_out.append(problem(rule.source.file, rule.source.line, text, "said-twice", rule.id))


@dataclass(slots=True)
class _Group:
    """The rules of one level and folder. `written` are the ids that its files write out: no derived one takes them."""

    written: set[str]
    rules: dict[str, Rule] = field(default_factory=dict)
    _twins: dict[tuple[object, ...], Rule] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def keep(self, rule: Rule) -> Rule:
        """Remember a rule under its id, which is free."""
        self.rules[rule.id] = rule
        self._twins.setdefault(_content(rule), rule)
        return rule

    def twin_of(self, rule: Rule) -> Rule | None:
        """A rule that says the same."""
        return self._twins.get(_content(rule))

    def free(self, derived: str) -> str:
        """A derived id, with a number where it is taken."""
        number = self._numbers.get(derived, 1)
        while (id_ := derived if number == 1 else f"{derived}-{number}") in self.rules or id_ in self.written:
            number += 1
        self._numbers[derived] = number
        return id_


def _content(rule: Rule) -> tuple[object, ...]:
    return rule.title, rule.text, rule.languages, rule.paths, rule.changes, rule.pattern, rule.examples


def _where(rule: Rule) -> str:
    return f"{rule.source.path}:{rule.source.line}"


def _amended(outer: Rule, amendment: Amendment) -> Rule:
    """The outer rule as a nearer file has it: only what the amendment itself says differs."""
    options = amendment.options
    changed: dict[str, Any] = {key: getattr(options, key) for key in options.said}
    if "enforcement" in options.said:
        changed["reason"] = options.reason  # the outer one's reason was for something else
    return replace(outer, source=amendment.source, outer=outer.outer or outer.source, **changed)


def _settled(rule: Rule, *, is_off: bool) -> Rule:
    if is_off and rule.enforcement is not Enforcement.OFF:
        return replace(rule, enforcement=Enforcement.OFF, reason=_ALL_OFF)
    return replace(rule, severity=Severity.ERROR) if rule.enforcement is Enforcement.REQUIRED else rule
