"""A finding that code makes: certain, with the lines of the diff itself as its quote."""

from collections.abc import Sequence

from pr_reviewer.model.changes import FileDiff, Line, LineRange, Side
from pr_reviewer.model.findings import Category, Confidence, Finding, Origin, Severity


def made_by_code(  # noqa: PLR0913 a finding has many parts
    file: FileDiff,
    lines: Sequence[Line],
    category: Category,
    title: str,
    message: str,
    *,
    severity: Severity = Severity.ERROR,
    rule_id: str | None = None,
) -> Finding:
    """A finding about lines of the new side of a file."""
    numbers = [line.new_number for line in lines if line.new_number is not None]
    return Finding(
        path=file.path,
        quote="\n".join(line.text for line in lines),
        severity=severity,
        category=category,
        title=title,
        message=message,
        lines=LineRange(min(numbers), max(numbers)),
        side=Side.NEW,
        rule_id=rule_id,
        confidence=Confidence.HIGH,
        origin=Origin.CODE,
    )
