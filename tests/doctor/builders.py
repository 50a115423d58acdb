"""A model that answers the doctor's questions, and the doctor's findings as lines."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from pr_reviewer.doctor.check import Check
from pr_reviewer.doctor.endpoint import endpoint_checks
from pr_reviewer.doctor.opening import open_line
from pr_reviewer.llm.tokens import TokenCounter
from pr_reviewer.resources import tokenizer_bytes
from pr_reviewer.settings.load import load_settings
from tests.e2e.models import confirming, finding
from tests.fakes.model_server import ModelRequest, ModelServer

KEY = "sk-a-secret-key"
COUNTER = TokenCounter("o200k_base", tokenizer_bytes)  # loaded once: each scene would take a second for it
BUG = finding(
    "prices.py",
    "    for index in range(1, len(prices)):\n        amount += prices[index]",
    title="The first price is left out",
    suggestion="    for price in prices:\n        amount += price",
)

# What differs between runs, or with the review's prompts.
_BLOTS = {r"· \d+ model calls?\b[^\n]*? s\b": "· COST", r"\b\d+\.\d s\b": "N s", r"\(_ssl\.c:\d+\)": "(_ssl.c)"}

Script = Callable[[ModelRequest], Any]


def purpose_of(request: ModelRequest) -> str:
    """What the doctor asks for: `greeting`, `filler`, or a `review`."""
    if "Greet me" in request.text:
        return "greeting"
    return "filler" if "filler text" in request.text else "review"


def healthy(*findings: dict[str, Any], **instead: Any) -> Script:
    """A good model; `greeting`, `filler` and `review` replace what it answers to these, as a reply or a script."""

    def answer(request: ModelRequest) -> Any:
        purpose = purpose_of(request)
        if purpose in instead:
            other = instead[purpose]
            return other(request) if callable(other) else other
        usual = {"greeting": {"greeting": "Hello."}, "filler": "yes"}
        return usual[purpose] if purpose in usual else confirming(*(findings or (BUG,)))(request)

    return answer


async def lines_of(server: ModelServer, *, is_thorough: bool = False, seconds: float = 20.0, **variables: str) -> str:
    """What the doctor says of this endpoint, one check a line; what differs between runs is blotted out."""
    environ = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url} | variables
    async with open_line(load_settings(environ).settings, seconds) as line:
        text = await text_of(endpoint_checks(replace(line, counter=COUNTER), is_thorough=is_thorough))
    return text.replace(server.host, "HOST")


async def text_of(checks: AsyncIterator[Check]) -> str:
    text = "\n".join([line_of(check) async for check in checks])
    assert KEY not in text
    for pattern, blot in _BLOTS.items():
        text = re.sub(pattern, blot, text)
    return text


def line_of(check: Check) -> str:
    return f"{check.state:7} {check.name}: {check.detail}" + (f" -> {check.todo}" if check.todo else "")
