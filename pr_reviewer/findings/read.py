"""A model's reply becomes findings: the claims that make sense, and the others with the reason."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display
from pr_reviewer.findings.refused import Refused
from pr_reviewer.findings.replies import BatchReply, FoundFinding
from pr_reviewer.findings.ruled import category_of, severity_of
from pr_reviewer.model.changes import FileDiff, LineRange, Side
from pr_reviewer.model.findings import Category, Dropped, Finding, Severity
from pr_reviewer.model.rules import Rule

_MOST_FINDINGS = 100  # of one reply: more is noise, and each is searched for
_LONGEST_PATH = 1_000
_LONGEST_TITLE = 120
_LONGEST_MESSAGE = 2_000
_LONGEST_CODE = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_PREFIX = re.compile(r"^(?:### |[ab]/|(?:\./)+)")
_DELETION = re.compile(
    r"(?i)remov|delet|drop|redundan|unused|unreachable|dead code|duplicat|left.?over|superfluous|unneeded"
)


RuleOf = Callable[[str, str], Rule | Refused]
"""The rule that an id means for a path, or why a finding there may not name it (`which does not exist`)."""


def no_rules(_path: str, _rule_id: str) -> Refused:
    """No finding may name a rule."""
    return Refused("which was not asked about")


@dataclass(frozen=True, slots=True)
class ReadFindings:
    """What one reply claims: findings to place, and those that make no sense."""

    findings: tuple[Finding, ...]
    dropped: tuple[Dropped, ...]


def read_findings(
    reply: BatchReply, files: Iterable[FileDiff], rule_of: RuleOf = no_rules, *, must_name_rule: bool = False
) -> ReadFindings:
    """Read the findings of a reply about `files`; nothing is lost without a reason.

    Paths become those of the change where only their prefix or spelling of odd bytes differs; a path that is not in
    the change stays, and placing says so. A finding about a rule has the rule's severity and category: the team decided
    on them. `must_name_rule`: only rules were asked about, so that each finding names one and quotes what breaks it.
    """
    paths = _spellings(files)
    read = [_finding(found, paths) for found in reply.findings]
    findings: list[Finding] = []
    dropped: list[Dropped] = []
    for number, finding in enumerate(read):
        result = _judged(finding, rule_of, must_name_rule=must_name_rule)
        if isinstance(result, Finding) and number >= _MOST_FINDINGS:
            result = Refused(f"the reply holds more than {_MOST_FINDINGS} findings")
        if isinstance(result, Refused):
            dropped.append(Dropped(finding, result.problem))
        else:
            findings.append(result)
    return ReadFindings(tuple(findings), tuple(dropped))


def speaks_of_removal(title: str, message: str) -> bool:
    """Whether a finding says that code should go."""
    return _DELETION.search(f"{title} {message}") is not None


def _spellings(files: Iterable[FileDiff]) -> Mapping[str, str]:
    """Every way in which a model can have seen a path, and the path; a path itself is never another's spelling."""
    files = tuple(files)
    spellings = {file.old_path: file.path for file in files if file.old_path is not None}
    spellings |= {seen: file.path for file in files for seen in (display(file.path), path_label(file.path))}
    return spellings | {file.path: file.path for file in files}


def _finding(found: FoundFinding, paths: Mapping[str, str]) -> Finding:
    return Finding(
        path=_path(found.path, paths),
        quote=found.quote,
        severity=Severity(found.severity),
        category=Category(found.category),
        title=_shortened(" ".join(_clean(found.title).split()).rstrip("."), _LONGEST_TITLE),
        message=_shortened(_message(found), _LONGEST_MESSAGE),
        lines=_lines(found.first_line, found.last_line),
        side=Side(found.side),
        rule_id=found.rule_id,
        suggestion=_suggestion(found),
    )


def _path(claimed: str, paths: Mapping[str, str]) -> str:
    for path in (claimed, claimed.strip(), _PREFIX.sub("", claimed.strip())):
        if path in paths:
            return paths[path]
    return _shortened(_clean(claimed).replace("\n", " ").strip(), _LONGEST_PATH)


def _message(found: FoundFinding) -> str:
    """The message with the failing case, unless it says that case already."""
    message, case = _clean(found.message).strip(), _clean(found.failing_case).strip()
    return f"{message}\n\nFailing case: {case}" if message and case and case not in message else message


def _lines(first: int, last: int) -> LineRange | None:
    """The claimed lines, in the right order; None where a number is none."""
    first, last = sorted((first, last if last > 0 else first))
    return LineRange(first, last) if first > 0 else None


def _suggestion(found: FoundFinding) -> str | None:
    """The suggestion; the empty one deletes lines only if the finding says so.

    Where an endpoint enforces no schema, models write "" for "none", and a deletion nobody meant still parses.
    """
    return None if found.suggestion == "" and not speaks_of_removal(found.title, found.message) else found.suggestion


def _judged(finding: Finding, rule_of: RuleOf, *, must_name_rule: bool) -> Finding | Refused:
    """The finding under the rule that it names, or why it makes no sense."""
    problem = _problem(finding, must_name_rule=must_name_rule)
    if problem or finding.rule_id is None:
        return Refused(problem) if problem else finding
    rule = rule_of(finding.path, finding.rule_id)
    if isinstance(rule, Refused):
        return Refused(f"it names the rule {_shortened(_clean(finding.rule_id), _LONGEST_TITLE)!r}, {rule.problem}")
    return replace(finding, severity=severity_of(rule), category=category_of(rule))


def _problem(finding: Finding, *, must_name_rule: bool) -> str:
    if not finding.title or not finding.message:
        return "it has no title or no message"
    if len(finding.quote) > _LONGEST_CODE:
        return f"its quote is longer than {_LONGEST_CODE:,} characters"
    if finding.rule_id is None and must_name_rule:
        return "it names no rule, and only rules were asked about"
    if finding.rule_id is None and finding.category is Category.RULE:
        return "it is about a rule and names none"
    return "it quotes no code that breaks the rule" if must_name_rule and not finding.quote.strip() else ""


def _clean(text: str) -> str:
    """Displayable text: no control characters, none that turn the direction of writing, LF as the only line end."""
    return _CONTROL.sub("", display(text.replace("\r\n", "\n")))


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
