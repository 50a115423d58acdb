"""Open pull requests that nobody told us of: after an absence that is longer than GitHub keeps deliveries."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import structlog

from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.providers.github.checks import NAME
from pr_reviewer.providers.github.client import Client
from pr_reviewer.providers.github.hooks import AppHooks, seconds
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.tokens import GivenToken
from pr_reviewer.settings.schema.sections import GitHubSettings
from webhooks.deliveries import Delivery
from webhooks.github_payloads import PullRequestEvent
from webhooks.inbox import Inbox
from webhooks.reception import PROVIDER

MOST_REPOSITORIES = 1_000  # of all installations together
MOST_PULLS = 500  # looked at, in one scan
_TO_SCAN: Mapping[str, str] = {"checks": "read", "metadata": "read", "pull_requests": "read"}
_MINT = Need("get a token for the App's installation", "metadata", "read")
_REPOSITORIES = Need("list the installation's repositories", "metadata", "read")
_PULLS = Need("list open pull requests", "pull_requests", "read")
_CHECKS = Need("read the checks", "checks", "read")

log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class _Place:
    """A repository, whose installation it belongs to, and who may read it."""

    repository: Json
    installation: Json
    client: Client


class Scan:
    """Looks for pull requests that were opened or pushed to meanwhile and have no check of ours on their head.

    Each is put into the inbox as if it had just been opened, under an id made of its head: once, however often.
    """

    def __init__(self, app: Client, inbox: Inbox, github: GitHubSettings) -> None:
        self._app = app
        self._hooks = AppHooks(app)
        self._inbox = inbox
        self._allowed = github.allowed_owners

    async def run(self, since: float) -> int:
        """How many pull requests were put into the inbox. Raises ProviderError, StoreUnavailable."""
        app = await self._hooks.app()
        looked_at = repositories = found = 0
        async for place in self._places(_names(self._allowed, app)):
            repositories += 1
            pulls = await self._pulls(place, since) if repositories <= MOST_REPOSITORIES else []
            for pull in pulls[: MOST_PULLS - looked_at]:
                looked_at += 1
                if not await _is_known(place, pull, int(app["id"])):
                    found += await self._put(place, pull)
            if repositories > MOST_REPOSITORIES or looked_at >= MOST_PULLS:
                log.warning("not every repository was looked through", most=MOST_REPOSITORIES, most_pulls=MOST_PULLS)
                break
        log.info("open pull requests looked through", repositories=repositories, pulls=looked_at, found=found)
        return found

    async def _places(self, owners: frozenset[str]) -> AsyncIterator[_Place]:
        for installation in await self._hooks.installations():
            login = str((installation.get("account") or {}).get("login") or "").lower()
            if installation.get("suspended_at") or login not in owners:
                continue
            try:
                client = await self._client(installation)
                rows = await client.pages("/installation/repositories", _REPOSITORIES, "repositories")
            except ProviderRefused as refusal:  # one installation's trouble is not the others'
                log.warning("an installation was not looked through", owner=login, why=refusal.message)
                continue
            for row in rows:
                if not row.get("archived") and not row.get("disabled"):
                    yield _Place(row, installation, client)

    async def _client(self, installation: Json) -> Client:
        path = f"/app/installations/{installation['id']}/access_tokens"
        made = await self._app.patiently(lambda: self._app.send("POST", path, {"permissions": _TO_SCAN}, _MINT))
        return self._app.speaking_as(GivenToken(made["token"]))

    async def _pulls(self, place: _Place, since: float) -> list[Json]:
        """Open ones that something happened to since then, and that are not older than the installation."""
        path = f"/repos/{place.repository['full_name']}/pulls"
        rows: list[Json] = []
        for page in range(1, MOST_PULLS // 100 + 1):
            told = {"state": "open", "sort": "updated", "direction": "desc"}
            got = await place.client.get(path, _PULLS, **told, per_page=100, page=page)
            rows += got
            if len(got) < 100 or seconds(got[-1]["updated_at"]) < since:  # noqa: PLR2004 a page
                break
        installed = seconds(place.installation["created_at"])
        return [row for row in rows if seconds(row["updated_at"]) >= since and seconds(row["created_at"]) >= installed]

    async def _put(self, place: _Place, pull: Json) -> bool:
        return await self._inbox.put(delivery_of(place.repository, pull, place.installation, time.time()))


def delivery_of(repository: Json, pull: Json, installation: Json, now: float) -> Delivery:
    """What GitHub would have sent if the pull request had just been opened, as far as anybody here reads it."""
    told = {
        "number": pull["number"],
        "pull_request": pull,
        "repository": repository,
        "sender": pull["user"],
        "installation": {"id": installation["id"]},
    }
    event = PullRequestEvent.model_validate(told).model_dump_json(by_alias=True, exclude_unset=True)
    body = f'{{"action":"opened",{event[1:]}'.encode()
    id_ = f"scan-{repository['id']}-{pull['number']}-{pull['head']['sha']}"
    return Delivery(PROVIDER, id_, "pull_request", "Opened", body, now, int(installation["id"]))


async def _is_known(place: _Place, pull: Json, app_id: int) -> bool:
    """Whether the head has a check of ours: everything that we take up has one, from the moment it is taken up."""
    path = f"/repos/{place.repository['full_name']}/commits/{pull['head']['sha']}/check-runs"
    rows = (await place.client.get(path, _CHECKS, check_name=NAME, app_id=app_id, per_page=1))["check_runs"]
    return bool(rows)


def _names(allowed: tuple[str, ...], app: Json) -> frozenset[str]:
    """Whose repositories are served: as the settings say, or the App's own owner's."""
    owner = app["owner"]
    return frozenset(name.lower() for name in allowed or (str(owner.get("login") or owner.get("slug") or ""),))
