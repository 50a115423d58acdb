"""What a posted finding remembers of why it was raised: a hidden line of its comment, read by /explain.

    <!-- pr-reviewer:about v1 {"rule":"no-eval","severity":"error",…} -->

It stands above the finding's marker, which stays the last line. Nothing else keeps it: no database is asked.
"""

import json
import re
from dataclasses import dataclass

from pr_reviewer.diff.text import display
from pr_reviewer.masking import mask
from pr_reviewer.model.findings import Category, Confidence, Origin, Placed, Severity

_LINE = re.compile(r"^<!-- pr-reviewer:about v(\d{1,4}) (\{.*\}) -->$", re.MULTILINE)
_VERSION = 1
_LONGEST_REASON = 700
_SHORT = 8
# Written as \\uXXXX: what could end the comment, and what a provider could take for a mention or a reference.
_ESCAPED = re.compile(r"[<>&@#!`\-]")


@dataclass(frozen=True, slots=True)
class Record:
    """Why a finding was raised. `verification` is what the model that checked it said, "" where none did."""

    severity: Severity
    category: Category
    origin: Origin
    confidence: Confidence
    rule_id: str = ""
    verification: str = ""


def record_of(placed: Placed) -> Record:
    """What is remembered of a finding."""
    finding = placed.finding
    return Record(
        finding.severity,
        finding.category,
        finding.origin,
        finding.confidence,
        finding.rule_id or "",
        mask(placed.verification).text[:_LONGEST_REASON],
    )


def write_record(record: Record) -> str:
    """The record as a line that no browser shows and no provider reads."""
    facts = {
        "severity": record.severity,
        "category": record.category,
        "origin": record.origin,
        "confidence": record.confidence,
        "rule": record.rule_id,
        "verification": record.verification,
    }
    told = json.dumps({name: display(value) for name, value in facts.items() if value})
    return f"<!-- pr-reviewer:about v{_VERSION} {_ESCAPED.sub(_escape, told)} -->"


def read_record(body: str) -> Record | None:
    """The record of a comment; None where it has none that can be read: an older version wrote it, or somebody else."""
    found = _LINE.findall(body.replace("\r\n", "\n"))
    if not found:
        return None
    try:
        facts = json.loads(found[-1][1])
        return Record(
            Severity(facts["severity"]),
            Category(facts["category"]),
            Origin(facts["origin"]),
            Confidence(facts["confidence"]),
            str(facts.get("rule", "")),
            str(facts.get("verification", "")),
        )
    except (ValueError, KeyError):
        return None


def short_id(fingerprint: str) -> str:
    """What people call a finding: the first digits of its fingerprint."""
    return fingerprint.rpartition(":")[2][:_SHORT]


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
