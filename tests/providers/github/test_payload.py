import pytest

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import DraftComment, Standing, Thread
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from pr_reviewer.providers.github.payload import (
    Author,
    Cursors,
    Identity,
    OwnComment,
    OwnThread,
    PendingReview,
    Standings,
    author_of,
    base_of_diff,
    base_tip,
    has_no_check,
    read_identity,
    read_permission,
    read_pull,
    read_standings,
    review_comment,
    thread_input,
    to_standing,
)
from pr_reviewer.report.markers import Marker, MarkerKind, mark

PULL = "https://github.example.com/octo/app/pull/7"
US = {"__typename": "Bot", "login": "pr-reviewer"}
FINDING = mark("Wrong.", Marker(MarkerKind.FINDING, "v1:abc"))
SUMMARY = mark("All.", Marker(MarkerKind.SUMMARY))
LAST = {"hasNextPage": False, "endCursor": "c9"}
PENDING = {
    "id": "PRR_1",
    "body": "mark",
    "commit": {"oid": "c" * 40},
    "author": US,
    "comments": {"totalCount": 1, "nodes": [{"body": FINDING}]},
}


def thread(**changes):
    comment = {"url": f"{PULL}#discussion_r5", "state": "SUBMITTED", "body": FINDING, "author": US}
    comments = {"totalCount": 3, "nodes": [comment | changes.pop("comment", {})]}
    return {"id": "T1", "isResolved": False, "isOutdated": True, "path": "a.py", "comments": comments} | changes


def answer(*, viewer="pr-reviewer[bot]", **pull):
    defaults = {
        "id": "PR_1",
        "title": "Title",
        "body": "Body",
        "state": "OPEN",
        "isDraft": False,
        "isCrossRepository": True,
        "author": {"login": "ada"},
        "headRefName": "feature",
        "headRefOid": "a" * 40,
        "baseRefName": "main",
        "baseRefOid": "b" * 40,
        "baseRef": {"target": {"oid": "d" * 40}},
        "labels": {"nodes": [{"name": "bug"}, None]},
        "reviews": {"nodes": []},
        "reviewThreads": {"nodes": [thread()], "pageInfo": LAST},
        "comments": {"nodes": [], "pageInfo": LAST},
    }
    repository = {"databaseId": 77, "nameWithOwner": "octo/app", "pullRequest": defaults | pull}
    return {"viewer": {"login": viewer}, "repository": repository}


def test_a_pull_request_is_read_with_the_tip_of_its_base():
    assert read_pull(answer(), "github.com", 7, "e" * 40) == PullRequest(
        ref=PullRequestRef("github.com", "octo/app", 7),
        title="Title",
        description="Body",
        author="ada",
        base=Revision("main", "d" * 40),
        head=Revision("feature", "a" * 40),
        merge_base_sha="e" * 40,
        is_fork=True,
        labels=("bug",),
    )
    assert read_identity(answer()) == Identity(77, "octo/app")


def test_an_author_who_is_gone_and_an_empty_description_are_no_error():
    found = read_pull(answer(author=None, body=None, labels=None), "github.com", 7, "e" * 40)
    assert (found.author, found.description, found.labels) == ("ghost", "", ())


@pytest.mark.parametrize(
    ("pull", "tip", "compared"),
    [
        ({}, "d", "d"),
        ({"state": "CLOSED"}, "d", "d"),
        ({"state": "MERGED"}, "d", "b"),
        ({"baseRef": None}, "b", "b"),
        ({"baseRef": {"target": None}}, "b", "b"),
    ],
)
def test_what_the_head_is_compared_with(pull, tip, compared):
    assert (base_tip(answer(**pull)), base_of_diff(answer(**pull))) == (tip * 40, compared * 40)


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        ({"line": 4, "startLine": None}, LineRange(4, 4)),
        ({"line": 4, "startLine": 2}, LineRange(2, 4)),
        ({"line": None, "startLine": None}, None),
        ({"line": 4, "startLine": 2, "isOutdated": True}, None),
    ],
)
def test_a_thread_says_where_it_stands_now(told, lines):
    (found,) = read_standings(answer(reviewThreads={"nodes": [thread(isOutdated=False) | told]})).threads
    assert (found.thread.path, found.thread.lines) == ("a.py", lines)


def test_what_stands_is_what_we_wrote():
    data = answer(
        comments={"nodes": [{"body": SUMMARY, "url": f"{PULL}#issuecomment-8", "author": US}], "pageInfo": LAST},
        reviews={"nodes": [PENDING]},
    )
    assert read_standings(data) == Standings(
        pull_id="PR_1",
        viewer=Author("pr-reviewer[bot]"),
        head_sha="a" * 40,
        threads=(
            OwnThread(Thread("T1", "v1:abc", is_outdated=True, replies=2, url=f"{PULL}#discussion_r5", path="a.py"), 5),
        ),
        comments=(OwnComment(8, SUMMARY, f"{PULL}#issuecomment-8"),),
        pending=(PendingReview("PRR_1", "mark", "c" * 40, ("v1:abc",), 1, is_whole=True),),
        cursors=Cursors("c9", "c9"),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"comment": {"author": {"__typename": "User", "login": "pr-reviewer"}}},
        {"comment": {"author": {"__typename": "User", "login": "mallory"}}},
        {"comment": {"author": None}},
        {"comment": {"state": "PENDING"}},
        {"comment": {"body": "Wrong."}},
        {"comment": {"body": f"{FINDING}\n\nas it said"}},
        {"comment": {"body": SUMMARY}},
        {"comments": {"totalCount": 0, "nodes": []}},
    ],
)
def test_a_thread_is_ours_by_author_and_marker_alone(changes):
    assert read_standings(answer(reviewThreads={"nodes": [thread(**changes), None]})).threads == ()


