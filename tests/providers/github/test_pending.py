"""The way out when GitHub refuses the one request: a pending review, built and submitted once."""

import pytest

from pr_reviewer.model.changes import Side
from pr_reviewer.model.errors import HeadMoved, ProviderRefused, ProviderUnavailable
from pr_reviewer.model.posting import DraftReview
from tests.fakes.github import Fault
from tests.fakes.github.review_rules import add_thread
from tests.providers.github.builders import comment, draft, opened, scene, summary
from tests.providers.github.test_faults import AFTER, dying

GOOD = (comment("ten"), comment("new", "new.py", 1))
BAD = {
    "far": comment("far", "app.py", 20),  # between the hunks
    "wide": comment("wide", "app.py", 10, 30),  # over two hunks
    "absent": comment("absent", "absent.py", 1),
    "left": comment("left", "new.py", 1, side=Side.OLD),  # a new file has no old lines
}
STEPS = (
    "GRAPHQL mutation addPullRequestReview",
    "GRAPHQL mutation addPullRequestReviewThread*",
    "GRAPHQL mutation submitPullRequestReview",
)


@pytest.fixture
def github(server):
    return scene(server)


@pytest.fixture
def access(github):
    return github.access(github.token())


def names(github):
    return sorted(found.body.split("**")[1] for found in github.pull.review_comments())


@pytest.mark.parametrize("name", BAD)
async def test_one_bad_comment_costs_no_good_one(github, access, tmp_path, name):
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD, BAD[name], body="Three remarks."))
    assert posted.placed == ("v1:ten", "v1:new")
    assert [(no.comment, no.why) for no in posted.refused] == [
        (BAD[name], "GitHub takes no comment at this place of the diff")
    ]
    assert [(found.state, found.body) for found in github.pull.reviews()] == [("COMMENTED", "Three remarks.")]
    assert posted.url.endswith(f"#pullrequestreview-{github.pull.reviews()[0].id}")
    assert names(github) == ["new", "ten"]


async def test_where_no_comment_has_a_place_no_review_is_left(github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *BAD.values()))
    assert [no.comment for no in posted.refused] == list(BAD.values())
    assert (posted.placed, posted.url, github.pull.reviews()) == ((), "", [])


async def test_a_file_that_github_finds_too_large_costs_no_other_one(github, access, tmp_path):
    github.pull.refuse_comments_on("new.py")
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github))
    assert posted.placed == ("v1:ten",)
    assert [no.comment.path for no in posted.refused] == ["new.py"]


async def test_a_comment_that_is_too_long_costs_no_other_one(github, access, tmp_path):
    long = comment("x" * 70_000)
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD, long))
    assert names(github) == ["new", "ten"]
    assert [no.comment for no in posted.refused] == [long]
    assert posted.refused[0].why.startswith("GitHub refuses it: ")


async def test_more_comments_than_one_mutation_takes_are_all_placed(github, access, tmp_path):
    github.repository.commit("feature", {"many.py": "".join(f"{number}\n" for number in range(60))})
    many = [comment(f"n{number}", "many.py", number) for number in range(1, 51)]
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *many, BAD["far"]))
    assert len(posted.placed) == len(github.pull.threads()) == 50


@pytest.mark.parametrize("fault", AFTER)
@pytest.mark.parametrize("call", STEPS)
async def test_a_lost_answer_repeats_nothing(server, github, access, tmp_path, call, fault):
    server.fault(call, fault, after=True)
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD, BAD["far"]))
    assert posted.placed == ("v1:ten", "v1:new")
    assert [no.comment for no in posted.refused] == [BAD["far"]]
    assert [found.state for found in github.pull.reviews()] == ["COMMENTED"]
    assert names(github) == ["new", "ten"]


