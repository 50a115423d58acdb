"""What `rules check` can tell from the rules' text alone; patterns are run elsewhere, and their hits handed in."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pr_reviewer.model.findings import Severity
from pr_reviewer.model.rules import Enforcement, Example, Level, Rule, RuleProblem
from pr_reviewer.rules.book import assemble
from pr_reviewer.rules.parsed import ParsedRules
from pr_reviewer.rules.select import compiled

LONGEST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class RuleDiagnostic:
    """Something wrong with a rule (`is_error`), or doubtful. `code` is a name that stays: SARIF tells it.

    `rule_id` is "" where it is about no rule that has an id.
    """

    code: str
    path: str
    line: int
    text: str
    is_error: bool = True
    rule_id: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class GoodHit:
    """A rule's Good example that the pattern of another rule hits."""

    rule: Rule
    example: Example
    by: Rule


def check_rules(
    parsed: Sequence[ParsedRules], paths: Sequence[str] = (), good_hits: Sequence[GoodHit] = ()
) -> tuple[RuleDiagnostic, ...]:
    """Look through all files together, of every level. `paths` are the repository's: globs are tried on them."""
    rules = [rule for each in parsed for rule in each.rules]
    problems = assemble(parsed).problems
    found = [
        *map(_of_problem, problems),
        *_contradictions(rules, good_hits),
        *(diagnostic for rule in rules for diagnostic in _doubts(rule)),
        *_useless_globs(rules, paths),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.path, each.line, each.code)))


def _of_problem(problem: RuleProblem) -> RuleDiagnostic:
    return RuleDiagnostic(problem.code, problem.path, problem.line, problem.text, rule_id=problem.rule_id)


def _doubts(rule: Rule) -> Iterator[RuleDiagnostic]:
    bad = [example for example in rule.examples if example.is_bad]
    if not rule.text.strip() and rule.pattern is None:
        yield _doubt("no-text", rule, f"rule `{rule.id}` has no text: nobody can tell what it asks for")
    if len(rule.text) > LONGEST_TEXT:
        text = f"rule `{rule.id}` has {len(rule.text)} characters, more than {LONGEST_TEXT}: split it into several"
        yield _doubt("too-long", rule, text)
    if rule.pattern is not None and not bad:
        yield _doubt("untested-pattern", rule, f"rule `{rule.id}` has a pattern and no Bad example to test it with")
    if rule.enforcement is Enforcement.REQUIRED and rule.severity is Severity.NOTE:
        text = f"rule `{rule.id}` is required, so its severity is error, not note"
        yield _doubt("severity-without-effect", rule, text)


def _contradictions(rules: Sequence[Rule], good_hits: Sequence[GoodHit]) -> Iterator[RuleDiagnostic]:
    """One rule shows as Good what another forbids."""
    for hit in good_hits:
        text = f"a Good example of rule `{hit.rule.id}` breaks rule `{hit.by.id}` ({_where(hit.by)})"
        yield RuleDiagnostic("contradiction", hit.rule.source.path, hit.example.line, text, rule_id=hit.rule.id)
    by_pattern: dict[tuple[object, ...], list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.pattern is not None:
            by_pattern[_normal(rule.pattern), frozenset(rule.languages)].append(rule)
    for same in by_pattern.values():
        yield from _same_pattern(same)


def _same_pattern(rules: Sequence[Rule]) -> Iterator[RuleDiagnostic]:
    first, *others = rules
    for other in others:
        if other.id == first.id:
            continue  # a nearer level restates it, or the id stands twice, which is said apart
        if _shown(first, is_bad=True) & _shown(other, is_bad=False) or _shown(first, is_bad=False) & _shown(
            other, is_bad=True
        ):
            text = f"rule `{other.id}` asks for what rule `{first.id}` forbids with the same pattern ({_where(first)})"
            yield RuleDiagnostic("contradiction", other.source.path, other.source.line, text, rule_id=other.id)
        else:
            text = f"rule `{other.id}` has the same pattern as rule `{first.id}` ({_where(first)})"
            yield _doubt("same-pattern", other, text)


def _useless_globs(rules: Sequence[Rule], paths: Sequence[str]) -> Iterator[RuleDiagnostic]:
    """Globs that no file matches. Those of packs and of other places are for other repositories too."""
    useful: dict[tuple[str, str], bool] = {}
    for rule in rules if paths else ():
        folder = rule.source.file.folder
        for glob in rule.paths if rule.source.file.level >= Level.REPOSITORY else ():
            if (glob, folder) not in useful:
                useful[glob, folder] = glob.startswith("!") or _matches(glob, folder, paths)
            if not useful[glob, folder]:
                where = f" in {folder}/" if folder else ""
                text = f"`{glob}`, a path of rule `{rule.id}`, matches no file{where}"
                yield _doubt("glob-matches-nothing", rule, text)


def _matches(glob: str, folder: str, paths: Sequence[str]) -> bool:
    spec = compiled((glob,))
    return any(spec.match_file(path) for path in paths if not folder or path.startswith(f"{folder}/"))


def _doubt(code: str, rule: Rule, text: str) -> RuleDiagnostic:
    return RuleDiagnostic(code, rule.source.path, rule.source.line, text, is_error=False, rule_id=rule.id)


def _where(rule: Rule) -> str:
    return f"{rule.source.path}:{rule.source.line}"


def _shown(rule: Rule, *, is_bad: bool) -> set[str]:
    return {" ".join(example.code.split()) for example in rule.examples if example.is_bad is is_bad}


def _normal(pattern: str) -> str:
    """A pattern with its blanks made one, so that layout does not tell two apart."""
    return re.sub(r"(?:\\[nt]|\s)+", " ", json.dumps(json.loads(pattern), sort_keys=True))
