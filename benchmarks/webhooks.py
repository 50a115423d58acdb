"""`python -P -m benchmarks.webhooks`: how fast deliveries are acknowledged, and how many a second are on disk.

A real `pr-reviewer serve` on SQLite and on Postgres, both with an fsync for each commit, asked over loopback with
GitHub's own payload of an opened pull request (22 KB). Several runs of each; medians.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.webhooks.builders import encoded, headers, payload
from tests.webhooks.postgres import running_postgres
from tests.webhooks.process import serving
from webhooks.github import parse_event

PER_SECOND = 100
SECONDS = 10
AT_FULL_LOAD = 3_000
CONNECTIONS = 64
Row = dict[str, object]


def main() -> None:
    """Measure everything, print a line for each, write the JSON file."""
    parser = argparse.ArgumentParser(prog="python -P -m benchmarks.webhooks")
    parser.add_argument("--times", type=int, default=5, help="runs of each measurement (default: 5)")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("webhooks.json"))
    arguments = parser.parse_args()
    rows = [*_parsing(arguments.times), *_servers(arguments.times)]
    arguments.output.write_text(json.dumps({"times": arguments.times, "rows": rows}, indent=1) + "\n")


def _parsing(times: int) -> Iterator[Row]:
    """What reading one body takes, signature apart."""
    opened = payload("pull_request", "opened")
    long = payload("pull_request", "opened")
    long["pull_request"]["body"] = "word " * 200_000
    many = payload("installation", "created")
    many["repositories"] = [many["repositories"][0] | {"id": number} for number in range(7_000)]
    for name, event, body in (
        ("an opened pull request", "pull_request", opened),
        ("the same with a long description", "pull_request", long),
        ("an installation with 7 000 repositories", "installation", many),
    ):
        content = encoded(body)
        milliseconds = statistics.median(_milliseconds(event, content) for _ in range(times * 5))
        yield _told(f"parse: {name}", kilobytes=round(len(content) / 1024), milliseconds=round(milliseconds, 2))


def _milliseconds(event: str, content: bytes) -> float:
    began = time.perf_counter()
    parse_event({"x-github-event": event}, content)
    return (time.perf_counter() - began) * 1000


def _servers(times: int) -> Iterator[Row]:
    for name, opened in (("SQLite", contextlib.nullcontext("")), ("Postgres", _postgres())):
        with opened as url:
            steady = [_measured(url, _steady) for _ in range(times)]
            full = [_measured(url, _full_load) for _ in range(times)]
        yield _told(
            f"{name}: {PER_SECOND} deliveries/s for {SECONDS} s",
            p50_ms=_median(run.quantile(0.5) for run in steady),
            p99_ms=_median(run.quantile(0.99) for run in steady),
            worst_ms=round(max(max(run.milliseconds) for run in steady), 1),
            goal="p99 <= 50 ms",
        )
        yield _told(
            f"{name}: {AT_FULL_LOAD} deliveries on {CONNECTIONS} connections",
            per_second=_median(AT_FULL_LOAD / run.seconds for run in full),
            p99_ms=_median(run.quantile(0.99) for run in full),
            goal=">= 300/s",
        )


@contextlib.contextmanager
def _postgres() -> Iterator[str]:
    with running_postgres(durable=True) as server:
        yield server.new_database()


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: how long each answer took, and all of them together."""

    milliseconds: Sequence[float]
    seconds: float

    def quantile(self, part: float) -> float:
        return sorted(self.milliseconds)[min(len(self.milliseconds) - 1, int(len(self.milliseconds) * part))]


def _measured(url: str, act: Callable[[int], "asyncio.Future[Sample]"]) -> Sample:
    with tempfile.TemporaryDirectory() as folder:
        environ = {"PR_REVIEWER_SERVER__DATABASE_URL": url} if url else {}
        with serving(Path(folder), environ=environ) as server:
            return asyncio.run(act(server.port))  # type: ignore[arg-type]


async def _steady(port: int) -> Sample:
    """One every hundredth of a second, whether or not the one before is answered: waiting counts."""
    requests = [_request() for _ in range(PER_SECOND * SECONDS)]
    connections: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connections.put_nowait(await _Connection.open(port))
    began = time.perf_counter()

    async def send(number: int, request: bytes) -> float:
        due = began + number / PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        connection = await connections.get()
        await connection.send(request)
        connections.put_nowait(connection)
        return (time.perf_counter() - due) * 1000

    milliseconds = await asyncio.gather(*(send(number, request) for number, request in enumerate(requests)))
    return Sample(milliseconds, time.perf_counter() - began)


async def _full_load(port: int) -> Sample:
    """As fast as they are answered."""
    requests = [_request() for _ in range(AT_FULL_LOAD)]
    milliseconds: list[float] = []

    async def send_some(connection: "_Connection") -> None:
        while requests:
            started = time.perf_counter()
            await connection.send(requests.pop())
            milliseconds.append((time.perf_counter() - started) * 1000)

    connections = [await _Connection.open(port) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    await asyncio.gather(*map(send_some, connections))
    return Sample(milliseconds, time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class _Connection:
    """HTTP as cheap as it can be: the machine has two cores, and the server needs them."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> "_Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, request: bytes) -> None:
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 202 "), head
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await self.reader.readexactly(length)


_BODY = encoded(payload("pull_request", "opened"))


def _request() -> bytes:
    told = {"Host": "server", "Content-Length": str(len(_BODY)), **headers("pull_request", _BODY)}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST /webhooks/github HTTP/1.1\r\n{head}\r\n".encode() + _BODY


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 1)


def _told(name: str, **figures: object) -> Row:
    print(f"{name:56}" + " · ".join(f"{key} {value}" for key, value in figures.items()), flush=True)
    return {"name": name, **figures}


if __name__ == "__main__":
    main()
