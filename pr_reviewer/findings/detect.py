"""Findings that code makes without rules: parse errors, left-over merge markers, secrets.

Pure: everything that needs a parser or a pattern is computed elsewhere and handed in. Each function only raises what
the change brings in, quotes the lines of the diff itself, and needs no verification.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pr_reviewer.findings.made import made_by_code
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange
from pr_reviewer.model.code import Masked, SyntaxProblem
from pr_reviewer.model.findings import Category, Confidence, Finding, Origin, Severity

_LONGEST_QUOTE = 12
_MARKER = re.compile(r"^(?:<<<<<<< .+|>>>>>>> .+|=======|\|{7}(?: .*)?)\r?$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_PROSE_FILE = re.compile(r"(?i)\.(?:md|markdown|rst|adoc|asciidoc|txt|eml|mbox)$")
_FIXTURE = re.compile(r"(?i)\.(?:diff|patch|rej|orig|snap)$|(?:^|/)(?:fixtures?|testdata|golden|__snapshots__)/")
_TEST = re.compile(r"(?i)(?:^|[/_.-])(?:tests?|specs?)(?:[/_.-]|$)")


def syntax_findings(
    file: FileDiff, before: Sequence[SyntaxProblem] | None, after: Sequence[SyntaxProblem] | None
) -> list[Finding]:
    """The first parse error of a file that the change broke; nothing where that cannot be told.

    `before` and `after` are what the parser says of the two versions, None where it says nothing. A file that did
    not parse before is not this change's doing; `before` of a new file does not matter.
    """
    is_new = file.status is FileStatus.ADDED
    if not after or (not is_new and (before is None or before)):
        return []
    problem = min(after, key=lambda problem: (problem.line, problem.column))
    lines = _nearest_change(file, problem.line)
    if not lines:
        return []
    more = f" There are {len(after)} such places; this is the first." if len(after) > 1 else ""
    parsed_before = "" if is_new else " It did before this change."
    message = (
        f"The file does not parse: line {problem.line}, column {problem.column}: {problem.text}.{parsed_before}{more}"
    )
    return [made_by_code(file, lines, Category.SYNTAX, "Syntax error", message)]


def merge_marker_findings(file: FileDiff, *, parses: bool = False) -> list[Finding]:
    """A finding for each left-over conflict, or stray marker of one, that the change adds.

    `parses` says that the head's file parses: then markers in a test stand in a string and are meant. A row of `=` is
    a heading's underline unless a conflict is around it, and prose may show a conflict in a code fence.
    """
    if _FIXTURE.search(file.path) or (parses and _TEST.search(file.path)):
        return []
    is_prose = _PROSE_FILE.search(file.path) is not None
    markers = [line for hunk in file.hunks for line in _markers(hunk, skips_fences=is_prose)]
    return [
        _conflict_finding(file, conflict)
        for conflict in _conflicts(markers)
        if any(line.kind is LineKind.ADDED for line in conflict) and (not is_prose or _is_whole(conflict))
    ]


def secret_findings(file: FileDiff, masked: Masked) -> list[Finding]:
    """A finding for each secret on added lines; one that spans lines is one. `masked` is the head's masked text."""
    kinds: dict[int, str] = {}
    for secret in masked.secrets:
        kinds.setdefault(secret.line, secret.kind)
    text = masked.text.split("\n")
    return [
        _secret_finding(file, lines, kinds[lines.first], "\n".join(text[lines.first - 1 : lines.last]))
        for hunk in file.hunks
        for lines in _secret_runs(hunk, kinds)
    ]


def _nearest_change(file: FileDiff, number: int) -> Sequence[Line]:
    """The added line nearest to a line of the head; where only lines were removed, the nearest that is shown.

    A parser stumbles where it can go no further: at the mistake or anywhere below it.
    """
    shown = [line for hunk in file.hunks for line in _new_side(hunk)]
    candidates = [line for line in shown if line.kind is LineKind.ADDED] or shown
    return sorted(candidates, key=lambda line: abs((line.new_number or 0) - number))[:1]


def _new_side(hunk: Hunk) -> Iterator[Line]:
    return (line for line in hunk.lines if line.new_number is not None)


def _markers(hunk: Hunk, *, skips_fences: bool) -> Iterator[Line]:
    """The lines of the new side that look like a marker, in prose only those outside code fences."""
    is_fenced = False
    for line in _new_side(hunk):
        is_fenced ^= skips_fences and _FENCE.match(line.text) is not None
        if not is_fenced and _MARKER.match(line.text):
            yield line


def _conflicts(markers: Iterable[Line]) -> Iterator[Sequence[Line]]:
    """Markers grouped into conflicts, `<<<<<<<` to `>>>>>>>`; a group can lack either, but not both."""
    group: list[Line] = []
    for line in markers:
        if line.text.startswith("<") and _has_border(group):
            yield group
        if line.text.startswith("<") or (line.text.startswith("=") and not _has_border(group)):
            group = []
        group.append(line)
        if line.text.startswith(">"):
            yield group
            group = []
    if _has_border(group):
        yield group


def _has_border(group: Iterable[Line]) -> bool:
    return any(line.text.startswith(("<", ">")) for line in group)


def _is_whole(conflict: Sequence[Line]) -> bool:
    return {"<", "=", ">"} <= {line.text[0] for line in conflict}


def _secret_runs(hunk: Hunk, kinds: Mapping[int, str]) -> Iterator[LineRange]:
    """The runs of added lines that hold a secret of one kind."""
    added = (line.new_number or 0 for line in hunk.lines if line.kind is LineKind.ADDED)
    run: list[int] = []
    for number in (number for number in added if number in kinds):
        if run and (number != run[-1] + 1 or kinds[number] != kinds[run[0]]):
            yield _first_lines(run)
            run = []
        run.append(number)
    if run:
        yield _first_lines(run)


def _first_lines(run: Sequence[int]) -> LineRange:
    return LineRange(run[0], min(run[-1], run[0] + _LONGEST_QUOTE - 1))


def _conflict_finding(file: FileDiff, conflict: Sequence[Line]) -> Finding:
    added = [line for line in conflict if line.kind is LineKind.ADDED]
    numbers = ", ".join(str(line.new_number) for line in conflict)
    message = f"Markers of an unresolved merge conflict stand on lines {numbers}: keep one side and delete them."
    if len(conflict) == 1:
        message = "A marker of a merge conflict was left here: delete it, and check that only one side was kept."
    return made_by_code(file, added[:1], Category.MERGE_MARKER, "Left-over merge marker", message)


def _secret_finding(file: FileDiff, lines: LineRange, kind: str, quote: str) -> Finding:
    return Finding(
        path=file.path,
        quote=quote,
        severity=Severity.ERROR,
        category=Category.SECRET,
        title=f"Secret in the code: {kind}",
        message=(
            f"This looks like a live {kind}. Everyone who can read the repository, or its history, has it now: revoke "
            "it, issue a new one, and read it from the environment or a secret store. Deleting the line is not enough."
        ),
        lines=lines,
        confidence=Confidence.HIGH,
        origin=Origin.CODE,
    )
