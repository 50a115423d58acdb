"""Files that people wrote for other tools → rules: AGENTS.md, CLAUDE.md, Cursor's and Copilot's, CONTRIBUTING.md.

They are read as our own format is (headings with text and list items are rules), after what is not about code has been
left out. Ids are derived, with the file's name before them: `agents-md/naming`, `cursor-python/early-returns`.
"""

from collections.abc import Sequence
from dataclasses import replace

from pr_reviewer.model.rules import ForeignKind, Rule, RuleFile, RuleProblem
from pr_reviewer.rules.about import parts_about_code
from pr_reviewer.rules.markdown import BlockKind, Section, read_document, slug
from pr_reviewer.rules.options import Options
from pr_reviewer.rules.parse import parse_rules, why_unreadable
from pr_reviewer.rules.parsed import ParsedRules, problem
from pr_reviewer.rules.reader import RuleReader
from pr_reviewer.rules.scope import Scope, read_scope
from pr_reviewer.rules.shape import shaped
from pr_reviewer.rules.sources import kind_of_file

_RULES = (BlockKind.PROSE, BlockKind.ITEM)


def parse_file(text: str, file: RuleFile) -> ParsedRules:
    """Read a file of rules, in the format that its path tells: the one that every source goes through."""
    kind = kind_of_file(file)
    return parse_rules(text, file) if kind is None else parse_foreign(text, file, kind)


def parse_foreign(text: str, file: RuleFile, kind: ForeignKind) -> ParsedRules:
    """Read another tool's file. `left_out` of the result has every part that was not taken, with its line."""
    if unreadable := why_unreadable(text, file):
        return ParsedRules((), (unreadable,))
    document = read_document(text)
    scope = read_scope(document.front_matter or "", kind)
    if scope.problem or scope.left_out:
        told = (problem(file, scope.line, scope.problem or scope.left_out, "scope"),)
        return ParsedRules((), told) if scope.problem else ParsedRules((), left_out=told)
    parts = parts_about_code(shaped(document.sections, kind), kind)
    reader = RuleReader(file, Options(paths=scope.paths), prefix=f"{_prefix(file, kind)}/")
    reader.read_sections([section for section in parts.taken if _states(section)])
    left_out = [problem(file, part.line, part.text, "not-about-code") for part in parts.left_out]
    left_out += _without_text(parts.taken, file)
    parsed = reader.parsed("")
    return replace(parsed, rules=tuple(_about(rule, scope) for rule in parsed.rules), left_out=tuple(left_out))


def _states(section: Section) -> bool:
    """Whether anything is left of a section. Headings without text are usual here, and no problem."""
    return bool(section.title or section.of(BlockKind.ITEM))


def _without_text(sections: Sequence[Section], file: RuleFile) -> list[RuleProblem]:
    """Sections that hold nothing but code, which states no rule."""
    return [
        problem(file, section.line, f"section “{section.title}” has no text, only a block of code", "not-about-code")
        for section in sections
        if section.blocks and not any(section.of(kind) for kind in _RULES)
    ]


def _about(rule: Rule, scope: Scope) -> Rule:
    return replace(rule, text=f"{rule.text}\n\n{scope.about}") if scope.about else rule


def _prefix(file: RuleFile, kind: ForeignKind) -> str:
    """What stands before the ids: short, and another for each of Cursor's and Copilot's files."""
    name = file.origin.rpartition("/")[2].lower()
    if kind in (ForeignKind.CURSOR, ForeignKind.INSTRUCTIONS):
        stem = slug(name.removesuffix(".mdc").removesuffix(".instructions.md"))
        return f"{'cursor' if kind is ForeignKind.CURSOR else 'instructions'}-{stem}"
    return {ForeignKind.COPILOT: "copilot", ForeignKind.CURSORRULES: "cursorrules"}.get(kind) or slug(
        kind.value.lower().replace(".", "-")
    )
