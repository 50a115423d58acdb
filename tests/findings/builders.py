"""Builders for changes, findings and replies."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from pr_reviewer.diff.text import split_lines
from pr_reviewer.findings.index import ChangeIndex
from pr_reviewer.findings.place import place
from pr_reviewer.findings.replies import BatchReply
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange, Side
from pr_reviewer.model.code import Definition
from pr_reviewer.model.findings import Category, Confidence, Finding, Origin, Placed, Severity
from pr_reviewer.model.rules import Level, Rule
from tests.rules.builders import rule_source


def changed(old: str, new: str, path: str = "app.py", *, context: int = 3, old_path: str | None = None) -> FileDiff:
    """The diff between two versions of a file, with git's three lines of context."""
    before, after = split_lines(old), split_lines(new)
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(context)
    hunks = tuple(_hunk(group, before, after) for group in groups) if before != after else ()
    status = FileStatus.RENAMED if old_path else FileStatus.MODIFIED
    return FileDiff(path, status, hunks, old_path=old_path)


def _hunk(group: Sequence[tuple[str, int, int, int, int]], before: Sequence[str], after: Sequence[str]) -> Hunk:
    lines: list[Line] = []
    for tag, old_first, old_last, new_first, new_last in group:
        if tag == "equal":
            pairs = zip(range(old_first, old_last), range(new_first, new_last), strict=True)
            lines += [Line(LineKind.CONTEXT, before[old], old + 1, new + 1) for old, new in pairs]
        else:
            lines += [Line(LineKind.REMOVED, before[at], at + 1, None) for at in range(old_first, old_last)]
            lines += [Line(LineKind.ADDED, after[at], None, at + 1) for at in range(new_first, new_last)]
    return Hunk(group[0][1] + 1, group[0][3] + 1, "", tuple(lines))


def file_of(*hunks: str, path: str = "app.py", status: FileStatus = FileStatus.MODIFIED) -> FileDiff:
    """A file from hunks that are written as in a diff, each behind the number of its first line: `3| a`, `+b`."""
    return FileDiff(path, status, tuple(_written(hunk) for hunk in hunks))


def _written(text: str) -> Hunk:
    start, _, body = text.partition("|")
    old = new = int(start)
    lines = []
    for row in body.split("\n"):
        kind = LineKind(row[0])
        is_old, is_new = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
        lines.append(Line(kind, row[1:], old if is_old else None, new if is_new else None))
        old, new = old + is_old, new + is_new
    return Hunk(int(start), int(start), "", tuple(lines))


def rule(
    name: str = "no-x", *, origin: str = "repository", folder: str = "", level: Level | None = None, **fields: Any
) -> Rule:
    """A rule of one level; `level` follows from the origin unless it is given."""
    source = rule_source(origin, "best_practices.md", 1, folder=folder, **({"level": level} if level else {}))
    values = {
        "title": name.replace("-", " ").capitalize(),
        "text": "It breaks\nthe *build*.\n\nSources: [x](https://x)",
    }
    return Rule(name, source=source, **{**values, **fields})


def change_of(
    old: str, new: str, path: str = "app.py", *, definitions: Sequence[Definition] = (), is_head_known: bool = False
) -> ChangeIndex:
    """An index of a change to one file."""
    heads = {path: new} if is_head_known else {}
    return ChangeIndex([changed(old, new, path)], heads=heads, definitions={path: definitions})


def finding(quote: str = "x = 1", **fields: Any) -> Finding:
    values: Mapping[str, Any] = {
        "path": "app.py",
        "severity": Severity.WARNING,
        "category": Category.CORRECTNESS,
        "title": "Wrong value",
        "message": "x is never 1.",
    }
    return Finding(quote=quote, **{**values, **fields})


def placed(
    quote: str = "x = 1", first: int = 1, *, side: Side = Side.NEW, fingerprint: str = "", **fields: Any
) -> Placed:
    """A finding on the lines from `first` on that its quote has."""
    claim = finding(quote, **fields)
    lines = LineRange(first, first + quote.count("\n"))
    name = fingerprint or f"v1:{claim.path}:{side}:{first}:{quote}:{claim.rule_id}"
    return Placed(claim, side, lines, quote, name)


def placed_in(change: ChangeIndex, claim: Finding) -> Placed:
    result = place(claim, change)
    assert isinstance(result, Placed), result
    return result


def by_code(claim: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"origin": Origin.CODE, "confidence": Confidence.HIGH, **(claim or {})}


def found(**fields: Any) -> dict[str, Any]:
    """One finding as a model writes it."""
    return {
        "path": "app.py",
        "quote": "x = 1",
        "first_line": 1,
        "last_line": 1,
        "side": "new",
        "failing_case": "f(0) returns 1",
        "title": "Wrong value",
        "message": "x is never 1.",
        "category": "correctness",
        "severity": "warning",
        "rule_id": None,
        "suggestion": None,
        **fields,
    }


def verdict(candidate: int, word: str = "confirm", **fields: Any) -> dict[str, Any]:
    return {
        "candidate": candidate,
        "reasoning": "f sets x",
        "proof": ["x = compute(1)"],
        "duplicate_of": None,
        "verdict": word,
        "severity": "warning",
        "confidence": "high",
        **fields,
    }


def reply(**lists: Any) -> BatchReply:
    return BatchReply.model_validate({"findings": [], "verdicts": [], "checks": [], "repairs": [], **lists})


def check(
    candidate: int, rule_id: str, answer: str = "keeps", reasoning: str = "It is about prints."
) -> dict[str, Any]:
    return {"candidate": candidate, "rule_id": rule_id, "reasoning": reasoning, "answer": answer}
