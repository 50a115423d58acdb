"""One REST call on its way to its answer: what handlers are given, and pages of lists."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.fakes.github.access import Identity, refused
from tests.fakes.github.limits import Limits
from tests.fakes.github.messages import Request, Response, invalid, not_found, refusal
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.rules import Rules
from tests.fakes.github.state import Account, App, Pull, Repository
from tests.fakes.github.world import World

LONGEST_BODY = 65_536


@dataclass
class Call:
    """`later` collects what shall happen after the answer: redeliveries."""

    request: Request
    world: World
    site: Site
    rules: Rules
    identity: Identity
    parameters: dict[str, str]
    limits: Limits
    repository_found: Repository | None = None
    later: list[Callable[[], object]] = field(default_factory=list)

    @property
    def repository(self) -> Repository:
        assert self.repository_found is not None
        return self.repository_found

    @property
    def user(self) -> Account:
        """Who is writing; only behind a route that needs a token."""
        if self.identity.user is None:
            raise refusal(401, "Requires authentication")
        return self.identity.user

    @property
    def app(self) -> App | None:
        """The App behind the call: itself, or by its installation's token."""
        token = self.identity.token
        return self.identity.app or (token.app if token else None)

    @cached_property
    def body(self) -> dict[str, Any]:
        if not self.request.body:
            return {}
        try:
            found = json.loads(self.request.body)
        except ValueError as broken:
            raise refusal(400, "Problems parsing JSON") from broken
        if isinstance(found, list) and self.request.path.endswith("/labels"):
            return {"labels": found}
        if not isinstance(found, dict):
            raise refusal(400, "Body should be a JSON object")
        return found

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    @property
    def pull(self) -> Pull:
        number = self.parameters.get("pull_number") or self.parameters["issue_number"]
        found = self.repository.pulls.get(int(number))
        if found is None:
            raise not_found()
        return found

    def limit_row(self, resource: str) -> dict[str, int]:
        return self.limits.row(self.identity, resource)

    def number(self, name: str) -> int:
        return int(self.parameters[name])

    def require(self, needs: str, role: str = "read") -> None:
        no = refused(self.identity, self.repository, needs, role)
        if no:
            raise no

    def text(self, name: str, resource: str) -> str:
        """A comment's body: not blank and not too long."""
        value = str(self.body.get(name) or "")
        if not value.strip():
            raise invalid(resource, name, f"{name} can't be blank", "missing_field")
        if len(value) > LONGEST_BODY:
            raise invalid(resource, name, f"{name} is too long (maximum is {LONGEST_BODY} characters)")
        return value

    def page(self, rows: Sequence[Any], show: Callable[[Any], Any], wrap: str = "") -> Response:
        """One page of the rows with GitHub's Link header; `wrap` names the list beside `total_count`."""
        size = min(max(_whole(self.query.get("per_page"), 30), 1), 100)
        number = max(_whole(self.query.get("page"), 1), 1)
        last = max(1, -(-len(rows) // size))
        shown = [show(row) for row in rows[(number - 1) * size : number * size]]
        body: Any = {"total_count": len(rows), wrap: shown} if wrap else shown
        links = self._links(number, last)
        return Response(200, body, {"link": links} if links else {})

    def _links(self, number: int, last: int) -> str:
        named: dict[str, int] = {}
        if number > 1:
            named |= {"prev": number - 1, "first": 1}
        if number < last:
            named |= {"next": number + 1, "last": last}
        return ", ".join(f'<{self._address(page)}>; rel="{name}"' for name, page in named.items())

    def _address(self, page: int) -> str:
        path, _, query = self.request.target.partition("?")
        rest = [(name, value) for name, value in parse_qsl(query) if name != "page"]
        return f"{self.site.api}{path}?{urlencode([*rest, ('page', page)])}"


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default
