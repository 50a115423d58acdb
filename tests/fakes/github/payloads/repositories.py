"""Repositories, commits and changed files as REST shows them."""

import base64
from typing import Any
from urllib.parse import quote

from tests.fakes.github.git_store import CommitFacts
from tests.fakes.github.patches import FilePatch
from tests.fakes.github.payloads.people import simple_user
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.state import Account, Repository
from tests.fakes.github.world import World

_LINKS = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}
_COUNTS = ("forks_count", "stargazers_count", "watchers_count", "open_issues_count", "forks", "open_issues", "watchers")
_HAS = ("has_issues", "has_projects", "has_wiki", "has_downloads")


def repository(site: Site, found: Repository, *, full: bool = False) -> dict[str, Any]:
    """The form inside pull requests, or (`full`) that of `GET /repos/…`."""
    path = f"{site.api}/repos/{found.full_name}"
    page = f"{site.web}/{found.full_name}"
    body: dict[str, Any] = {
        "id": found.id,
        "node_id": found.node_id,
        "name": found.name,
        "full_name": found.full_name,
        "private": found.private,
        "owner": simple_user(site, found.owner),
        "html_url": page,
        "description": None,
        "fork": found.fork_of is not None,
        "url": path,
        **{name: f"{path}/{rest}" for name, rest in _LINKS.items()},
        "git_url": page.replace("http", "git", 1) + ".git",
        "ssh_url": f"git@127.0.0.1:{found.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        **dict.fromkeys(("mirror_url", "homepage", "language", "license")),
        **dict.fromkeys(_COUNTS, 0),
        **dict.fromkeys(_HAS, True),
        "has_pages": False,
        "has_discussions": False,
        "size": 1,
        "default_branch": found.default_branch,
        "archived": found.archived,
        "disabled": False,
        "visibility": "private" if found.private else "public",
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        **dict.fromkeys(("pushed_at", "created_at", "updated_at"), found.created_at),
    }
    return body | {"network_count": 0, "subscribers_count": 0} if full else body


def permissions(found: Repository, account: Account) -> dict[str, bool]:
    return {
        "admin": found.grants(account, "admin"),
        "maintain": found.grants(account, "maintain"),
        "push": found.grants(account, "write"),
        "triage": found.grants(account, "triage"),
        "pull": found.grants(account, "read"),
    }


def commit(site: Site, world: World, found: Repository, facts: CommitFacts) -> dict[str, Any]:
    """`author` is an account when one has the commit's name."""
    path = f"{site.api}/repos/{found.full_name}"
    when = world.stamp(float(facts.date))
    person = {"name": facts.name, "email": facts.email, "date": when}
    account = world.accounts.get(facts.name.lower())
    user = simple_user(site, account) if account else None
    return {
        "sha": facts.sha,
        "node_id": f"C_{facts.sha[:24]}",
        "commit": {
            "author": person,
            "committer": person,
            "message": facts.message,
            "tree": {"sha": facts.tree, "url": f"{path}/git/trees/{facts.tree}"},
            "url": f"{path}/git/commits/{facts.sha}",
            "comment_count": 0,
            "verification": {
                "verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None,
            },
        },
        "url": f"{path}/commits/{facts.sha}",
        "html_url": f"{site.web}/{found.full_name}/commit/{facts.sha}",
        "comments_url": f"{path}/commits/{facts.sha}/comments",
        "author": user,
        "committer": user,
        "parents": [_parent(site, found, sha) for sha in facts.parents],
    }  # fmt: skip


def _parent(site: Site, found: Repository, sha: str) -> dict[str, Any]:
    url = f"{site.api}/repos/{found.full_name}/commits/{sha}"
    return {"sha": sha, "url": url, "html_url": f"{site.web}/{found.full_name}/commit/{sha}"}


def changed_file(site: Site, found: Repository, head: str, file: FilePatch, patch_limit: int) -> dict[str, Any]:
    """`patch` is left out for binary files and for large ones."""
    path = quote(file.path.encode("utf-8", "surrogateescape"))
    body = {
        "sha": file.blob,
        "filename": _text(file.path),
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{site.web}/{found.full_name}/blob/{head}/{path}",
        "raw_url": f"{site.web}/{found.full_name}/raw/{head}/{path}",
        "contents_url": f"{site.api}/repos/{found.full_name}/contents/{path}?ref={head}",
    }
    if file.patch and len(file.patch) <= patch_limit:
        body["patch"] = _text(file.patch)
    if file.status == "renamed":
        body["previous_filename"] = _text(file.old_path)
    return body


def content(site: Site, found: Repository, ref: str, path: str, blob: tuple[str, bytes]) -> dict[str, Any]:
    sha, data = blob
    url = f"{site.api}/repos/{found.full_name}/contents/{quote(path)}?ref={quote(ref)}"
    git, page = (
        f"{site.api}/repos/{found.full_name}/git/blobs/{sha}",
        f"{site.web}/{found.full_name}/blob/{ref}/{quote(path)}",
    )
    return {
        "type": "file",
        "encoding": "base64",
        "size": len(data),
        "name": path.rpartition("/")[2],
        "path": path,
        "content": base64.encodebytes(data).decode(),
        "sha": sha,
        "url": url,
        "git_url": git,
        "html_url": page,
        "download_url": page.replace("/blob/", "/raw/"),
        "_links": {"git": git, "self": url, "html": page},
    }


def _text(surrogates: str) -> str:
    """JSON carries no lone surrogates: bytes that are not UTF-8 become the replacement character."""
    return surrogates.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
