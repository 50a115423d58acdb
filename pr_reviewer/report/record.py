"""What a posted finding remembers of why it was raised: a hidden line of its comment, read by /explain.

    <!-- pr-reviewer:about v1 {"rule":"no-eval","severity":"error",…} -->

It stands above the finding's marker, which stays the last line. Nothing else keeps it: no database is asked.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pr_reviewer.diff.text import display
from pr_reviewer.masking import mask
from pr_reviewer.model.findings import Category, Confidence, Origin, Placed, Severity, Unplaced

Facts: TypeAlias = Mapping[str, Any]
_ABOUT = "about"
_LINE = re.compile(r"^<!-- pr-reviewer:(?P<kind>[a-z]+) v\d{1,4} (?P<facts>\{.*\}) -->$")
_VERSION = 1
_LONGEST_REASON = 700
_SHORT = 8
# Written as \uXXXX: what could end the comment, and what a provider could take for a mention or a reference.
_ESCAPED = re.compile(r"[<>&@#!`\-]")


@dataclass(frozen=True, slots=True)
class Record:
    """Why a finding was raised. `verification` is what the model that checked it said, "" where none did.

    Not `is_verified`: no other pass looked at what a model claims, for it stands on no line.
    """

    severity: Severity
    category: Category
    origin: Origin
    confidence: Confidence
    rule_id: str = ""
    verification: str = ""
    is_verified: bool = True


def record_of(found: Placed | Unplaced) -> Record:
    """What is remembered of a finding."""
    finding = found.finding
    placed = found if isinstance(found, Placed) else found.placed
    return Record(
        finding.severity,
        finding.category,
        finding.origin,
        finding.confidence,
        finding.rule_id or "",
        mask(placed.verification).text[:_LONGEST_REASON] if placed else "",
        is_verified=placed is not None,
    )


def name_of(found: Placed | Unplaced) -> str:
    """The finding's fingerprint. One without a place has its claim's own words in its name, for want of a place."""
    placed = found if isinstance(found, Placed) else found.placed
    if placed:
        return placed.fingerprint
    finding = found.finding
    facts = json.dumps([finding.path, finding.quote, finding.title, finding.rule_id])
    return f"unplaced:{hashlib.sha256(facts.encode()).hexdigest()[:32]}"


def short_id(fingerprint: str) -> str:
    """What people call a finding: the first digits of its fingerprint."""
    return fingerprint.rpartition(":")[2][:_SHORT]


def write_record(record: Record) -> str:
    """The record as a line that no browser shows and no provider reads."""
    return hidden_line(_ABOUT, facts_of(record))


def read_record(body: str) -> Record | None:
    """The record of a comment; None where it has none that can be read: an older version wrote it, or somebody else."""
    found = [facts for line in body.replace("\r\n", "\n").split("\n") if (facts := read_line(_ABOUT, line)) is not None]
    return read_facts(found[-1]) if found else None


def hidden_line(kind: str, facts: Facts) -> str:
    """Facts as a line of ours; those without a value are left out."""
    told = json.dumps({name: _written(value) for name, value in facts.items() if value})
    return f"<!-- pr-reviewer:{kind} v{_VERSION} {_ESCAPED.sub(_escape, told)} -->"


def read_line(kind: str, line: str) -> Facts | None:
    """The facts of such a line; None for any other line. Those that are no JSON are none."""
    found = _LINE.fullmatch(line)
    if found is None or found["kind"] != kind:
        return None
    try:
        facts: Facts = json.loads(found["facts"])
    except ValueError:
        return {}
    return facts


def facts_of(record: Record) -> Facts:
    """The record as facts."""
    return {
        "severity": record.severity,
        "category": record.category,
        "origin": record.origin,
        "confidence": record.confidence,
        "rule": record.rule_id,
        "verification": record.verification,
        "unverified": not record.is_verified,
    }


def read_facts(facts: Facts) -> Record | None:
    """The record of these facts; None where one is missing or unknown."""
    try:
        return Record(
            Severity(facts["severity"]),
            Category(facts["category"]),
            Origin(facts["origin"]),
            Confidence(facts["confidence"]),
            str(facts.get("rule", "")),
            str(facts.get("verification", "")),
            is_verified=not facts.get("unverified"),
        )
    except (ValueError, KeyError):
        return None


def _written(value: Any) -> Any:  # noqa: ANN401 a string, a number or a flag
    return display(value) if isinstance(value, str) else value


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
