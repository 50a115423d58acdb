"""`rules check`: what the text of rules tells, and what only running their patterns tells.

A rule's examples are the tests of its pattern. And where a pattern hits what another rule shows as good, nobody can
keep both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.text import split_lines
from pr_reviewer.languages import LANGUAGES
from pr_reviewer.model.code import PatternHit
from pr_reviewer.model.rules import Enforcement, Example, Rule
from pr_reviewer.patterns.abilities import MATCHED
from pr_reviewer.patterns.worker import PatternResult, PatternWorker
from pr_reviewer.report.amounts import listed
from pr_reviewer.rules.book import RuleBook, assemble
from pr_reviewer.rules.check import GoodHit, RuleDiagnostic, check_rules
from pr_reviewer.rules.parsed import ParsedRules

_EXTENSIONS = {language.id: language.extensions.partition(" ")[0] for language in LANGUAGES}
_TYPED = frozenset({"typescript", "tsx"})


async def check_levels(
    parsed: Sequence[ParsedRules], paths: Sequence[str], texts: Mapping[str, str], worker: PatternWorker
) -> tuple[RuleDiagnostic, ...]:
    """All that is wrong or doubtful in the files of rules in `texts` (path → text), by path and line.

    `parsed` are the files of every level, which those in `texts` may contradict; `paths` are the repository's.
    """
    book = assemble(parsed)
    rules = [rule for rule in book.rules if rule.outer is None]  # what only amends a rule has its pattern and examples
    trial = await _try(rules, frozenset(texts), book, worker)
    hits = list(_good_hits(trial, rules))
    found = [
        *check_rules(parsed, paths, [hit for hit in hits if hit.rule.source.path in texts]),
        *(_of_hit(hit) for hit in hits if hit.rule.source.path not in texts),
        *_about_patterns(rules, trial, texts),
        *(each for sample in trial.samples for each in _about_example(sample, trial)),
    ]
    chosen = dict.fromkeys(each for each in found if each.path in texts)
    return tuple(sorted(chosen, key=lambda each: (each.path, each.line, each.code, each.text)))


@dataclass(frozen=True, slots=True)
class _Sample:
    """An example as a file of its own. `number` is its rule's place in the list."""

    path: str
    example: Example
    rule: Rule
    number: int

    def own(self, result: PatternResult) -> list[PatternHit]:
        """Where its rule's pattern hits it."""
        return [hit for hit in result.hits[self.path] if hit.rule_id == str(self.number)]

    def why_unchecked(self, result: PatternResult) -> str:
        """Why no pattern was run on it; "" where they were."""
        start = f"{self.path} "
        return next((each.removeprefix(start) for each in result.problems if each.startswith(start)), "")

    def is_spoken_by(self, rule: Rule) -> bool:
        """Whether it is in a language that a rule's pattern is run on."""
        languages = _TYPED if self.example.language == "tsx" else {self.example.language}
        return not languages.isdisjoint(rule.languages)


@dataclass(frozen=True, slots=True)
class _Trial:
    """Every pattern run on every example. `broken` says why a pattern does not work, `unparsed` names samples."""

    samples: Sequence[_Sample]
    result: PatternResult
    broken: Mapping[Rule, str]
    unparsed: frozenset[str]


async def _try(rules: Sequence[Rule], checked: frozenset[str], book: RuleBook, worker: PatternWorker) -> _Trial:
    numbered = [replace(rule, id=str(number)) for number, rule in enumerate(rules)]
    patterns = [(rule, each) for rule, each in zip(rules, numbered, strict=True) if rule.pattern is not None]
    samples = list(_samples(rules))
    run = {each.path: [n for rule, n in patterns if _concerns(each, rule, checked, book)] for each in samples}
    run |= {f"compile.{_EXTENSIONS[language]}": _spoken(patterns, language, checked) for language in _languages(rules)}
    codes = {sample.path: sample.example.code for sample in samples}
    result = await worker.matches_by_file({path: codes.get(path, "") for path in run}, run)
    broken = {rules[int(number)]: why for number, why in result.failed.items()}
    missed = {sample.path: sample.example.code for sample in samples if _is_missed(sample, result)}
    syntax = await worker.syntax_errors(missed)
    return _Trial(samples, result, broken, frozenset(path for path, problems in syntax.items() if problems))


def _spoken(patterns: Iterable[tuple[Rule, Rule]], language: str, checked: frozenset[str]) -> list[Rule]:
    """The checked rules that must compile in a language."""
    return [each for rule, each in patterns if rule.source.path in checked and language in rule.languages]


def _concerns(sample: _Sample, rule: Rule, checked: frozenset[str], book: RuleBook) -> bool:
    """Whether a pattern is run on an example: its own rule's, and on a Good one every other that it may break."""
    if sample.rule is rule:
        return rule.source.path in checked and sample.is_spoken_by(rule)
    if sample.example.is_bad or not sample.is_spoken_by(rule):
        return False
    return bool(checked & {rule.source.path, sample.rule.source.path}) and _meet(sample.rule, rule, book)