@pytest.mark.parametrize("call", STEPS)
async def test_what_a_crash_left_pending_is_completed_by_the_next_run(server, github, access, tmp_path, call):
    server.fault(call, Fault.RESET, after=True)
    async with opened(github, dying(access), tmp_path) as pull:
        with pytest.raises(ProviderUnavailable):
            await pull.post_review(draft(github, *GOOD, BAD["far"]))
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD, BAD["far"]))
    assert sorted((*posted.placed, *posted.standing)) == ["v1:new", "v1:ten"]
    assert [found.state for found in github.pull.reviews()] == ["COMMENTED"]
    assert names(github) == ["new", "ten"]


@pytest.mark.parametrize("call", STEPS[:2])
async def test_what_a_crash_left_pending_on_an_older_head_is_deleted(server, github, access, tmp_path, call):
    server.fault(call, Fault.RESET, after=True)
    async with opened(github, dying(access), tmp_path) as pull:
        with pytest.raises(ProviderUnavailable):
            await pull.post_review(draft(github, *GOOD, BAD["far"]))
    github.repository.commit("feature", {"newer.py": "newer\n"})
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github))
    assert posted.placed == ("v1:ten", "v1:new")
    assert [(found.state, found.commit) for found in github.pull.reviews()] == [("COMMENTED", github.pull.head_sha)]


async def test_what_a_crash_left_with_other_findings_is_deleted(server, github, access, tmp_path):
    server.fault(STEPS[2], Fault.RESET)
    async with opened(github, dying(access), tmp_path) as pull:
        with pytest.raises(ProviderUnavailable):
            await pull.post_review(draft(github, comment("eleven", first=11), BAD["far"]))
    async with opened(github, access, tmp_path) as pull:
        await pull.post_review(draft(github))
    assert names(github) == ["new", "ten"]


async def test_a_person_s_own_unsubmitted_review_is_left_alone(server, github, access, tmp_path):
    github.pull.review("reviewer", "my own thoughts", event=None)
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github))
        await pull.put_summary(github.pull.head_sha, summary())
    assert [(no.comment, no.why.partition(", ")[0]) for no in posted.refused] == [
        (each, "reviewer has a pending review on this pull request") for each in draft(github).comments
    ]
    assert (posted.placed, posted.standing, posted.url) == ((), (), "")
    assert [(found.state, found.body) for found in github.pull.reviews()] == [("PENDING", "my own thoughts")]
    assert [exchange.path for exchange in server.log.writes] == ["/repos/octo/app/issues/1/comments"]


async def test_a_person_s_own_unsubmitted_review_does_not_hide_what_stands_already(github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        await pull.post_review(draft(github, GOOD[0]))
    github.pull.review("reviewer", "my own thoughts", event=None)
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD))
    assert posted.standing == ("v1:ten",)
    assert [no.comment for no in posted.refused] == [GOOD[1]]


@pytest.mark.parametrize("call", ["POST */reviews", STEPS[0]])
async def test_a_review_that_a_person_begins_meanwhile_is_left_alone(server, github, access, tmp_path, call):
    server.on(call, lambda _: github.pull.review("reviewer", "my own thoughts", event=None))
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD, BAD["far"]))
    assert [no.comment for no in posted.refused] == [*GOOD, BAD["far"]]
    assert [(found.state, found.body) for found in github.pull.reviews()] == [("PENDING", "my own thoughts")]


async def test_what_a_person_added_to_our_left_over_makes_it_theirs(server, github, access, tmp_path):
    server.fault(STEPS[2], Fault.RESET)
    async with opened(github, dying(access), tmp_path) as pull:
        with pytest.raises(ProviderUnavailable):
            await pull.post_review(draft(github, *GOOD, BAD["far"]))
    review = github.pull.reviews()[0]
    place = github.pull.threads()[0].place
    add_thread(github.pull.world, review, place, "my own thoughts")
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD))
        await pull.put_summary(github.pull.head_sha, summary())
    assert [no.comment for no in posted.refused] == list(GOOD)
    assert review.state == "PENDING"
    assert [found.body for found in github.pull.review_comments()][-1] == "my own thoughts"


async def test_beside_a_draft_a_head_that_moved_is_still_told(github, access, tmp_path):
    github.pull.review("reviewer", "my own thoughts", event=None)
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(HeadMoved):
            await pull.post_review(DraftReview("1" * 40, "", GOOD))


