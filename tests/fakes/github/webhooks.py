"""Signed webhooks, as GitHub sends them, and what became of them."""

import hmac
import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

from tests.fakes.github.state import App, Delivery
from tests.fakes.github.world import World

_SECONDS = 10  # GitHub waits no longer


def signature(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


def headers_of(event: str, guid: str, secret: str, body: bytes, app: App | None) -> dict[str, str]:
    headers = {
        "User-Agent": "GitHub-Hookshot/0000000",
        "Content-Type": "application/json",
        "Accept": "*/*",
        "X-GitHub-Delivery": guid,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": str(app.id if app else 1),
        "X-GitHub-Hook-Installation-Target-ID": str(app.id if app else 1),
        "X-GitHub-Hook-Installation-Target-Type": "integration" if app else "repository",
    }
    if secret:
        headers["X-Hub-Signature"] = signature(secret, body, "sha1")
        headers["X-Hub-Signature-256"] = signature(secret, body)
    return headers


def deliver(app: App | None, delivery: Delivery) -> Delivery:
    """Send it once and note the answer: GitHub never tries again by itself."""
    body = json.dumps(delivery.payload).encode()
    delivery.headers = headers_of(delivery.event, delivery.guid, delivery.secret, body, app)
    request = urllib.request.Request(delivery.url, body, delivery.headers, method="POST")
    began = time.monotonic()
    delivery.status_code = _sent(request)
    delivery.duration = round(time.monotonic() - began, 3)
    if app:
        app.deliveries.append(delivery)
    return delivery


def _sent(request: urllib.request.Request) -> int:
    """The status; 0 when nothing answered."""
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
    except (OSError, http.client.HTTPException):
        return 0


def new_delivery(world: World, event: str, payload: dict[str, Any], url: str, secret: str) -> Delivery:
    return Delivery(
        **world.new(),
        guid=str(uuid.uuid4()),
        event=event,
        action=payload.get("action"),
        url=url,
        headers={},
        payload=payload,
        secret=secret,
        installation_id=payload.get("installation", {}).get("id"),
        repository_id=payload.get("repository", {}).get("id"),
    )


def redeliver(world: World, app: App, first: Delivery) -> Delivery:
    """The same payload and guid under a new id, signed with the App's secret of now, to its address of now."""
    again = new_delivery(
        world, first.event, first.payload, app.webhook_url or first.url, app.webhook_secret or first.secret
    )
    again.guid, again.redelivery = first.guid, True
    return deliver(app, again)
