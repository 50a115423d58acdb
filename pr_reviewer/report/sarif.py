"""A review as SARIF 2.1.0 (OASIS, errata 01), as GitHub's code scanning takes it (docs.github.com, "SARIF support").

One run; a result for each finding whose file is known, and a notification for everything else that a reader must know:
findings of other files, gaps in the coverage, failed calls. A result on removed lines has no region: SARIF's regions
are those of the head.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pr_reviewer.diff.text import display
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.coverage import CoverageState, FileCoverage
from pr_reviewer.model.findings import Finding, Placed, Severity, Unplaced
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.model.rules import Rule
from pr_reviewer.report.amounts import count
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.comments import lines_text
from pr_reviewer.report.links import Links
from pr_reviewer.report.plain import plain_prose, plain_title
from pr_reviewer.report.sanitise import prose, title
from pr_reviewer.report.sarif_driver import CATEGORIES, driver
from pr_reviewer.report.verdict import verdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000  # GitHub refuses a run with more
_ROOT = "%SRCROOT%"


def to_sarif(
    review: Review,
    rules: Sequence[Rule] = (),
    links: Links = Links(),  # noqa: B008 frozen
    *,
    version: str,
    repository: str = "",
) -> str:
    """The review as one SARIF log with a line feed at its end.

    `rules` are those that could have been broken: they stand in the log whether or not they were. `version` is this
    program's; `repository` the address of the repository, "" where it is not known.
    """
    known = {file.path for file in review.coverage.files}
    placed = [_placed(each, is_folded, links) for is_folded, each in _in_order(review)]
    lost = [_lost(each, links) for each in review.unplaced if each.finding.path in known]
    results = [*placed, *lost]
    run = {
        "tool": {"driver": driver(rules, _findings(review), links, version)},
        "automationDetails": {"id": f"pr-reviewer/{display(review.head_sha)}"},
        "invocations": [_invocation(review, known, len(results))],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results[:MOST_RESULTS],
        "properties": {"conclusion": review.conclusion, "verdict": verdict(review), "models": list(review.models)},
    }
    if repository:
        run["versionControlProvenance"] = [
            {"repositoryUri": repository, "revisionId": review.head_sha, "mappedTo": {"uriBaseId": _ROOT}}
        ]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return display(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _in_order(review: Review) -> Iterator[tuple[bool, Placed]]:
    yield from ((False, each) for each in review.comments)
    yield from ((True, each) for each in review.folded)


def _findings(review: Review) -> Iterator[Finding]:
    yield from (each.finding for _, each in _in_order(review))
    yield from (each.finding for each in review.unplaced)


def _placed(placed: Placed, is_folded: bool, links: Links) -> dict[str, Any]:
    finding = placed.finding
    location: dict[str, Any] = {"artifactLocation": _artifact(finding.path)}
    facts: dict[str, Any] = {"folded": is_folded}
    note = ""
    if placed.side is Side.NEW:
        location["region"] = {
            "startLine": placed.lines.first,
            "endLine": placed.lines.last,
            "snippet": {"text": placed.quote},
        }
    else:
        note = _about_removed(placed.lines)
        facts |= {"oldFirstLine": placed.lines.first, "oldLastLine": placed.lines.last}
    version, _, name = placed.fingerprint.rpartition(":")
    result = _result(finding, location, note, facts | _rule(finding, links))
    result["partialFingerprints"] = _fingerprints(name, version or "v1")
    return result | ({"fixes": [_fix(placed)]} if _is_committable(placed) else {})


def _about_removed(lines: LineRange) -> str:
    many, they, them = ("line", "it was", "it") if len(lines) == 1 else ("lines", "they were", "them")
    return f"This is about {many} {lines_text(lines)} as {they} before the change, which removes {them}."


def _lost(unplaced: Unplaced, links: Links) -> dict[str, Any]:
    """A finding of a changed file that stands on no line of it; for want of a place, its own words name it."""
    finding = unplaced.finding
    words = json.dumps([finding.path, finding.quote, finding.title, finding.rule_id])
    location = {"artifactLocation": _artifact(finding.path)}
    facts = {"folded": False, **_rule(finding, links)}
    result = _result(finding, location, f"It is on no line because {unplaced.why}.", facts)
    return result | {"partialFingerprints": _fingerprints(hashlib.sha256(words.encode()).hexdigest()[:32], "words-v1")}


def _rule(finding: Finding, links: Links) -> dict[str, str]:
    """Whose rule it is and where it stands: one id can mean another rule in another folder."""
    if not finding.rule_id:
        return {}
    citation = links.cite(finding.path, finding.rule_id)
    known = {"ruleOrigin": citation.origin, "rulePlace": citation.place, "ruleAddress": citation.address}
    return {name: one_line(text) for name, text in known.items() if text}


def _fingerprints(name: str, version: str) -> dict[str, str]:
    """Ours under its versioned key, and under the only one that code scanning looks at."""
    return {f"prReviewerFingerprint/{version}": name, "primaryLocationLineHash": name}


def _result(finding: Finding, location: Mapping[str, Any], note: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    message = prose(finding.message)
    text = _joined(_headline(finding), plain_prose(message), note)
    markdown = _joined(f"**{title(finding.title) or CATEGORIES[finding.category]}**", message, note)
    return {
        "ruleId": finding.rule_id or finding.category,
        "level": finding.severity,
        "message": {"text": text, "markdown": markdown},
        "locations": [{"physicalLocation": location}],
        "properties": {
            "category": finding.category,
            "confidence": finding.confidence,
            "origin": finding.origin,
            **facts,
        },
    }


def _is_committable(placed: Placed) -> bool:
    code = placed.finding.suggestion
    return code is not None and placed.side is Side.NEW and display(code) == code


def _fix(placed: Placed) -> dict[str, Any]:
    """The suggestion. A region of whole lines ends before the last line's end; deleting a line takes that, too."""
    first, last, code = placed.lines.first, placed.lines.last, placed.finding.suggestion
    replacement: dict[str, Any] = {"deletedRegion": {"startLine": first, "endLine": last}}
    if code:
        line_end = "\r\n" if "\r" in {line[-1:] for line in placed.quote.split("\n")} else "\n"
        replacement["insertedContent"] = {"text": code.replace("\n", line_end)}
    else:
        replacement["deletedRegion"] = {"startLine": first, "startColumn": 1, "endLine": last + 1, "endColumn": 1}
    change = {"artifactLocation": _artifact(placed.finding.path), "replacements": [replacement]}
    return {"description": {"text": "The suggested change."}, "artifactChanges": [change]}


