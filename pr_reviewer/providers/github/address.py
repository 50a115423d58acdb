"""Where a GitHub is, and what a pull request's URL means there. Values only; nothing is asked."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pr_reviewer.model.errors import SettingsError, UsageError
from pr_reviewer.model.pull import PullRequestRef

PUBLIC_SERVER, PUBLIC_API = "https://github.com", "https://api.github.com"
_TENANTS = ".ghe.com"
_PORTS = {"https": 443, "http": 80}
_PATH = re.compile(r"/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)/pull/(?P<number>[1-9]\d{0,8})(?:/.*)?", re.ASCII)
_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]*@)?(?P<host>[^:/]+)(?::\d+)?/|(?:[^@/:]+@)?(?P<short>[^:/]+):)(?P<path>.+)"
)
_PROJECT = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_EXAMPLE = "For example https://github.com/octo/app/pull/7."


@dataclass(frozen=True, slots=True)
class Site:
    """One GitHub: `server_url` for people and git, `api_url` for the API, both without a slash at the end."""

    server_url: str = PUBLIC_SERVER
    api_url: str = PUBLIC_API

    @classmethod
    def of(cls, server_url: str = "", api_url: str = "") -> Self:
        """The site that GITHUB_SERVER_URL and GITHUB_API_URL name; one of them is enough.

        Raises SettingsError for an address that cannot be one, and for two that belong to different sites.
        """
        server, api = _clean(server_url, "GITHUB_SERVER_URL"), _clean(api_url, "GITHUB_API_URL")
        server = server or (_server_of(api) if api else PUBLIC_SERVER)
        api = api or _api_of(server)
        if (server == PUBLIC_SERVER) is not (api == PUBLIC_API):
            raise SettingsError(
                f"GITHUB_SERVER_URL is {server}, but GITHUB_API_URL is {api}: they belong to different sites",
                hint=f"Set both, or GITHUB_SERVER_URL alone: the API of {server} is {_api_of(server)}.",
            )
        return cls(server, api)

    @property
    def host(self) -> str:
        """Host of the web server, with its port where that is not the usual one."""
        return host_of(self.server_url)

    def repository_url(self, project: str) -> str:
        """Where git finds a repository (`octo/app`)."""
        return f"{self.server_url}/{project}.git"


def is_url(text: str) -> bool:
    """Whether a target of the command line is meant as a URL."""
    return re.match(r"https?:", text, re.IGNORECASE) is not None


def parse_pull_url(text: str, site: Site) -> PullRequestRef:
    """`https://github.com/o/r/pull/7`, with or without `/files`, a query or a fragment. Raises UsageError."""
    parts = _split(text)
    if parts is None or parts.username is not None or parts.password is not None:
        raise UsageError("this is not the URL of a pull request", hint=_EXAMPLE)
    host = host_of(text)
    if host != site.host or parts.scheme != urlsplit(site.server_url).scheme:
        raise UsageError(
            f"the pull request is on {parts.scheme}://{host}, but the configured GitHub is {site.server_url}",
            hint="Its token goes nowhere else. For another GitHub, set GITHUB_SERVER_URL, GITHUB_API_URL and a token.",
        )
    match = _PATH.fullmatch(parts.path.removeprefix(urlsplit(site.server_url).path))
    if not match or {match["owner"], match["name"]} & {".", ".."}:
        raise UsageError(f"{_shown(parts)} is not the URL of a pull request", hint=_EXAMPLE)
    project = f"{match['owner']}/{match['name'].removesuffix('.git')}"
    return PullRequestRef(host, project, int(match["number"]))


def project_of_remote(address: str, site: Site) -> str:
    """`git@github.com:o/r.git`, `ssh://git@github.com/o/r` or an http(s) address → `o/r`; "" for any other place."""
    match = _REMOTE.fullmatch(address)
    if not match or (match["host"] or match["short"]).lower() != urlsplit(site.server_url).hostname:
        return ""
    path = match["path"].removeprefix(urlsplit(site.server_url).path.lstrip("/")).strip("/").removesuffix(".git")
    return path if _PROJECT.fullmatch(path) else ""


def host_of(url: str) -> str:
    """`GHE.example:8443` → `ghe.example:8443`; the usual port is left out. For addresses that are known to be some."""
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".")
    shown = f"[{name}]" if ":" in name else name
    return shown if parts.port in (None, _PORTS.get(parts.scheme)) else f"{shown}:{parts.port}"


def _clean(url: str, name: str) -> str:
    """The address without a slash at its end and with its host in lower case; "" where none is given."""
    if not url:
        return ""
    parts = _split(url)
    if parts is None or parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(f"{name} is not a plain http(s) address", hint=f"The default is {PUBLIC_SERVER}.")
    return f"{parts.scheme}://{host_of(url)}{parts.path.rstrip('/')}"


def _split(url: str) -> SplitResult | None:
    """The parts of an http(s) address, None where it is none."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_usable and url.isprintable() else None


def _api_of(server: str) -> str:
    if server == PUBLIC_SERVER:
        return PUBLIC_API
    scheme, _, rest = server.partition("://")
    return f"{scheme}://api.{rest}" if rest.endswith(_TENANTS) else f"{server}/api/v3"


def _server_of(api: str) -> str:
    if api == PUBLIC_API:
        return PUBLIC_SERVER
    scheme, _, rest = api.partition("://")
    return f"{scheme}://{rest.removeprefix('api.')}" if rest.endswith(_TENANTS) else api.removesuffix("/api/v3")


def _shown(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:200]
