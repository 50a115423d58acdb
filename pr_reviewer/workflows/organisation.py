"""The organisation's repository: rules, settings and the standing of its repositories, for all of them alike.

It is read at the tip of its default branch. What cannot be read is no error here but a fact that the review states.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pr_reviewer.model.errors import ProviderError, ProviderRefused
from pr_reviewer.model.rules import Unread
from pr_reviewer.providers.base import Tip, TipOpener
from pr_reviewer.rules.sources import shared_files
from pr_reviewer.rules.standing import FILE as STANDING_FILE

DEFAULT = "{owner}/.pr-reviewer"
"""The name that is looked for where nobody has set one."""

SETTINGS_FILE = ".pr_reviewer.toml"

_MOVED = 301
_HIDDEN = "it is not there, or our token may not read it: the provider does not tell which"
_TO_GRANT = "; give the token `contents: read` on it, or correct rules.organisation_repository"


@dataclass(frozen=True, slots=True)
class Organisation:
    """What an organisation says: its repository, or why that is not read; neither where there is nothing to read.

    `project` is the name of the repository under review on its provider (`octo/app`), "" where it is not known.
    """

    project: str = ""
    tip: Tip | None = None
    unread: Unread | None = None


NOWHERE = Organisation()


async def open_organisation(named: str | None, project: str, opener: TipOpener) -> Organisation:
    """The repository that `rules.organisation_repository` names, for a review of `project`.

    One that is missing under the default name is to be expected; one that somebody named is not.
    """
    if named is None:
        return Organisation(project)
    wanted = wanted_name(named, project)
    is_default = named == DEFAULT
    try:
        tip = await opener.open_tip(wanted, organisation_paths)
    except ProviderError as exc:
        is_moved = isinstance(exc, ProviderRefused) and exc.status == _MOVED
        return Organisation(project, unread=Unread(wanted, exc.message, is_expected=is_default and is_moved))
    except OSError as exc:
        return Organisation(project, unread=Unread(wanted, f"it cannot be kept on this machine: {exc.strerror}"))
    if tip is None:
        why = _HIDDEN if is_default else f"{_HIDDEN}{_TO_GRANT}"
        return Organisation(project, unread=Unread(wanted, why, is_expected=is_default))
    return Organisation(project, tip if tip.sha else None)


def wanted_name(named: str, project: str) -> str:
    """`{owner}/.pr-reviewer` → `octo/.pr-reviewer` for a review of `octo/app`."""
    return named.replace("{owner}", project.partition("/")[0])


def organisation_paths(paths: Sequence[str]) -> Iterable[str]:
    """Of all files of the organisation's repository, those that are read."""
    own = {SETTINGS_FILE, STANDING_FILE}
    return (*(path for path in paths if path in own), *(file.path for file in shared_files(paths, "")))
