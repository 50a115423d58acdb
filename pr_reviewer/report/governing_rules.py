"""What /rules says: which rules govern the files of a pull request, whose they are, and where each stands."""

from collections.abc import Iterator, Sequence

from pr_reviewer.model.rules import Enforcement, Rule, RulesApplied
from pr_reviewer.report.amounts import count
from pr_reviewer.report.applied import AppliedGroup, applied_groups
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.comments import rule_title
from pr_reviewer.report.links import Citation, Links
from pr_reviewer.report.rule_rows import group_rows, special_rows, whose
from pr_reviewer.report.sections import Section, details, fit
from pr_reviewer.report.write import code_span, write_cell, write_inline

LONGEST_BODY = 65_000
_NAMED = 50
_OPEN_RULES = 20
_OPEN_FILES = 10


def rules_body(applied: RulesApplied, rules: Sequence[Rule], links: Links) -> str:
    """The rules with title, address and origin; which govern which files; and what is out of the ordinary.

    `applied` holds the rules that govern each file, whether a review would ask about them all or not. `rules` are those
    of them all, in the book's order.
    """
    groups = applied_groups(applied, links)
    named = [f"- {_rule(rule, links)}" for rule in rules]
    special = [f"- {write_inline(row)}" for row in special_rows(applied, links, _NAMED)]
    files = [f"- {write_inline(row)}" for row in group_rows(groups, _NAMED)] if rules else []
    sections = (
        Section(f"**{_heading(groups, len(rules))}**"),
        _folded(count(len(named), "rule"), named, _OPEN_RULES, heading="", rank=2),
        _folded("Which hold for which file", files, _OPEN_FILES, heading="**Which hold for which file**\n\n", rank=3),
        Section("**Besides**\n\n" if special else "", tuple(special), rank=1),
    )
    return fit(sections, LONGEST_BODY)


def _heading(groups: Sequence[AppliedGroup], rules: int) -> str:
    governed = sum(len(group.paths) for group in groups if group.rules)
    if not rules:
        return "No rule governs the files of this pull request."
    govern = "governs" if rules == 1 else "govern"
    return f"{count(rules, 'rule')} {govern} {count(governed, 'file')} of this pull request."


def _folded(summary: str, rows: Sequence[str], most: int, *, heading: str, rank: int) -> Section:
    if len(rows) <= most:
        return Section(heading if rows else "", tuple(rows), rank=rank)
    return details(summary, rows, rank=rank)


def _rule(rule: Rule, links: Links) -> str:
    citation = links.cite_rule(rule)
    return " · ".join(filter(None, (rule_title(citation), code_span(one_line(rule.id)), *_about(rule, citation))))


def _about(rule: Rule, citation: Citation) -> Iterator[str]:
    place = f" ({code_span(one_line(citation.place))})" if citation.place and not citation.address else ""
    yield f"{write_cell(whose(citation))}{place}"
    yield str(rule.severity) if rule.enforcement is not Enforcement.REQUIRED else "required"
    if rule.pattern is not None:
        yield "checked by its pattern"
