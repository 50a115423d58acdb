"""All rules that may govern a change, read from where each level keeps them: packs, operator, organisation, repository.

A repository's own are read at one revision, which is the base branch's tip and never the head, in one batch; what they
take in (`include`) in one more for each step. A file that cannot be read is a problem that the review states.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from pr_reviewer.masking import mask
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.model.rules import ForeignKind, Level, RuleChange, RuleFile, RuleProblem
from pr_reviewer.providers.base import FileReader
from pr_reviewer.rules.book import RuleBook, assemble
from pr_reviewer.rules.changes import changed_rules
from pr_reviewer.rules.foreign import parse_file
from pr_reviewer.rules.includes import Inclusion
from pr_reviewer.rules.parsed import ParsedRules, problem
from pr_reviewer.rules.sources import kind_of_file, rule_files
from pr_reviewer.rules.standing import FILE as STANDING_FILE
from pr_reviewer.rules.standing import Standings, parse_standings, standing_of
from pr_reviewer.settings.schema.sections import RuleSettings
from pr_reviewer.workflows.organisation import NOWHERE, Organisation
from pr_reviewer.workflows.shelves import (
    Shelf,
    disk_shelf,
    is_on_disk,
    operators_shelf,
    organisation_shelf,
    packs_shelf,
    read_disk,
    repository_shelf,
    revision_shelf,
)

UNREADABLE = "this file is binary, too big, or no plain file, so nothing of it is read"
_LED_ELSEWHERE = "this file is a link, binary or too big; what a link leads to is read by its own name, if at all"


async def read_rulebook(
    source: FileReader, revision: str, settings: RuleSettings, organisation: Organisation = NOWHERE
) -> RuleBook:
    """Read every level. `revision` is that of the repository's own files; "" where only a diff is known.

    Raises SettingsError for a pack that does not exist and for an operator's folder that cannot be read.
    """
    parsed = await read_levels(source, revision, settings, organisation)
    standings = await _standings(settings.folder, organisation)
    parsed += [ParsedRules((), each.problems) for each in standings]
    standing = standing_of(organisation.project, standings) if organisation.project else None
    unread = (organisation.unread,) if organisation.unread else ()
    return assemble(parsed, unread, standing, settings.enforcement)


async def read_levels(
    source: FileReader,
    revision: str,
    settings: RuleSettings,
    organisation: Organisation = NOWHERE,
    alone: Sequence[RuleFile] = (),
) -> list[ParsedRules]:
    """What the files of all levels say, each apart. `alone` are further files, by their real paths on disk."""
    shelves = [packs_shelf(settings.packs)]
    if settings.folder:
        shelves.append(operators_shelf(settings.folder, {file.path for file in alone}))
    if alone:
        shelves.append(disk_shelf(tuple(alone)))
    if organisation.tip:
        shelves.append(await organisation_shelf(organisation.tip))
    if revision:
        shelves.append(await repository_shelf(source, revision, settings.sources))
    return [each for shelf in shelves for each in await _parsed(shelf)]


async def rule_changes(
    source: FileReader,
    pull: PullRequest,
    changed: Collection[str],
    book: RuleBook,
    kinds: Collection[str] = tuple(ForeignKind),
) -> tuple[RuleChange, ...]:
    """What the pull request does to rules. `changed` are the paths of its files, old and new.

    Files that count only because another file takes them in are known from the `book`. `kinds` are those of other
    tools' files that hold rules here (`rules.sources`).
    """
    known = (rule.source.file for rule in book.rules if rule.source.file.level >= Level.REPOSITORY)
    taken_in = (replace(file, revision="") for file in known if file.path in changed)
    files = tuple(dict.fromkeys((*rule_files(changed, kinds), *taken_in)))
    if not files or not pull.merge_base_sha:
        return ()
    ends = (pull.merge_base_sha, pull.head.sha)
    before, after = [await _parsed(revision_shelf(source, end, (), files)) for end in ends]
    return changed_rules(before, after)


async def _parsed(shelf: Shelf) -> list[ParsedRules]:
    """The files of a shelf and all that they take in, in this order."""
    inclusion = Inclusion(shelf.files)
    parsed: list[ParsedRules] = []
    while wanted := inclusion.wanted:
        texts = await shelf.read(tuple(dict.fromkeys(file.path for file in wanted)))
        for file in wanted:
            text = texts.get(file.path)
            if text is not None:
                parsed.append(
                    _shipped(text, file) if file.level is Level.PACK else _masked(parse_file(text, file), text)
                )
            elif shelf.has(file.path):
                parsed.append(_unreadable(file))
                text = ""
            inclusion.take(file, text)
    return [*parsed, inclusion.parsed()]


@cache
def _shipped(text: str, file: RuleFile) -> ParsedRules:
    """A pack's file. It is the same for every review, and a server has many: parsing took a quarter of its time."""
    return parse_file(text, file)


def _unreadable(file: RuleFile) -> ParsedRules:
    """Nothing. Of other tools' files, many are links to one of them (`CLAUDE.md` to `AGENTS.md`), as they should be."""
    if kind_of_file(file) is None:
        return ParsedRules((), (problem(file, 1, UNREADABLE, "unreadable-file"),))
    return ParsedRules((), left_out=(problem(file, 1, _LED_ELSEWHERE, "unreadable-file"),))


def _masked(parsed: ParsedRules, text: str) -> ParsedRules:
    """What is said of a file in prompts and comments, without its secrets. Patterns stay: they match code."""
    if not mask(text).secrets:
        return parsed
    rules = tuple(
        replace(
            rule,
            title=mask(rule.title).text,
            text=mask(rule.text).text,
            reason=mask(rule.reason).text,
            examples=tuple(replace(example, code=mask(example.code).text) for example in rule.examples),
        )
        for rule in parsed.rules
    )
    problems = tuple(replace(each, text=mask(each.text).text) for each in parsed.problems)
    return replace(parsed, rules=rules, problems=problems)


async def _standings(folder: str | None, organisation: Organisation) -> list[Standings]:
    """What `repositories.toml` says: the operator's before the organisation's."""
    found: list[Standings] = []
    if folder:
        path = str(Path(folder).expanduser() / STANDING_FILE)  # noqa: ASYNC240 a question of names alone
        if is_on_disk(path):
            found.append(_standings_in((await read_disk([path])).get(path), path, "operator"))
    tip = organisation.tip
    if tip and STANDING_FILE in await tip.files.list_files(tip.sha):
        texts = await tip.files.read_files(tip.sha, [STANDING_FILE])
        found.append(_standings_in(texts.get(STANDING_FILE), STANDING_FILE, tip.project))
    return found


def _standings_in(text: str | None, path: str, origin: str) -> Standings:
    if text is None:
        return Standings(problems=(RuleProblem(path, 1, UNREADABLE, origin, "unreadable-file"),))
    return parse_standings(text, path, origin)
