"""`rules check` for `repositories.toml`: which files are meant, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pr_reviewer.cli.rules_disk import DISK, DiskFiles, path_inside
from pr_reviewer.rules.check import RuleDiagnostic
from pr_reviewer.rules.check_standing import check_standings
from pr_reviewer.rules.standing import FILE, parse_standings
from pr_reviewer.settings.schema.sections import RuleSettings
from pr_reviewer.workflows.organisation import wanted_name
from pr_reviewer.workflows.rulebook import UNREADABLE

Found = tuple[RuleDiagnostic, ...]


async def check_standing_files(
    disk: DiskFiles, chosen: Sequence[Path], settings: RuleSettings, project: str
) -> Mapping[str, Found]:
    """What is wrong with each file that `chosen` means. `project` is the repository's name, "" if it is not known."""
    paths = _meant(disk, chosen)
    texts = await disk.read_files(DISK, paths)
    if not chosen and (place := _elsewhere(settings, project)):
        return {path: (_unread(path, place),) for path in paths}
    return {path: _check(path, texts.get(path)) for path in paths}


def _meant(disk: DiskFiles, chosen: Sequence[Path]) -> tuple[str, ...]:
    """Those that are named, or lie in a folder that is; without one, that at the top."""
    if not chosen:
        return tuple(path for path in disk.paths if path == FILE)
    named = (path / FILE if path.is_dir() else path for path in chosen)
    found = [path for path in named if path.name == FILE and path.is_file()]
    return tuple(dict.fromkeys(path_inside(disk.top, path) or str(path.resolve()) for path in found))


def _elsewhere(settings: RuleSettings, project: str) -> str:
    """Where the file is read from instead of the top of this repository; "" where it may be from here."""
    wanted = wanted_name(settings.organisation_repository or "", project)
    if not project or wanted.lower() == project.lower():
        return ""
    return " or ".join(filter(None, (wanted and f"at the top of {wanted}", "in the operator's folder")))


def _unread(path: str, place: str) -> RuleDiagnostic:
    text = f"no review reads this file: it counts {place}"
    return RuleDiagnostic("standing-without-effect", path, 1, text, is_error=False)


def _check(path: str, text: str | None) -> Found:
    if text is None:
        return (RuleDiagnostic("unreadable-file", path, 1, UNREADABLE),)
    return check_standings(parse_standings(text, path), path)