def _samples(rules: Sequence[Rule]) -> Iterator[_Sample]:
    for number, rule in enumerate(rules):
        for index, example in enumerate(rule.examples):
            extension = _EXTENSIONS.get(example.language, "")
            yield _Sample(f"{number}-{index}.{extension}", example, rule, number)


def _languages(rules: Iterable[Rule]) -> frozenset[str]:
    return MATCHED.intersection(language for rule in rules if rule.pattern is not None for language in rule.languages)


def _is_missed(sample: _Sample, result: PatternResult) -> bool:
    return sample.rule.pattern is not None and sample.example.is_bad and not sample.own(result)


def _about_patterns(rules: Sequence[Rule], trial: _Trial, texts: Mapping[str, str]) -> Iterator[RuleDiagnostic]:
    for rule in rules:
        if rule.pattern is None:
            continue
        line = _pattern_line(rule, texts.get(rule.source.path, ""))
        if rule in trial.broken:
            text = f"the pattern of rule `{rule.id}` does not work: {trial.broken[rule]}"
            yield _error("broken-pattern", rule, line, text)
        if deaf := [each for each in rule.languages if each not in MATCHED]:
            text = f"no pattern can be run on {listed(deaf)}: there, rule `{rule.id}` is not checked at all"
            yield _error("pattern-language", rule, line, text)


def _about_example(sample: _Sample, trial: _Trial) -> Iterator[RuleDiagnostic]:
    rule, example = sample.rule, sample.example
    if rule.pattern is None or rule in trial.broken:
        return
    hits = sample.own(trial.result)
    what = f"this {'Bad' if example.is_bad else 'Good'} example of rule `{rule.id}`"
    if why := sample.why_unchecked(trial.result):
        yield _error("failed-example", rule, example.line, f"{what} cannot be checked: it {why}")
    elif not sample.is_spoken_by(rule):
        text = f"{what} is in {example.language}, and the pattern is run on {listed(rule.languages)} only"
        yield _error("failed-example", rule, example.line, text)
    elif example.is_bad and not hits and example.language in MATCHED:
        hint = " (it does not parse)" if sample.path in trial.unparsed else ""
        yield _error("failed-example", rule, example.line, f"{what} is not hit by its pattern{hint}")
    elif hits and not example.is_bad:
        line = example.line + hits[0].lines.first
        yield _error("failed-example", rule, example.line, f"{what} is hit by its pattern, on line {line}")


def _good_hits(trial: _Trial, rules: Sequence[Rule]) -> Iterator[GoodHit]:
    """Where one rule shows as good what another forbids."""
    for sample in trial.samples:
        if not sample.example.is_bad:
            others = {int(hit.rule_id) for hit in trial.result.hits[sample.path]} - {sample.number}
            yield from (GoodHit(sample.rule, sample.example, rules[number]) for number in sorted(others))


def _of_hit(hit: GoodHit) -> RuleDiagnostic:
    """Said at the rule that forbids, where the one that shows the example is not being checked."""
    shown = f"{hit.rule.source.path}:{hit.example.line}"
    text = f"rule `{hit.by.id}` forbids what rule `{hit.rule.id}` shows as good ({shown})"
    return _error("contradiction", hit.by, hit.by.source.line, text)


def _meet(rule: Rule, other: Rule, book: RuleBook) -> bool:
    """Whether both can hold for one file, as far as folders, levels and globs tell."""
    folders = sorted((rule.source.file.folder, other.source.file.folder), key=len)
    if not f"{folders[1]}/".startswith(f"{folders[0]}/".lstrip("/")):
        return False
    if rule.paths and other.paths and rule.paths != other.paths:
        return False  # nobody can tell whether two sets of globs meet
    path = f"{folders[1]}/." if folders[1] else "."
    return _holds(rule, path, book) and _holds(other, path, book)


def _holds(rule: Rule, path: str, book: RuleBook) -> bool:
    nearest = book.rule_for(path, rule.id)
    is_same = nearest is not None and (nearest.outer or nearest.source) == rule.source
    return is_same and nearest is not None and nearest.enforcement is not Enforcement.OFF


def _pattern_line(rule: Rule, text: str) -> int:
    """The line of the `pattern` key below the rule's heading; the heading's where it cannot be found."""
    lines = split_lines(text)
    following = ((number, lines[number - 1]) for number in range(rule.source.line + 1, len(lines) + 1))
    return next((number for number, line in following if line.startswith("pattern:")), rule.source.line)


def _error(code: str, rule: Rule, line: int, text: str) -> RuleDiagnostic:
    return RuleDiagnostic(code, rule.source.path, line, text, rule_id=rule.id)
