"""CHECK: what code can find by itself, with certainty and without a model."""

from collections.abc import Mapping
from dataclasses import dataclass

from pr_reviewer.findings.detect import merge_marker_findings, secret_findings, syntax_findings
from pr_reviewer.findings.hits import PatternFindings, pattern_findings
from pr_reviewer.findings.silence import Silence
from pr_reviewer.model.changes import FileDiff, FileStatus
from pr_reviewer.model.code import Definition, SyntaxProblem
from pr_reviewer.model.findings import Dropped, Finding
from pr_reviewer.patterns.abilities import MATCHED
from pr_reviewer.patterns.worker import PatternResult, PatternWorker
from pr_reviewer.workflows.governing import Governing, language, silence_of
from pr_reviewer.workflows.reading import Change


@dataclass(frozen=True, slots=True)
class Checked:
    """What parsers and patterns say of a change.

    `dropped` are hits that are not raised, with the reason. `syntax` holds the head files' problems, None where a file
    cannot be judged; `matched` what patterns say of the head's files; `notes` are sentences about what could not be
    checked.
    """

    findings: tuple[Finding, ...]
    dropped: tuple[Dropped, ...]
    definitions: Mapping[str, tuple[Definition, ...]]
    syntax: Mapping[str, tuple[SyntaxProblem, ...] | None]
    matched: PatternResult
    silence: Silence
    notes: tuple[str, ...]


async def check_change(change: Change, governing: Governing, worker: PatternWorker) -> Checked:
    """Outline, parse and match the reviewed files at the head; a file that was broken before is no finding."""
    heads = {path: text.raw for path, text in change.heads.items()}
    definitions = await worker.outline(heads)
    syntax = await worker.syntax_errors(heads)
    broken = {path: change.bases[path].raw for path, problems in syntax.items() if problems and path in change.bases}
    before = await worker.syntax_errors(broken)
    matched = await worker.matches_by_file(heads, {path: governing.of_file(path) for path in heads})
    silence = silence_of(change, governing)
    findings: list[Finding] = list(silence.unexplained())
    dropped: list[Dropped] = []
    for file in change.reviewed:
        problems = syntax.get(file.path)
        findings += merge_marker_findings(file, parses=problems == ())
        findings += secret_findings(file, change.masked_head(file.path))
        findings += syntax_findings(file, before.get(file.path, ()), problems)
        by_rules = _of_patterns(file, matched, governing)
        findings += by_rules.findings
        dropped += by_rules.dropped
    notes = (*worker.problems, *matched.problems, *_without_text(change, governing))
    return Checked(tuple(findings), tuple(dropped), definitions, syntax, matched, silence, notes)


def _of_patterns(file: FileDiff, matched: PatternResult, governing: Governing) -> PatternFindings:
    """The hits of rules that are raised here; those of the others are dropped, and say why."""
    hits, silent = matched.hits.get(file.path, ()), governing.silent[file.path]
    raised = [rule for rule in governing.of_file(file.path) if rule.id not in silent]
    unraised = [rule for rule in governing.of_file(file.path) if rule.id in silent]
    found, kept_back = pattern_findings(file, hits, raised), pattern_findings(file, hits, unraised)
    why = {rule.id: governing.standing.why_rule_is_silent(rule) for rule in unraised}
    dropped = (Dropped(finding, why[finding.rule_id or ""]) for finding in kept_back.findings)
    return PatternFindings(found.findings, (*found.dropped, *dropped))


def _without_text(change: Change, governing: Governing) -> list[str]:
    """The files that patterns should have been held against and whose text cannot be read: too big, or no UTF-8."""
    return [
        f"{file.path} was not checked by pattern rules: its text cannot be read"
        for file in change.reviewed
        if change.can_suggest
        and file.hunks
        and file.status is not FileStatus.DELETED
        and file.path not in change.heads
        and language(change, file.path) in MATCHED
        and any(rule.pattern for rule in governing.of_file(file.path))
    ]
