"""GitHub on loopback.

    with GitHubServer() as server:
        repository = server.repository("octo/demo", files={"a.py": "x = 1\\n"})
        repository.commit("feature", {"a.py": "x = 2\\n"})
        pull = repository.open_pull("feature")
        token = server.token("classic", user="reviewer", scopes=["repo"])
        ... GITHUB_API_URL=server.api_url, GITHUB_SERVER_URL=server.url ...
    assert server.violations == []

`enterprise=True` plays GitHub Enterprise Server: REST under `/api/v3`, GraphQL under `/api/graphql`.
"""

import secrets
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Self

from tests.fakes.github.app_handle import AppHandle
from tests.fakes.github.faults import Fault, FaultPlan, Match, Planned
from tests.fakes.github.git_store import Content
from tests.fakes.github.handles import RepositoryHandle
from tests.fakes.github.listener import Gate, Http, handler_for
from tests.fakes.github.log import Exchange, Log
from tests.fakes.github.messages import Request
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.rules import Rules
from tests.fakes.github.service import Service
from tests.fakes.github.state import Delivery, Installation, Token
from tests.fakes.github.web import create_app, new_manifest
from tests.fakes.github.webhooks import deliver, new_delivery
from tests.fakes.github.world import World

_PREFIXES = {"classic": "ghp_", "fine-grained": "github_pat_", "actions": "ghs_"}
_VERSION = "3.19.2"


