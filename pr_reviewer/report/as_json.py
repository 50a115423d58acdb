"""A review as JSON, version 1: docs/json-output.md describes it, docs/review.schema.json checks it.

Fields may be added in version 1; none is renamed, removed or given another meaning.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pr_reviewer.diff.text import display
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.findings import Dropped, Finding, Placed, Unplaced
from pr_reviewer.model.llm import Cost, Prompt
from pr_reviewer.model.review import Review
from pr_reviewer.model.rules import RulesApplied
from pr_reviewer.report.applied import applied_groups
from pr_reviewer.report.links import Citation, Links, without_folders
from pr_reviewer.report.record import name_of
from pr_reviewer.report.verdict import verdict

VERSION = 1


def to_json(review: Review, links: Links = Links()) -> str:  # noqa: B008 frozen
    """The review as one JSON document with a line feed at its end; bytes that were not UTF-8 are U+FFFD."""
    placed = [(each, False) for each in review.comments] + [(each, True) for each in review.folded]
    return dump_json(
        {
            "version": VERSION,
            "base_sha": review.base_sha,
            "head_sha": review.head_sha,
            "conclusion": review.conclusion,
            "verdict": verdict(review),
            "findings": [
                *(_placed(each, links, is_folded=is_folded) for each, is_folded in placed),
                *(_unplaced(each, links) for each in review.unplaced),
            ],
            "coverage": coverage_json(review.coverage),
            "rules": _rules(review.rules, links),
            "notes": list(review.coverage.notes),
            "remarks": list(review.remarks),
            "failures": list(review.failures),
            "dropped": list(map(_dropped, review.dropped)),
            "models": list(review.models),
            "cost": cost_json(review.cost),
        }
    )


def dry_run_to_json(
    prompts: Iterable[tuple[Prompt, int]],
    coverage: Coverage,
    later_paths: Sequence[str] = (),
    rules: RulesApplied = RulesApplied(),  # noqa: B008 frozen
    links: Links = Links(),  # noqa: B008 frozen
) -> str:
    """What the first pass would send, each prompt with its tokens, and what it would cover; nothing was asked.

    `later_paths` are the files that later passes may quote, `rules` those that would be applied.
    """
    return dump_json(
        {
            "version": VERSION,
            "prompts": [_prompt(prompt, tokens) for prompt, tokens in prompts],
            "coverage": coverage_json(coverage),
            "rules": _rules(rules, links),
            "notes": list(coverage.notes),
            "later_paths": list(later_paths),
        }
    )


def dump_json(document: Mapping[str, Any]) -> str:
    """The document with a line feed at its end; bytes that were not UTF-8 are U+FFFD."""
    return display(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def _placed(placed: Placed, links: Links, *, is_folded: bool) -> dict[str, Any]:
    return {
        "id": placed.fingerprint,
        "path": placed.finding.path,
        "side": placed.side,
        "first_line": placed.lines.first,
        "last_line": placed.lines.last,
        "quote": placed.quote,
        **_claim(placed.finding, links),
        "suggestion": placed.finding.suggestion,
        "suggestion_problem": placed.suggestion_problem or None,
        "placed": True,
        "why_unplaced": None,
        "folded": is_folded,
    }


def _unplaced(unplaced: Unplaced, links: Links) -> dict[str, Any]:
    """Without lines: those that the model named are not known to be right. Without a suggestion: it has no place."""
    finding = unplaced.finding
    return {
        "id": name_of(unplaced),
        "path": finding.path,
        "side": finding.side,
        "first_line": None,
        "last_line": None,
        "quote": finding.quote,
        **_claim(finding, links),
        "suggestion": None,
        "suggestion_problem": None,
        "placed": False,
        "why_unplaced": unplaced.why,
        "folded": False,
    }


def _claim(finding: Finding, links: Links) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "category": finding.category,
        "title": finding.title,
        "message": finding.message,
        "rule_id": finding.rule_id,
        "rule": _rule(links.cite(finding.path, finding.rule_id)) if finding.rule_id else None,
        "confidence": finding.confidence,
        "origin": finding.origin,
    }


def coverage_json(coverage: Coverage) -> list[dict[str, Any]]:
    """Every changed file."""
    return [
        {"path": file.path, "state": file.state, "reason": file.reason, "deliberate": file.is_deliberate}
        for file in coverage.files
    ]


def _rule(citation: Citation) -> dict[str, Any]:
    return {
        "id": citation.rule_id,
        "title": citation.title or None,
        "origin": citation.origin or None,
        "place": citation.place or None,
        "address": citation.address or None,
        "amended_by": citation.amended_by or None,
    }


def _rules(applied: RulesApplied, links: Links) -> dict[str, Any]:
    standing = applied.standing
    return {
        "applied": [
            {"paths": list(group.paths), "rules": list(map(_rule, group.rules))}
            for group in applied_groups(applied, links)
        ],
        "changes": [
            {"path": each.path, "rule_id": each.rule_id, "title": each.title, "verb": each.verb}
            for each in applied.changes
        ],
        "silenced": [
            {
                "path": each.path,
                "line": each.line,
                "rule_ids": list(each.rule_ids),
                "reason": each.reason,
                "added": each.is_added,
                "refused": each.refused or None,
            }
            for each in applied.silenced
        ],
        "left_out": [
            {"path": without_folders(each.path), "line": each.line, "origin": each.origin or None, "why": each.text}
            for each in applied.problems
        ],
        "unread": [{"origin": each.origin, "why": each.why, "expected": each.is_expected} for each in applied.unread],
        "standing": {
            "quality": standing.quality,
            "status": standing.status,
            "note": standing.note,
            "successor": standing.successor or None,
            "exemplars": list(standing.exemplars),
        },
    }


def _dropped(dropped: Dropped) -> dict[str, Any]:
    finding = dropped.finding
    return {
        "path": finding.path,
        "severity": finding.severity,
        "category": finding.category,
        "title": finding.title,
        "why": dropped.why,
    }


def cost_json(cost: Cost) -> dict[str, Any]:
    """What was used, and its price where it is known."""
    return {
        "calls": cost.calls,
        "input_tokens": cost.usage.input_tokens,
        "cached_tokens": cost.usage.cached_tokens,
        "output_tokens": cost.usage.output_tokens,
        "usd": None if cost.usd is None else round(cost.usd, 6),
        "seconds": round(cost.seconds, 3),
    }


def _prompt(prompt: Prompt, tokens: int) -> dict[str, Any]:
    return {
        "task": prompt.task,
        "model": prompt.models[0],
        "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
        "tokens": tokens,
        "schema": json.loads(prompt.schema.json) if prompt.schema else None,
    }
