"""GitHub's pages of the App-manifest flow: take a manifest, ask, send the browser back with a code."""

import html
import json
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.github.access import NOBODY, Identity
from tests.fakes.github.app_tokens import new_key
from tests.fakes.github.messages import Request, Response
from tests.fakes.github.service import Service
from tests.fakes.github.state import App
from tests.fakes.github.world import World

WEB = re.compile(r"/(settings/apps/new|organizations/([^/]+)/settings/apps/new|apps/[^/]+/installations/new)$")


def serve_web(service: Service, request: Request) -> tuple[Response, Identity]:
    match = WEB.match(request.path)
    if match is None:
        return Response(404, b"<h1>404</h1>", {"content-type": "text/html"}), NOBODY
    if "installations" in match[1]:
        return _page("Install", "<h1>Install the App</h1>"), NOBODY
    form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
    if problem := _problem(form.get("manifest", "")):
        return _page("Invalid GitHub App configuration", f"<h1>{html.escape(problem)}</h1>"), NOBODY
    with service.lock:
        if "confirmed" in form:
            return _back(service, form, match[2] or "someone"), NOBODY
    return _ask(request, form), NOBODY


_NEEDED = {  # a repository permission that an event takes
    "check_run": "checks",
    "check_suite": "checks",
    "issue_comment": "issues",
    "merge_group": "merge_queues",
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "pull_request_review_comment": "pull_requests",
    "repository": "metadata",
}


def _problem(text: str) -> str:
    """Why GitHub takes no such manifest; in its words, as people have reported them."""
    try:
        manifest = json.loads(text)
        wanted, host = manifest["default_events"], urlsplit(manifest["hook_attributes"]["url"]).hostname or ""
    except (ValueError, KeyError, TypeError):
        return "The configuration does not appear to be a valid GitHub App manifest."
    unknown = [event for event in wanted if event not in _NEEDED]
    if unknown:
        return f"Default events unsupported: {', '.join(unknown)}"
    if unmet := [event for event in wanted if _NEEDED[event] not in manifest["default_permissions"]]:
        return f"Default events are not supported by permissions: {', '.join(unmet)}"
    if host in ("localhost", "127.0.0.1"):
        return "Hook url is not supported because it isn't reachable over the public Internet"
    return ""


def _ask(request: Request, form: dict[str, str]) -> Response:
    """The page on which a person agrees."""
    state = request.query.get("state", "")
    manifest = json.loads(form.get("manifest", "{}"))
    name = html.escape(str(manifest.get("name", "")))
    fields = {"manifest": form.get("manifest", ""), "state": state, "confirmed": "yes"}
    hidden = "".join(f'<input type="hidden" name="{key}" value="{html.escape(text)}">' for key, text in fields.items())
    button = f'<button type="submit">Create GitHub App for {name}</button>'
    return _page(
        "Create GitHub App", f'<form method="post" action="{html.escape(request.path)}">{hidden}{button}</form>'
    )


def _back(service: Service, form: dict[str, str], owner: str) -> Response:
    manifest = json.loads(form["manifest"])
    code = new_manifest(service.world, manifest, owner)
    target = manifest["redirect_url"]
    query = urlencode({"code": code, **({"state": form["state"]} if form.get("state") else {})})
    return Response(302, b"", {"location": f"{target}{'&' if urlsplit(target).query else '?'}{query}"})


def new_manifest(world: World, manifest: dict[str, Any], owner: str) -> str:
    """Make the App that the manifest describes; its code for `/app-manifests/CODE/conversions`."""
    permissions, events = manifest.get("default_permissions") or {}, manifest.get("default_events") or []
    made = create_app(world, manifest.get("name") or "reviewer", owner, permissions, events)
    made.webhook_url = (manifest.get("hook_attributes") or {}).get("url", "")
    made.webhook_secret = secrets.token_hex(20)
    code = secrets.token_hex(20)
    world.manifests[code] = {"app": made}
    return code


def create_app(world: World, name: str, owner: str, permissions: dict[str, str], events: list[str]) -> App:
    """An App with a key of its own and a bot named after its slug."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    private, public = new_key(len(world.apps))
    fields = world.new()
    made = App(
        **fields,
        slug=slug,
        name=name,
        owner=world.account(owner),
        bot=world.account(f"{slug}[bot]", "Bot"),
        client_id=f"Iv23li{fields['id']:014d}",
        permissions={"metadata": "read", **permissions},
        events=events,
        public_key=public,
        private_key=private,
        client_secret=secrets.token_hex(20),
    )
    world.apps.append(made)
    return made


def _page(title: str, body: str) -> Response:
    head = f"<link rel='icon' href='data:,'><title>{title}</title>"
    text = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return Response(200, text.encode(), {"content-type": "text/html; charset=utf-8"})