@pytest.mark.parametrize(
    "changes",
    [{"author": {"__typename": "User", "login": "pr-reviewer"}}, {"body": "All."}, {"body": FINDING}],
)
def test_a_summary_is_ours_by_author_and_marker_alone(changes):
    node = {"body": SUMMARY, "url": f"{PULL}#issuecomment-8", "author": US} | changes
    assert read_standings(answer(comments={"nodes": [node]})).comments == ()


def test_a_person_is_known_by_name_and_a_bot_by_its_name_in_the_api():
    assert author_of({"author": {"__typename": "User", "login": "ada"}}) == Author("ada")
    assert author_of({"author": {"__typename": "Bot", "login": "x"}}) == Author("x[bot]")
    assert author_of({"author": {"__typename": "Bot", "login": "x[bot]"}}) == Author("x[bot]")
    assert author_of({"author": {"__typename": "User", "login": "x"}}) != Author("x[bot]")
    assert author_of({"author": None}) == Author("ghost")


def test_a_pending_review_that_a_person_added_to_is_not_whole():
    comments = {"totalCount": 2, "nodes": [{"body": FINDING}, {"body": "mine"}]}
    nodes = [PENDING | {"comments": comments, "commit": None}, PENDING | {"author": None}]
    (found,) = read_standings(answer(reviews={"nodes": nodes})).pending
    assert found == PendingReview("PRR_1", "mark", "", ("v1:abc",), 2, is_whole=False)


def test_what_was_not_asked_for_is_empty_and_a_further_page_is_told():
    data = answer(comments={"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "c1"}})
    del data["repository"]["pullRequest"]["reviewThreads"]
    found = read_standings(data)
    assert found.threads == ()
    assert found.cursors == Cursors(None, "c1", has_more_threads=False, has_more_comments=True)


@pytest.mark.parametrize(("viewer", "is_shared"), [("github-actions[bot]", True), ("pr-reviewer[bot]", False)])
def test_the_name_that_all_workflows_share_is_known(viewer, is_shared):
    standing = to_standing(read_standings(answer(viewer=viewer, reviewThreads={"nodes": []})))
    assert standing == Standing("a" * 40, is_shared=is_shared)


def test_of_several_summaries_the_oldest_counts():
    nodes = [
        {"body": mark(f"{n}", Marker(MarkerKind.SUMMARY)), "url": f"{PULL}#issuecomment-{n}", "author": US}
        for n in (9_876_543_210, 8)
    ]
    standing = to_standing(read_standings(answer(comments={"nodes": nodes})))
    assert standing.summary == mark("8", Marker(MarkerKind.SUMMARY))
    assert standing.fingerprints == {"v1:abc"}


def test_a_comment_whose_address_holds_no_number_is_named():
    node = {"body": SUMMARY, "url": f"{PULL}#elsewhere", "author": US}
    with pytest.raises(ProviderRefused, match=r"pull/7#elsewhere' is not the address of a comment"):
        read_standings(answer(comments={"nodes": [node]}))


def runs(*ids, more=False):
    return {"nodes": [{"externalId": each} for each in ids], "pageInfo": {"hasNextPage": more}}


def suites(*each, more=False, oid="a" * 40):
    listed = {"nodes": [{"checkRuns": one} for one in each], "pageInfo": {"hasNextPage": more}}
    return {"nodes": [{"commit": {"oid": oid, "checkSuites": listed}}]}


@pytest.mark.parametrize(
    ("commits", "expected"),
    [
        (suites(), True),
        (suites(runs(None, "another"), runs()), True),
        (suites(runs(), runs("another", "ours")), False),
        (suites(runs(more=True)), False),
        (suites(more=True), False),
        (suites(None), False),
        (suites(oid="b" * 40), False),
        ({"nodes": [{"commit": {"oid": "a" * 40, "checkSuites": None}}]}, False),
        ({"nodes": []}, False),
        (None, False),
    ],
)
def test_a_check_is_known_to_be_absent_only_where_all_of_the_head_s_were_told(commits, expected):
    assert has_no_check(answer(commits=commits), "ours") is expected


@pytest.mark.parametrize("name", ["none", "read", "write", "admin"])
def test_github_s_coarse_permissions_are_ours(name):
    assert read_permission({"permission": name}) is Permission(name)
    assert Permission(name).can_write is (name in ("write", "admin"))


def test_a_permission_that_nobody_knows_is_none():
    assert read_permission({"permission": "superuser"}) is Permission.NONE


@pytest.mark.parametrize(
    ("side", "lines", "rest", "graphql"),
    [
        (Side.NEW, LineRange(3, 3), {"side": "RIGHT", "line": 3}, {"side": "RIGHT", "line": 3}),
        (
            Side.OLD,
            LineRange(3, 5),
            {"side": "LEFT", "line": 5, "start_line": 3, "start_side": "LEFT"},
            {"side": "LEFT", "line": 5, "startLine": 3, "startSide": "LEFT"},
        ),
    ],
)
def test_a_comment_is_placed_by_its_last_line_and_a_range_also_by_its_first(side, lines, rest, graphql):
    comment = DraftComment("v1:abc", "a.py", side, lines, FINDING)
    assert review_comment(comment) == {"path": "a.py", "body": FINDING, **rest}
    assert thread_input("PRR_1", comment) == {
        "pullRequestReviewId": "PRR_1",
        "path": "a.py",
        "body": FINDING,
        **graphql,
    }
