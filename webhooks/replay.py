"""Sends a delivery once more, signed anew: from a file, or as GitHub still knows it."""

import asyncio
import hmac
import json
import ssl
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from pr_reviewer.llm.endpoint import Network
from pr_reviewer.llm.http import bypasses_proxy
from pr_reviewer.model.errors import ProviderUnavailable, SettingsError, UsageError
from pr_reviewer.providers.github.hooks import DELIVERIES_KEPT, AppHooks
from pr_reviewer.providers.github.opening import Access, open_office
from webhooks.reconcile import MOST_PAGES
from webhooks.recording import Recorded, read_recorded

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered."""

    status: int
    text: str


async def find(named: str, access: Access, now: float) -> Recorded:
    """A file, else a delivery that GitHub has kept: by the number of a try, or by the id that all its tries share.

    Raises UsageError, SettingsError, ProviderError.
    """
    text = await asyncio.to_thread(_text, Path(named))
    if text is not None:
        return read_recorded(text, named)
    if "/" in named or named.endswith(".json"):
        raise UsageError(f"there is no file {named}")
    async with open_office(access) as office:
        if office.app is None:
            raise SettingsError(
                f"there is no file {named}, and only an App can ask GitHub for its deliveries",
                hint="Set github.app_id and github.private_key, or name a file.",
            )
        hooks = AppHooks(office.app)
        number = int(named) if named.isascii() and named.isdigit() else await _number(hooks, named, now)
        return read_recorded(json.dumps(await hooks.delivery(number)), f"delivery {named}")


async def send(recorded: Recorded, url: str, secret: str, network: Network, *, as_new: bool = False) -> Reply:
    """Post it to a server. `as_new`: under an id of its own, so that a server that knows it takes it once more.

    Raises UsageError for an address that is none, ProviderUnavailable where nobody answers.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{url} is no address of a server", hint="For example http://127.0.0.1:8080/webhooks/github.")
    try:
        async with httpx2.AsyncClient(**_way(url, network)) as client:
            answer = await client.post(url, content=recorded.body, headers=_headers(recorded, secret, as_new=as_new))
    except httpx2.TransportError as exc:
        raise ProviderUnavailable(
            f"{parts.netloc.rpartition('@')[2]} does not answer: {exc or type(exc).__name__}",
            hint="Is pr-reviewer serve running there? --url says where.",
        ) from None
    return Reply(answer.status_code, answer.text)


def _headers(recorded: Recorded, secret: str, *, as_new: bool) -> Mapping[str, str]:
    code = hmac.new(secret.encode(), recorded.body, "sha256").hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "pr-reviewer replay",
        "X-GitHub-Event": recorded.event,
        "X-GitHub-Delivery": str(uuid.uuid4()) if as_new else recorded.delivery,
        "X-Hub-Signature-256": f"sha256={code}",
    }


def _way(url: str, network: Network) -> dict[str, Any]:
    """Nothing from the environment but what the settings say."""
    parts = urlsplit(url)
    proxy = network.https_proxy if parts.scheme == "https" else network.http_proxy
    if not proxy or bypasses_proxy(parts.hostname or "", parts.port, network.no_proxy):
        proxy = ""
    verify = ssl.create_default_context(cafile=network.ca_file or None)
    return {"trust_env": False, "timeout": _SECONDS, "proxy": proxy or None, "verify": verify}


async def _number(hooks: AppHooks, guid: str, now: float) -> int:
    found = await hooks.deliveries(now - DELIVERIES_KEPT, MOST_PAGES)
    number = next((each.id for each in found.tries if each.guid == guid), 0)
    if not number:
        raise UsageError(f"there is no file {guid}, and GitHub knows no delivery of that id: it keeps them three days")
    return number


def _text(path: Path) -> str | None:
    """What stands in the file; None where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is no text"
        raise UsageError(f"{path} cannot be read: {reason}") from None
