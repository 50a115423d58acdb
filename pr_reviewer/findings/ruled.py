"""What follows from the rule that a finding names: its severity and its category, and which of two rules is nearer."""

from pr_reviewer.model.findings import Category, Severity
from pr_reviewer.model.rules import Enforcement, Rule, RuleCategory


def severity_of(rule: Rule) -> Severity:
    """The severity of a rule's findings: the team decided on it, and a required rule's is an error."""
    return Severity.ERROR if rule.enforcement is Enforcement.REQUIRED else rule.severity


def category_of(rule: Rule) -> Category:
    """The category of a rule's findings."""
    return Category.SECURITY if rule.category is RuleCategory.SECURITY else Category.RULE


def nearness(rule: Rule) -> tuple[int, int]:
    """Sorts the nearest to the code last: by level, then by how deep its folder lies."""
    return rule.source.file.level, len(rule.source.file.folder)
