"""Two reviewers at once, under one name: in the end everything stands once."""

import asyncio

import pytest

from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.posting import CheckState
from tests.fakes.github import Fault
from tests.providers.github.builders import check, comment, draft, opened, scene, summary

FAR = comment("far", "app.py", 20)


@pytest.fixture
def github(server):
    return scene(server)


@pytest.fixture
def access(github):
    return github.access(github.token("actions"), in_actions=True)


async def say_all(github, access, folder, text="All is said.", comments=()):
    async with opened(github, access, folder) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
        posted = await pull.post_review(draft(github, *comments))
        await pull.put_summary(github.pull.head_sha, summary(text))
        await pull.set_check(check(github))
        return posted


def names(github):
    return sorted(found.body.split("**")[1] for found in github.pull.review_comments())


async def test_five_reviewers_at_once_say_everything_once(github, access, tmp_path):
    await asyncio.gather(*(say_all(github, access, tmp_path) for _ in range(5)))
    assert names(github) == ["new", "ten"]
    assert [found.body for found in github.pull.comments()] == [summary()]
    assert {run.conclusion for run in github.pull.checks()} == {"success"}


async def test_reviewers_that_both_have_to_build_their_review_say_everything_once(github, access, tmp_path):
    comments = (*draft(github).comments, FAR)
    await asyncio.gather(*(say_all(github, access, tmp_path, comments=comments) for _ in range(3)))
    assert names(github) == ["new", "ten"]
    assert {found.state for found in github.pull.reviews()} == {"COMMENTED"}
    assert len(github.pull.comments()) == 1


async def test_a_comment_that_another_posts_between_look_and_write_goes_again(server, github, access, tmp_path):
    def other(_):
        ten = draft(github).comments[0]
        place = {"path": ten.path, "line": 10, "side": "RIGHT", "body": ten.body}
        github.pull.review("github-actions[bot]", "theirs", comments=[place])

    server.on("POST */reviews", other)
    await say_all(github, access, tmp_path)
    assert names(github) == ["new", "ten"]
    assert [found.review.body for found in github.pull.review_comments()] == ["theirs", "Two remarks."]


async def test_a_twin_that_somebody_answered_stays(server, github, access, tmp_path):
    def other(_):
        ten = draft(github).comments[0]
        place = {"path": ten.path, "line": 10, "side": "RIGHT", "body": ten.body}
        github.pull.review("github-actions[bot]", "theirs", comments=[place])

    def answer(_):
        from tests.fakes.github.review_rules import add_reply

        twin = github.pull.threads()[1]
        add_reply(github.pull.world, twin, github.pull.world.account("octocat"), "Really?", review=None)

    server.on("POST */reviews", other)
    server.on("POST */reviews", answer, after=True)
    await say_all(github, access, tmp_path)
    assert sorted(found.body for found in github.pull.review_comments() if "Really" in found.body) == ["Really?"]


async def test_a_summary_that_another_creates_between_look_and_write_is_the_one_that_stays(
    server, github, access, tmp_path
):
    server.on(
        "POST */issues/*/comments", lambda _: github.pull.comment("github-actions[bot]", summary("Somebody else's."))
    )
    async with opened(github, access, tmp_path) as pull:
        await pull.put_summary(github.pull.head_sha, summary("Ours."))
    assert [found.body for found in github.pull.comments()] == [summary("Ours.")]


async def test_a_summary_created_twice_with_lost_answers_ends_as_one(server, github, access, tmp_path):
    server.fault("POST */issues/*/comments", Fault.RESET, times=1, after=True)
    server.fault("DELETE */issues/comments/*", Fault.RESET, after=True)
    server.on("POST */issues/*/comments", lambda _: github.pull.comment("github-actions[bot]", summary("Another.")))
    async with opened(github, access, tmp_path) as pull:
        await pull.put_summary(github.pull.head_sha, summary("Ours."))
    assert [found.body for found in github.pull.comments()] == [summary("Ours.")]


