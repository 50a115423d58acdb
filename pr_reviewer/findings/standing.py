"""What is not raised in a repository because of where the organisation says that it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pr_reviewer.findings.ruled import category_of, severity_of
from pr_reviewer.model.findings import Category, Dropped, Finding, Placed, Severity, Unplaced
from pr_reviewer.model.rules import Enforcement, Quality, Rule, RuleCategory, Standing, Status

LEGACY = "the repository is legacy, where style is not raised unless rules.legacy_style is set"
DEPRECATED = "the repository is deprecated: only errors and security are raised there"

_SECURITY = frozenset({Category.SECURITY, Category.SECRET})
RulesByFile = Mapping[str, Mapping[str, Rule]]
"""For each file, the rules that govern it, by id."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What a repository's standing lets pass, and what it does not, with the reason."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class StandingFilter:
    """Says what is not raised. `keeps_style`: style counts even in a legacy repository."""

    standing: Standing
    keeps_style: bool = False

    def why_rule_is_silent(self, rule: Rule) -> str:
        """Why no finding of a rule would be raised, so that nobody need be asked about it; "" if one would be."""
        if self.standing.status is Status.DEPRECATED and not _is_grave(severity_of(rule), category_of(rule)):
            return DEPRECATED
        return LEGACY if self._is_unwanted_style(rule) else ""

    def why_not_raised(self, finding: Finding, rule: Rule | None = None) -> str:
        """Why a finding is not raised; "" if it is. `rule` is the one that it names."""
        if self.standing.status is Status.DEPRECATED and not _is_grave(finding.severity, finding.category):
            return DEPRECATED
        return LEGACY if rule and self._is_unwanted_style(rule) else ""

    def select(self, placed: Iterable[Placed], unplaced: Iterable[Unplaced], rules: RulesByFile) -> Raised:
        """What of all this is raised."""
        by_place = [(each, self._why(each.finding, rules)) for each in placed]
        without = [(each, self._why(each.finding, rules)) for each in unplaced]
        dropped = [Dropped(each.finding, why) for each, why in by_place if why]
        dropped += [Dropped(each.finding, why) for each, why in without if why]
        return Raised(
            tuple(each for each, why in by_place if not why),
            tuple(each for each, why in without if not why),
            tuple(dropped),
        )

    def _why(self, finding: Finding, rules: RulesByFile) -> str:
        return self.why_not_raised(finding, rules.get(finding.path, {}).get(finding.rule_id or ""))

    def _is_unwanted_style(self, rule: Rule) -> bool:
        """Style is what says so, and what a rule only notes; what is required or about security is no matter of it."""
        if self.keeps_style or self.standing.quality is not Quality.LEGACY:
            return False
        if rule.enforcement is Enforcement.REQUIRED or rule.category is RuleCategory.SECURITY:
            return False
        return rule.category is RuleCategory.STYLE or rule.severity is Severity.NOTE


def _is_grave(severity: Severity, category: Category) -> bool:
    return severity is Severity.ERROR or category in _SECURITY
