"""What /improve says, as JSON, version 1. Fields may be added; none is renamed, removed or given another meaning."""

from typing import Any

from pr_reviewer.model.improvements import Improvements, Offer, Withheld
from pr_reviewer.report.as_json import VERSION, cost_json, coverage_json, dump_json
from pr_reviewer.report.improvements import improvements_verdict


def improvements_json(improvements: Improvements) -> str:
    """The suggestions as one document; those beyond the cap are `folded`."""
    review = improvements.review
    offers = [(each, False) for each in improvements.offers] + [(each, True) for each in improvements.folded]
    return dump_json(
        {
            "version": VERSION,
            "base_sha": review.base_sha,
            "head_sha": review.head_sha,
            "conclusion": review.conclusion,
            "verdict": improvements_verdict(improvements),
            "suggestions": [
                _offer(each, is_folded=is_folded, stands=each.name in improvements.standing)
                for each, is_folded in offers
            ],
            "withheld": list(map(_withheld, improvements.withheld)),
            "coverage": coverage_json(review.coverage),
            "notes": list(review.coverage.notes),
            "failures": list(review.failures),
            "models": list(review.models),
            "cost": cost_json(review.cost),
        }
    )


def _offer(offer: Offer, *, is_folded: bool, stands: bool) -> dict[str, Any]:
    placed, finding = offer.placed, offer.placed.finding
    return {
        "id": offer.name,
        "path": finding.path,
        "first_line": placed.lines.first,
        "last_line": placed.lines.last,
        "quote": placed.quote,
        "suggestion": finding.suggestion,
        "goal": finding.title,
        "why": finding.message,
        "impact": offer.impact,
        "theme": offer.theme,
        "idea": offer.idea or None,
        "rule_id": finding.rule_id,
        "confidence": finding.confidence,
        "folded": is_folded,
        "suggested_before": stands,
    }


def _withheld(withheld: Withheld) -> dict[str, Any]:
    lines = withheld.placed.lines if withheld.placed else None
    return {
        "path": withheld.finding.path,
        "first_line": lines.first if lines else None,
        "last_line": lines.last if lines else None,
        "goal": withheld.finding.title,
        "why": withheld.why,
    }
