"""GitHub's JSON → our own types. Pure: nothing is asked here, and what is read is as trusted as whoever wrote it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import DraftComment, Standing, Thread
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from pr_reviewer.report.markers import Marker, MarkerKind, find_marker

Json: TypeAlias = Any
"""What `json.loads` gives."""

_BOT = "[bot]"
_SHARED_LOGIN = "github-actions[bot]"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something. GraphQL calls a bot `octo-app` where the API says `octo-app[bot]`; here it is the latter."""

    login: str

    @property
    def is_shared(self) -> bool:
        """Every workflow of a repository writes under this name."""
        return self.login == _SHARED_LOGIN


@dataclass(frozen=True, slots=True)
class OwnThread:
    """A thread that starts with a finding of ours; `comment_id` is that comment's number."""

    thread: Thread
    comment_id: int


@dataclass(frozen=True, slots=True)
class OwnComment:
    """Our summary comment, or one of several after a race. `name` is its marker's: "" for a review's."""

    id: int
    body: str
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class PendingReview:
    """A review that was not submitted. `fingerprints` are those of its comments; `is_whole`: none is missing there."""

    id: str
    body: str
    commit: str
    fingerprints: tuple[str, ...]
    comments: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Cursors:
    """Where the last entry read stands, and whether there are more behind it."""

    threads: str | None = None
    comments: str | None = None
    has_more_threads: bool = False
    has_more_comments: bool = False


@dataclass(frozen=True, slots=True)
class Standings:
    """One page of what stands on a pull request, as far as it is ours."""

    pull_id: str
    viewer: Author
    head_sha: str
    threads: tuple[OwnThread, ...]
    comments: tuple[OwnComment, ...]
    pending: tuple[PendingReview, ...]
    cursors: Cursors


@dataclass(frozen=True, slots=True)
class Identity:
    """A repository as GitHub names it now, and the number that it keeps for ever."""

    id: int
    project: str


def read_standings(data: Json) -> Standings:
    """Read the answer to the queries `Standing` and `Pull`."""
    pull, viewer = data["repository"]["pullRequest"], Author(data["viewer"]["login"])
    threads, comments = pull.get("reviewThreads"), pull.get("comments")
    return Standings(
        pull_id=pull["id"],
        viewer=viewer,
        head_sha=pull["headRefOid"],
        threads=tuple(_own_threads(_nodes(threads), viewer)),
        comments=tuple(_own_summaries(_nodes(comments), viewer)),
        pending=tuple(_pending(node) for node in _nodes(pull["reviews"]) if author_of(node) == viewer),
        cursors=Cursors(_end(threads), _end(comments), _has_more(threads), _has_more(comments)),
    )


def read_pull(data: Json, host: str, number: int, merge_base_sha: str) -> PullRequest:
    """Read the answer to the query `Pull`. The base is its branch's tip; where the branch is gone, what it was."""
    repository = data["repository"]
    pull = repository["pullRequest"]
    return PullRequest(
        ref=PullRequestRef(host, repository["nameWithOwner"], number),
        title=pull["title"],
        description=pull["body"] or "",
        author=(pull["author"] or {}).get("login", "ghost"),
        base=Revision(pull["baseRefName"], base_tip(data)),
        head=Revision(pull["headRefName"], pull["headRefOid"]),
        merge_base_sha=merge_base_sha,
        is_draft=pull["isDraft"],
        is_closed=pull["state"] != "OPEN",
        is_fork=pull["isCrossRepository"],
        labels=tuple(node["name"] for node in _nodes(pull["labels"])),
    )


def base_tip(data: Json) -> str:
    """The commit at the tip of the base branch; the pull request's own base where the branch is gone."""
    pull = data["repository"]["pullRequest"]
    target = (pull["baseRef"] or {}).get("target") or {}
    return str(target.get("oid") or pull["baseRefOid"])


def base_of_diff(data: Json) -> str:
    """The commit that the head is compared with: the base's tip, or what the base was when it was merged."""
    pull = data["repository"]["pullRequest"]
    return str(pull["baseRefOid"]) if pull["state"] == "MERGED" else base_tip(data)


def read_identity(data: Json) -> Identity:
    """Read the repository of the query `Pull`."""
    repository = data["repository"]
    return Identity(repository["databaseId"], repository["nameWithOwner"])


def has_no_check(data: Json, external_id: str) -> bool:
    """Whether the query `Pull` has told that no check run of this id stands on the head; False where it told nothing.

    Of a pull request with very many commits GitHub may name another as the last.
    """
    pull = data["repository"]["pullRequest"]
    commit = next((node["commit"] for node in _nodes(pull.get("commits"))), None) or {}
    suites = commit.get("checkSuites")
    if commit.get("oid") != pull["headRefOid"] or suites is None:
        return False
    runs = [suite["checkRuns"] for suite in _nodes(suites)]
    is_whole = not any(map(_has_more, (suites, *runs))) and None not in runs
    return is_whole and not any(run["externalId"] == external_id for each in runs for run in _nodes(each))


