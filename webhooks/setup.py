"""The set-up page: GitHub makes an App from a manifest, we get its credentials and keep them, or print them.

/setup → the form → what it comes to → GitHub → /setup/created → the credentials → the link that installs the App.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import structlog
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pr_reviewer.llm.endpoint import Network
from pr_reviewer.model.errors import ProviderRefused, ReviewerError
from pr_reviewer.providers.github.address import Site
from pr_reviewer.providers.github.connection import Connection, Timeouts
from pr_reviewer.providers.github.hooks import NewApp, convert_manifest
from webhooks.setup_gate import Admission, Gate
from webhooks.setup_manifest import (
    HOOK_PATH,
    Wish,
    creation_url,
    events,
    installation_url,
    manifest,
    permissions,
    read_wish,
)
from webhooks.setup_pages import headers, page
from webhooks.setup_stored import require_room, store

PATH, BACK_PATH = "/setup", "/setup/created"
_COOKIE = "pr_reviewer_setup"
_LONGEST_FORM = 16_384

log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class Plan:
    """What set-up is for. No `folder`: nothing is stored, the credentials are printed. `site` is what is offered."""

    folder: Path | None
    replace: bool = False
    goes_on: bool = True
    site: Site = field(default_factory=Site)
    network: Network = field(default_factory=Network)
    timeouts: Timeouts = field(default_factory=lambda: Timeouts(10.0, 30.0))


@dataclass(frozen=True, slots=True)
class Made:
    """The App that was made, where, and where it is stored."""

    app: NewApp
    wish: Wish
    path: Path | None = None

    @property
    def installation_url(self) -> str:
        """Where it is installed on repositories."""
        return installation_url(self.app.url, self.wish.server, self.app.slug)


class Setup:
    """The pages, and what came of them: `made` is the App once it is stored. `leave` is called when it was shown."""

    def __init__(self, plan: Plan, leave: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._plan = plan
        self._leave = leave
        self._wish = Wish(server=plan.site.server_url)
        self._received: dict[str, Made] = {}
        self._lock = asyncio.Lock()
        self.gate = Gate(clock)
        self.made: Made | None = None

    def application(self) -> Starlette:
        """The ASGI application: two paths, GitHub's way back, and nothing else."""
        return Starlette(
            routes=[
                Route("/healthz", _healthz),
                Route(PATH, self._guarded(self._form), methods=["GET"]),
                Route(PATH, self._guarded(self._filled_in), methods=["POST"]),
                Route(BACK_PATH, self._guarded(self._created), methods=["GET"]),
            ],
            exception_handlers={404: _nothing_here, 405: _nothing_here},
        )

    def _guarded(self, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Only for the browser that was admitted; the link's token admits it."""

        async def guarded(request: Request) -> Response:
            if self.gate.knows(request.cookies.get(_COOKIE, "")):
                return await answer(request)
            token = request.query_params.get("token", "")
            if request.url.path != PATH or request.method != "GET" or not token:
                return _stopped(403, "closed")
            admission = self.gate.admit(token)
            if admission is not Admission.ADMITTED:
                log.warning("set-up refused", why=f"the link's token is {admission.value}")
                return _stopped(403, admission.value)
            return self._admitted()

        return guarded

    def _admitted(self) -> Response:
        """Without the token in the address: it would stand in the browser's history."""
        response = RedirectResponse(PATH, 303, headers=headers())
        response.set_cookie(_COOKIE, self.gate.cookie, path=PATH, httponly=True, samesite="lax")
        return response

    async def _form(self, request: Request) -> Response:
        if "token" in request.query_params:
            return RedirectResponse(PATH, 303, headers=headers())
        return self._done(self.made) if self.made else self._asked(self._wish, {})

    def _asked(self, wish: Wish, problems: Mapping[str, str]) -> Response:
        told = {"wish": wish, "problems": problems, "token": self.gate.form, "hook_path": HOOK_PATH}
        return page("form.html.j2", told, status=422 if problems else 200)

    async def _filled_in(self, request: Request) -> Response:
        form = await _read_form(request)
        if form is None or not self.gate.is_ours(form.get("token", "")):
            return _stopped(403, "foreign")
        checked = read_wish(form)
        self._wish = checked.wish
        if checked.problems:
            return self._asked(checked.wish, checked.problems)
        if self._plan.folder:
            try:
                await asyncio.to_thread(require_room, self._plan.folder, replace=self._plan.replace)
            except ReviewerError as exc:
                return _failed(exc, PATH)
        return self._confirmed(checked.wish, request)

    def _confirmed(self, wish: Wish, request: Request) -> Response:
        """What GitHub will be asked for, and the button that goes there."""
        told = {
            "wish": wish,
            "permissions": permissions(wish),
            "events": events(wish),
            "hook_url": f"{wish.url}{HOOK_PATH}",
            "manifest": manifest(wish, f"{_own_origin(request)}{BACK_PATH}"),
            "action": creation_url(wish, self.gate.expect(wish)),
        }
        return page("agree.html.j2", told, form_targets=[wish.server])

    async def _created(self, request: Request) -> Response:
        """GitHub sent the browser back. Reloading tries again what has failed, with the App that we have by then."""
        state, code = (request.query_params.get(name, "") for name in ("state", "code"))
        wish = self.gate.expected(state)
        if wish is None or not code:
            return _stopped(403, "unexpected")
        try:
            async with self._lock:  # the code works once, however often the browser asks
                self.made = self.made or await self._received_and_kept(wish, state, code)
        except ReviewerError as exc:
            log.warning("set-up failed", why=exc.message)
            return _failed(exc, PATH if isinstance(exc, ProviderRefused) else "")
        return self._done(self.made)

    async def _received_and_kept(self, wish: Wish, state: str, code: str) -> Made:
        if state not in self._received:
            self._received[state] = Made(await self._convert(wish, code), wish)
        made = await asyncio.to_thread(self._kept, self._received[state])
        log.info("the App was made", app=made.app.slug, owner=made.app.owner)
        return made

    async def _convert(self, wish: Wish, code: str) -> NewApp:
        configured = self._plan.site
        site = configured if wish.server == configured.server_url else Site.of(wish.server)
        connection = Connection(site, self._plan.network, self._plan.timeouts)
        try:
            return await convert_manifest(connection, code)
        finally:
            connection.close()

    def _kept(self, made: Made) -> Made:
        if self._plan.folder is None:
            return made
        return replace(made, path=store(made.app, made.wish.server, self._plan.folder, replace=self._plan.replace))

    def _done(self, made: Made) -> Response:
        """The last page. It needs nothing more from us, so the server may leave once it is sent."""
        told = {"made": made, "goes_on": self._plan.goes_on, "hook_url": f"{made.wish.url}{HOOK_PATH}"}
        response = page("created.html.j2", told)
        response.background = BackgroundTask(self._leave)
        return response


async def _healthz(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def _nothing_here(_request: Request, _exc: Exception) -> Response:
    return _stopped(404, "nowhere")


def _stopped(status: int, why: str) -> Response:
    """A page that ends here: `why` names its sentences in the template."""
    return page("stopped.html.j2", {"why": why, "path": PATH}, status=status)


def _failed(exc: ReviewerError, back: str) -> Response:
    """Something went wrong that may be put right; `back` is where to, "" for this page again."""
    told = {"message": exc.message, "hint": exc.hint, "back": back}
    return page("failed.html.j2", told, status=500 if back else 502)


async def _read_form(request: Request) -> Mapping[str, str] | None:
    """The fields of a form; None for what is too long to be ours, or no text."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return None
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError:
        return None


def _own_origin(request: Request) -> str:
    """Our address as the browser knows it: only it knows whether a proxy with TLS stands in between."""
    given = request.headers.get("origin", "")
    return given if urlsplit(given).scheme in {"http", "https"} else f"http://{request.headers.get('host', '')}"
