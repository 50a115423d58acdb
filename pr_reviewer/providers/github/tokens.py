"""Who we are towards GitHub: kinds of tokens, and where one comes from."""

import base64
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from pr_reviewer.model.errors import SettingsError

_FITS_A_HEADER = re.compile(r"[\x21-\x7e]+")


class TokenKind(StrEnum):
    """What a token is, as people call it."""

    CLASSIC = "classic personal access token"
    FINE_GRAINED = "fine-grained personal access token"
    USER = "user access token"
    ACTIONS = "GITHUB_TOKEN of a workflow"
    INSTALLATION = "installation token"
    APP = "GitHub App"

    @property
    def can_write_checks(self) -> bool:
        """GitHub takes check runs from Apps only, and a workflow's token is one's; others write commit statuses."""
        return self in (TokenKind.ACTIONS, TokenKind.INSTALLATION, TokenKind.APP)


KeepSecret = Callable[..., None]
"""Is told of each text that must never be shown, before it is shown to anybody."""


def nobody_keeps(*secrets: str) -> None:
    """Where nothing is logged."""


class Credentials(Protocol):
    """Where the token for the next call comes from."""

    @property
    def kind(self) -> TokenKind:
        """What kind of token it is."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be shown, in each form in which it is sent."""
        ...

    async def token(self) -> str:
        """A token that is good for some minutes at least."""
        ...

    async def renew(self, rejected: str) -> bool:
        """Whether another token than the rejected one can be had; if so, `token` gives it."""
        ...


class GivenToken:
    """A token that somebody made; `Credentials` that cannot be renewed."""

    def __init__(self, token: str, *, in_actions: bool = False) -> None:
        """`in_actions`: this process runs in a workflow (GITHUB_ACTIONS). Raises SettingsError for no token at all."""
        if not _FITS_A_HEADER.fullmatch(token):
            raise SettingsError(
                "GITHUB_TOKEN holds a character that no header can carry" if token else "GITHUB_TOKEN is not set",
                hint="Often it is a line break at the end of a secret that was read from a file."
                if token
                else "Create a token with read access to the repository (docs: installing with a token) and set it.",
            )
        self._token = token
        self.kind = kind_of(token, in_actions=in_actions)
        self.secrets = forms_of(token)

    async def token(self) -> str:
        """The token."""
        return self._token

    async def renew(self, rejected: str) -> bool:  # noqa: ARG002 there is one token
        """Nobody makes another one for us."""
        return False


class ShownToken:
    """The token that git was shown last, so that it can be said which one was not accepted."""

    def __init__(self, credentials: Credentials | None) -> None:
        """None: nobody's, and no token is ever shown."""
        self._credentials = credentials
        self._token = ""

    async def token(self) -> str:
        """The token to show now; "" is none."""
        self._token = await self._credentials.token() if self._credentials else ""
        return self._token

    async def renew(self) -> bool:
        """Whether there is another token than this one."""
        return self._credentials is not None and await self._credentials.renew(self._token)


def kind_of(token: str, *, in_actions: bool) -> TokenKind:
    """What GitHub's prefix says. Old tokens have none: they are classic ones."""
    if token.startswith("github_pat_"):
        return TokenKind.FINE_GRAINED
    if token.startswith("ghs_"):
        return TokenKind.ACTIONS if in_actions else TokenKind.INSTALLATION
    return TokenKind.USER if token.startswith("ghu_") else TokenKind.CLASSIC


def basic(token: str) -> str:
    """The value of the header by which git shows a token."""
    return f"Basic {base64.b64encode(f'x-access-token:{token}'.encode()).decode()}"


def forms_of(token: str) -> tuple[str, ...]:
    """A token in each form in which it is sent."""
    return (token, basic(token).removeprefix("Basic "))
