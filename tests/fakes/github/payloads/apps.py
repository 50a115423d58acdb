"""Apps, installations, their tokens and webhook deliveries as REST shows them."""

from typing import Any

from tests.fakes.github.payloads.people import simple_user
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.state import App, Delivery, Installation


def integration(site: Site, app: App, *, counted: bool = False) -> dict[str, Any]:
    body = {
        "id": app.id,
        "slug": app.slug,
        "node_id": app.node_id,
        "client_id": app.client_id,
        "owner": simple_user(site, app.owner),
        "name": app.name,
        "description": "",
        "external_url": f"{site.web}/{app.slug}",
        "html_url": f"{site.web}/apps/{app.slug}",
        "created_at": app.created_at,
        "updated_at": app.created_at,
        "permissions": app.permissions,
        "events": app.events,
    }
    standing = [found for found in app.installations if not found.removed]
    return body | {"installations_count": len(standing)} if counted else body


def installation(site: Site, found: Installation) -> dict[str, Any]:
    account, path = found.account, f"{site.api}/app/installations/{found.id}"
    home = f"organizations/{account.login}/settings" if account.kind == "Organization" else "settings"
    suspender = simple_user(site, account) if found.suspended_at else None
    return {
        "id": found.id,
        "account": simple_user(site, account),
        "repository_selection": "all" if found.repositories is None else "selected",
        "access_tokens_url": f"{path}/access_tokens",
        "repositories_url": f"{site.api}/installation/repositories",
        "html_url": f"{site.web}/{home}/installations/{found.id}",
        "app_id": found.app.id,
        "app_slug": found.app.slug,
        "client_id": found.app.client_id,
        "target_id": account.id,
        "target_type": account.kind,
        "permissions": found.permissions,
        "events": found.app.events,
        "created_at": found.created_at,
        "updated_at": found.created_at,
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": suspender,
        "suspended_at": found.suspended_at,
    }


def delivery(found: Delivery, *, full: bool = False) -> dict[str, Any]:
    """A row of the list; `full` adds what was sent."""
    ok = 200 <= found.status_code < 300
    body = {
        "id": found.id,
        "guid": found.guid,
        "delivered_at": found.created_at,
        "redelivery": found.redelivery,
        "duration": found.duration,
        "status": "OK" if ok else (f"Invalid HTTP Response: {found.status_code}" if found.status_code else "timed out"),
        "status_code": found.status_code,
        "event": found.event,
        "action": found.action,
        "installation_id": found.installation_id,
        "repository_id": found.repository_id,
        "throttled_at": None,
    }
    if not full:
        return body
    request = {"headers": found.headers, "payload": found.payload}
    return body | {"url": found.url, "request": request, "response": {"headers": {}, "payload": ""}}
