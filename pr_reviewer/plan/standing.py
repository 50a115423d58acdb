"""Where the organisation says that a repository stands, in the words of a prompt and of a summary."""

from collections.abc import Iterable

from pr_reviewer.diff.text import display
from pr_reviewer.masking import mask
from pr_reviewer.model.changes import FileDiff, FileStatus
from pr_reviewer.model.rules import Quality, Standing, Status
from pr_reviewer.plan.fence import fence
from pr_reviewer.plan.paths import Sort, sort_of
from pr_reviewer.plan.templates import Templates

_MOST_NOTE = 2_000  # characters
_MOST_EXEMPLARS = 20
_LONGEST_NAME = 200
_NEW_FILE = 20  # lines of source: less is a shim or a constant
_MUCH = 100  # lines of source more than before


def standing_text(standing: Standing, templates: Templates) -> str:
    """What every prompt says about the repository; "" for one like any other. The organisation's words are fenced."""
    exemplars = [_shortened(name, _LONGEST_NAME) for name in standing.exemplars[:_MOST_EXEMPLARS]]
    words = templates.render(
        "review/standing_words.md.j2",
        note=_shortened(standing.note, _MOST_NOTE),
        successor=_shortened(standing.successor, _LONGEST_NAME),
        exemplars=exemplars,
    )
    return templates.render(
        "review/standing.md.j2",
        is_legacy=standing.quality is Quality.LEGACY,
        is_exemplary=standing.quality is Quality.EXEMPLARY,
        is_deprecated=standing.status is Status.DEPRECATED,
        has_exemplars=bool(exemplars),
        words=fence(words, "what the organisation says") if words else "",
    )


def successor_remark(standing: Standing, files: Iterable[FileDiff]) -> str:
    """One sentence that names the successor of a deprecated repository, if the change adds a feature to it; else "".

    A feature is a new file of source of some length, or a hundred lines of source more than before: repairs are less.
    """
    if standing.status is not Status.DEPRECATED or not standing.successor:
        return ""
    sources = [file for file in files if sort_of(file.path) is Sort.SOURCE]
    has_new_file = any(file.status is FileStatus.ADDED and file.added_lines >= _NEW_FILE for file in sources)
    if not has_new_file and sum(file.added_lines - file.removed_lines for file in sources) < _MUCH:
        return ""
    successor = _shortened(standing.successor, _LONGEST_NAME)
    return f"This repository is deprecated, and the change adds to it: new features belong in {successor}."


def _shortened(text: str, most: int) -> str:
    text = display(mask(text.strip()).text)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
