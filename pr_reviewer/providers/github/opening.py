"""Puts the parts together for one pull request. Everything configurable arrives here, as a value."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from pr_reviewer.git.cache import CachedRepository, GitCache, Wanted
from pr_reviewer.git.fetch import Remote
from pr_reviewer.git.repository import Choice, choose_none
from pr_reviewer.llm.endpoint import Network
from pr_reviewer.llm.http import bypasses_proxy
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.pull import PullRequestRef
from pr_reviewer.providers.github.address import Site
from pr_reviewer.providers.github.app import TO_POST, TO_READ, TO_READ_CODE, AppKey, InstallationToken
from pr_reviewer.providers.github.client import Client, Patience
from pr_reviewer.providers.github.connection import Connection, Listener, Timeouts, nobody
from pr_reviewer.providers.github.payload import Identity
from pr_reviewer.providers.github.reviews import Fence
from pr_reviewer.providers.github.standing import Subject
from pr_reviewer.providers.github.tips import GitHubTips
from pr_reviewer.providers.github.tokens import Credentials, GivenToken, KeepSecret, ShownToken, basic, nobody_keeps
from pr_reviewer.providers.github.writer import GitHubPullRequest

_MOST_TOKENS = 1_000


@dataclass(frozen=True, slots=True)
class Access:
    """How a GitHub is reached, and as whom: with `token`, or as the App `app_id` with its `private_key`.

    `in_actions`: this process runs in a workflow. `posts`: an App's token shall be able to write. `listener` hears of
    every answer, `keep_secret` of every token that is made.
    """

    site: Site = field(default_factory=Site)
    token: str = field(default="", repr=False)
    app_id: str = ""
    private_key: str = field(default="", repr=False)
    in_actions: bool = False
    posts: bool = False
    network: Network = field(default_factory=Network)
    timeouts: Timeouts = field(default_factory=Timeouts)
    patience: Patience = field(default_factory=Patience)
    listener: Listener = nobody
    keep_secret: KeepSecret = nobody_keeps


@asynccontextmanager
async def open_pull_request(
    ref: PullRequestRef,
    access: Access,
    cache: GitCache,
    *,
    choose: Choice = choose_none,
    credentials: Credentials | None = None,
    fence: Fence | None = None,
) -> AsyncIterator[GitHubPullRequest]:
    """A pull request to read and to write. Nothing is asked before it is used. Raises SettingsError.

    `credentials` are those of somebody who opens many, so that tokens are not made anew for each; with a `fence`,
    reviews are posted as `post_review` says of it.
    """
    connection = Connection(access.site, access.network, access.timeouts, access.listener)
    app = None if credentials else _app_client(access, connection, ref.project)
    if credentials is None:
        credentials = (
            InstallationToken(app, ref.project, TO_POST if access.posts else TO_READ, keep_secret=access.keep_secret)
            if app
            else GivenToken(access.token, in_actions=access.in_actions)
        )
    client = Client(connection, credentials, ref.project, patience=access.patience)

    given = credentials

    async def open_code(identity: Identity, wanted: Wanted) -> CachedRepository:
        shown = ShownToken(given)

        async def remote() -> Remote:
            return _remote(access, identity.project, await shown.token())

        return await cache.open(access.site.host, identity.id, remote, wanted, shown.renew)

    def others(project: str) -> tuple[Credentials, ...]:
        # The token at hand may read what is public; only for the rest another one is asked for.
        more = (given.beside(project),) if isinstance(given, InstallationToken) else ()
        return (given, *more)

    tips = GitHubTips(access.site.host, cache, partial(_remote, access), others)
    subject = Subject(client, ref.project, ref.number)
    pull = GitHubPullRequest(subject, access.site.host, open_code, tips, choose=choose, fence=fence, posts=access.posts)
    try:
        yield pull
    finally:
        tips.close()
        pull.close()
        client.close()
        if app:
            app.close()
        connection.close()


@asynccontextmanager
async def open_tips(access: Access, cache: GitCache) -> AsyncIterator[GitHubTips]:
    """Other repositories alone, where no pull request is under review; without a token, what is public."""
    connection = Connection(access.site, access.network, access.timeouts)
    app = _app_client(access, connection, "the organisation's repository")
    given = GivenToken(access.token, in_actions=access.in_actions) if access.token else None
    tips = GitHubTips(
        access.site.host,
        cache,
        partial(_remote, access),
        lambda project: (
            InstallationToken(app, project, TO_READ_CODE, keep_secret=access.keep_secret) if app else given,
        ),
    )
    try:
        yield tips
    finally:
        tips.close()
        if app:
            app.close()
        connection.close()


@dataclass(frozen=True, slots=True)
class Office:
    """GitHub for a process that works on many pull requests: `app` is the App itself, None where a token is used.

    Tokens of installations are kept until shortly before they end, one for each repository of an installation.
    """

    access: Access
    app: Client | None
    _tokens: dict[tuple[int | None, str], InstallationToken] = field(default_factory=dict, repr=False)

    def credentials(self, installation: int | None, project: str) -> Credentials | None:
        """To write to a repository; None: the token that the access has."""
        if self.app is None:
            return None
        key = (installation, project.lower())
        if key not in self._tokens:
            while len(self._tokens) >= _MOST_TOKENS:
                self._tokens.pop(next(iter(self._tokens)))
            self._tokens[key] = InstallationToken(self.app, project, TO_POST, keep_secret=self.access.keep_secret)
        return self._tokens[key]

    def forget(self, installation: int) -> None:
        """Drop what belongs to an installation that is gone."""
        for key in [key for key in self._tokens if key[0] == installation]:
            del self._tokens[key]


@asynccontextmanager
async def open_office(access: Access) -> AsyncIterator[Office]:
    """Asks nothing. Raises SettingsError for half of an App's credentials, and for a key that is none."""
    connection = Connection(access.site, access.network, access.timeouts, access.listener)
    app = _app_client(access, connection, "the App")
    try:
        yield Office(access, app)
    finally:
        if app:
            app.close()
        connection.close()


def _app_client(access: Access, connection: Connection, project: str) -> Client | None:
    """The App itself; None where a token is used."""
    if not access.app_id and not access.private_key:
        return None
    if not (access.app_id and access.private_key):
        missing = "app_id" if not access.app_id else "private_key"
        raise SettingsError(f"github.{missing} is not set", hint="A GitHub App needs its id and its private key.")
    return Client(connection, AppKey(access.app_id, access.private_key), project, patience=access.patience)


def _remote(access: Access, project: str, token: str) -> Remote:
    url = access.site.repository_url(project)
    parts, network = urlsplit(url), access.network
    named = network.https_proxy if parts.scheme == "https" else network.http_proxy
    is_direct = not named or bypasses_proxy(parts.hostname or "", parts.port, network.no_proxy)
    return Remote(url, basic(token) if token else "", network.ca_file, "" if is_direct else named)
