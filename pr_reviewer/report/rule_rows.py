"""What a review did with rules, one line each, as markup that both a page and a terminal can show."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.rules import RuleChange, RuleProblem, RulesApplied, Silenced, Standing, Unread
from pr_reviewer.report.amounts import listed
from pr_reviewer.report.applied import AppliedGroup, standing_words
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.links import Citation, Links, without_folders
from pr_reviewer.report.sanitise import title_pieces
from pr_reviewer.report.tree import Code, Inline, Link, Text

Row = tuple[Inline, ...]

_LONGEST_REASON = 400
_PLAIN_ORIGIN = re.compile(r"pack [a-z-]+|operator|repository")


def special_rows(
    applied: RulesApplied, links: Links, named: int, shown: Callable[[str], str] = without_folders
) -> Iterator[Row]:
    """All but what simply held; at most `named` ids stand in one row. `shown` writes a path of this disk."""
    yield from _standing(applied.standing, named)
    yield from _changes(applied.changes, named)
    yield from (_silenced(each, links, named) for each in applied.silenced)
    yield from (_problem(each, shown) for each in applied.problems)
    yield from map(_unread, applied.unread)


def group_rows(groups: Sequence[AppliedGroup], named: int) -> Iterator[Row]:
    """The rules that governed, each once, behind their files; at most `named` files and `named` rules in one row.

    What held for the most files comes first. Files that no rule governed come last.
    """
    rows = [(_files(groups, held), rules) for held, rules in _alike(groups).items()]
    for paths, rules in sorted(rows, key=lambda row: -len(row[0])):
        is_all = len(paths) == sum(len(group.paths) for group in groups) > 1
        files = (Text(f"All {len(paths):,} reviewed files"),) if is_all else _names(map(path_label, paths), named)
        yield (*files, Text(" — "), *_by_origin(rules, named))
    for group in groups:
        if not group.rules:
            yield (*_names(map(path_label, group.paths), named), Text(" — no rule"))


def _alike(groups: Sequence[AppliedGroup]) -> dict[tuple[int, ...], list[Citation]]:
    """The rules that governed the same files, by the numbers of the groups that these stand in."""
    held: dict[Citation, list[int]] = {}
    for number, group in enumerate(groups):
        for rule in group.rules:
            held.setdefault(rule, []).append(number)
    alike: dict[tuple[int, ...], list[Citation]] = {}
    for rule, numbers in held.items():
        alike.setdefault(tuple(numbers), []).append(rule)
    return alike


def _files(groups: Sequence[AppliedGroup], numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(path for number in numbers for path in groups[number].paths)


def whose(citation: Citation) -> tuple[Text | Code, ...]:
    """`pack core`, or `pack core, amended by repository`; nothing for a rule that no level has."""
    amended = (Text(", amended by "), _origin(citation.amended_by)) if citation.amended_by else ()
    return (_origin(citation.origin), *amended) if citation.origin else ()


def _origin(origin: str) -> Text | Code:
    """`pack core` in words; a project, a folder or a file as code."""
    name = one_line(origin)
    return Text(name) if _PLAIN_ORIGIN.fullmatch(name) else Code(name)


def _standing(standing: Standing, named: int) -> Iterator[Row]:
    """The successor is no part of it: a change that adds a feature gets one pointer to it, and others none."""
    words = standing_words(standing)
    if words:
        yield (
            Text(f"This repository is {listed(words)}"),
            *((Text(". To be imitated: "), *_names(standing.exemplars, named)) if standing.exemplars else ()),
            *_after(". Note: ", standing.note),
        )


def _changes(changes: Sequence[RuleChange], named: int) -> Iterator[Row]:
    """One row for each file and kind of change; what that means for this review is said once."""
    rows = [
        (
            Text(f"{one_line(verb).capitalize()} by this pull request in "),
            Code(path_label(path)),
            Text(": "),
            *_names((change.rule_id for change in some), named),
        )
        for (verb, path), some in groupby(changes, lambda change: (change.verb, change.path))
    ]
    yield from rows[:-1]
    yield from ((*row, Text("; this review goes by the old rules")) for row in rows[-1:])


def _silenced(silenced: Silenced, links: Links, named: int) -> Row:
    place = Code(f"{path_label(silenced.path)}:{silenced.line}")
    address = links.to_code(silenced.path, LineRange(silenced.line, silenced.line))
    return (
        Link(address, (place,)) if address else place,
        Text(": "),
        *(_names(silenced.rule_ids, named) if silenced.rule_ids else (Text("nothing is"),)),
        Text(f" {_verb(silenced)}"),
        *(_after(": ", silenced.refused or silenced.reason) or (Text(" without a reason"),)),
    )


def _verb(silenced: Silenced) -> str:
    if silenced.refused:
        return "not silenced" if silenced.rule_ids else "silenced"
    return "silenced by this pull request" if silenced.is_added else "silenced"


def _problem(problem: RuleProblem, shown: Callable[[str], str]) -> Row:
    return (
        Text("Left out: "),
        Code(one_line(f"{shown(problem.path)}:{problem.line}")),
        *((Text(" ("), _origin(problem.origin), Text(")")) if problem.origin else ()),
        *_after(" — ", problem.text),
    )


def _unread(unread: Unread) -> Row:
    return (Text("Not read: "), _origin(unread.origin), *_after(" — ", unread.why))


def _by_origin(rules: Sequence[Citation], named: int) -> Iterator[Inline]:
    """`pack core`: `a`, `b`; `acme/.pr-reviewer`: `c`."""
    ordered: dict[Row, list[str]] = {}
    for rule in rules[:named]:
        ordered.setdefault(whose(rule), []).append(rule.rule_id)
    for index, (origin, ids) in enumerate(ordered.items()):
        yield from ((Text("; "),) if index else ())
        yield from ((*origin, Text(": ")) if origin else ())
        yield from _names(ids, named)
    if len(rules) > named:
        yield Text(f"; {len(rules) - named:,} more")


def _names(names: Iterable[str], named: int) -> Iterator[Inline]:
    """Names as code with commas between, and how many more there are."""
    every = tuple(names)
    for index, name in enumerate(every[:named]):
        yield from ((Text(", "),) if index else ())
        yield Code(one_line(name))
    if len(every) > named:
        yield Text(f", {len(every) - named:,} more")


def _after(mark: str, text: str) -> Row:
    """What somebody wrote, harmless, behind a mark; nothing for nothing."""
    pieces = title_pieces(text, _LONGEST_REASON)
    return (Text(mark), *pieces) if pieces else ()
