"""Each kind of token with each permission missing: one clear sentence, and nothing half-posted."""

import pytest

from pr_reviewer.model.errors import ProviderRefused, ReviewerError, SettingsError
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import CheckState
from tests.providers.github.builders import TO_POST, check, draft, opened, scene, summary

CASES = {
    "pull_requests": ("Pull requests", "pull-requests"),
    "contents": ("Contents", "contents"),
    "statuses": ("Commit statuses", "statuses"),
    "checks": ("Checks", "checks"),
}


async def review(github, pull):
    read = await pull.pull_request()
    await pull.diff(read.merge_base_sha, read.head.sha)
    await pull.set_check(check(github, CheckState.IN_PROGRESS, title="Reviewing"))
    await pull.post_review(draft(github))
    await pull.put_summary(read.head.sha, summary())
    await pull.set_check(check(github))


async def refusal(github, access, tmp_path):
    """What a review is told; nothing may have been posted."""
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(ReviewerError) as refused:
            await review(github, pull)
    assert github.pull.reviews() == []
    assert github.pull.comments() == []
    return refused.value


def without(area):
    return {name: level for name, level in TO_POST.items() if name != area}


@pytest.mark.parametrize("area", ["pull_requests", "contents", "statuses"])
async def test_a_fine_grained_token_is_told_the_permission_that_it_lacks(server, tmp_path, area):
    github = scene(server, private=True)
    token = github.token("fine-grained", permissions=without(area))
    error = await refusal(github, github.access(token), tmp_path)
    assert CASES[area][0] in error.hint


@pytest.mark.parametrize("area", ["pull_requests", "contents", "checks"])
async def test_a_workflow_is_told_the_line_that_it_lacks(server, tmp_path, area):
    github = scene(server, private=True)
    token = github.token("actions", permissions=without(area))
    error = await refusal(github, github.access(token, in_actions=True), tmp_path)
    level = "write" if area == "checks" else "read"  # the first of both that is missed, with all that it is for
    assert f"`{CASES[area][1]}: {level}`" in error.hint


@pytest.mark.parametrize("area", ["pull_requests", "contents", "checks"])
async def test_an_app_is_told_the_permission_before_anything_is_asked(server, tmp_path, area):
    github = scene(server, private=True)
    app = server.app(permissions=without(area))
    app.install("octo")
    error = await refusal(github, github.access(app_id=str(app.id), private_key=app.private_key), tmp_path)
    assert error.message == f"the GitHub App lacks permissions on octo/app: {area}: {TO_POST[area]}"
    assert [exchange.name for exchange in server.log.api] == ["GET /repos/octo/app/installation"]


async def test_a_token_that_only_reads_is_refused_at_the_first_write(server, tmp_path):
    github = scene(server, private=True)
    reads = dict.fromkeys(("contents", "pull_requests", "statuses"), "read")
    error = await refusal(github, github.access(github.token("fine-grained", permissions=reads)), tmp_path)
    assert str(error) == (
        "cannot show the commit status in octo/app: GitHub refuses "
        "(403: Resource not accessible by personal access token)\n"
        "The token must be made for this repository, with the permission “Commit statuses: Read and write”."
    )


async def test_a_workflow_of_a_fork_reads_and_is_told_why_it_cannot_post(server, tmp_path):
    github = scene(server)
    token = github.token("actions", permissions={"contents": "read", "pull_requests": "read", "checks": "write"})
    error = await refusal(github, github.access(token, in_actions=True), tmp_path)
    assert error.message.startswith("cannot post the review in octo/app: GitHub refuses (403: ")
    assert error.hint == (
        "Add `pull-requests: write` to `permissions:` of the workflow's job "
        "(a pull request from a fork gets a token that only reads)."
    )


async def test_a_classic_token_without_scope_is_told_the_scope(server, tmp_path):
    github = scene(server, private=True)
    error = await refusal(github, github.access(github.token(scopes=["read:org"])), tmp_path)
    assert "the scope `repo`" in error.hint


async def test_a_classic_token_of_a_reader_is_told_that_its_owner_must_write(server, tmp_path):
    github = scene(server, private=True)
    github.repository.grant("reader", "read")
    error = await refusal(github, github.access(server.token("classic", user="reader")), tmp_path)
    assert error.message.startswith(
        "cannot show the commit status in octo/app: GitHub finds no such thing, or hides it"
    )
    assert "its owner write access" in error.hint