async def test_a_head_that_moves_while_the_review_is_built_gets_nothing(server, github, access, tmp_path):
    server.on(STEPS[1], lambda _: github.repository.commit("feature", {"newer.py": "newer\n"}), after=True)
    reviewed = github.pull.head_sha
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(HeadMoved) as moved:
            await pull.post_review(draft(github, *GOOD, BAD["far"]))
    assert (moved.value.reviewed, moved.value.current) == (reviewed, github.pull.head_sha)
    assert github.pull.reviews() == []


async def test_a_commit_that_is_no_longer_part_of_the_pull_request_gets_nothing(server, github, access, tmp_path):
    first = draft(github)

    def force_push(_):
        main = github.repository.head("main")
        github.repository.commit("feature", {"other.py": "other\n"}, parents=[main], anew=True)

    server.on("POST */reviews", force_push)
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(HeadMoved):
            await pull.post_review(first)
    assert github.pull.reviews() == []


async def test_the_review_is_of_the_head_that_was_read(github, access, tmp_path):
    stale = DraftReview("1" * 40, "", GOOD)
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(HeadMoved, match="has moved from"):
            await pull.post_review(stale)
    assert github.pull.reviews() == []


def lock(github):
    return lambda _: github.pull.lock()


@pytest.mark.parametrize("call", STEPS)
async def test_a_refusal_halfway_is_told_and_shows_nobody_anything(server, github, tmp_path, call):
    server.on(call, lock(github))
    access = github.access(github.token("actions"), in_actions=True)
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(ProviderRefused, match="issue is locked"):
            await pull.post_review(draft(github, *GOOD, BAD["far"]))
    assert {found.state for found in github.pull.reviews()} <= {"PENDING"}


async def test_a_left_over_that_cannot_be_deleted_is_told(server, github, access, tmp_path):
    server.fault(STEPS[1], Fault.RESET, after=True)
    async with opened(github, dying(access), tmp_path) as pull:
        with pytest.raises(ProviderUnavailable):
            await pull.post_review(draft(github, *GOOD, BAD["far"]))
    github.repository.commit("feature", {"newer.py": "newer\n"})
    server.on("GRAPHQL mutation deletePullRequestReview", lambda _: github.repository.archive())
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(ProviderRefused, match="archived"):
            await pull.post_review(draft(github))


@pytest.mark.parametrize("call", STEPS[1:])
async def test_a_review_that_somebody_submits_meanwhile_is_not_posted_twice(server, github, access, tmp_path, call):
    def submit(_):
        from tests.fakes.github.review_rules import submit

        submit(github.pull.world, github.pull.reviews()[0], "COMMENT", "theirs")

    server.on(call, submit)
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD, BAD["far"]))
    assert posted.placed == ("v1:ten", "v1:new")
    assert names(github) == ["new", "ten"]


@pytest.mark.parametrize("call", STEPS[1:])
async def test_a_review_that_somebody_deletes_meanwhile_is_begun_again(server, github, access, tmp_path, call):
    def delete(_):
        from tests.fakes.github.world import remove_review

        remove_review(github.pull.reviews()[0])

    server.on(call, delete)
    async with opened(github, access, tmp_path) as pull:
        posted = await pull.post_review(draft(github, *GOOD, BAD["far"]))
    assert posted.placed == ("v1:ten", "v1:new")
    assert names(github) == ["new", "ten"]


async def test_what_a_crash_left_is_deleted_where_there_is_nothing_more_to_say(server, github, access, tmp_path):
    server.fault(STEPS[2], Fault.RESET)
    async with opened(github, dying(access), tmp_path) as pull:
        with pytest.raises(ProviderUnavailable):
            await pull.post_review(draft(github, *GOOD, BAD["far"]))
    async with opened(github, access, tmp_path) as pull:
        await pull.post_review(DraftReview(github.pull.head_sha, "", ()))
        await pull.put_summary(github.pull.head_sha, summary())
    assert github.pull.reviews() == []
