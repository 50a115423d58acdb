"""The organisation's repository, as a review of a pull request would read it: whether it is there for our token."""

from pr_reviewer.doctor.check import Check, State
from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.model.rules import Unread
from pr_reviewer.providers.base import Tip, TipOpener
from pr_reviewer.report.amounts import count
from pr_reviewer.workflows.organisation import open_organisation, organisation_paths, wanted_name

NAME = "organisation"
_INCOMPLETE = "Every review says so and counts as incomplete; correct the setting, or what the token may read."


async def organisation_check(named: str, project: str, opener: TipOpener) -> Check:
    """What a review of `project` gets from the repository that `rules.organisation_repository` names."""
    try:
        organisation = await open_organisation(named, project, opener)
        if organisation.unread:
            return _of_unread(organisation.unread)
        return await _of_tip(organisation.tip, wanted_name(named, project))
    except ReviewerError as error:
        return Check(NAME, State.FAIL, error.message, error.hint)


def _of_unread(unread: Unread) -> Check:
    """One that is missing under its default name is usual, and nothing to act on."""
    said = f"{unread.origin} is not read: {unread.why}"
    return Check(NAME, State.SKIPPED, said) if unread.is_expected else Check(NAME, State.FAIL, said, _INCOMPLETE)


async def _of_tip(tip: Tip | None, name: str) -> Check:
    files = tuple(organisation_paths(await tip.files.list_files(tip.sha))) if tip else ()
    if tip is None or not files:
        todo = "Commit a best_practices.md to its default branch."
        return Check(NAME, State.WARN, f"{name} can be read, and holds neither rules nor settings", todo)
    said = f"{tip.project} is read at {tip.sha[:12]}: {count(len(files), 'file')} of rules and settings"
    return Check(NAME, State.OK, said)