@pytest.mark.parametrize("token", ["ghp_unknown", "github_pat_unknown", "ghs_unknown", "0123456789abcdef"])
async def test_an_unknown_token_is_told_to_be_checked(server, tmp_path, token):
    github = scene(server)
    error = await refusal(github, github.access(token), tmp_path)
    assert error.message.startswith("GitHub does not accept the ")
    assert error.message.endswith("(401: Bad credentials)")
    assert token not in str(error)


async def test_a_token_for_another_repository_finds_nothing(server, tmp_path):
    github = scene(server, private=True)
    other = server.repository("octo/other")
    token = server.token("fine-grained", user="reviewer", permissions=TO_POST, repositories=[other])
    github.repository.grant("reviewer", "write")
    error = await refusal(github, github.access(token), tmp_path)
    assert "The token must be made for this repository" in error.hint


async def test_an_app_that_is_not_installed_says_so(server, tmp_path):
    github = scene(server, private=True)
    app = server.app(permissions=TO_POST)
    error = await refusal(github, github.access(app_id=str(app.id), private_key=app.private_key), tmp_path)
    assert error.message.startswith("cannot find the App's installation in octo/app")
    assert "The App must be installed on this repository" in error.hint


async def test_a_suspended_installation_says_so(server, tmp_path):
    github = scene(server, private=True)
    app = server.app(permissions=TO_POST)
    app.suspend(app.install("octo"))
    error = await refusal(github, github.access(app_id=str(app.id), private_key=app.private_key), tmp_path)
    assert "suspended" in error.hint


async def test_an_app_with_another_app_s_key_is_told_what_to_check(server, tmp_path):
    github = scene(server)
    app, other = server.app(permissions=TO_POST), server.app("Other", permissions=TO_POST)
    app.install("octo")
    error = await refusal(github, github.access(app_id=str(app.id), private_key=other.private_key), tmp_path)
    assert error.hint == "Check the App's id and private key, and the clock of this machine."


async def test_an_archived_repository_is_named_as_such(server, tmp_path):
    github = scene(server)
    token = github.token()
    github.repository.archive()
    error = await refusal(github, github.access(token), tmp_path)
    assert error.hint == "The repository is archived: nothing can be posted there."


async def test_a_locked_conversation_is_named_as_such(server, tmp_path):
    github = scene(server)
    github.pull.lock()
    error = await refusal(github, github.access(github.token("actions"), in_actions=True), tmp_path)
    assert error.hint == "The conversation is locked: unlock it, or give the token's owner write access."


async def test_without_any_token_nothing_is_asked(server, tmp_path):
    github = scene(server)
    with pytest.raises(SettingsError, match="GITHUB_TOKEN is not set"):
        async with opened(github, github.access(""), tmp_path):
            pass
    assert len(server.log) == 0


async def test_a_pull_request_that_does_not_exist_is_named(server, tmp_path):
    github = scene(server)
    async with opened(github, github.access(github.token()), tmp_path, url=f"{server.url}/octo/app/pull/99") as pull:
        with pytest.raises(ProviderRefused, match="cannot read the pull request in octo/app"):
            await pull.pull_request()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("admin", Permission.ADMIN),
        ("maintain", Permission.WRITE),
        ("write", Permission.WRITE),
        ("triage", Permission.READ),
        ("read", Permission.READ),
        ("none", Permission.NONE),
    ],
)
async def test_what_a_person_may_do_is_github_s_own_answer(server, tmp_path, role, expected):
    github = scene(server, private=True)
    github.repository.grant("somebody", role)
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        assert await pull.permission("somebody") is expected


async def test_a_name_that_is_a_path_reaches_no_other_address(server, tmp_path):
    github = scene(server)
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        assert await pull.permission("../../../user?x=") is Permission.NONE
    assert server.log.api[0].path.startswith("/repos/octo/app/collaborators/")
    server.violations.clear()  # GitHub has no such route either


async def test_nobody_may_do_nothing(server, tmp_path):
    github = scene(server, private=True)
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        assert await pull.permission("never-heard-of") is Permission.NONE
