"""What `rules check` says of `repositories.toml`: what a review could not use, and what has no effect."""

from collections.abc import Iterator

from pr_reviewer.model.rules import Status
from pr_reviewer.rules.check import RuleDiagnostic
from pr_reviewer.rules.standing import Entry, Standings, standing_of

_EVERYTHING = frozenset({"*", "**", "*/*", "**/*"})


def check_standings(file: Standings, path: str) -> tuple[RuleDiagnostic, ...]:
    """Everything about one file, by line."""
    found = [RuleDiagnostic("invalid-standing", each.path, each.line, each.text) for each in file.problems]
    for number, entry in enumerate(file.entries):
        doubts = _doubts(entry, file.entries[number + 1 :], file)
        found += (RuleDiagnostic("standing-without-effect", path, entry.line, text, is_error=False) for text in doubts)
    return tuple(sorted(found, key=lambda each: (each.line, each.code)))


def _doubts(entry: Entry, later: tuple[Entry, ...], file: Standings) -> Iterator[str]:
    standing = entry.standing
    if holder := next((each for each in later if _covers(each, entry)), None):
        yield f"this entry never holds: the one on line {holder.line} matches all that it does, and the last one holds"
    for glob in entry.match:
        if "://" in glob:
            yield f"`{glob}` matches no repository: write `owner/name`, not an address"
    if standing.successor and standing.status is not Status.DEPRECATED:
        yield '`successor` has no effect: only a repository with `status = "deprecated"` points to one'
    elif standing.successor and standing_of(standing.successor, [file]).status is Status.DEPRECATED:
        yield f"`{standing.successor}`, the successor, is deprecated itself"


def _covers(entry: Entry, other: Entry) -> bool:
    """Whether an entry matches all that another one does, as far as the texts of their globs tell."""
    globs = {glob.lower() for glob in entry.match}
    if any(glob.startswith("!") for glob in globs):
        return False
    return bool(globs & _EVERYTHING) or all(glob.lower() in globs for glob in other.match if not glob.startswith("!"))
