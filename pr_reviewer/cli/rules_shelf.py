"""What there is to say about rules and files, before anybody formats it: who governs what, and why or why not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pr_reviewer.languages import is_prose
from pr_reviewer.model.changes import FileStatus
from pr_reviewer.model.errors import UsageError
from pr_reviewer.model.rules import Enforcement, Rule, RuleFile
from pr_reviewer.report.amounts import listed
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.rules.select import compiled, means_prose


@dataclass(frozen=True, slots=True)
class Shelf:
    """All rules that could govern a repository's files.

    `name` is the repository's, `where` the state that was read, in words, `revision` its id. `packs_off` are packs that
    are shipped and not switched on.
    """

    book: RuleBook
    name: str
    where: str
    revision: str
    packs_off: tuple[str, ...] = ()

    def of_id(self, rule_id: str) -> tuple[Rule, ...]:
        """Every level's rule of that id, the nearest first. Raises UsageError where there is none."""
        rules = [rule for rule in self.book.rules if rule.id == rule_id]
        if not rules:
            raise unknown_rule(rule_id, [rule.id for rule in self.book.rules])
        return tuple(sorted(rules, key=_nearness, reverse=True))


@dataclass(frozen=True, slots=True)
class Subject:
    """A file that was asked about, with the rules that govern it, and those that would if they were not off."""

    path: str
    language: str | None
    governing: tuple[Rule, ...]
    off: tuple[Rule, ...]

    @classmethod
    def of(cls, path: str, language: str | None, book: RuleBook) -> "Subject":
        """What the book says of a file, whatever kind of change it is in."""
        found = {rule.id: rule for status in FileStatus for rule in book.governing(path, language, status)}
        governing = tuple(found.values())
        bare = cls(path, language, governing, ())
        off = tuple(rule for rule in book.switched_off(path) if not why_not(rule, bare))
        return cls(path, language, governing, off)


def by_file(rules: Iterable[Rule]) -> dict[RuleFile, list[Rule]]:
    """Rules by the file that they stand in, in the order of its first."""
    found: dict[RuleFile, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.source.file, []).append(rule)
    return found


def nearest_first(rules: Iterable[Rule]) -> list[tuple[RuleFile, list[Rule]]]:
    """Rules by their file, that of the nearest level first; in each as it has them."""
    groups = [(file, sorted(of_file, key=lambda rule: rule.source.line)) for file, of_file in by_file(rules).items()]
    return sorted(groups, key=lambda group: (group[0].level, len(group[0].folder)))[::-1]


def holder_of(shelf: Shelf, rules: Sequence[Rule], subject: Subject | None) -> Rule | None:
    """Which rule of an id holds for the file; without one, the nearest that holds everywhere, else the nearest.

    None: no level has it for that file.
    """
    if subject is not None:
        return shelf.book.rule_for(subject.path, rules[0].id)
    return next((rule for rule in rules if not rule.source.file.folder), rules[0])


def levels_of(shelf: Shelf, rules: Sequence[Rule], subject: Subject | None) -> Iterator[tuple[Rule, str]]:
    """Each level's rule with whether it holds, or which one holds instead."""
    for rule in rules:
        folder = rule.source.file.folder
        path = subject.path if subject else f"{folder}/." if folder else "."
        nearest = shelf.book.rule_for(path, rule.id)
        if folder and subject and not subject.path.startswith(f"{folder}/"):
            yield rule, f"holds in {folder}/ only"
        elif nearest is rule:
            yield rule, _holds(rule, subject)
        else:
            yield rule, f"gives way to {nearest.source.path}:{nearest.source.line}" if nearest else "does not hold"


def why_not(rule: Rule, subject: Subject) -> str:
    """Why a rule says nothing of a file that it could hold for; "" where it governs it."""
    if rule.languages and not _spoken(subject.language) & set(rule.languages):
        return f"it is about {listed(rule.languages)}, and this is {subject.language or 'in no language that is known'}"
    if rule.paths and not compiled(rule.paths).match_file(subject.path):
        return f"its paths are {', '.join(rule.paths)}"
    if is_prose(subject.path, subject.language) and not means_prose(rule):
        return "it names neither languages nor paths, so it is about code, and this is prose"
    return ""


def scope_of(rule: Rule) -> str:
    """`added python files in services/billing/ that match src/**`."""
    folder = f"in {rule.source.file.folder}/" if rule.source.file.folder else ""
    paths = f"that match {', '.join(rule.paths)}" if rule.paths else ""
    words = [listed(rule.changes) if rule.changes else "", listed(rule.languages) if rule.languages else ""]
    return " ".join(filter(None, (*words, "files" if words[1] or paths or folder else "files of code", folder, paths)))


def unknown_rule(rule_id: str, known: Sequence[str]) -> UsageError:
    """An error that names the nearest id."""
    import difflib

    near = difflib.get_close_matches(rule_id, sorted(set(known)), n=3, cutoff=0.5)
    meant = f"; did you mean {' or '.join(f'`{each}`' for each in near)}?" if near else ""
    return UsageError(f"no rule has the id `{rule_id}`{meant}", hint="`pr-reviewer rules list` shows all of them.")


def _holds(rule: Rule, subject: Subject | None) -> str:
    if rule.enforcement is Enforcement.OFF:
        return f"switches it off: {rule.reason}"
    if subject is not None:
        return "is the nearest here, and does not govern the file" if why_not(rule, subject) else "holds here"
    return f"holds in {rule.source.file.folder}/" if rule.source.file.folder else "holds"


def _nearness(rule: Rule) -> tuple[int, int]:
    return rule.source.file.level, len(rule.source.file.folder)


def _spoken(language: str | None) -> set[str]:
    return {"typescript", "tsx"} if language == "tsx" else {language or ""}
