"""A REST request → its answer: route, who calls, limits, permission, answer, entity tag, and both sides checked."""

import hashlib
import itertools
import json
import threading
from collections.abc import Callable
from typing import Any

from tests.fakes.github.access import NOBODY, Identity, can_see, identify, refused
from tests.fakes.github.call import Call
from tests.fakes.github.limits import Limits
from tests.fakes.github.messages import Refusal, Request, Response, not_found, refusal
from tests.fakes.github.openapi import describe
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.rest import load
from tests.fakes.github.routes import Route, find
from tests.fakes.github.rules import Rules
from tests.fakes.github.state import Repository
from tests.fakes.github.world import World

VERSIONS = ("2022-11-28", "2026-03-10")


class Service:
    """Thread-safe: one call at a time reads or changes the world."""

    def __init__(self, world: World, site: Site, rules: Rules) -> None:
        load()
        self.world, self.site, self.rules = world, site, rules
        self.limits = Limits(rules)
        self.violations: list[str] = []
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._description = describe(is_enterprise=site.is_enterprise)

    def rest(self, request: Request) -> tuple[Response, Identity]:
        """The answer to a request whose target has lost the API's prefix."""
        later: list[Callable[[], object]] = []
        with self.lock:
            response, identity = self._answered(request, later)
        for action in later:
            threading.Thread(target=action, daemon=True).start()
        return self.finished(response, identity, "core"), identity

    def _answered(self, request: Request, later: list[Callable[[], object]]) -> tuple[Response, Identity]:
        identity = NOBODY
        try:
            check_headers(request)
            identity = identify(self.world, request.headers.get("authorization"))
            request = self._by_name(request)
            found = find(request.method, request.path)
            if found is None:
                self.violations.append(f"{request.method} {request.path}: the stand-in has no such route")
                raise not_found()
            route, parameters = found
            self._admit(route, request, identity)
            self._hold_request(route, request)
            call = Call(request, self.world, self.site, self.rules, identity, parameters, self.limits, later=later)
            response = self._routed(route, call)
            return self._tagged(request, response, identity), identity
        except Refusal as no:
            return no.response, identity

    def _by_name(self, request: Request) -> Request:
        """`/repositories/ID/…` is the same as `/repos/OWNER/NAME/…`."""
        parts = request.target.split("/", 3)
        if parts[1] != "repositories" or not parts[2].partition("?")[0].isdigit():
            return request
        found = self.world.repository_by_id(int(parts[2].partition("?")[0]))
        if found is None:
            raise not_found()
        return request.moved_to("/".join(["", "repos", found.full_name, *parts[3:]]))

    def _admit(self, route: Route, request: Request, identity: Identity) -> None:
        if route.template == "/rate_limit":
            return
        is_write = request.method not in ("GET", "HEAD")
        no = self.limits.admit(identity, "core", self.world.now(), is_write=is_write)
        if no:
            raise no

    def _routed(self, route: Route, call: Call) -> Response:
        """The answer or the refusal, either held against the description."""
        try:
            response = self._reached(route, call)
        except Refusal as no:
            response = no.response
        self._hold_answer(route, response)
        return response

    def _reached(self, route: Route, call: Call) -> Response:
        if route.is_of_repository:
            repository, moved = self._repository(call)
            if moved:
                return self._moved(call, repository)
            call.repository_found = repository
        self._authorize(route, call)
        answer = route.answer(call)
        return answer if isinstance(answer, Response) else Response(route.status, answer)

    def _repository(self, call: Call) -> tuple[Repository, bool]:
        name = f"{call.parameters['owner']}/{call.parameters['repo']}"
        found, moved = self.world.find_repository(name)
        if found is None or not (can_see(call.identity, found) or call.identity.app):
            raise not_found()
        return found, moved

    def _moved(self, call: Call, repository: Repository) -> Response:
        """A renamed repository: reading is 301, writing 307, by the repository's id."""
        _, _, _, *rest = call.request.target.split("/", 4)[1:]
        url = "/".join([f"{self.site.api}/repositories/{repository.id}", *rest])
        status = 301 if call.request.method in ("GET", "HEAD") else 307
        message = "Moved Permanently" if status == 301 else "Temporary Redirect"
        body = {"message": message, "url": url, "documentation_url": "https://docs.github.com/rest"}
        return Response(status, body, {"location": url})

    def _authorize(self, route: Route, call: Call) -> None:
        if route.needs == "nothing":
            return
        if route.needs in ("app", "user", "installation"):
            _check_kind(route.needs, call.identity)
            return
        if call.repository.archived and call.request.method != "GET":
            raise refusal(403, "Repository was archived so is read-only.")
        no = refused(call.identity, call.repository, route.needs, route.role)
        if no:
            raise no

    def _hold_request(self, route: Route, request: Request) -> None:
        try:
            body = json.loads(request.body) if request.body else None
        except ValueError:
            body = "not JSON"
        found = self._description.check_request(request.method, route.template, request.query, body)
        self.violations += [f"request {request.method} {request.path}: {error}" for error in found]

    def _hold_answer(self, route: Route, response: Response) -> None:
        if not self._description.knows(route.method, route.template):
            return
        found = self._description.check_answer(route.method, route.template, response.status, response.body)
        self.violations += [f"answer {route.method} {route.template} {response.status}: {error}" for error in found]

    def _tagged(self, request: Request, response: Response, identity: Identity) -> Response:
        """An entity tag for what was read; 304 when the caller has it, which costs nothing of its limit."""
        if request.method != "GET" or response.status != 200:
            return response
        tag = f'W/"{hashlib.sha256(response.content).hexdigest()}"'
        response.headers |= {"etag": tag, "cache-control": "private, max-age=60, s-maxage=60"}
        if identity.token and tag in request.headers.get("if-none-match", ""):
            self.limits.forgive(identity, "core")
            return Response(304, None, response.headers)
        return response

    def finished(self, response: Response, identity: Identity, resource: str) -> Response:
        """The headers that every answer of the API has."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-github-request-id": f"STND:{next(self._numbers):06X}",
            "x-github-media-type": "github.v3; format=json",
            **self.limits.headers(identity, resource),
        }
        if self.site.is_enterprise:
            headers["x-github-enterprise-version"] = self.site.version
        if identity.token and identity.token.kind == "classic":
            headers["x-oauth-scopes"] = ", ".join(identity.token.scopes)
        response.headers = headers | response.headers
        return response


def check_headers(request: Request) -> None:
    if not request.headers.get("user-agent"):
        raise refusal(
            403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
        )
    version = request.headers.get("x-github-api-version")
    if version is not None and version not in VERSIONS:
        raise refusal(400, f"Version {version} is not a supported version.")


def _check_kind(needs: str, identity: Identity) -> None:
    """Some addresses are for one kind of caller alone."""
    token: Any = identity.token
    if needs == "app" and identity.app is None:
        raise refusal(401, "A JSON web token could not be decoded")
    if needs == "user" and (token is None or token.is_app):
        no = "Resource not accessible by integration" if token or identity.app else "Requires authentication"
        raise refusal(403 if token or identity.app else 401, no)
    if needs == "installation" and (token is None or not token.is_app):
        raise refusal(403, "You must authenticate with an installation access token in order to list repositories.")
