"""What GitHub keeps of an App as a whole: what its webhook was sent, where it is installed, the code of its manifest.

https://docs.github.com/en/rest/apps/webhooks
https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pr_reviewer.model.errors import ProviderRefused, ProviderUnavailable
from pr_reviewer.providers.github.client import Client
from pr_reviewer.providers.github.connection import Answer, Broken, Connection, Request
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.refusals import Need, message_of

DELIVERIES_KEPT = 3 * 86_400.0  # seconds

_PAGE = 100
_CREATED = 201
_NOT_FOUND, _UNPROCESSABLE = 404, 422
_CURSOR = re.compile(r'[?&]cursor=(?P<cursor>[^&>]+)[^>]*>;\s*rel="next"')
_CODE = re.compile(r"[0-9A-Za-z_-]{1,200}")
_APP = Need("read the App", "metadata", "read")
_LIST = Need("list what the App's webhook was sent", "metadata", "read")
_AGAIN = Need("ask for a delivery once more", "metadata", "read")
_INSTALLATIONS = Need("list the App's installations", "metadata", "read")


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """One try of GitHub's to deliver. `guid` is the same for every try; `status` is 0 where nothing answered.

    `delivered_at` is by GitHub's clock, in seconds since 1970.
    """

    id: int
    guid: str
    event: str
    delivered_at: float
    status: int
    is_redelivery: bool


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Tries, the newest first. Not `is_complete`: there were more than were to be read."""

    tries: Sequence[HookDelivery]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class NewApp:
    """What GitHub tells once, when an App is made from a manifest."""

    id: str
    slug: str
    name: str
    owner: str
    url: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


class AppHooks:
    """An App and its webhook. `app` is a client that speaks for the App itself."""

    def __init__(self, app: Client) -> None:
        self._app = app

    async def app(self) -> Json:
        """The App as GitHub describes it: `id`, `slug`, `owner` and more."""
        return await self._app.get("/app", _APP)

    async def installations(self) -> list[Json]:
        """Where it is installed, suspended ones included."""
        return await self._app.pages("/app/installations", _INSTALLATIONS)

    async def deliveries(self, since: float, most_pages: int) -> Deliveries:
        """Every try that GitHub still knows and that is not older than `since`."""
        tries: list[HookDelivery] = []
        cursor = ""
        for _ in range(most_pages):
            more = {"cursor": cursor} if cursor else {}
            answer = await self._app.answer("/app/hook/deliveries", _LIST, per_page=_PAGE, **more)
            page = [_delivery(each) for each in answer.data]
            tries += [each for each in page if each.delivered_at >= since]
            cursor = _next(answer)
            if not cursor or any(each.delivered_at < since for each in page):
                return Deliveries(tuple(tries), is_complete=True)
        return Deliveries(tuple(tries), is_complete=False)

    async def delivery(self, id_: int) -> Json:
        """All of one try: `request.headers`, `request.payload`, `event`, `guid`, … Raises ProviderRefused."""
        return await self._app.get(f"/app/hook/deliveries/{id_}", _LIST)

    async def redeliver(self, id_: int) -> bool:
        """Have it sent once more, soon; False where GitHub no longer can. Asking twice does no harm."""
        path = f"/app/hook/deliveries/{id_}/attempts"
        try:
            await self._app.patiently(lambda: self._app.send("POST", path, {}, _AGAIN))
        except ProviderRefused as exc:
            if exc.status in (_NOT_FOUND, _UNPROCESSABLE):
                return False
            raise
        return True


async def convert_manifest(connection: Connection, code: str) -> NewApp:
    """The App that was made from a manifest: GitHub tells its credentials once, to who has the code.

    Raises ProviderRefused for a code that GitHub does not know (any more), ProviderUnavailable where it did not answer.
    """
    if not _CODE.fullmatch(code):
        raise ProviderRefused("this is not a code of GitHub's", hint="Begin again with the form.")
    request = Request("POST", f"/app-manifests/{code}/conversions")
    try:
        answer = await asyncio.to_thread(connection.send, request, "")
    except Broken as exc:
        raise _lost(exc) from None
    if answer.status == _CREATED:
        return _new_app(answer.data)
    raise _refused(answer)


def _lost(exc: Broken) -> ProviderUnavailable:
    hint = "Reload this page to try again."
    if exc.may_have_worked:
        hint = (
            "Reload this page to try again. If GitHub then no longer knows the code, its answer was lost: delete the "
            "App in its settings on GitHub and begin again."
        )
    return ProviderUnavailable(f"GitHub did not hand over the App's credentials: {exc.why}", hint=hint)


def _refused(answer: Answer) -> Exception:
    said = message_of(answer.data)
    told = f"{answer.status}: {said}" if said else str(answer.status)
    if answer.status in (_NOT_FOUND, _UNPROCESSABLE):
        return ProviderRefused(
            f"GitHub does not know this code ({told}): it works once, and for an hour",
            hint="If the App is in your settings on GitHub, delete it there; then begin again with the form.",
            status=answer.status,
        )
    return ProviderUnavailable(
        f"GitHub did not hand over the App's credentials ({told})", hint="Wait a little, then reload this page."
    )


def _new_app(data: Json) -> NewApp:
    try:
        return NewApp(
            id=str(int(data["id"])),
            slug=str(data["slug"]),
            name=str(data["name"]),
            owner=str(data["owner"].get("login") or data["owner"].get("slug") or ""),
            url=str(data["html_url"]),
            private_key=str(data["pem"]),
            webhook_secret=_required(data["webhook_secret"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ProviderRefused(
            "GitHub's answer to the code lacks what an App has",
            hint="Delete the App in its settings on GitHub, and make it by hand (docs: setting up).",
        ) from None


def _required(text: Json) -> str:
    """GitHub makes a secret where the manifest names an address for the webhook. Raises ValueError for none."""
    if not isinstance(text, str) or not text:
        raise ValueError(text)
    return text


def _delivery(row: Json) -> HookDelivery:
    return HookDelivery(
        id=int(row["id"]),
        guid=str(row["guid"]),
        event=str(row["event"]),
        delivered_at=seconds(row["delivered_at"]),
        status=int(row["status_code"]),
        is_redelivery=bool(row["redelivery"]),
    )


def seconds(moment: str) -> float:
    """`2026-01-02T03:04:05Z` → seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()


def _next(answer: Answer) -> str:
    match = _CURSOR.search(answer.headers.get("link", ""))
    return match["cursor"] if match else ""
