import pytest

from pr_reviewer.model.errors import GitError, ProviderRefused, ProviderUnavailable
from pr_reviewer.model.rules import Unread
from pr_reviewer.providers.base import Tip
from pr_reviewer.workflows.organisation import DEFAULT, Organisation, open_organisation, organisation_paths
from tests.fakes.provider import FakeProvider

HIDDEN = "it is not there, or our token may not read it: the provider does not tell which"


class Opener:
    """A `TipOpener` with one answer; `asked` are the names."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    async def open_tip(self, project, choose):  # noqa: ARG002
        self.asked.append(project)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def tip(sha="1" * 40):
    return Tip("octo/.pr-reviewer", sha, FakeProvider({}, {}))


async def test_the_default_name_follows_the_owner():
    opener = Opener(tip())
    assert await open_organisation(DEFAULT, "octo/app", opener) == Organisation("octo/app", opener.answer)
    assert opener.asked == ["octo/.pr-reviewer"]


async def test_a_name_of_its_own_is_taken_as_it_is():
    opener = Opener(tip())
    await open_organisation("holding/rules", "octo/app", opener)
    assert opener.asked == ["holding/rules"]


async def test_switched_off_nobody_is_asked():
    opener = Opener(tip())
    assert await open_organisation(None, "octo/app", opener) == Organisation("octo/app")
    assert opener.asked == []


async def test_a_repository_without_a_commit_says_nothing_and_is_no_gap():
    assert await open_organisation(DEFAULT, "octo/app", Opener(tip(""))) == Organisation("octo/app")


async def test_the_default_repository_may_be_missing():
    found = await open_organisation(DEFAULT, "octo/app", Opener(None))
    assert found.unread == Unread("octo/.pr-reviewer", HIDDEN, is_expected=True)


@pytest.mark.parametrize("named", ["holding/rules", "{owner}/rules"])
async def test_a_repository_that_somebody_named_may_not_be_missing(named):
    found = await open_organisation(named, "octo/app", Opener(None))
    assert found.unread is not None
    assert not found.unread.is_expected
    assert "contents: read" in found.unread.why


@pytest.mark.parametrize(
    ("error", "is_expected"),
    [
        (ProviderRefused("octo/.pr-reviewer has moved", status=301), True),
        (ProviderRefused("its certificate cannot be trusted"), False),
        (ProviderUnavailable("it does not answer"), False),
        (GitError("git broke"), False),
    ],
)
async def test_a_failure_is_a_gap_with_its_reason(error, is_expected):
    found = await open_organisation(DEFAULT, "octo/app", Opener(error))
    assert found.unread == Unread("octo/.pr-reviewer", error.message, is_expected=is_expected)
    named = await open_organisation("octo/.pr-reviewer", "octo/app", Opener(error))
    assert named.unread == Unread("octo/.pr-reviewer", error.message)


async def test_a_disk_that_takes_nothing_is_a_gap_too():
    found = await open_organisation(DEFAULT, "octo/app", Opener(PermissionError(13, "Permission denied")))
    assert found.unread == Unread("octo/.pr-reviewer", "it cannot be kept on this machine: Permission denied")


def test_of_all_files_rules_settings_and_standings_are_read():
    paths = [
        ".pr_reviewer.toml",
        "README.md",
        "best_practices.md",
        "best_practices/python/style.md",
        "profile/best_practices.md",
        "repositories.toml",
        "sub/repositories.toml",
    ]
    assert set(organisation_paths(paths)) == {
        ".pr_reviewer.toml",
        "best_practices.md",
        "best_practices/python/style.md",
        "repositories.toml",
    }