async def test_nobody_else_s_words_are_taken_for_ours(github, access, tmp_path):
    place = {"path": "app.py", "line": 10, "side": "RIGHT", "body": draft(github).comments[0].body}
    github.pull.review("mallory", "", comments=[place])
    github.pull.comment("mallory", summary("Nothing to see here."))
    github.pull.comment("github-actions", summary("A person with our name."))
    async with opened(github, access, tmp_path) as pull:
        standing = await pull.standing()
    assert (standing.fingerprints, standing.summary) == (frozenset(), None)
    await say_all(github, access, tmp_path)
    assert names(github) == ["new", "ten", "ten"]
    assert [found.body for found in github.pull.comments()][:1] == [summary("Nothing to see here.")]
    assert len(github.pull.comments()) == 3


async def test_a_quoted_marker_is_no_marker(github, access, tmp_path):
    github.pull.comment("github-actions[bot]", f"{summary()}\n\nas the reviewer said")
    async with opened(github, access, tmp_path) as pull:
        await pull.put_summary(github.pull.head_sha, summary())
    assert len(github.pull.comments()) == 2


async def test_a_shared_name_is_told_so(github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        assert (await pull.standing()).is_shared
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        assert not (await pull.standing()).is_shared


async def test_threads_say_what_became_of_them(github, access, tmp_path):
    await say_all(github, access, tmp_path)
    github.pull.resolve(github.pull.threads()[1])
    github.repository.commit("feature", {"new.py": "new\n", "app.py": "line 1\n"})
    async with opened(github, access, tmp_path) as pull:
        standing = await pull.standing()
    assert [(found.fingerprint, found.is_resolved, found.is_outdated) for found in standing.threads] == [
        ("v1:ten", False, True),
        ("v1:new", True, False),
    ]
    assert standing.summary == summary()
    assert standing.head_sha == github.pull.head_sha


async def test_a_finding_that_stands_in_a_resolved_thread_is_not_posted_again(github, access, tmp_path):
    await say_all(github, access, tmp_path)
    github.pull.resolve(github.pull.threads()[0])
    posted = await say_all(github, access, tmp_path)
    assert posted.standing == ("v1:ten", "v1:new")
    assert names(github) == ["new", "ten"]


async def test_what_stands_is_found_behind_hundreds_of_others(github, access, tmp_path):
    for number in range(130):
        github.pull.comment("chatty", f"remark {number}")
    places = [{"path": "app.py", "line": 10, "side": "RIGHT", "body": f"thread {number}"} for number in range(130)]
    github.pull.review("chatty", "", comments=places)
    await say_all(github, access, tmp_path)
    for number in range(130):
        github.pull.comment("chatty", f"more {number}")
    posted = await say_all(github, access, tmp_path, "Said again.")
    assert posted.standing == ("v1:ten", "v1:new")
    assert [found.body for found in github.pull.comments() if found.user.login != "chatty"] == [summary("Said again.")]


async def test_a_summary_that_somebody_deletes_between_look_and_write_is_written_anew(server, github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        first = await pull.put_summary(github.pull.head_sha, summary("First."))
        server.on("PATCH */issues/comments/*", lambda _: github.pull.record.issue_comments.clear())
        second = await pull.put_summary(github.pull.head_sha, summary("Second."))
    assert [found.body for found in github.pull.comments()] == [summary("Second.")]
    assert second != first


async def test_a_reply_that_somebody_deletes_between_look_and_write_is_written_anew(server, github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        await pull.reply(None, "conversation:1", "First.")
        server.on("PATCH */issues/comments/*", lambda _: github.pull.record.issue_comments.clear())
        await pull.reply(None, "conversation:1", "Second.")
    assert [found.body[:7] for found in github.pull.comments()] == ["Second."]


async def test_a_summary_that_stands_and_still_cannot_be_found_is_told(server, github, access, tmp_path):
    """As GitHub answers whoever may not write."""
    async with opened(github, access, tmp_path) as pull:
        await pull.put_summary(github.pull.head_sha, summary("First."))
        standing = list(github.pull.record.issue_comments)
        server.on("PATCH */issues/comments/*", lambda _: github.pull.record.issue_comments.clear(), times=9)
        server.on(
            "PATCH */issues/comments/*",
            lambda _: github.pull.record.issue_comments.extend(standing),
            times=9,
            after=True,
        )
        with pytest.raises(ProviderRefused, match="finds no such thing"):
            await pull.put_summary(github.pull.head_sha, summary("Second."))
