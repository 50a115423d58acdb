"""A server posts behind a fence: a twin that was frozen when it looked, and goes on later, says nothing twice."""

import pytest

from pr_reviewer.model.errors import ProviderError
from pr_reviewer.providers.github.opening import open_office
from tests.fakes.github import Fault
from tests.providers.github.builders import comment, draft, opened, scene

TEN, NEW = comment("ten"), comment("new", "new.py", 1)
FAR = comment("far", "app.py", 20)
MOMENTS = (
    "GRAPHQL mutation addPullRequestReview",
    "GRAPHQL mutation addPullRequestReviewThread*",
    "GRAPHQL mutation submitPullRequestReview",
)


class NotOurs(ProviderError):
    """The work is somebody else's by now."""


async def open_fence():
    """Nobody is in the way."""


@pytest.fixture
def github(server):
    return scene(server)


@pytest.fixture
def access(github):
    return github.access(github.token())


def names(github):
    return sorted(found.body.split("**")[1] for found in github.pull.review_comments())


def states(github):
    return sorted(review.state for review in github.pull.reviews())


def place(given):
    return {"path": given.path, "line": given.lines.last, "side": "RIGHT", "body": given.body}


async def test_a_review_is_built_and_submitted_whole(github, access, tmp_path):
    async with opened(github, access, tmp_path, fence=open_fence) as pull:
        posted = await pull.post_review(draft(github, TEN, FAR, NEW))
    assert (posted.placed, [no.comment for no in posted.refused]) == (("v1:ten", "v1:new"), [FAR])
    assert (names(github), states(github)) == (["new", "ten"], ["COMMENTED"])
    assert "POST /repos/octo/app/pulls/1/reviews" not in github.server.log.names


async def test_whoever_is_no_longer_in_charge_posts_nothing(github, access, tmp_path):
    async def closed_fence():
        raise NotOurs("others do it")

    async with opened(github, access, tmp_path, fence=closed_fence) as pull:
        with pytest.raises(NotOurs):
            await pull.post_review(draft(github, TEN))
    assert (names(github), states(github)) == ([], [])


@pytest.mark.parametrize("said", [[TEN], [TEN, NEW]], ids=["some of it", "all of it"])
async def test_what_a_twin_says_after_we_looked_is_not_said_again(github, access, tmp_path, said):
    """Frozen after it looked: the twin has posted when it goes on."""
    github.server.on(MOMENTS[0], lambda _: github.pull.review("reviewer", comments=[place(each) for each in said]))
    async with opened(github, access, tmp_path, fence=open_fence) as pull:
        posted = await pull.post_review(draft(github, TEN, NEW))
    assert names(github) == ["new", "ten"]
    assert set(states(github)) == {"COMMENTED"}
    assert set(posted.placed) | set(posted.standing) == {"v1:ten", "v1:new"}
    assert posted.refused == ()


@pytest.mark.parametrize("moment", MOMENTS[1:])
async def test_a_review_that_a_twin_has_thrown_away_and_made_itself_is_not_made_again(github, access, tmp_path, moment):
    """Frozen in the middle: the twin found what was half made, deleted it, and posted its own."""

    def twin(_):
        pending = [review for review in github.pull.reviews() if review.state == "PENDING"]
        for review in pending:
            github.pull.record.reviews.remove(review)
            github.pull.record.threads[:] = [
                thread for thread in github.pull.record.threads if thread.comments[0].review is not review
            ]
        github.pull.review("reviewer", comments=[place(TEN), place(NEW)])

    github.server.on(moment, twin)
    async with opened(github, access, tmp_path, fence=open_fence) as pull:
        await pull.post_review(draft(github, TEN, NEW))
    assert (names(github), states(github)) == (["new", "ten"], ["COMMENTED"])


async def test_what_a_crash_left_half_made_is_begun_afresh(github, access, tmp_path):
    github.server.fault(MOMENTS[2], Fault.RESET, 20)
    with pytest.raises(ProviderError):
        async with opened(github, access, tmp_path, fence=open_fence) as pull:
            await pull.post_review(draft(github, TEN))
    assert states(github) == ["PENDING"]
    github.server.clear_faults()
    async with opened(github, access, tmp_path, fence=open_fence) as pull:
        posted = await pull.post_review(draft(github, TEN, NEW))
    assert set(posted.placed) == {"v1:ten", "v1:new"}
    assert (names(github), states(github)) == (["new", "ten"], ["COMMENTED"])


async def test_an_office_keeps_the_tokens_of_its_repositories(github, tmp_path):
    app = github.server.app(permissions={"checks": "write", "contents": "read", "pull_requests": "write"})
    installation = app.install("octo")
    access = github.access(app_id=str(app.id), private_key=app.private_key)
    async with open_office(access) as office:
        for _ in range(2):
            credentials = office.credentials(installation.id, "octo/app")
            async with opened(github, access, tmp_path, credentials=credentials) as pull:
                await pull.pull_request()
        assert len([name for name in github.server.log.names if name.endswith("/access_tokens")]) == 1
        office.forget(installation.id)
        assert office.credentials(installation.id, "octo/app") is not credentials


async def test_an_office_with_a_token_has_no_credentials_of_its_own(github):
    async with open_office(github.access(github.token())) as office:
        assert office.credentials(None, "octo/app") is None
