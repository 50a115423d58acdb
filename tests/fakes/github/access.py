"""Who calls, and what they may do: GitHub's rules for each kind of token."""

import base64
import binascii
from dataclasses import dataclass

from tests.fakes.github.app_tokens import app_of_jwt, is_jwt
from tests.fakes.github.messages import Refusal, not_found, refusal
from tests.fakes.github.state import ROLES, Account, App, Repository, Token
from tests.fakes.github.world import World

_LEVELS = ("none", "read", "write", "admin")
_SCOPES = {"statuses": "repo:status"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Nobody, a token's, or an App itself (by its JSON web token)."""

    token: Token | None = None
    app: App | None = None

    @property
    def user(self) -> Account | None:
        return self.token.user if self.token else None

    @property
    def label(self) -> str:
        """For logs: which credential that was."""
        if self.token:
            return self.token.value
        return f"jwt:{self.app.slug}" if self.app else ""


NOBODY = Identity()


def identify(world: World, authorization: str | None) -> Identity:
    """Read an Authorization header (`Bearer`, `token`, `Basic`); 401 for what is unknown or has expired."""
    if not authorization:
        return NOBODY
    kind, _, given = authorization.partition(" ")
    value = given.strip()
    if kind.lower() == "basic":
        value = password_of(value)
    elif kind.lower() not in ("bearer", "token"):
        raise refusal(401, "Bad credentials")
    if is_jwt(value):
        return Identity(app=app_of_jwt(world, value))
    return Identity(token=known_token(world, value))


def known_token(world: World, value: str) -> Token:
    token = world.tokens.get(value)
    if token is None or token.revoked or (token.expires is not None and token.expires <= world.now()):
        raise refusal(401, "Bad credentials")
    if token.installation and token.installation.suspended_at:
        raise refusal(403, "This installation has been suspended")
    return token


def password_of(basic: str) -> str:
    try:
        return base64.b64decode(basic, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def can_see(identity: Identity, repository: Repository) -> bool:
    """A private repository is shown only to tokens that reach it; to others it does not exist."""
    if not repository.private:
        return True
    return reaches(identity, repository)


def reaches(identity: Identity, repository: Repository) -> bool:
    """The token was made for this repository, whatever it may do there."""
    token = identity.token
    if token is None:
        return False
    if token.kind == "classic":
        return bool(set(token.scopes) & _needed_scopes(repository)) and repository.grants(token.user, "read")
    if token.kind == "installation":
        return _installation_reaches(token, repository)
    chosen = token.repositories is None or repository in token.repositories
    return chosen and (token.is_app or repository.grants(token.user, "read"))


def _installation_reaches(token: Token, repository: Repository) -> bool:
    installation = token.installation
    if installation is None or installation.removed or not installation.covers(repository):
        return False
    return token.repositories is None or repository in token.repositories


def _needed_scopes(repository: Repository) -> set[str]:
    return {"repo"} if repository.private else {"repo", "public_repo"}


def may(identity: Identity, repository: Repository, needs: str, role: str = "read") -> bool:
    """`needs`: alternatives such as `issues:write pull_requests:write`; `role`: what a person needs besides."""
    return refused(identity, repository, needs, role) is None


def refused(identity: Identity, repository: Repository, needs: str, role: str = "read") -> Refusal | None:
    """The refusal, or None. Everyone may read what is public, as far as nothing more than reading is asked."""
    token = identity.token
    if token is None:
        return _without_token(identity, repository, needs, role)
    writes = ":read" not in needs
    if needs == "checks:write" and not token.is_app:
        return refusal(403, "You must authenticate via a GitHub App.")
    if token.kind == "classic":
        return _classic(token, repository, needs, role, writes=writes)
    if not writes and role == "read" and not repository.private:
        return None
    if not reaches(identity, repository) or not _permitted(token, needs):
        noun = "integration" if token.is_app else "personal access token"
        accepted = "; ".join(need.replace(":", "=") for need in needs.split())
        return refusal(403, f"Resource not accessible by {noun}", X_Accepted_GitHub_Permissions=accepted)
    return None if token.is_app else _role(token.user, repository, role, writes=writes)


def _without_token(identity: Identity, repository: Repository, needs: str, role: str) -> Refusal | None:
    if identity.app is not None:
        return refusal(403, "Resource not accessible by integration")
    if ":read" in needs and role == "read" and not repository.private:
        return None
    return refusal(401, "Requires authentication")


def _classic(token: Token, repository: Repository, needs: str, role: str, *, writes: bool) -> Refusal | None:
    """A missing scope is told as 404, with the scopes in the headers."""
    wanted = _needed_scopes(repository) | {_SCOPES[area] for area in _areas(needs) if area in _SCOPES}
    if (writes or repository.private) and not wanted & set(token.scopes):
        return not_found()
    return _role(token.user, repository, role, writes=writes)


def _role(user: Account, repository: Repository, role: str, *, writes: bool) -> Refusal | None:
    if repository.grants(user, role):
        return None
    if not repository.grants(user, "read") or writes:
        return not_found() if ROLES.index(role) <= ROLES.index("write") else _must_be_admin()
    return refusal(403, "Must have push access to view collaborator permission.")


def _must_be_admin() -> Refusal:
    return refusal(403, "Must have admin rights to Repository.")


def _areas(needs: str) -> list[str]:
    return [need.partition(":")[0] for need in needs.split()]


def _permitted(token: Token, needs: str) -> bool:
    """One of the alternatives is granted."""
    return any(_grants(token, need) for need in needs.split())


def _grants(token: Token, need: str) -> bool:
    area, _, level = need.partition(":")
    has = token.permissions.get(area, "none")
    if area == "metadata":
        has = "read" if token.permissions or token.kind == "actions" else "none"
    return _LEVELS.index(has) >= _LEVELS.index(level)
