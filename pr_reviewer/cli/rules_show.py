"""`rules list` and `rules explain`: read the rules as a review would, and print them."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pr_reviewer.bootstrap import read_rules, resolve_settings
from pr_reviewer.cli.console import is_coloured, write_out
from pr_reviewer.cli.exits import Exit
from pr_reviewer.cli.rules_disk import top_of
from pr_reviewer.cli.rules_json import list_to_json, rule_to_json
from pr_reviewer.cli.rules_shelf import Shelf, Subject, holder_of
from pr_reviewer.cli.rules_text import rule_explained, rules_list
from pr_reviewer.languages import language_of
from pr_reviewer.model.errors import UsageError
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.providers.local import LocalRange
from pr_reviewer.report.terminal import Ink, Paper
from pr_reviewer.settings.load import load_settings
from pr_reviewer.sources import open_organisation_of
from pr_reviewer.workflows.packs import pack_files, pack_names

_WIDEST = 120


class WorkingTree(LocalRange):
    """A repository whose base is the working tree: everything that is read at the base is read there."""

    def __init__(self, repo: Path) -> None:
        super().__init__(repo, uncommitted=True)

    async def pull_request(self) -> PullRequest:
        """See `LocalRange`."""
        pull = await super().pull_request()
        return replace(pull, base=pull.head)


async def show_list(
    files: Sequence[str], repo: Path | None, base: str | None, *, working_tree: bool, style: str
) -> int:
    """Print what governs the files, or all rules."""
    source = _source(repo, base, working_tree=working_tree)
    shelf = await read_shelf(source)
    subjects = [await _subject(source, shelf, repo, file) for file in files]
    write_out(list_to_json(shelf, subjects) if style == "json" else rules_list(shelf, subjects, paper()))
    return Exit.DONE


async def show_rule(
    rule_id: str, file: str | None, repo: Path | None, base: str | None, *, working_tree: bool, style: str
) -> int:
    """Print all about one rule."""
    source = _source(repo, base, working_tree=working_tree)
    shelf = await read_shelf(source)
    rules = shelf.of_id(rule_id)
    subject = await _subject(source, shelf, repo, file) if file else None
    holder = holder_of(shelf, rules, subject)
    if holder is None:
        folders = " and ".join(f"{rule.source.file.folder}/" for rule in rules)
        raise UsageError(
            f"`{rule_id}` holds in {folders} only", hint=f"`pr-reviewer rules explain {rule_id}` shows it."
        )
    asked = shelf, rules, holder, subject
    write_out(rule_to_json(*asked) if style == "json" else rule_explained(*asked, paper()))
    return Exit.DONE


async def read_shelf(source: LocalRange) -> Shelf:
    """The rules of all levels, the repository's own at the source's base."""
    pull = await _opened(source)
    operators = load_settings(os.environ).settings
    async with open_organisation_of(source, operators, os.environ) as organisation:
        settings = await resolve_settings(source, os.environ, (), organisation)
        book = await read_rules(source, settings, organisation)
    on = {file.origin for file in pack_files(settings.rules.packs)}
    where = "the working tree" if isinstance(source, WorkingTree) else f"{pull.base.branch} ({pull.base.sha[:12]})"
    off = tuple(name for name in pack_names() if f"pack {name}" not in on)
    return Shelf(book, pull.ref.project, where, pull.base.sha, off)


def paper() -> Paper:
    """Standard output as something to write on."""
    return Paper(min(shutil.get_terminal_size().columns, _WIDEST), Ink(is_coloured()))


def path_in(top: Path, file: str, known: Sequence[str]) -> str:
    """A file's path from the repository's root: as it is named from this folder, else from the root.

    Raises UsageError for one outside of the repository.
    """
    named = Path.cwd() / file
    here, top = named.parent.resolve() / named.name, top.resolve()
    inside = here.relative_to(top).as_posix() if here.is_relative_to(top) else None
    if inside is not None and (inside in known or here.exists() or file not in known):
        return inside
    if file in known:
        return file
    raise UsageError(f"{file} does not lie in {top}")


async def _opened(source: LocalRange) -> PullRequest:
    """The source's revisions; an error's hint names options of these commands, not those of a review."""
    try:
        return await source.pull_request()
    except UsageError as exc:
        if "--diff" in exc.hint:
            raise UsageError(exc.message, hint="Call it inside one, or name one with --repo PATH.") from exc
        if "--staged" in exc.hint:
            raise UsageError(exc.message, hint="--working-tree shows the rules as they are on disk.") from exc
        raise


def _source(repo: Path | None, base: str | None, *, working_tree: bool) -> LocalRange:
    if working_tree and base is not None:
        raise UsageError("--base and --working-tree exclude each other", hint="The working tree is no revision.")
    folder = repo or Path.cwd()
    return WorkingTree(folder) if working_tree else LocalRange(folder, base=base)


async def _subject(source: LocalRange, shelf: Shelf, repo: Path | None, file: str) -> Subject:
    folder = repo or Path.cwd()
    path = path_in(top_of(folder) or folder, file, await source.list_files(shelf.revision))
    text = (await source.read_files(shelf.revision, [path])).get(path, "")
    return Subject.of(path, language_of(path, text.partition("\n")[0]), shelf.book)
