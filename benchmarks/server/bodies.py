"""What reading one body takes, signature apart."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.server.scale import Row, Scale, median
from tests.webhooks.builders import encoded, payload
from tests.webhooks.postgres import PostgresServer
from webhooks.github import parse_event

_TIMES = 5


def reading(_folder: Path, scale: Scale, _name: str, _postgres: PostgresServer | None) -> Iterator[Row]:
    """GitHub's own examples, as they are and blown up."""
    long = payload("pull_request", "opened")
    long["pull_request"]["body"] = "word " * 200_000
    many = payload("installation", "created")
    many["repositories"] = [many["repositories"][0] | {"id": number} for number in range(7_000)]
    for name, event, body in (
        ("an opened pull request", "pull_request", payload("pull_request", "opened")),
        ("the same with a description of 1 MB", "pull_request", long),
        ("an installation with 7 000 repositories", "installation", many),
    ):
        content = encoded(body)
        milliseconds = median((_milliseconds(event, content) for _ in range(scale.times * _TIMES)), 2)
        yield {"name": name, "kilobytes": round(len(content) / 1024), "milliseconds": milliseconds}


def _milliseconds(event: str, content: bytes) -> float:
    began = time.perf_counter()
    parse_event({"x-github-event": event}, content)
    return (time.perf_counter() - began) * 1000
