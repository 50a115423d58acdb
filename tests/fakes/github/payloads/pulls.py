"""Pull requests, as such and as the issues that they also are."""

from typing import Any

from tests.fakes.github.payloads.people import association, label, rollup, simple_user
from tests.fakes.github.payloads.repositories import repository
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.pull_rules import commits_of, files_of
from tests.fakes.github.state import IssueComment, Pull


def simple_pull(site: Site, pull: Pull) -> dict[str, Any]:
    """The form of lists."""
    path = f"{site.api}/repos/{pull.repository.full_name}"
    url, issue = f"{path}/pulls/{pull.number}", f"{path}/issues/{pull.number}"
    page = f"{site.web}/{pull.repository.full_name}/pull/{pull.number}"
    links = {
        "issue_url": issue,
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{path}/pulls/comments{{/number}}",
        "comments_url": f"{issue}/comments",
        "statuses_url": f"{path}/statuses/{pull.head_sha}",
    }
    named = {name.removesuffix("_url"): {"href": href} for name, href in links.items()}
    return {
        "url": url,
        "id": pull.id,
        "node_id": pull.node_id,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **links,
        "number": pull.number,
        "state": pull.state,
        "locked": pull.locked,
        "title": pull.title,
        "user": simple_user(site, pull.user),
        "body": pull.body or None,
        "created_at": pull.created_at,
        "updated_at": pull.updated_at or pull.created_at,
        "closed_at": pull.closed_at,
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_commit_sha,
        **dict.fromkeys(("assignee", "milestone", "auto_merge", "active_lock_reason")),
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": [label(site, pull.repository, found) for found in pull.labels],
        "draft": pull.draft,
        "head": _end(site, pull, is_head=True),
        "base": _end(site, pull, is_head=False),
        "_links": {"self": {"href": url}, "html": {"href": page}, **named},
        "author_association": association(pull.repository, pull.user),
    }


def full_pull(site: Site, pull: Pull) -> dict[str, Any]:
    """The form of `GET /repos/…/pulls/N`, and of webhooks."""
    files = files_of(pull)
    comments = [comment for thread in pull.threads for comment in thread.comments]
    return {
        **simple_pull(site, pull),
        "merged": pull.merged_at is not None,
        "mergeable": True if pull.state == "open" else None,
        "rebaseable": True if pull.state == "open" else None,
        "mergeable_state": "clean" if pull.state == "open" else "unknown",
        "merged_by": simple_user(site, pull.merged_by) if pull.merged_by else None,
        "comments": len(pull.issue_comments),
        "review_comments": sum(comment.review.state != "PENDING" for comment in comments),
        "maintainer_can_modify": pull.is_fork,
        "commits": len(commits_of(pull)),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def _end(site: Site, pull: Pull, *, is_head: bool) -> dict[str, Any]:
    """`head` or `base`; a deleted fork leaves `repo` null."""
    found = pull.head_repository if is_head else pull.repository
    branch = pull.head_branch if is_head else pull.base_branch
    owner = found.owner if found else pull.user
    return {
        "label": f"{owner.login}:{branch}",
        "ref": branch,
        "sha": pull.head_sha if is_head else pull.base_sha,
        "user": simple_user(site, owner),
        "repo": repository(site, found) if found else None,
    }


def issue(site: Site, pull: Pull) -> dict[str, Any]:
    """`GET /repos/…/issues/N` of a pull request."""
    path = f"{site.api}/repos/{pull.repository.full_name}"
    url, simple = f"{path}/issues/{pull.number}", simple_pull(site, pull)
    same = ("id", "node_id", "number", "state", "title", "user", "labels", "assignee", "assignees", "milestone")
    more = ("locked", "closed_at", "created_at", "updated_at", "body", "html_url", "draft", "author_association")
    links = {name: simple[name] for name in ("url", "html_url", "diff_url", "patch_url")}
    return {
        **{name: simple[name] for name in (*same, *more)},
        "url": url,
        "repository_url": path,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "comments": len(pull.issue_comments),
        "pull_request": {**links, "merged_at": pull.merged_at},
        "reactions": rollup(url, pull),
        "performed_via_github_app": None,
        "state_reason": None,
        "active_lock_reason": None,
    }


def issue_comment(site: Site, comment: IssueComment) -> dict[str, Any]:
    from tests.fakes.github.payloads.apps import integration

    pull = comment.pull
    path = f"{site.api}/repos/{pull.repository.full_name}"
    url = f"{path}/issues/comments/{comment.id}"
    return {
        "url": url,
        "html_url": f"{site.web}/{pull.repository.full_name}/pull/{pull.number}#issuecomment-{comment.id}",
        "issue_url": f"{path}/issues/{pull.number}",
        "id": comment.id,
        "node_id": comment.node_id,
        "user": simple_user(site, comment.user),
        "created_at": comment.created_at,
        "updated_at": comment.updated_at or comment.created_at,
        "author_association": association(pull.repository, comment.user),
        "body": comment.body,
        "reactions": rollup(url, comment),
        "performed_via_github_app": integration(site, comment.app) if comment.app else None,
    }
