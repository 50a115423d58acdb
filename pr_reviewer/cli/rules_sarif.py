"""What is wrong with rules as SARIF 2.1.0, for code scanning and editors."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pr_reviewer.diff.text import display
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.sarif import SCHEMA
from pr_reviewer.rules.check import RuleDiagnostic

_ROOT = "%SRCROOT%"


def to_sarif(diagnostics: Sequence[RuleDiagnostic], version: str) -> str:
    """One log with a result for each diagnostic and a line feed at its end; paths are relative to the root."""
    driver = {
        "name": "pr-reviewer rules",
        "version": version,
        "language": "en",
        "rules": [_kind(code) for code in sorted({each.code for each in diagnostics})],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "pr-reviewer-rules/"},
        "invocations": [{"executionSuccessful": True}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which rules were checked."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each) for each in diagnostics],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return display(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _kind(code: str) -> dict[str, Any]:
    words = code.replace("-", " ").capitalize()
    return {"id": code, "shortDescription": {"text": words}, "help": {"text": f"{words}, in a file of rules."}}


def _result(diagnostic: RuleDiagnostic) -> dict[str, Any]:
    facts = json.dumps([diagnostic.path, diagnostic.code, diagnostic.text])
    location = {"uri": quote(diagnostic.path, errors="surrogateescape"), "uriBaseId": _ROOT}
    if diagnostic.path.startswith("/"):
        location = {"uri": f"file://{location['uri']}"}
    named = {"properties": {"rule": diagnostic.rule_id}} if diagnostic.rule_id else {}
    return {
        "ruleId": diagnostic.code,
        "level": "error" if diagnostic.is_error else "warning",
        "message": {"text": one_line(diagnostic.text)},
        "locations": [{"physicalLocation": {"artifactLocation": location, "region": {"startLine": diagnostic.line}}}],
        "partialFingerprints": {"prReviewerRule/v1": hashlib.sha256(facts.encode("utf-8", "replace")).hexdigest()[:32]},
        **named,
    }
