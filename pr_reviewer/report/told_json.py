"""What /describe and /ask say, as JSON, version 1: fields may be added, and none changes its name or its meaning."""

from typing import Any

from pr_reviewer.model.answering import Answered, Citation
from pr_reviewer.model.describing import Description
from pr_reviewer.report.as_json import VERSION, cost_json, coverage_json, dump_json


def description_json(description: Description) -> str:
    """The description as one document."""
    portrait = description.portrait
    return dump_json(
        {
            "version": VERSION,
            "head_sha": description.head_sha,
            "title": portrait.title or None,
            "kind": portrait.kind,
            "summary": list(portrait.summary),
            "concerns": [
                {"name": each.name, "files": [{"path": file.path, "change": file.text or None} for file in each.files]}
                for each in portrait.concerns
            ],
            "labels": list(portrait.labels),
            "coverage": coverage_json(description.coverage),
            "notes": list(description.coverage.notes),
            "remarks": list(description.remarks),
            "models": list(description.models),
            "cost": cost_json(description.cost),
        }
    )


def answer_json(answered: Answered) -> str:
    """The answer as one document. A citation without lines was not found at the head, and `why` says so."""
    return dump_json(
        {
            "version": VERSION,
            "head_sha": answered.head_sha,
            "question": answered.question.text,
            "told": answered.answer.is_told,
            "text": answered.answer.text,
            "citations": list(map(_citation, answered.answer.citations)),
            "coverage": coverage_json(answered.coverage),
            "notes": list(answered.coverage.notes),
            "remarks": list(answered.remarks),
            "models": list(answered.models),
            "cost": cost_json(answered.cost),
        }
    )


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "path": citation.path,
        "first_line": citation.lines.first if citation.lines else None,
        "last_line": citation.lines.last if citation.lines else None,
        "quote": citation.quote,
        "why_not_found": citation.why or None,
    }
