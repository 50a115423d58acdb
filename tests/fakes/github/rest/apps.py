"""Apps: themselves, their installations and tokens, their webhook's deliveries, and the manifest's code."""

import secrets
from functools import partial
from typing import Any

from tests.fakes.github.call import Call
from tests.fakes.github.messages import Response, not_found, refusal
from tests.fakes.github.payloads import apps as show
from tests.fakes.github.payloads.repositories import repository
from tests.fakes.github.routes import route
from tests.fakes.github.state import App, Delivery, Installation, Permissions, Repository, Token
from tests.fakes.github.webhooks import redeliver

_INSTALLATION = "/app/installations/{installation_id}"
_LEVELS = ("read", "write", "admin")


@route("GET", "/app", needs="app")
def app(call: Call) -> dict[str, Any]:
    return show.integration(call.site, _app(call), counted=True)


@route("GET", "/app/installations", needs="app")
def installations(call: Call) -> Response:
    rows = [found for found in _app(call).installations if not found.removed]
    return call.page(rows, lambda found: show.installation(call.site, found))


@route("GET", _INSTALLATION, needs="app")
def installation(call: Call) -> dict[str, Any]:
    return show.installation(call.site, _installation(call))


@route("GET", "/repos/{owner}/{repo}/installation", needs="nothing")
def installation_of(call: Call) -> dict[str, Any]:
    if call.identity.app is None:
        raise refusal(401, "A JSON web token could not be decoded")
    rows = [found for found in call.identity.app.installations if not found.removed]
    found = next((found for found in rows if found.covers(call.repository)), None)
    if found is None:
        raise not_found()
    return show.installation(call.site, found)


@route("POST", _INSTALLATION + "/access_tokens", needs="app", status=201)
def access_token(call: Call) -> dict[str, Any]:
    """Lives an hour; may be narrowed to some repositories and permissions, never widened."""
    found = _installation(call)
    if found.suspended_at:
        raise refusal(403, "This installation has been suspended")
    chosen, granted = _chosen(call, found), _granted(call, found)
    made = Token(
        **call.world.new(),
        value=f"ghs_{secrets.token_hex(18)}",
        kind="installation",
        user=found.app.bot,
        permissions=granted,
        repositories=chosen,
        installation=found,
        app=found.app,
        expires=call.world.now() + call.rules.token_seconds,
    )
    call.world.tokens[made.value] = made
    selected = chosen is not None or found.repositories is not None
    body = {
        "token": made.value,
        "expires_at": call.world.stamp(made.expires),
        "permissions": granted,
        "repository_selection": "selected" if selected else "all",
    }
    return body | {"repositories": [repository(call.site, one) for one in chosen]} if chosen is not None else body


def _chosen(call: Call, found: Installation) -> list[Repository] | None:
    names, numbers = call.body.get("repositories"), call.body.get("repository_ids")
    if names is None and numbers is None:
        return None
    reached = [one for one in call.world.repositories if found.covers(one)]
    wanted = [*(names or ()), *(numbers or ())]
    chosen = [one for key in wanted for one in reached if key in (one.name, one.id)]
    if len(chosen) != len(wanted):
        says = "There is at least one repository that does not exist or is not accessible to the parent installation."
        raise refusal(422, says)
    return chosen


def _granted(call: Call, found: Installation) -> Permissions:
    wanted = call.body.get("permissions")
    if wanted is None:
        return dict(found.permissions)
    for area, level in wanted.items():
        has = found.permissions.get(area)
        if has is None or _LEVELS.index(level) > _LEVELS.index(has):
            raise refusal(422, "The permissions requested are not granted to this installation.")
    return {**wanted, "metadata": "read"} if wanted else {}


@route("GET", "/app/hook/deliveries", needs="app")
def deliveries(call: Call) -> Response:
    """The newest first, of three days, by cursor."""
    oldest = call.world.stamp(call.world.now() - 3 * 86_400)
    rows = [found for found in reversed(_app(call).deliveries) if found.created_at >= oldest]
    cursor = call.query.get("cursor", "")
    if cursor:
        rows = [found for found in rows if found.id < int(cursor)]
    size = int(call.query.get("per_page", "30"))
    shown = rows[:size]
    headers = {}
    if len(rows) > size:
        headers["link"] = f'<{call.site.api}/app/hook/deliveries?per_page={size}&cursor={shown[-1].id}>; rel="next"'
    return Response(200, [show.delivery(found) for found in shown], headers)


@route("GET", "/app/hook/deliveries/{delivery_id}", needs="app")
def delivery(call: Call) -> dict[str, Any]:
    return show.delivery(_delivery(call), full=True)


@route("POST", "/app/hook/deliveries/{delivery_id}/attempts", needs="app", status=202)
def attempt(call: Call) -> dict[str, Any]:
    """Taken at once and sent soon after; a delivery older than three days is gone."""
    found, of = _delivery(call), _app(call)
    call.later.append(partial(redeliver, call.world, of, found))
    return {}


@route("POST", "/app-manifests/{code}/conversions", needs="nothing", status=201)
def convert(call: Call) -> dict[str, Any]:
    """A code works once."""
    given = call.world.manifests.pop(call.parameters["code"], None)
    if given is None:
        raise not_found()
    made: App = given["app"]
    return show.integration(call.site, made) | {
        "client_secret": made.client_secret,
        "webhook_secret": made.webhook_secret,
        "pem": made.private_key,
    }


def _app(call: Call) -> App:
    assert call.identity.app is not None
    return call.identity.app


def _installation(call: Call) -> Installation:
    wanted = call.number("installation_id")
    rows = [found for found in _app(call).installations if not found.removed]
    found = next((found for found in rows if found.id == wanted), None)
    if found is None:
        raise not_found()
    return found


def _delivery(call: Call) -> Delivery:
    wanted = call.number("delivery_id")
    found = next((found for found in _app(call).deliveries if found.id == wanted), None)
    if found is None:
        raise not_found()
    return found
