"""A GitHub App: installation tokens for one repository, with the permissions that are used and no others.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from pr_reviewer.model.errors import ProviderRefused, SettingsError
from pr_reviewer.providers.github.client import Client
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.tokens import GivenToken, KeepSecret, TokenKind, forms_of, nobody_keeps

TO_READ: Mapping[str, str] = {"contents": "read", "metadata": "read", "pull_requests": "read"}
TO_READ_CODE: Mapping[str, str] = {"contents": "read", "metadata": "read"}
TO_POST: Mapping[str, str] = {"checks": "write", "contents": "read", "metadata": "read", "pull_requests": "write"}

_SPARE = 300.0  # seconds before its end at which a token is replaced: a fetch may take as long
_LEVELS = ("read", "write", "admin")
_FIND = Need("find the App's installation", "metadata", "read")
_MINT = Need("get a token for the App's installation", "metadata", "read")
_UNPROCESSABLE = 422
_MOST_REMEMBERED = 40  # texts: twenty tokens in two forms


class AppKey:
    """An App's id and private key; `Credentials` that speak for the App itself, for the two calls below."""

    kind = TokenKind.APP

    def __init__(self, app_id: str, private_key: str) -> None:
        """`private_key` is the PEM text, or the path of a file with it. Raises SettingsError for what is no key."""
        import github.Auth

        pem = _pem(private_key)
        self._auth = github.Auth.AppAuth(app_id, pem)
        self.secrets: tuple[str, ...] = (pem,)
        try:
            self._auth.create_jwt()
        except Exception:  # noqa: BLE001 whatever the library makes of a broken key; its words may quote it
            raise SettingsError(
                "the GitHub App's private key cannot be read",
                hint="github.private_key is the PEM text that GitHub gave for download, or the path of its file.",
            ) from None

    async def token(self) -> str:
        """A JSON web token for the next minutes."""
        return self._auth.create_jwt()

    async def renew(self, rejected: str) -> bool:  # noqa: ARG002 the next one would be the same
        """The key is what was refused."""
        return False


class InstallationToken:
    """`Credentials` of an App on one repository: tokens of an hour, made when they are needed."""

    kind = TokenKind.APP

    def __init__(
        self,
        app: Client,
        project: str,
        permissions: Mapping[str, str] = TO_READ,
        *,
        keep_secret: KeepSecret = nobody_keeps,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`app` asks with the App's own key. `permissions` are named: without a name, a token may do nothing."""
        self._app = app
        self._project = project
        self._sibling: InstallationToken | None = None
        self._beside: dict[str, InstallationToken] = {}
        self.installation: Json = None
        """What GitHub said last of the App's installation on the repository."""
        self._permissions = permissions
        self._keep_secret = keep_secret
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._ends = 0.0
        self._made: deque[str] = deque(maxlen=_MOST_REMEMBERED)

    @property
    def secrets(self) -> tuple[str, ...]:
        """See `Credentials`: of the tokens, those of the last hours."""
        return (*self._app.credentials.secrets, *self._made)

    async def token(self) -> str:
        """The token at hand, or a new one shortly before that one ends."""
        async with self._lock:
            if self._clock() >= self._ends - _SPARE:
                await self._make()
            return self._token

    async def renew(self, rejected: str) -> bool:
        """A new token, unless somebody has just made one."""
        async with self._lock:
            if rejected == self._token:
                await self._make()
            return True

    def beside(self, project: str) -> "InstallationToken":
        """Credentials to read another repository's code and nothing else, if the App is installed there.

        Of the same owner it is the same installation, so that one call suffices.
        """
        if project not in self._beside:
            other = self._beside[project] = InstallationToken(
                self._app, project, TO_READ_CODE, keep_secret=self._keep_secret, clock=self._clock
            )
            other._sibling = self if _owner(project) == _owner(self._project) else None
        return self._beside[project]

    async def _make(self) -> None:
        installation = await self._found()
        self._require(installation.get("permissions") or {})
        path = f"/app/installations/{installation['id']}/access_tokens"
        try:
            made = await self._mint(path, {"repositories": [_name(self._project)], "permissions": self._permissions})
        except ProviderRefused as exc:
            if exc.status != _UNPROCESSABLE or self._sibling:
                raise
            name = await self._name_now(path)
            made = await self._mint(path, {"repositories": [name], "permissions": self._permissions})
        self._token, self._ends = made["token"], _seconds(made["expires_at"])
        self._remember(self._token)

    async def _found(self) -> Json:
        """The App's installation on the repository: a sibling knows it, or it is asked for now."""
        if self._sibling and self._sibling.installation:
            return self._sibling.installation
        self.installation = await self._app.get(f"/repos/{self._project}/installation", _FIND)
        return self.installation

    async def _mint(self, path: str, body: Mapping[str, Json]) -> Json:
        return await self._app.patiently(lambda: self._app.send("POST", path, body, _MINT))

    def _remember(self, token: str) -> None:
        """Keep it a secret, like every one before it: an answer that is still under way may quote an older one."""
        self._made.extend(forms_of(token))
        self._keep_secret(*forms_of(token))

    async def _name_now(self, path: str) -> str:
        """What a renamed repository is called by now; tokens are given for present names alone."""
        made = await self._mint(path, {"permissions": {"metadata": "read"}})
        self._remember(made["token"])
        asker = self._app.speaking_as(GivenToken(made["token"]))
        return str((await asker.get(f"/repos/{self._project}", _FIND))["name"])

    def _require(self, granted: Mapping[str, str]) -> None:
        missing = [
            f"{area}: {level}"
            for area, level in self._permissions.items()
            if area != "metadata" and not _reaches(granted.get(area, ""), level)
        ]
        if missing:
            raise ProviderRefused(
                f"the GitHub App lacks permissions on {self._project}: {', '.join(missing)}",
                hint="Grant them in the App's settings; then its installation must accept them.",
                status=403,
            )


def _owner(project: str) -> str:
    return project.partition("/")[0].lower()


def _name(project: str) -> str:
    return project.partition("/")[2]


def _reaches(granted: str, wanted: str) -> bool:
    return granted in _LEVELS and _LEVELS.index(granted) >= _LEVELS.index(wanted)


def _pem(private_key: str) -> str:
    """The PEM text; a one-line variable often holds a backslash and an n for each line break."""
    if "-----BEGIN" in private_key:
        return private_key.replace("\\n", "\n")
    try:
        return Path(private_key).expanduser().read_text(encoding="ascii")
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is no text"
        raise SettingsError(
            f"the GitHub App's private key cannot be read: {reason}",
            hint="github.private_key is the PEM text that GitHub gave for download, or the path of its file.",
        ) from None


def _seconds(moment: str) -> float:
    """`2026-01-02T03:04:05Z` → seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()
