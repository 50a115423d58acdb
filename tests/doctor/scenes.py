"""Endpoints as they are met in the wild, each with what the doctor says of it in `tests/golden/doctor/`.

`UPDATE_GOLDEN=1` writes them anew; the diff is then read by a person.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme

from tests.doctor.builders import BUG, healthy, lines_of
from tests.e2e.models import NOTHING, confirming, finding, task_of, verdict
from tests.fakes.model_replies import CONTEXT_TOO_LONG, Completion, Hang, Raw, error, rate_limited
from tests.fakes.model_server import ModelRequest, ModelServer

GOLDEN = Path(__file__).parents[1] / "golden" / "doctor"


@dataclass(frozen=True, slots=True)
class Scene:
    """A server, and how it is examined."""

    script: Any = field(default_factory=healthy)
    server: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    is_thorough: bool = False
    seconds: float = 20.0

    async def told(self) -> str:
        with ModelServer(self.script, **self.server) as server:
            told = await lines_of(server, is_thorough=self.is_thorough, seconds=self.seconds, **self.variables)
            assert not server.failures
            return f"{told}\n{len(server.requests)} model calls\n"


def _page(path: str, body: Any, status: int = 200, **headers: str) -> Mapping[str, Any]:
    return {"pages": {path: Raw(status, body, headers)}}


def _listed(**row: Any) -> Mapping[str, Any]:
    return _page("/v1/models", {"object": "list", "data": [row]})


def _cut(request: ModelRequest) -> Completion:
    """Ollama's way: what is too long is cut, and nobody says so."""
    return Completion("yes", extra={"usage": {"prompt_tokens": min(request.tokens, 4096), "completion_tokens": 1}})


def _stingy(request: ModelRequest) -> Any:
    """A limit on tokens a minute, which says nothing of the window."""
    return rate_limited(retry_after="60") if request.tokens > 50_000 else "yes"


def _wordy(request: ModelRequest) -> Any:
    """Another maker's tokenizer: nearly twice as many tokens, of which 40,000 fit."""
    tokens = request.tokens * 17 // 10
    return (
        CONTEXT_TOO_LONG["vllm"] if tokens > 40_000 else Completion("yes", extra={"usage": {"prompt_tokens": tokens}})
    )


def _uncached(request: ModelRequest) -> Completion:
    return Completion("yes", extra={"usage": {"prompt_tokens": request.tokens, "completion_tokens": 1}})


def _rejecting(request: ModelRequest) -> Any:
    found = {"findings": [BUG]} if task_of(request) == "find" else {"verdicts": [verdict(1, [], "reject")]}
    return NOTHING | found


def _untrusted() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


UNKNOWN = {"PR_REVIEWER_MODELS__REVIEW": "m"}

SCENES = {
    "healthy": Scene(),
    "wrong key": Scene(server={"keys": ["other"]}),
    "forbidden": Scene(lambda _: error(403, "Project proj-1 may not use this model")),
    "no key": Scene(variables={"OPENAI_API_KEY": ""}),
    "model missing": Scene(server={"models": ["other"]}),
    "json mode": Scene(server={"refuses": ["json_schema"]}),
    "no json mode": Scene(server={"refuses": ["json_schema", "json_object"]}),
    "schema not enforced": Scene(healthy(greeting="Good morning!")),
    "schema half enforced": Scene(healthy(greeting={"greeting": 7})),
    "no system message": Scene(server={"refuses": ["system", "max_tokens", "max_completion_tokens"]}),
    "window tiny": Scene(server={"window": 8192}),
    "window next to nothing": Scene(server={"window": 10, "dialect": "llama.cpp"}),
    "window cut far": Scene(healthy(filler=lambda _: CONTEXT_TOO_LONG["llama.cpp"])),
    "window cut silently": Scene(healthy(filler=_cut)),
    "window stated too small": Scene(server=_listed(id="gpt-6.1-sol", max_model_len=8192)),
    "window stated": Scene(
        server=_listed(id="m", max_model_len=131072),
        variables=UNKNOWN | {"PR_REVIEWER_MODELS__DEFAULT_WINDOW": "64000"},
    ),
    "window of llama.cpp": Scene(
        server=_page("/props", {"default_generation_settings": {"n_ctx": 4096}}), variables=UNKNOWN
    ),
    "window measured, too small": Scene(server={"window": 60_000}, variables=UNKNOWN, is_thorough=True),
    "window measured in other tokens": Scene(healthy(filler=_wordy), variables=UNKNOWN, is_thorough=True),
    "window beyond a rate limit": Scene(healthy(filler=_stingy), variables=UNKNOWN, is_thorough=True),
    "window measured": Scene(server=_listed(id="m", max_model_len=131072), variables=UNKNOWN, is_thorough=True),
    "bug not found": Scene(healthy(review=confirming())),
    "bug elsewhere": Scene(healthy(finding("prices.py", "    return amount"))),
    "bug quoted sloppily": Scene(healthy(BUG | {"quote": "for index in range(1, len(prices)):"})),
    "bug rejected": Scene(healthy(review=_rejecting)),
    "bug unplaced": Scene(healthy(BUG | {"quote": "nothing_of_the_kind(stands, there)"})),
    "review fails": Scene(healthy(review=error(500, "boom"))),
    "hang": Scene(lambda _: Hang(), seconds=0.3),
    "hang after the greeting": Scene(healthy(filler=Hang()), seconds=1.0),
    "hang of the list": Scene(server={"pages": {"/v1/models": Hang()}}, seconds=0.3),
    "no list": Scene(server=_page("/v1/models", {"detail": "Not Found"}, 404)),
    "web page": Scene(server=_page("/v1/models", "<html>Sign in</html>")),
    "redirect": Scene(server=_page("/v1/models", "", 302, location="https://elsewhere.example/v1")),
    "rate limited": Scene(lambda _: rate_limited(retry_after="7")),
    "no cache": Scene(healthy(filler=_uncached)),
    "thinks too long": Scene(healthy(greeting=Completion("", finish_reason="length"))),
    "other models": Scene(
        server={"models": ["gpt-6.1-sol", "checker"]},
        variables={"PR_REVIEWER_MODELS__VERIFY": "checker", "PR_REVIEWER_MODELS__FALLBACKS": '["gone"]'},
    ),
    "untrusted certificate": Scene(server={"tls": _untrusted()}),
}


def assert_golden(name: str, told: str) -> None:
    path = golden(name)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")


def golden(name: str) -> Path:
    return GOLDEN / f"{name.replace(' ', '-').replace(',', '')}.txt"
