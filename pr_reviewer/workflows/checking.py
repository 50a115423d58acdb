"""CHECK: what code can find by itself, with certainty and without a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.findings.detect import (
    merge_marker_findings,
    pattern_findings,
    secret_findings,
    syntax_findings,
)
from pr_reviewer.model.code import Definition, SyntaxProblem
from pr_reviewer.model.findings import Finding
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.workflows.reading import Change


@dataclass(frozen=True, slots=True)
class Checked:
    """What parsers and patterns say of a change.

    `syntax` holds the head files' problems, None where a file cannot be judged; `notes` are sentences about what could
    not be checked.
    """

    findings: tuple[Finding, ...]
    definitions: Mapping[str, tuple[Definition, ...]]
    syntax: Mapping[str, tuple[SyntaxProblem, ...] | None]
    notes: tuple[str, ...]


async def check_change(change: Change, rules: Sequence[Rule], worker: PatternWorker) -> Checked:
    """Outline, parse and match the reviewed files at the head; a file that was broken before is no finding."""
    heads = {path: text.raw for path, text in change.heads.items()}
    definitions = await worker.outline(heads)
    syntax = await worker.syntax_errors(heads)
    broken = {path: change.bases[path].raw for path, problems in syntax.items() if problems and path in change.bases}
    before = await worker.syntax_errors(broken)
    matched = await worker.matches(heads, rules)
    findings: list[Finding] = []
    for file in change.reviewed:
        problems = syntax.get(file.path)
        findings += merge_marker_findings(file, parses=problems == ())
        findings += secret_findings(file, change.masked_head(file.path))
        findings += syntax_findings(file, before.get(file.path, ()), problems)
        findings += pattern_findings(file, matched.hits.get(file.path, ()), rules)
    return Checked(tuple(findings), definitions, syntax, (*worker.problems, *matched.problems))
