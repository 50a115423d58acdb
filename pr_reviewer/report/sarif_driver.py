"""What SARIF calls the driver: this program, and the rules that its findings may break.

GitHub shows a rule beside each of its results. Categories are the rules of findings that break none.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pr_reviewer.model.findings import Category, Finding, Severity
from pr_reviewer.model.rules import Enforcement, Rule, RuleCategory
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.comments import rule_title
from pr_reviewer.report.links import Links
from pr_reviewer.report.plain import plain_prose, plain_title
from pr_reviewer.report.sanitise import prose

_LONGEST_DESCRIPTION = 1024  # GitHub's limit
_RELEASE = re.compile(r"(\d+\.\d+\.\d+)\.?(.*)")
_NOTICES = {
    "coverage": "What was not reviewed, or only in part",
    "failure": "A model call that failed for good",
    "unplaced": "A finding about a file that is not part of the change",
    "left-out": "More findings than one run may hold",
}
_MEANINGS = {
    Category.CORRECTNESS: "The code does something else than it is meant to do.",
    Category.SECURITY: "Somebody can do or read what they must not.",
    Category.DATA_LOSS: "Data can be lost, doubled or corrupted.",
    Category.CONCURRENCY: "Things that happen at the same time can break one another.",
    Category.CONTRACT: "A caller or a callee relies on what is no longer so.",
    Category.ERROR_HANDLING: "A failure is swallowed, hidden or handled wrongly.",
    Category.PERFORMANCE: "The code takes far more time or memory than it has to.",
    Category.RULE: "A best practice of this project is broken.",
    Category.SYNTAX: "The change leaves a file that does not parse.",
    Category.SECRET: "A credential stands in the code: revoke it, then take it out.",
    Category.MERGE_MARKER: "A marker of an unresolved merge stands in the code.",
}
CATEGORIES = {category: category.replace("-", " ").capitalize() for category in Category}
_SECURITY = frozenset({Category.SECURITY, Category.SECRET})


def driver(rules: Iterable[Rule], findings: Iterable[Finding], links: Links, version: str) -> dict[str, Any]:
    """The tool of a run: its version, every category and rule, and every kind of notification."""
    return {
        "name": "pr-reviewer",
        "version": version,
        "semanticVersion": _semantic(version),
        "language": "en",
        "rules": list(_rules(rules, findings, links)),
        "notifications": [{"id": name, "shortDescription": {"text": text}} for name, text in _NOTICES.items()],
    }


def _semantic(version: str) -> str:
    """Python's `1.2.0rc1` is semver's `1.2.0-rc1`."""
    match = _RELEASE.fullmatch(version)
    if not match or not match[2] or match[2].startswith("+"):
        return version
    return f"{match[1]}-{match[2]}"


def _rules(rules: Iterable[Rule], findings: Iterable[Finding], links: Links) -> Iterator[dict[str, Any]]:
    """Every category and rule once, the nearest of an id; a rule that only a finding names is described by its name."""
    yield from (_category(category) for category in Category)
    known: dict[str, Rule | None] = {rule.id: rule for rule in rules if rule.enforcement is not Enforcement.OFF}
    for finding in findings:
        if finding.rule_id:
            known.setdefault(finding.rule_id, None)
    yield from (_rule(name, rule, links) for name, rule in known.items() if name not in CATEGORIES)


def _category(category: Category) -> dict[str, Any]:
    tags = dict.fromkeys((category.value, *(("security",) if category in _SECURITY else ())))
    return _descriptor(category, CATEGORIES[category], _MEANINGS[category], tags)


def _rule(name: str, rule: Rule | None, links: Links) -> dict[str, Any]:
    if rule is None:
        return _descriptor(name, one_line(name), one_line(name), ("rule",))
    tags = ("rule", "security") if rule.category is RuleCategory.SECURITY else ("rule",)
    descriptor = _descriptor(name, plain_title(rule.title) or one_line(name), rule.text, tags, rule.severity)
    citation = links.cite_rule(rule)
    whose = {"origin": one_line(citation.origin), **({"place": one_line(citation.place)} if citation.place else {})}
    descriptor["properties"] |= whose
    if citation.address:
        descriptor["helpUri"] = citation.address
        descriptor["help"]["markdown"] += f"\n\n{rule_title(citation)}".rstrip()
    return descriptor


def _descriptor(
    name: str, short: str, text: str, tags: Iterable[str], severity: Severity = Severity.WARNING
) -> dict[str, Any]:
    """A rule. GitHub takes no empty text and cuts off descriptions that are longer."""
    plain = plain_prose(text) or short
    return {
        "id": name,
        "shortDescription": {"text": short[:_LONGEST_DESCRIPTION]},
        "fullDescription": {"text": plain[:_LONGEST_DESCRIPTION]},
        "help": {"text": plain, "markdown": prose(text) or short},
        "defaultConfiguration": {"level": severity},
        "properties": {"tags": list(tags)},
    }
