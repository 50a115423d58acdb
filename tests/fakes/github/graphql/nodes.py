"""Pull requests, reviews, threads and comments as GraphQL shows them."""

from typing import Any

from tests.fakes.github.access import may
from tests.fakes.github.graphql.context import Context, connection
from tests.fakes.github.graphql.queries import branch
from tests.fakes.github.graphql.schema import reads, resolves
from tests.fakes.github.payloads.people import association
from tests.fakes.github.places import is_outdated, line_now, position_now, start_now
from tests.fakes.github.pull_rules import commits_of, files_of
from tests.fakes.github.state import CheckRun, IssueComment, Pull, Remark, Review, ReviewComment, Thread
from tests.fakes.github.world import visible_comments, visible_threads


def _commit(sha: str | None) -> dict[str, Any] | None:
    return {"__typename": "Commit", "id": f"C_{sha}", "oid": sha} if sha else None


def _pull_state(pull: Pull) -> str:
    return "MERGED" if pull.merged_at else pull.state.upper()


def _end(pull: Pull) -> Any:
    found = pull.head_repository
    return branch(found, pull.head_branch) if found and pull.head_branch in found.heads else None


reads(
    "PullRequest",
    number=lambda pull: pull.number,
    title=lambda pull: pull.title,
    state=_pull_state,
    isDraft=lambda pull: pull.draft,
    locked=lambda pull: pull.locked,
    closed=lambda pull: pull.state == "closed",
    closedAt=lambda pull: pull.closed_at,
    merged=lambda pull: pull.merged_at is not None,
    mergedAt=lambda pull: pull.merged_at,
    isCrossRepository=lambda pull: pull.is_fork,
    headRefOid=lambda pull: pull.head_sha,
    headRefName=lambda pull: pull.head_branch,
    headRef=_end,
    headRepository=lambda pull: pull.head_repository,
    baseRefOid=lambda pull: pull.base_sha,
    baseRefName=lambda pull: pull.base_branch,
    baseRepository=lambda pull: pull.repository,
    baseRef=lambda pull: (
        branch(pull.repository, pull.base_branch) if pull.base_branch in pull.repository.heads else None
    ),
    repository=lambda pull: pull.repository,
    changedFiles=lambda pull: len(files_of(pull)),
    additions=lambda pull: sum(file.additions for file in files_of(pull)),
    deletions=lambda pull: sum(file.deletions for file in files_of(pull)),
    updatedAt=lambda pull: pull.updated_at or pull.created_at,
)


@resolves("PullRequest", "commits")
def pull_commits(pull: Pull, _: Context, **arguments: Any) -> Any:
    """GitHub tells 250 at most: the last of them is then not the head."""
    rows = [{"commit": {**(_commit(sha) or {}), "repository": pull.repository}} for sha in commits_of(pull)[:250]]
    return connection("commits", rows, arguments)


@resolves("Commit", "checkSuites")
def check_suites(commit: Any, context: Context, *, filterBy: Any = None, **arguments: Any) -> Any:  # noqa: N803 GitHub's name
    """One of each App that made runs for the commit."""
    found = commit["repository"]
    context.require(found, "checks:read")
    suites: dict[int, list[CheckRun]] = {}
    for run in found.checks:
        if run.head_sha == commit["oid"] and _is_wanted(run, filterBy):
            suites.setdefault(run.app.id, []).append(run)
    rows = [{"__typename": "CheckSuite", "id": f"CS_{app}", "runs": runs} for app, runs in suites.items()]
    return connection("checkSuites", rows, arguments)


@resolves("CheckSuite", "checkRuns")
def check_runs(suite: Any, _: Context, *, filterBy: Any = None, **arguments: Any) -> Any:  # noqa: N803 GitHub's name
    """The newest of each name, unless `checkType` is ALL."""
    rows = [run for run in suite["runs"] if _is_wanted(run, filterBy)]
    if (filterBy or {}).get("checkType", "LATEST") == "LATEST":
        rows = list({run.name: run for run in rows}.values())
    return connection("checkRuns", rows, arguments)


def _is_wanted(run: CheckRun, wanted: Any) -> bool:
    given = wanted or {}
    return given.get("checkName") in (None, run.name) and given.get("appId") in (None, run.app.id)


reads(
    "CheckRun",
    id=lambda run: run.node_id,
    databaseId=lambda run: run.id,
    externalId=lambda run: run.external_id,
    name=lambda run: run.name,
    status=lambda run: run.status.upper(),
)


@resolves("PullRequest", "url")
def pull_url(pull: Pull, context: Context) -> str:
    return f"{context.site.web}/{pull.repository.full_name}/pull/{pull.number}"


@resolves("PullRequest", "labels")
def labels(pull: Pull, _: Context, **arguments: Any) -> Any:
    return connection("labels", pull.labels, arguments)


@resolves("PullRequest", "comments")
def pull_comments(pull: Pull, _: Context, **arguments: Any) -> Any:
    return connection("comments", pull.issue_comments, arguments)


@resolves("PullRequest", "reviews")
def pull_reviews(
    pull: Pull, context: Context, *, states: Any = None, author: str | None = None, **arguments: Any
) -> Any:
    """Pending reviews are their author's alone."""
    rows = [
        found
        for found in pull.reviews
        if (found.state != "PENDING" or found.user is context.identity.user)
        and (not states or found.state in states)
        and author in (None, found.user.login, found.user.login.removesuffix("[bot]"))
    ]
    return connection("reviews", rows, arguments)