def _invocation(review: Review, known: Iterable[str], results: int) -> dict[str, Any]:
    """What was run. Only a complete review is a successful one."""
    beyond = results - MOST_RESULTS
    notices = [
        *(_gap(file) for file in review.coverage.files if file.state is not CoverageState.FULL),
        *(_notice("coverage", Severity.WARNING, _sentence(note)) for note in review.coverage.notes),
        *(_notice("failure", Severity.ERROR, _sentence(failure)) for failure in review.failures),
        *(_elsewhere(each) for each in review.unplaced if each.finding.path not in known),
    ]
    if beyond > 0:
        notices.append(_notice("left-out", Severity.WARNING, f"{count(beyond, 'finding')} more did not fit in."))
    is_complete = review.conclusion in (Conclusion.CLEAN, Conclusion.FINDINGS)
    return {"executionSuccessful": is_complete, "toolExecutionNotifications": notices}


def _gap(file: FileCoverage) -> dict[str, Any]:
    state = "reviewed only in part" if file.state is CoverageState.PARTIAL else "not reviewed"
    text = f"{one_line(file.path)}: {state}{f': {_sentence(file.reason)}' if file.reason else '.'}"
    notice = _notice("coverage", Severity.NOTE if file.is_deliberate else Severity.WARNING, text)
    return notice | {"locations": [{"physicalLocation": {"artifactLocation": _artifact(file.path)}}]}


def _elsewhere(unplaced: Unplaced) -> dict[str, Any]:
    """A finding whose file is not in the change: it may not even exist."""
    finding = unplaced.finding
    text = _joined(f"{one_line(finding.path)}: {_headline(finding)}", plain_prose(prose(finding.message)))
    return _notice("unplaced", finding.severity, text)


def _notice(name: str, level: Severity, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": name}, "level": level, "message": {"text": text}}


def _artifact(path: str) -> dict[str, str]:
    """A relative address, percent-encoded: a path's own `%`, `:`, `#` and `?` mean nothing in it."""
    return {"uri": quote(path.lstrip("/"), errors="surrogateescape") or ".", "uriBaseId": _ROOT}


def _headline(finding: Finding) -> str:
    """The title as a sentence: where room is scarce, GitHub shows the first one only."""
    words = plain_title(finding.title) or CATEGORIES[finding.category]
    return words if words.endswith(("?", "!", "…")) else f"{words}."


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _sentence(text: str) -> str:
    return f"{one_line(text).rstrip('.')}."
