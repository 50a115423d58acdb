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
from pr_reviewer.providers.github.connection import Connection, Timeouts
from pr_reviewer.providers.github.payload import Identity
from pr_reviewer.providers.github.standing import Subject
from pr_reviewer.providers.github.tips import GitHubTips
from pr_reviewer.providers.github.tokens import Credentials, GivenToken, basic
from pr_reviewer.providers.github.writer import GitHubPullRequest


@dataclass(frozen=True, slots=True)
class Access:
    """How a GitHub is reached, and as whom: with `token`, or as the App `app_id` with its `private_key`.

    `in_actions`: this process runs in a workflow. `posts`: an App's token shall be able to write.
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


@asynccontextmanager
async def open_pull_request(
    ref: PullRequestRef, access: Access, cache: GitCache, *, choose: Choice = choose_none
) -> AsyncIterator[GitHubPullRequest]:
    """A pull request to read and to write. Nothing is asked before it is used. Raises SettingsError."""
    connection = Connection(access.site, access.network, access.timeouts)
    app = _app_client(access, connection, ref.project)
    credentials: Credentials = (
        InstallationToken(app, ref.project, TO_POST if access.posts else TO_READ)
        if app
        else GivenToken(access.token, in_actions=access.in_actions)
    )
    client = Client(connection, credentials, ref.project, patience=access.patience)

    async def open_code(identity: Identity, wanted: Wanted) -> CachedRepository:
        async def remote() -> Remote:
            return _remote(access, identity.project, await credentials.token())

        return await cache.open(access.site.host, identity.id, remote, wanted)

    def others(project: str) -> tuple[Credentials, ...]:
        # The token at hand may read what is public; only for the rest another one is asked for.
        more = (credentials.beside(project),) if isinstance(credentials, InstallationToken) else ()
        return (credentials, *more)

    tips = GitHubTips(access.site.host, cache, partial(_remote, access), others)
    pull = GitHubPullRequest(Subject(client, ref.project, ref.number), access.site.host, open_code, tips, choose=choose)
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
        lambda project: (InstallationToken(app, project, TO_READ_CODE) if app else given,),
    )
    try:
        yield tips
    finally:
        tips.close()
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
