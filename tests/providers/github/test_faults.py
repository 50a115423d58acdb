"""Every fault at every call: what was asked for is there in the end, once."""

import itertools
from dataclasses import replace

import pytest

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.errors import ProviderUnavailable
from pr_reviewer.model.posting import Annotation, AnnotationLevel, CheckState
from pr_reviewer.providers.github.client import Patience
from tests.fakes.github import Fault
from tests.providers.github.builders import TO_POST, check, comment, draft, opened, scene, summary

READS = ("GRAPHQL viewer,repository", "GET /repos/*/compare/*", "GET */check-runs")
APP = ("GET /repos/*/installation", "POST */access_tokens")
WRITES = ("POST */check-runs", "POST */reviews", "POST */issues/*/comments", "PATCH */check-runs/*")
BEFORE = [
    fault
    for fault in Fault
    if fault not in (Fault.REDIRECT, Fault.HANG, Fault.SECONDARY_IN_WORDS)  # the last is git's
]
AFTER = (Fault.BAD_GATEWAY, Fault.RESET, Fault.TRUNCATED, Fault.HTML)


async def review(github, pull):
    read = await pull.pull_request()
    await pull.set_check(check(github, CheckState.IN_PROGRESS, title="Reviewing"))
    posted = await pull.post_review(draft(github))
    await pull.put_summary(read.head.sha, summary())
    await pull.set_check(check(github))
    return posted


def app_access(server, github):
    app = server.app(permissions=TO_POST)
    app.install("octo")
    return github.access(app_id=str(app.id), private_key=app.private_key)


def assert_said_once(github, posted):
    assert sorted(posted.placed) == ["v1:new", "v1:ten"]
    assert sorted(comment.body.split("**")[1] for comment in github.pull.review_comments()) == ["new", "ten"]
    assert [found.state for found in github.pull.reviews()] == ["COMMENTED"]
    assert [found.body for found in github.pull.comments()] == [summary()]
    assert [(run.status, run.conclusion) for run in github.pull.checks()] == [("completed", "success")]


@pytest.mark.parametrize("fault", BEFORE)
async def test_a_fault_before_every_call_costs_nothing_but_time(server, tmp_path, fault):
    github = scene(server)
    server.rules.retry_after = 0
    access = app_access(server, github)
    for call in (*APP, *READS, *WRITES):
        server.fault(call, fault, times=2)
    async with opened(github, access, tmp_path) as pull:
        assert_said_once(github, await review(github, pull))
    assert sum(bool(exchange.fault) for exchange in server.log.api) >= len((*APP, *READS, *WRITES))


@pytest.mark.parametrize("fault", AFTER)
async def test_no_write_is_done_twice_where_every_answer_is_lost_once(server, tmp_path, fault):
    github = scene(server)
    access = app_access(server, github)
    for call in (*APP, *WRITES):
        server.fault(call, fault, after=True)
    async with opened(github, access, tmp_path) as pull:
        assert_said_once(github, await review(github, pull))


@pytest.mark.parametrize("call", [*APP, *WRITES])
async def test_a_write_whose_answer_is_lost_is_not_done_twice(server, tmp_path, call):
    github = scene(server)
    access = app_access(server, github)
    server.fault(call, Fault.RESET, after=True)
    async with opened(github, access, tmp_path) as pull:
        assert_said_once(github, await review(github, pull))


@pytest.mark.parametrize("call", [*READS[:2], *WRITES])
async def test_a_provider_that_stays_away_is_an_error_that_says_how_often_it_was_asked(server, tmp_path, call):
    github = scene(server)
    access = app_access(server, github)
    server.fault(call, Fault.UNAVAILABLE, times=100)
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(ProviderUnavailable, match=r"GitHub failed \(503: Unavailable\) \(tried 6 times\)"):
            await review(github, pull)


@pytest.mark.parametrize("call", WRITES)
async def test_a_run_that_dies_after_a_write_is_completed_by_the_next_one(server, tmp_path, call):
    github = scene(server)
    access = app_access(server, github)
    server.fault(call, Fault.RESET, times=1, after=True)
    async with opened(github, dying(access), tmp_path) as pull:
        with pytest.raises(ProviderUnavailable):
            await review(github, pull)
    async with opened(github, access, tmp_path) as pull:
        posted = await review(github, pull)
    assert sorted((*posted.placed, *posted.standing)) == ["v1:new", "v1:ten"]
    assert sorted(comment.body.split("**")[1] for comment in github.pull.review_comments()) == ["new", "ten"]
    assert [found.state for found in github.pull.reviews()] == ["COMMENTED"]
    assert [found.body for found in github.pull.comments()] == [summary()]
    assert [(run.status, run.conclusion) for run in github.pull.checks()] == [("completed", "success")]


def dying(access):
    """The same with no patience at all: the first lost answer ends the run."""
    return replace(access, patience=Patience(attempts=1))


async def test_a_second_run_says_nothing_twice(server, tmp_path):
    github = scene(server)
    access = app_access(server, github)
    for _ in range(2):
        async with opened(github, access, tmp_path) as pull:
            posted = await review(github, pull)
    assert posted.standing == ("v1:ten", "v1:new")
    assert not posted.placed
    assert len(github.pull.review_comments()) == 2
    assert len(github.pull.comments()) == 1
    assert len(github.pull.checks()) == 1


async def longest_review(github, pull):
    """All that a review can ask: rules elsewhere, a comment that is refused, more annotations than one call takes."""
    read = await pull.pull_request()
    await pull.open_tip("octo/.pr-reviewer", lambda paths: paths)
    await pull.set_check(check(github, CheckState.IN_PROGRESS, title="Reviewing"))
    far = comment("far", "app.py", 20)  # between the hunks
    posted = await pull.post_review(draft(github, comment("ten"), comment("new", "new.py", 1), far))
    await pull.put_summary(read.head.sha, summary())
    lines = [Annotation("app.py", LineRange(n, n), AnnotationLevel.NOTICE, f"{n}", "Look.") for n in range(1, 61)]
    await pull.set_check(check(github, annotations=tuple(lines)))
    return posted


@pytest.mark.parametrize("number", range(18))
async def test_whichever_answer_is_lost_everything_is_said_once(server, tmp_path, number):
    github = scene(server, private=True)
    access = app_access(server, github)
    calls = itertools.count()
    server.fault(lambda request: ".git/" not in request.path and next(calls) == number, Fault.RESET, after=True)
    async with opened(github, access, tmp_path) as pull:
        assert_said_once(github, await longest_review(github, pull))
    (run,) = github.pull.checks()
    assert [found["title"] for found in run.annotations] == [f"{n}" for n in range(1, 61)]
    assert [exchange.fault for exchange in server.log.api if exchange.fault] == ["reset after"]
    assert len(server.log.api) >= 18
