"""Who we are on GitHub, and whom we serve: asked once at the start."""

from pr_reviewer.model.errors import SettingsError
from pr_reviewer.providers.github.client import Client
from pr_reviewer.providers.github.connection import Connection
from pr_reviewer.providers.github.opening import Access, Office
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.tokens import GivenToken
from pr_reviewer.settings.schema.sections import GitHubSettings
from pr_reviewer.triggers import Identity
from webhooks.acts import HELPS
from webhooks.owners import APP, owners_of

_VIEWER = Need("read whose token this is", "metadata", "read")


async def identify(office: Office, github: GitHubSettings) -> Identity:
    """Ask GitHub. Raises ProviderError."""
    if office.app is not None:
        return await _as_app(office.app, github)
    return await _as_user(office.access, github)


def require_credentials(office: Office) -> None:
    """Raises SettingsError where there are none: a server could take deliveries for ever and do nothing."""
    if office.app is None and not office.access.token:
        raise SettingsError(
            "there are no credentials for GitHub",
            hint="Make an App with pr-reviewer setup, or set github.app_id and github.private_key, or GITHUB_TOKEN for "
            "a webhook of one repository.",
        )


async def _as_app(app: Client, github: GitHubSettings) -> Identity:
    found = await app.get("/app", APP)
    return Identity((f"{found['slug']}[bot]",), HELPS, owners_of(found, github), int(found["id"]))


async def _as_user(access: Access, github: GitHubSettings) -> Identity:
    """Who puts a webhook on a repository and gives us a token for it wants it served."""
    connection = Connection(access.site, access.network, access.timeouts, access.listener)
    credentials = GivenToken(access.token, in_actions=access.in_actions)
    client = Client(connection, credentials, "the token", patience=access.patience)
    try:
        viewer = (await client.query("query Viewer { viewer { login } }", _VIEWER))["viewer"]["login"]
    finally:
        client.close()
        connection.close()
    return Identity((str(viewer),), HELPS, github.allowed_owners)
