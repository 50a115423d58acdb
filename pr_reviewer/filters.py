"""Which pull requests are looked at without being asked. Pure; each reason is a clause for people.

What a person asks for in a comment passes no filter: they mean this pull request. Every function that reads globs
raises SettingsError for one that is none.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from pr_reviewer.model.commands import CommandName
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.events import PullState
from pr_reviewer.model.triggers import Occasion, RunAutomatic
from pr_reviewer.rules.select import compiled
from pr_reviewer.settings.schema.sections import AutomaticSettings


def automatic_commands(trigger: RunAutomatic, settings: AutomaticSettings) -> tuple[CommandName, ...]:
    """What the settings list for this occasion, each once, in their order."""
    if trigger.occasion is Occasion.LABELED and not _share([trigger.label], settings.trigger_labels):
        return ()
    commands: tuple[CommandName, ...] = getattr(settings, trigger.occasion)
    return tuple(dict.fromkeys(commands))


def why_skipped(pull: PullState, settings: AutomaticSettings) -> str | None:
    """Why nothing runs by itself on this pull request, as far as it says so itself; None: it may."""
    return next(_reasons(pull, settings), None)


def why_paths_skipped(paths: Collection[str], settings: AutomaticSettings) -> str | None:
    """The same for the changed files."""
    if settings.only_paths and not _is_among(paths, settings.only_paths, "only_paths"):
        return "no changed file is among automatic.only_paths"
    return None


def _reasons(pull: PullState, settings: AutomaticSettings) -> Iterator[str]:
    yield from _of_kind(pull, settings)
    yield from _of_labels(pull.labels, settings)
    if _is_like(pull.author.login, settings.skip_authors):
        yield "its author is among automatic.skip_authors"
    if _is_like(pull.title, settings.skip_titles):
        yield "its title is among automatic.skip_titles"
    yield from _of_branches(pull, settings)
    yield from _of_size(pull, settings)


def _of_kind(pull: PullState, settings: AutomaticSettings) -> Iterator[str]:
    if pull.is_draft and not settings.drafts:
        yield "it is a draft"
    if pull.author.is_bot and not settings.bots:
        yield "a bot opened it"
    if pull.is_fork and not settings.forks:
        yield "it comes from a fork"


def _of_labels(labels: Sequence[str], settings: AutomaticSettings) -> Iterator[str]:
    if settings.only_labels and not _share(labels, settings.only_labels):
        yield "it has no label of automatic.only_labels"
    if _share(labels, settings.skip_labels):
        yield "it has a label of automatic.skip_labels"


def _share(labels: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether one label is in both. Providers tell no labels apart by their case."""
    return not {each.casefold() for each in labels}.isdisjoint(each.casefold() for each in wanted)


def _of_branches(pull: PullState, settings: AutomaticSettings) -> Iterator[str]:
    bases, heads = settings.only_base_branches, settings.skip_head_branches
    if bases and not _is_among([pull.base.branch], bases, "only_base_branches"):
        yield "its base branch is not among automatic.only_base_branches"
    if heads and _is_among([pull.head.branch], heads, "skip_head_branches"):
        yield "its branch is among automatic.skip_head_branches"


def _of_size(pull: PullState, settings: AutomaticSettings) -> Iterator[str]:
    if settings.max_files is not None and (pull.changed_files or 0) > settings.max_files:
        yield f"it changes {pull.changed_files} files, more than automatic.max_files"
    if settings.max_lines is not None and (pull.changed_lines or 0) > settings.max_lines:
        yield f"it changes {pull.changed_lines} lines, more than automatic.max_lines"


def _is_like(text: str, patterns: Sequence[str]) -> bool:
    """Whether one of the patterns is the whole text; `*` is any characters, and there is nothing else in them."""
    return any(_matches(pattern.casefold(), text.casefold()) for pattern in patterns)


def _matches(pattern: str, text: str) -> bool:
    """In linear time: each piece between stars at the first place where it can stand."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _is_among(paths: Iterable[str], globs: Sequence[str], key: str) -> bool:
    try:
        matches = compiled(globs).match_file
    except ValueError as exc:
        raise SettingsError(f"automatic.{key} holds something that is no glob: {exc}") from exc
    return any(map(matches, paths))
