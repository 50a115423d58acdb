"""What a GitHub App for this product is: its permissions, its events, and the manifest that makes it. Pure.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from pr_reviewer.providers.github.address import PUBLIC_SERVER

HOOK_PATH = "/webhooks/github"
_LONGEST_NAME = 34  # GitHub's own limit
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?")
_PORTS = {"https": 443, "http": 80}
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal")


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission, or an event, and what it is for: people read this before they agree."""

    name: str
    level: str
    why: str


# GitHub refuses a manifest whose events lack their permission: issue_comment wants `issues`, although comments on
# pull requests are written with `pull_requests`, and merge_group wants `merge_queues`.
PERMISSIONS = (
    Grant("checks", "write", "show the review as a check, with its Re-run button"),
    Grant("contents", "read", "read the code under review, and your rules"),
    Grant("issues", "read", "hear comments in a pull request's conversation; GitHub counts them as an issue's"),
    Grant("metadata", "read", "see which repositories there are; every App has it"),
    Grant("pull_requests", "write", "read pull requests, post reviews and comments on them"),
)
EVENTS = (
    Grant("pull_request", "", "review what is opened and pushed"),
    Grant("issue_comment", "", "heed commands in the conversation"),
    Grant("pull_request_review", "", "heed commands in a review's text"),
    Grant("pull_request_review_comment", "", "heed commands beside a line"),
    Grant("check_run", "", "heed the Re-run button"),
    Grant("check_suite", "", "heed “Re-run all checks”"),
    Grant("repository", "", "follow renamed repositories, forget deleted ones"),
)
QUEUE_PERMISSION = Grant("merge_queues", "read", "hear that a merge queue waits for the check")
QUEUE_EVENT = Grant("merge_group", "", "answer a merge queue, which waits for a required check")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody fills in. `organisation` is "" for an App of their own account; `server` is GitHub's address."""

    name: str = "pr-reviewer"
    organisation: str = ""
    server: str = PUBLIC_SERVER
    url: str = ""
    queues: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """A wish as it was understood, and what is wrong with it, by field."""

    wish: Wish
    problems: Mapping[str, str] = field(default_factory=dict)


def read_wish(form: Mapping[str, str]) -> Checked:
    """A form, with what people usually leave out or write too much of put right."""
    wish = Wish(
        name=" ".join(form.get("name", "").split()),
        organisation=form.get("organisation", "").strip().removeprefix("@"),
        server=_address(form.get("server", "") or PUBLIC_SERVER),
        url=_address(form.get("url", "")).removesuffix(HOOK_PATH),
        queues=bool(form.get("queues")),
    )
    found = {
        "name": _wrong_name(wish.name),
        "organisation": _wrong_login(wish.organisation),
        "server": _wrong_server(wish.server),
        "url": _wrong_url(wish),
    }
    return Checked(wish, {name: problem for name, problem in found.items() if problem})


def permissions(wish: Wish) -> Sequence[Grant]:
    """What the App may do."""
    return (*PERMISSIONS, QUEUE_PERMISSION) if wish.queues else PERMISSIONS


def events(wish: Wish) -> Sequence[Grant]:
    """What the App hears. What befalls its installations, every App is told anyway, and may not ask for."""
    return (*EVENTS, QUEUE_EVENT) if wish.queues else EVENTS


def manifest(wish: Wish, redirect_url: str) -> str:
    """The JSON that GitHub makes the App from. Private: nobody but its owner can install it."""
    told = {
        "name": wish.name,
        "url": wish.url,
        "description": "Reviews pull requests.",
        "hook_attributes": {"url": f"{wish.url}{HOOK_PATH}", "active": True},
        "redirect_url": redirect_url,
        "public": False,
        "default_permissions": {each.name: each.level for each in permissions(wish)},
        "default_events": [each.name for each in events(wish)],
    }
    return json.dumps(told, ensure_ascii=False)


def creation_url(wish: Wish, state: str) -> str:
    """Where the manifest goes; GitHub sends `state` back."""
    owner = f"/organizations/{quote(wish.organisation)}" if wish.organisation else ""
    return f"{wish.server}{owner}/settings/apps/new?{urlencode({'state': state})}"


def installation_url(app_url: str, server: str, slug: str) -> str:
    """Where the App is installed. The address that GitHub gave is taken if it leads to that GitHub."""
    if app_url.startswith(f"{server}/"):
        return f"{app_url}/installations/new"
    folder = "apps" if server == PUBLIC_SERVER else "github-apps"
    return f"{server}/{folder}/{quote(slug)}/installations/new"


def _address(text: str) -> str:
    """An address without a slash at its end; https where no scheme is named."""
    text = text.strip()
    text = text if text.endswith("://") else text.rstrip("/")
    return text if "://" in text or not text else f"https://{text}"


def _wrong_name(name: str) -> str:
    if not name:
        return "Give the App a name."
    if len(name) > _LONGEST_NAME:
        return f"GitHub takes {_LONGEST_NAME} characters at most; this name has {len(name)}."
    if name.casefold().startswith(("github", "gist")):
        return "GitHub keeps names that begin with GitHub or Gist for itself."
    return "" if name.isprintable() else "The name has a character that cannot be shown."


def _wrong_login(login: str) -> str:
    if not login or _LOGIN.fullmatch(login):
        return ""
    return "This is no organisation's name: write it as in its address, github.com/NAME."


def _wrong_server(server: str) -> str:
    if _origin(server) is None:
        return "This is no address of a GitHub: https://github.com, or https:// and the host of your Enterprise Server."
    return ""


def _wrong_url(wish: Wish) -> str:
    """GitHub.com refuses to send deliveries where it cannot reach them; an Enterprise Server may."""
    host = _origin(wish.url, with_path=True)
    if host is None:
        return "Give the address at which GitHub reaches this server, such as https://reviews.example.com."
    if wish.server == PUBLIC_SERVER and _is_local(host):
        return f"GitHub.com cannot reach {host}: give a public address, for example that of a tunnel or a proxy."
    return ""


def _origin(address: str, *, with_path: bool = False) -> str | None:
    """The host of a plain http(s) address; None where it is none."""
    try:
        parts = urlsplit(address)
        is_plain = parts.username is None and not parts.query and not parts.fragment and parts.port != 0
    except ValueError:
        return None
    is_plain = is_plain and parts.scheme in _PORTS and (with_path or not parts.path) and address.isprintable()
    return parts.hostname if is_plain and parts.hostname and " " not in address else None


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == _LOCAL_NAMES[0] or host.endswith(_LOCAL_NAMES[1:]) or "." not in host
