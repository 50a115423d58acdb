"""Comments that silence rules at a line of the head: which findings they keep back, and which they cannot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pr_reviewer.findings.made import made_by_code
from pr_reviewer.model.changes import FileDiff, FileStatus, Line, LineKind, LineRange, Side
from pr_reviewer.model.findings import Category, Dropped, Finding, Placed, Severity
from pr_reviewer.model.rules import Enforcement, Rule, Silenced

REQUIRED = "a required rule cannot be silenced by the pull request itself"
NEW_CODE = "of a required rule, a comment silences only the code for which it was accepted, and this is new"
UNKNOWN = "no rule of that id governs this file"

NAMELESS = "it names no rule"

_NO_REASON = "An ignore comment without a reason"
_WHY = "Say behind the bracket why the rule does not hold here: whoever reads the code next cannot tell."
_NO_RULE = "An ignore comment that silences nothing"
_WHICH = "It names no rule. Write `pr-reviewer: ignore[rule-id]` and, behind it, why the rule does not hold here."


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment of the head, on `line`, that silences rules on the lines that it covers; without ids it does none."""

    path: str
    line: int
    covers: LineRange
    rule_ids: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """The findings that stay, those that are silenced, and the comments that did something or that the change adds."""

    placed: tuple[Placed, ...]
    dropped: tuple[Dropped, ...]
    silenced: tuple[Silenced, ...]


class Silence:
    """All ignore comments of the reviewed files, and which rules govern each file, by id."""

    def __init__(
        self, ignores: Iterable[Ignore], files: Iterable[FileDiff], rules: Mapping[str, Mapping[str, Rule]]
    ) -> None:
        self._ignores = tuple(ignores)
        self._files = {file.path: file for file in files}
        self._rules = rules
        self._added = {each: _added_line(self._files.get(each.path), each.line) for each in self._ignores}

    def apply(self, placed: Iterable[Placed]) -> Kept:
        """Hold findings against the comments.

        A required rule is silenced by none that the change adds, and by one that stood before only on lines that did
        too: else a change could bring its code to a comment that was accepted for other code.
        """
        by_path: dict[str, list[Ignore]] = defaultdict(list)
        for each in self._ignores:
            by_path[each.path].append(each)
        stay: list[Placed] = []
        dropped: list[Dropped] = []
        used: dict[tuple[Ignore, str], str] = {}
        for one in placed:
            rule_id = one.finding.rule_id or ""
            at_place = [each for each in by_path[one.finding.path] if rule_id in each.rule_ids and _covers(each, one)]
            refusals = {each: self._refusal(each, rule_id) or self._refusal_for(one) for each in at_place}
            used |= {(each, rule_id): why or used.get((each, rule_id), "") for each, why in refusals.items()}
            holding = next((each for each, why in refusals.items() if not why), None)
            if holding is None:
                stay.append(one)
            else:
                dropped.append(Dropped(one.finding, _silenced_at(holding)))
        return Kept(tuple(stay), tuple(dropped), tuple(self._listed(used)))

    def unexplained(self) -> tuple[Finding, ...]:
        """A note for each comment that the change adds and that does not say what it silences, or why."""
        return tuple(
            _note(self._files[each.path], line, each)
            for each, line in self._added.items()
            if line is not None and not (each.rule_ids and each.reason)
        )

    def _listed(self, used: Mapping[tuple[Ignore, str], str]) -> Iterable[Silenced]:
        """Each comment that silences, or would, a finding, or that the change adds; refused ids apart."""
        for each in self._ignores:
            is_added = self._added[each] is not None
            by_refusal: dict[str, list[str]] = {} if each.rule_ids or not is_added else {NAMELESS: []}
            for rule_id in each.rule_ids:
                if is_added or (each, rule_id) in used:
                    why = used.get((each, rule_id)) or self._refusal(each, rule_id)
                    by_refusal.setdefault(why, []).append(rule_id)
            for refused, ids in sorted(by_refusal.items()):
                yield Silenced(each.path, each.line, tuple(ids), each.reason, is_added, refused)

    def _refusal(self, ignore: Ignore, rule_id: str) -> str:
        rule = self._rules.get(ignore.path, {}).get(rule_id)
        if rule is None:
            return UNKNOWN
        is_required = rule.enforcement is Enforcement.REQUIRED
        return REQUIRED if is_required and self._added[ignore] is not None else ""

    def _refusal_for(self, placed: Placed) -> str:
        """Why no comment, however old, silences this finding. Its rule governs the file."""
        path, file = placed.finding.path, self._files.get(placed.finding.path)
        rule = self._rules[path][placed.finding.rule_id or ""]
        lines = range(placed.lines.first, placed.lines.last + 1)
        is_required = rule.enforcement is Enforcement.REQUIRED
        return NEW_CODE if is_required and any(_added_line(file, number) for number in lines) else ""


def _covers(ignore: Ignore, placed: Placed) -> bool:
    return ignore.covers.overlaps(placed.lines) and placed.side is Side.NEW


def _note(file: FileDiff, line: Line, ignore: Ignore) -> Finding:
    title, message = (_NO_REASON, _WHY) if ignore.rule_ids else (_NO_RULE, _WHICH)
    return made_by_code(file, [line], Category.RULE, title, message, severity=Severity.NOTE)


def _silenced_at(ignore: Ignore) -> str:
    why = f": {ignore.reason}" if ignore.reason else ", without a reason"
    return f"silenced by the comment on line {ignore.line}{why}"


def _added_line(file: FileDiff | None, number: int) -> Line | None:
    """The line of the diff, if the change adds it. A copy did not stand where it stands now."""
    lines: Sequence[Line] = [line for hunk in file.hunks for line in hunk.lines] if file else ()
    at = next((line for line in lines if line.new_number == number), None)
    is_new = at is not None and (at.kind is LineKind.ADDED or (file is not None and file.status is FileStatus.COPIED))
    return at if is_new else None
