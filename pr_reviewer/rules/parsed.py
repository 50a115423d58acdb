"""What one file of rules says, before the levels are put together."""

from dataclasses import dataclass

from pr_reviewer.model.rules import Level, Rule, RuleFile, RuleProblem, RuleSource
from pr_reviewer.rules.options import Options


@dataclass(frozen=True, slots=True)
class Amendment:
    """A section that has an id and a rule block and nothing else: it changes the outer rule of that id.

    Only `options.said` counts; all else stays as the outer rule has it.
    """

    rule_id: str
    title: str
    source: RuleSource
    options: Options


@dataclass(frozen=True, slots=True)
class ParsedRules:
    """The rules of one file in its order, and what was left out.

    `derived` are the ids that nobody wrote: they come from headings, so that another file's rule may have the same.
    `undecided` are the ids of rules that say nothing of their enforcement. `left_out` are parts that state no rule
    about code and need no repair, such as a document's commands.
    """

    rules: tuple[Rule, ...]
    problems: tuple[RuleProblem, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    derived: frozenset[str] = frozenset()
    undecided: frozenset[str] = frozenset()
    left_out: tuple[RuleProblem, ...] = ()


def problem(file: RuleFile, line: int, text: str, code: str, rule_id: str = "") -> RuleProblem:
    """Something in a file that could not be used, or was not; `code` names its kind."""
    return RuleProblem(file.path, line, text, "" if file.level >= Level.REPOSITORY else file.origin, code, rule_id)
