"""Whose repositories are served."""

from pr_reviewer.providers.github.client import Client
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.settings.schema.sections import GitHubSettings
from webhooks.ending import Withdrawn

APP = Need("read the App", "metadata", "read")


def owners_of(found: Json, github: GitHubSettings) -> tuple[str, ...]:
    """Those that the operator lists, or else the owner of the App `found`: a public App can be installed by anybody."""
    owner = found["owner"]
    return github.allowed_owners or tuple(filter(None, [str(owner.get("login") or owner.get("slug") or "")]))


async def require_served(app: Client | None, github: GitHubSettings, told: str, now: str) -> None:
    """Raise Withdrawn for a repository of `told` that belongs to `now` since, whom the operator does not serve.

    `told` is served: that was looked at when its delivery came. Raises ProviderError where GitHub cannot be asked.
    """
    if told.lower() == now.lower():
        return
    owners = github.allowed_owners if app is None else owners_of(await app.get("/app", APP), github)
    if owners and now.lower() not in {each.lower() for each in owners}:
        raise Withdrawn(f"the repository belongs to {now} now, whom the operator does not serve")