class GitHubServer:
    """The server and what tests do to it. `log` is what arrived, `violations` what broke GitHub's schemas."""

    def __init__(
        self, *, enterprise: bool = False, port: int = 0, state: Path | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """`state`: a folder that survives; a server started on it again goes on where the last one was."""
        self._enterprise, self._port, self._tls, self._state = enterprise, port, tls, state
        self._temporary = None if state else tempfile.TemporaryDirectory(prefix="github-", ignore_cleanup_errors=True)
        self.folder = state or Path(self._temporary.name if self._temporary else "")
        self.folder.mkdir(parents=True, exist_ok=True)
        saved = self.folder / "world.pickle"
        self.is_new = not saved.exists()
        self.world = World(self.folder) if self.is_new else World.load(saved)
        self.log, self.rules, self._plan = Log(), Rules(), FaultPlan()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._http = Http(("127.0.0.1", self._port), BaseHTTPRequestHandler)
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._http.server_address[1]}"
        self.api_url = f"{self.url}/api/v3" if self._enterprise else self.url
        self.site = Site(self.url, self.api_url, _VERSION if self._enterprise else "")
        self.service = Service(self.world, self.site, self.rules)
        self._gate = Gate(self.service, self.log, self._plan, self.save)
        self._http.RequestHandlerClass = handler_for(self._gate)
        if self._tls:
            self._http.socket = self._tls.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._gate.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        self.save()
        if self._temporary:
            self._temporary.cleanup()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def graphql_url(self) -> str:
        return self.site.graphql

    @property
    def violations(self) -> list[str]:
        """Requests and answers that break GitHub's descriptions. Empty at the end of every good test."""
        return self.service.violations

    def repository(
        self,
        full_name: str,
        *,
        files: Mapping[str, Content] | None = None,
        private: bool = False,
        default_branch: str = "main",
        owner_kind: str = "Organization",
    ) -> RepositoryHandle:
        """A repository with one commit of these files on its default branch."""
        made = self.world.create_repository(
            full_name, private=private, default_branch=default_branch, owner_kind=owner_kind
        )
        handle = RepositoryHandle(self.world, self.site, made)
        handle.commit(default_branch, {"README.md": f"# {made.name}\n"} if files is None else files, message="First")
        return handle

    def find(self, full_name: str) -> RepositoryHandle:
        """A repository that stands already: after a restart."""
        found, _ = self.world.find_repository(full_name)
        assert found is not None, full_name
        return RepositoryHandle(self.world, self.site, found)

    def token(
        self,
        kind: str,
        *,
        user: str = "octocat",
        scopes: Sequence[str] = ("repo",),
        repositories: Sequence[RepositoryHandle] | None = None,
        permissions: Mapping[str, str] | None = None,
        expires_in: float | None = None,
    ) -> str:
        """`classic` has scopes; `fine-grained` and `actions` (GITHUB_TOKEN) have permissions and repositories."""
        is_actions = kind == "actions"
        bot = self.world.account("github-actions[bot]", "Bot")
        made = Token(
            **self.world.new(),
            value=f"{_PREFIXES[kind]}{secrets.token_hex(18)}",
            kind=kind,
            user=bot if is_actions else self.world.account(user),
            scopes=tuple(scopes) if kind == "classic" else (),
            permissions=dict(permissions or {}),
            repositories=None if repositories is None else [found.record for found in repositories],
            app=self._actions() if is_actions else None,
            expires=None if expires_in is None else self.world.now() + expires_in,
        )
        self.world.tokens[made.value] = made
        return made.value

    def revoke(self, value: str) -> None:
        self.world.tokens[value].revoked = True

    def app(
        self,
        name: str = "Reviewer",
        *,
        owner: str = "octo",
        permissions: Mapping[str, str] | None = None,
        webhook_secret: str = "",
        webhook_url: str = "",
        events: Sequence[str] = ("pull_request", "issue_comment"),
    ) -> AppHandle:
        made = create_app(self.world, name, owner, dict(permissions or {}), list(events))
        made.webhook_secret, made.webhook_url = webhook_secret, webhook_url
        return AppHandle(self.world, made)

    def _actions(self) -> Any:
        """GITHUB_TOKEN belongs to GitHub's own App, the same for every workflow."""
        found = next((app for app in self.world.apps if app.slug == "github-actions"), None)
        return found or create_app(self.world, "GitHub Actions", "github", {"checks": "write"}, [])

    def installation_token(self, installation: Installation, **permissions: str) -> str:
        """A token of an installation, with all its permissions unless some are named."""
        made = Token(
            **self.world.new(),
            value=f"ghs_{secrets.token_hex(18)}",
            kind="installation",
            user=installation.app.bot,
            permissions=permissions or dict(installation.permissions),
            installation=installation,
            app=installation.app,
            expires=self.world.now() + self.rules.token_seconds,
        )
        self.world.tokens[made.value] = made
        return made.value

    def manifest_code(self, manifest: Mapping[str, Any], owner: str = "octo") -> str:
        """The code that GitHub's page would send back for an App manifest."""
        return new_manifest(self.world, dict(manifest), owner)

    def fault(
        self,
        match: Match,
        kind: Fault | str,
        times: int = 1,
        *,
        skip: int = 0,
        after: bool = False,
        location: str = "",
    ) -> None:
        """Let matching calls fail. `match`: `POST /repos/*/reviews`, `GRAPHQL *resolve*`, `GIT *`, `*`; `|` is or.

        `after`: the call takes effect, its answer is lost or replaced. `skip`: so many go by first. `location`: the
        origin that a redirect leads to.
        """
        self._plan.planned.append(Planned(match, Fault(kind), times, skip, after, location))

    def on(
        self, match: Match, action: Callable[[Request], None], *, times: int = 1, skip: int = 0, after: bool = False
    ) -> None:
        """Let something happen just before (or after) a call is carried out: a push, a kill."""
        self._plan.planned.append(Planned(match, None, times, skip, after, action=action))

    def clear_faults(self) -> None:
        self._plan.planned.clear()

    def delay(self, seconds: float | Callable[[Exchange], float]) -> None:
        """How long each call waits before anything is done with it."""
        self._gate.latency = seconds if callable(seconds) else lambda _: seconds

    def exhaust(self, token: str, seconds: int, resource: str = "core") -> None:
        """The token's primary rate limit is used up for so many seconds."""
        self.service.limits.exhaust(token, self.world.now(), seconds, resource)

    def advance(self, seconds: float) -> None:
        """Move GitHub's clock."""
        self.world.offset += seconds

    def deliver(
        self, event: str, payload: Mapping[str, Any], url: str, secret: str, app: AppHandle | None = None
    ) -> Delivery:
        """Send one signed webhook; with an App it stands in `/app/hook/deliveries`."""
        made = new_delivery(self.world, event, dict(payload), url, secret)
        return deliver(app.record if app else None, made)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 10.0) -> bool:
        """Whether it came true in time; for what happens on other threads and processes."""
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                return False
            self._gate.closing.wait(0.01)
        return True

    def save(self) -> None:
        """Into the state's folder, if there is one. Done after every call."""
        if self._state:
            with self.service.lock:
                self.world.save(self.folder / "world.pickle")