def to_standing(found: Standings) -> Standing:
    """What stands, without GitHub's own names for it; of several summaries the oldest."""
    reviews = (comment for comment in found.comments if not comment.name)
    oldest = min(reviews, key=lambda comment: comment.id, default=None)
    return Standing(
        head_sha=found.head_sha,
        threads=tuple(own.thread for own in found.threads),
        summary=oldest.body if oldest else None,
        is_shared=found.viewer.is_shared,
        summary_url=oldest.url if oldest else "",
    )


def read_permission(data: Json) -> Permission:
    """Read `GET …/collaborators/NAME/permission`. Its coarse names count `maintain` as write and `triage` as read."""
    known = {permission.value: permission for permission in Permission}
    return known.get(data["permission"], Permission.NONE)


def author_of(node: Json) -> Author:
    """Whoever wrote a node; an account that is gone is GitHub's `ghost`."""
    author = node["author"] or {}
    login = author.get("login", "ghost")
    is_bot = author.get("__typename") == "Bot" and not login.endswith(_BOT)
    return Author(f"{login}{_BOT}" if is_bot else login)


def review_comment(comment: DraftComment) -> dict[str, Json]:
    """A comment as `POST …/reviews` takes it."""
    place = {"path": comment.path, "body": comment.body, "side": _SIDES[comment.side], "line": comment.lines.last}
    if len(comment.lines) > 1:
        place |= {"start_line": comment.lines.first, "start_side": _SIDES[comment.side]}
    return place


def thread_input(review_id: str, comment: DraftComment) -> dict[str, Json]:
    """A comment as the mutation `addPullRequestReviewThread` takes it."""
    side = _SIDES[comment.side]
    place = {"path": comment.path, "body": comment.body, "side": side, "line": comment.lines.last}
    if len(comment.lines) > 1:
        place |= {"startLine": comment.lines.first, "startSide": side}
    return {"pullRequestReviewId": review_id, **place}


_SIDES = {"old": "LEFT", "new": "RIGHT"}


def _own_threads(nodes: Iterable[Json], viewer: Author) -> Iterable[OwnThread]:
    """Threads that start with a comment of ours, submitted and with the marker of a finding or a suggestion."""
    for node in nodes:
        first: Json = next(iter(_nodes(node["comments"])), None)
        is_ours = first and author_of(first) == viewer and first["state"] != "PENDING"
        marker = _line_marker(first["body"]) if is_ours else None
        if marker:
            thread = Thread(
                node["id"],
                marker.name,
                node["isResolved"],
                node["isOutdated"],
                replies=node["comments"]["totalCount"] - 1,
                is_suggestion=marker.kind is MarkerKind.SUGGESTION,
                url=first["url"],
                path=node["path"],
                lines=_lines(node),
            )
            yield OwnThread(thread, _number(first["url"]))


def _lines(node: Json) -> LineRange | None:
    """Where a thread stands now. An outdated one may name lines that are others by now."""
    last, first = node.get("line"), node.get("startLine")
    return LineRange(min(first or last, last), last) if last and not node["isOutdated"] else None


def _own_summaries(nodes: Iterable[Json], viewer: Author) -> Iterable[OwnComment]:
    for node in nodes:
        marker = find_marker(node["body"])
        if marker and marker.kind is MarkerKind.SUMMARY and author_of(node) == viewer:
            yield OwnComment(_number(node["url"]), node["body"], node["url"], marker.name)


def _pending(node: Json) -> PendingReview:
    bodies = [comment["body"] for comment in _nodes(node["comments"])]
    found = tuple(marker.name for body in bodies if (marker := _line_marker(body)))
    count = node["comments"]["totalCount"]
    commit = (node["commit"] or {}).get("oid", "")
    return PendingReview(node["id"], node["body"], commit, found, count, len(found) == count)


def _number(url: str) -> int:
    """`https://github.com/o/r/pull/7#discussion_r12` or `…#issuecomment-12` → 12."""
    match = re.search(r"#(?:discussion_r|issuecomment-)(\d+)$", url)
    if match is None:
        raise ProviderRefused(f"GitHub's answer cannot be read: {url[:200]!r} is not the address of a comment")
    return int(match[1])


def _line_marker(body: str) -> Marker | None:
    """The marker of a comment on lines."""
    marker = find_marker(body)
    is_ours = marker and marker.name and marker.kind in (MarkerKind.FINDING, MarkerKind.SUGGESTION)
    return marker if is_ours else None


def _nodes(connection: Json) -> list[Json]:
    """The nodes of a connection that may not have been asked for; GraphQL leaves a null where one cannot be read."""
    return [node for node in (connection or {}).get("nodes") or () if node is not None]


def _end(connection: Json) -> str | None:
    page: Mapping[str, Json] = (connection or {}).get("pageInfo") or {}
    return page.get("endCursor")


def _has_more(connection: Json) -> bool:
    page: Mapping[str, Json] = (connection or {}).get("pageInfo") or {}
    return bool(page.get("hasNextPage"))
