"""`rules check`: reads rules as they are on disk, and prints what is wrong with them."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import click

from pr_reviewer import __version__
from pr_reviewer.cli.console import is_coloured, write_out
from pr_reviewer.cli.exits import Exit
from pr_reviewer.cli.rules_disk import DISK, DiskFiles, files_meant, open_disk, top_of
from pr_reviewer.cli.rules_json import check_to_json
from pr_reviewer.cli.rules_sarif import to_sarif
from pr_reviewer.cli.rules_standing import check_standing_files
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.providers.local import LocalRange
from pr_reviewer.report.amounts import count
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.terminal import for_log
from pr_reviewer.rules.check import RuleDiagnostic
from pr_reviewer.settings.load import REPOSITORY_FILE, load_settings
from pr_reviewer.settings.schema.sections import Settings
from pr_reviewer.sources import open_organisation_of
from pr_reviewer.workflows.organisation import NOWHERE, Organisation
from pr_reviewer.workflows.rulebook import read_levels
from pr_reviewer.workflows.rules_check import check_levels


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was looked at below one folder; `diagnostics` name paths from there."""

    top: Path
    paths: tuple[str, ...]
    rules: int
    diagnostics: tuple[RuleDiagnostic, ...]


async def check_rules(paths: Sequence[Path], style: str, *, strict: bool) -> int:
    """Check the files that `paths` mean, and print what is wrong."""
    checked = [await _check(folder, chosen) for folder, chosen in _by_repository(paths).items()]
    files = [name for each in checked for name in _names(each, each.paths, style)]
    rules = sum(each.rules for each in checked)
    said = [
        replace(diagnostic, path=name)
        for each in checked
        for diagnostic, name in zip(
            each.diagnostics, _names(each, [diagnostic.path for diagnostic in each.diagnostics], style), strict=True
        )
    ]
    if style == "json":
        write_out(check_to_json(files, rules, said))
    elif style == "sarif":
        write_out(to_sarif(said, __version__))
    else:
        write_out("".join(f"{_line(each)}\n" for each in said))
        click.echo(_summary(len(files), rules, said), err=True)
    is_wrong = any(each.is_error or strict for each in said)
    return Exit.FINDINGS if is_wrong else Exit.DONE


def _by_repository(paths: Sequence[Path]) -> dict[Path, list[Path]]:
    """The paths by the repository that they lie in, or by their own folder; without paths, this folder's."""
    groups: dict[Path, list[Path]] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        groups.setdefault((top_of(folder) if folder.is_dir() else None) or folder.resolve(), []).append(path)
    return groups or {Path.cwd(): []}


async def _check(folder: Path, chosen: Sequence[Path]) -> _Checked:
    disk = await open_disk(folder)
    settings = _settings(disk)
    files = files_meant(disk, chosen, settings.rules.sources)
    alone = [file for file in files if Path(file.path).is_absolute()]
    async with _organisation_of(disk, settings) as organisation:
        parsed = await read_levels(disk, DISK, settings.rules, organisation, alone)
    paths = [file.path for file in files]
    texts = {**dict.fromkeys(paths, ""), **await disk.read_files(DISK, paths)}
    rules = sum(rule.source.path in texts for each in parsed for rule in each.rules)
    async with PatternWorker() as worker:
        found = await check_levels(parsed, disk.paths if disk.is_repository else (), texts, worker)
    if organisation.unread:
        found = tuple(_with_doubt(each, organisation.unread.origin) for each in found)
    standings = await check_standing_files(disk, chosen, settings.rules, organisation.project)
    said = (*found, *chain.from_iterable(standings.values()))
    return _Checked(disk.top, (*texts, *standings), rules, said)


def _settings(disk: DiskFiles) -> Settings:
    """The settings, with the repository's own as they are on disk. Raises SettingsError."""
    file = disk.top / REPOSITORY_FILE
    text = file.read_text(encoding="utf-8", errors="replace") if disk.is_repository and file.is_file() else None
    return load_settings(os.environ, repository_text=text).settings


@asynccontextmanager
async def _organisation_of(disk: DiskFiles, settings: Settings) -> AsyncIterator[Organisation]:
    """The organisation's rules as far as a review of a local range would read them."""
    if not disk.is_repository:
        yield NOWHERE
        return
    async with open_organisation_of(LocalRange(disk.top, uncommitted=True), settings, os.environ) as organisation:
        yield organisation


def _with_doubt(diagnostic: RuleDiagnostic, unread: str) -> RuleDiagnostic:
    """A rule that nobody knows may be the organisation's, whose rules were not read."""
    if diagnostic.code != "unknown-rule":
        return diagnostic
    return replace(diagnostic, text=f"{diagnostic.text} (the rules of {unread} were not read)", is_error=False)


def _names(checked: _Checked, paths: Sequence[str], style: str) -> list[str]:
    """Paths as this folder's user calls them; in SARIF, which is for others, from the root of the repository."""
    if style == "sarif":
        return list(paths)
    return [os.path.relpath(checked.top / path) for path in paths]


def _line(diagnostic: RuleDiagnostic) -> str:
    kind, colour = ("error", "red") if diagnostic.is_error else ("warning", "yellow")
    place = click.style(f"{one_line(diagnostic.path)}:{diagnostic.line}:", bold=True)
    line = f"{place} {click.style(f'{kind}:', fg=colour, bold=True)} {one_line(diagnostic.text)}"
    return line if is_coloured() else for_log(click.unstyle(line))


def _summary(files: int, rules: int, said: Sequence[RuleDiagnostic]) -> str:
    if not files:
        return "There is no file of rules here. `pr-reviewer rules new` prints one to start with."
    errors = sum(each.is_error for each in said)
    found = [count(number, noun) for number, noun in ((errors, "error"), (len(said) - errors, "warning")) if number]
    return f"{count(rules, 'rule')} in {count(files, 'file')}: {', '.join(found) or 'nothing is wrong'}"