@resolves("PullRequest", "reviewThreads")
def review_threads(pull: Pull, context: Context, **arguments: Any) -> Any:
    return connection("reviewThreads", visible_threads(pull, context.identity.user), arguments)


def _line(thread: Thread) -> int | None:
    return None if is_outdated(thread) else line_now(thread)


def _start(thread: Thread) -> int | None:
    return None if is_outdated(thread) else start_now(thread)


_OF_THREAD = {
    "path": lambda thread: thread.place.path,
    "line": _line,
    "startLine": _start,
    "originalLine": lambda thread: thread.place.line,
    "originalStartLine": lambda thread: thread.place.start_line,
    "subjectType": lambda thread: thread.place.subject.upper(),
}
reads(
    "PullRequestReviewThread",
    **_OF_THREAD,
    id=lambda thread: thread.node_id,
    isResolved=lambda thread: thread.is_resolved,
    isOutdated=is_outdated,
    isCollapsed=lambda thread: thread.is_resolved,
    resolvedBy=lambda thread: thread.resolved_by,
    diffSide=lambda thread: thread.place.side,
    startDiffSide=lambda thread: thread.place.start_side,
    pullRequest=lambda thread: thread.pull,
    repository=lambda thread: thread.pull.repository,
)


@resolves("PullRequestReviewThread", "comments")
def thread_comments(thread: Thread, context: Context, **arguments: Any) -> Any:
    return connection("comments", visible_comments(thread, context.identity.user), arguments)


@resolves("PullRequestReviewThread", "viewerCanResolve")
def viewer_can_resolve(thread: Thread, context: Context) -> bool:
    return not thread.is_resolved and may_resolve(thread, context)


@resolves("PullRequestReviewThread", "viewerCanUnresolve")
def viewer_can_unresolve(thread: Thread, context: Context) -> bool:
    return thread.is_resolved and may_resolve(thread, context)


def may_resolve(thread: Thread, context: Context) -> bool:
    """`contents: write` for Apps and GITHUB_TOKEN; of people, those who may push and the pull request's author."""
    pull, user = thread.pull, context.identity.user
    role = "read" if user is pull.user else "write"
    return may(context.identity, pull.repository, "contents:write", role)


for _name, _read in _OF_THREAD.items():
    reads("PullRequestReviewComment", **{_name: lambda found, _read=_read: _read(found.thread)})
reads(
    "PullRequestReviewComment",
    diffHunk=lambda found: found.thread.place.diff_hunk,
    outdated=lambda found: is_outdated(found.thread),
    position=lambda found: position_now(found.thread),
    originalPosition=lambda found: found.thread.place.position,
    commit=lambda found: _commit(
        found.thread.place.commit if is_outdated(found.thread) else found.thread.pull.head_sha
    ),
    originalCommit=lambda found: _commit(found.thread.place.commit),
    pullRequest=lambda found: found.thread.pull,
    pullRequestReview=lambda found: found.review,
    repository=lambda found: found.thread.pull.repository,
    replyTo=lambda found: found.thread.comments[0] if found.is_reply else None,
    state=lambda found: "PENDING" if found.review.state == "PENDING" else "SUBMITTED",
    draftedAt=lambda found: found.created_at,
)
reads(
    "PullRequestReview",
    state=lambda found: found.state,
    submittedAt=lambda found: found.submitted_at,
    commit=lambda found: _commit(found.commit),
    pullRequest=lambda found: found.pull,
    repository=lambda found: found.pull.repository,
)
reads(
    "IssueComment",
    pullRequest=lambda found: found.pull,
    repository=lambda found: found.pull.repository,
)


@resolves("PullRequestReview", "comments")
def review_comments(found: Review, _: Context, **arguments: Any) -> Any:
    return connection("comments", found.comments, arguments)


@resolves("PullRequestReview", "url")
def review_url(found: Review, context: Context) -> str:
    return f"{pull_url(found.pull, context)}#pullrequestreview-{found.id}"


@resolves("PullRequestReviewComment", "url")
def comment_url(found: ReviewComment, context: Context) -> str:
    return f"{pull_url(found.thread.pull, context)}#discussion_r{found.id}"


@resolves("IssueComment", "url")
def issue_comment_url(found: IssueComment, context: Context) -> str:
    return f"{pull_url(found.pull, context)}#issuecomment-{found.id}"


def _pull_of(found: Any) -> Pull:
    owner = found.thread if isinstance(found, ReviewComment) else found
    pull: Pull = owner if isinstance(owner, Pull) else owner.pull
    return pull


def _updated(found: Remark) -> str:
    return found.updated_at or found.created_at


for _kind in ("PullRequest", "PullRequestReview", "PullRequestReviewComment", "IssueComment"):
    reads(
        _kind,
        id=lambda found: found.node_id,
        databaseId=lambda found: found.id,
        fullDatabaseId=lambda found: str(found.id),
        author=lambda found: found.user,
        authorAssociation=lambda found: association(_pull_of(found).repository, found.user),
        body=lambda found: found.body,
        bodyText=lambda found: found.body,
        createdAt=lambda found: found.created_at,
        updatedAt=_updated,
    )
    resolves(_kind, "viewerDidAuthor")(lambda found, context: found.user is context.identity.user)
    if _kind != "PullRequest":
        reads(
            _kind,
            isMinimized=lambda found: found.minimized is not None,
            minimizedReason=lambda found: found.minimized,
        )
