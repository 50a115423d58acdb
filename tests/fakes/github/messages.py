"""What goes over the wire, before and after HTTP; `Refusal` is an answer raised from anywhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower case, `path` is decoded and has no query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    @property
    def raw_path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The last value of each parameter."""
        return {
            name: values[-1] for name, values in parse_qs(urlsplit(self.target).query, keep_blank_values=True).items()
        }

    def moved_to(self, target: str) -> Self:
        """The same request at another address."""
        return type(self)(self.method, target, self.headers, self.body)


@dataclass(slots=True)
class Response:
    """`body` is sent as JSON, or as it is when it is bytes; None sends nothing."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Refusal(Exception):
    """The server says no; `response` is how."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status, response.body)
        self.response = response


def refusal(status: int, message: str, errors: list[Any] | None = None, **headers: str) -> Refusal:
    """GitHub's error body: a message, perhaps errors, where to read on, and the status as text."""
    body: dict[str, Any] = {"message": message}
    if errors is not None:
        body["errors"] = errors
    body |= {"documentation_url": DOCUMENTATION, "status": str(status)}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(Response(status, body, named))


def not_found() -> Refusal:
    return refusal(404, "Not Found")


def unprocessable(*errors: str) -> Refusal:
    """The form that reviews use: plain sentences."""
    return refusal(422, "Unprocessable Entity", list(errors))


def invalid(resource: str, field_name: str, message: str, code: str = "custom") -> Refusal:
    """The form that most others use: one field of one resource."""
    error = {"resource": resource, "code": code, "field": field_name, "message": message}
    return refusal(422, "Validation Failed", [error])
