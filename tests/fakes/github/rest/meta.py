"""The caller, rate limits, and what server this is."""

from typing import Any

from tests.fakes.github.call import Call
from tests.fakes.github.messages import not_found
from tests.fakes.github.payloads.people import public_user
from tests.fakes.github.routes import route


@route("GET", "/user", needs="user")
def user(call: Call) -> dict[str, Any]:
    return public_user(call.site, call.user)


@route("GET", "/users/{username}", needs="nothing")
def user_named(call: Call) -> dict[str, Any]:
    found = call.world.accounts.get(call.parameters["username"].lower())
    if found is None:
        raise not_found()
    return public_user(call.site, found)


@route("GET", "/rate_limit", needs="nothing")
def rate_limit(call: Call) -> dict[str, Any]:
    """Asking costs nothing."""
    core = call.limit_row("core")
    resources = {"core": core, "search": core, "graphql": call.limit_row("graphql")}
    return {"resources": resources, "rate": core}


@route("GET", "/meta", needs="nothing")
def meta(call: Call) -> dict[str, Any]:
    body: dict[str, Any] = {"verifiable_password_authentication": False}
    return body | {"installed_version": call.site.version} if call.site.is_enterprise else body
