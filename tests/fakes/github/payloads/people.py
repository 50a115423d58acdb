"""Accounts, labels and reactions as REST shows them."""

from typing import Any

from tests.fakes.github.payloads.site import Site
from tests.fakes.github.state import Account, Label, Reaction, Remark, Repository

_FOLLOWED = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}
REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")


def simple_user(site: Site, account: Account) -> dict[str, Any]:
    path = f"{site.api}/users/{_escaped(account)}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"{site.web}/avatars/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": path,
        "html_url": f"{site.web}/{_page(account)}",
        **{name: f"{path}/{rest}" for name, rest in _FOLLOWED.items()},
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def public_user(site: Site, account: Account) -> dict[str, Any]:
    """`GET /user` and `GET /users/…`."""
    empty = ("company", "location", "email", "hireable", "bio", "twitter_username")
    return {
        **simple_user(site, account),
        "name": account.login,
        "blog": "",
        **dict.fromkeys(empty),
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": account.created_at,
        "updated_at": account.created_at,
    }


def association(repository: Repository, account: Account) -> str:
    if account is repository.owner:
        return "OWNER"
    if account.login.lower() in repository.roles:
        return "MEMBER" if repository.owner.kind == "Organization" else "COLLABORATOR"
    return "NONE"


def label(site: Site, repository: Repository, found: Label) -> dict[str, Any]:
    return {
        "id": found.id,
        "node_id": found.node_id,
        "url": f"{site.api}/repos/{repository.full_name}/labels/{found.name.replace(' ', '%20')}",
        "name": found.name,
        "description": found.description,
        "color": found.color,
        "default": False,
    }


def reaction(site: Site, found: Reaction) -> dict[str, Any]:
    return {
        "id": found.id,
        "node_id": found.node_id,
        "user": simple_user(site, found.user),
        "content": found.content,
        "created_at": found.created_at,
    }


def rollup(url: str, remark: Remark) -> dict[str, Any]:
    """How often each reaction was given."""
    given = [found.content for found in remark.reactions]
    counts = {name: given.count(name) for name in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": len(given), **counts}


def _escaped(account: Account) -> str:
    return account.login.replace("[", "%5B").replace("]", "%5D")


def _page(account: Account) -> str:
    return f"apps/{account.login.removesuffix('[bot]')}" if account.kind == "Bot" else account.login
