"""What GitHub refuses, as a sentence that names the permission and what to do. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.tokens import TokenKind

_NAMES = {
    "checks": "Checks",
    "contents": "Contents",
    "issues": "Issues",
    "metadata": "Metadata",
    "pull_requests": "Pull requests",
    "statuses": "Commit statuses",
}
_UNAUTHORISED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404


@dataclass(frozen=True, slots=True)
class Need:
    """What a call does (`post the review`), and the permission that it takes (`pull_requests`, `write`)."""

    what: str
    area: str
    level: str


def refused(
    status: int, message: str, headers: Mapping[str, str], need: Need, project: str, kind: TokenKind
) -> ProviderRefused:
    """The error for an answer that a retry will not change."""
    said = f"{status}: {message}" if message else str(status)
    if status == _UNAUTHORISED:
        return ProviderRefused(f"GitHub does not accept the {kind} ({said})", hint=_not_accepted(kind), status=status)
    if status == _NOT_FOUND:
        text = f"cannot {need.what} in {project}: GitHub finds no such thing, or hides it from this {kind} ({said})"
        return ProviderRefused(text, hint=f"Check the address. {_permission(need, kind, headers)}", status=status)
    text = f"cannot {need.what} in {project}: GitHub refuses ({said})"
    hint = _permission(need, kind, headers) if status == _FORBIDDEN else ""
    return ProviderRefused(text, hint=_special(message, headers) or hint, status=status)


def message_of(data: Json) -> str:
    """GitHub's own words: the message, and what it says of single fields."""
    if not isinstance(data, Mapping):
        return ""
    words = [str(data.get("message") or "")]
    errors = data.get("errors")
    words += map(_error, errors if isinstance(errors, list) else ())
    return "; ".join(dict.fromkeys(" ".join(word.split())[:300] for word in words if word))


def errors_of(errors: Iterable[Json]) -> str:
    """The words of GraphQL's errors."""
    return "; ".join(dict.fromkeys(filter(None, map(_error, errors))))


def _error(error: Json) -> str:
    if not isinstance(error, Mapping):
        return str(error)
    if error.get("message"):
        return str(error["message"])
    return " ".join(str(error[key]) for key in ("resource", "field", "code") if error.get(key))


def _not_accepted(kind: TokenKind) -> str:
    if kind is TokenKind.APP:
        return "Check the App's id and private key, and the clock of this machine."
    return "It has expired, was revoked, or belongs to another GitHub: check GITHUB_TOKEN and GITHUB_API_URL."


def _special(message: str, headers: Mapping[str, str]) -> str:
    """What to do where a permission is not what is missing."""
    words = message.lower()
    sso = headers.get("x-github-sso", "")
    if sso or "saml" in words:
        _, _, url = sso.partition("url=")
        return f"Authorise the token for the organisation's single sign-on: {url or 'in the settings of the token'}."
    if "archived" in words:
        return "The repository is archived: nothing can be posted there."
    if "locked" in words:
        return "The conversation is locked: unlock it, or give the token's owner write access."
    if "suspended" in words:
        return "The App's installation is suspended: its owner can unsuspend it in the settings of the account."
    return ""


def _permission(need: Need, kind: TokenKind, headers: Mapping[str, str]) -> str:
    """How this kind of token gets what the call needs; GitHub's header names it best where it is sent."""
    area, level = _accepted(headers) or (need.area, need.level)
    if area == need.area and need.level == "write":
        level = "write"  # where reading is a part of writing, who is told of reading alone would be told twice
    name, access = _NAMES.get(area, area), "Read and write" if level == "write" else "Read"
    if kind is TokenKind.CLASSIC:
        owner = " and its owner write access to the repository" if level == "write" else ""
        return f"It needs the scope `repo` (for public repositories `public_repo`){owner}."
    if kind is TokenKind.FINE_GRAINED:
        return f"The token must be made for this repository, with the permission “{name}: {access}”."
    if kind is TokenKind.ACTIONS:
        forks = " (a pull request from a fork gets a token that only reads)" if level == "write" else ""
        return f"Add `{area.replace('_', '-')}: {level}` to `permissions:` of the workflow's job{forks}."
    return f"The App must be installed on this repository, with the permission “{name}: {access}” granted there."


def _accepted(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """`issues=write; pull_requests=write` (alternatives) or `contents=read,checks=write` (all): the first that fits."""
    choices = [choice.strip() for choice in headers.get("x-accepted-github-permissions", "").split(";")]
    best = next((choice for choice in choices if choice.startswith("pull_requests=")), choices[0])
    area, found, level = best.partition(",")[0].partition("=")
    return (area, level) if found else None
