"""Reviews and their comments as REST shows them."""

from typing import Any

from tests.fakes.github.payloads.people import association, rollup, simple_user
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.places import is_outdated, line_now, position_now, start_now
from tests.fakes.github.state import Review, ReviewComment


def review(site: Site, found: Review) -> dict[str, Any]:
    """A pending one has no `submitted_at`."""
    pull = found.pull
    page = f"{site.web}/{pull.repository.full_name}/pull/{pull.number}#pullrequestreview-{found.id}"
    url = f"{site.api}/repos/{pull.repository.full_name}/pulls/{pull.number}"
    body = {
        "id": found.id,
        "node_id": found.node_id,
        "user": simple_user(site, found.user),
        "body": found.body,
        "state": found.state,
        "html_url": page,
        "pull_request_url": url,
        "author_association": association(pull.repository, found.user),
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "commit_id": found.commit,
    }
    return body | {"submitted_at": found.submitted_at} if found.submitted_at else body


def review_comment(site: Site, found: ReviewComment) -> dict[str, Any]:
    """The form of `/pulls/N/comments`, with `line` null once outdated."""
    at = found.thread.place
    lines = {
        "line": None if is_outdated(found.thread) else line_now(found.thread),
        "original_line": at.line,
        "start_line": None if is_outdated(found.thread) else start_now(found.thread),
        "original_start_line": at.start_line,
        "side": at.side,
        "start_side": at.start_side,
    }
    if at.subject == "file":
        lines = dict.fromkeys(lines) | {"side": "RIGHT"}
    return {**legacy_comment(site, found), **lines, "subject_type": at.subject}


def legacy_comment(site: Site, found: ReviewComment) -> dict[str, Any]:
    """The form of `/pulls/N/reviews/ID/comments`, which knows positions only."""
    at, pull = found.thread.place, found.thread.pull
    path = f"{site.api}/repos/{pull.repository.full_name}/pulls"
    page = f"{site.web}/{pull.repository.full_name}/pull/{pull.number}#discussion_r{found.id}"
    url, of_pull = f"{path}/comments/{found.id}", f"{path}/{pull.number}"
    body = {
        "url": url,
        "pull_request_review_id": found.review.id,
        "id": found.id,
        "node_id": found.node_id,
        "diff_hunk": at.diff_hunk,
        "path": at.path,
        "position": position_now(found.thread),
        "original_position": at.position,
        "commit_id": at.commit if is_outdated(found.thread) else pull.head_sha,
        "original_commit_id": at.commit,
        "user": simple_user(site, found.user),
        "body": found.body,
        "created_at": found.created_at,
        "updated_at": found.updated_at or found.created_at,
        "html_url": page,
        "pull_request_url": of_pull,
        "author_association": association(pull.repository, found.user),
        "_links": {"self": {"href": url}, "html": {"href": page}, "pull_request": {"href": of_pull}},
        "reactions": rollup(url, found),
    }
    return body | {"in_reply_to_id": found.thread.comments[0].id} if found.is_reply else body
