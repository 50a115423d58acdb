"""`python -P -m benchmarks.server.load`: send deliveries to a server, and say how long each answer took.

With `--rate` they go out at a constant rate whether or not those before are answered, and the time counts from the
moment at which each was due: a server that stands still is not spared what would have come meanwhile. Without, each
connection sends the next as soon as the last is answered. A line of JSON says that sending begins, a second one what
was found.
"""

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

from benchmarks.server.town import read_deliveries
from tests.webhooks.builders import encoded, headers

CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Sample:
    """One run. `late` is how long after it was due we came to send each, in milliseconds; `cpu` is our own, seconds."""

    milliseconds: Sequence[float]
    late: Sequence[float]
    seconds: float
    cpu: float
    kilobytes: float

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds

    def quantile(self, part: float) -> float:
        """Of the answers' times."""
        return quantile(self.milliseconds, part)


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def main() -> None:
    """Read, send, report."""
    parser = argparse.ArgumentParser(prog="python -P -m benchmarks.server.load")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--deliveries", type=Path, required=True, help="a file of them; they go round")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--rate", type=float, default=0.0, help="a second; 0: as fast as they are answered")
    options = parser.parse_args()
    requests = [_request(*each) for each in islice(cycle(read_deliveries(options.deliveries)), options.count)]
    gc.freeze()
    gc.disable()  # a pause of ours would be counted as the server's
    sample = asyncio.run(_sent(options.port, requests, options.rate))
    sys.stdout.write(json.dumps(asdict(sample)) + "\n")


def _request(event: str, payload: dict[str, object]) -> bytes:
    """Under a delivery id that no other has."""
    body = encoded(payload)
    told = {"Host": "server", "Content-Length": str(len(body)), **headers(event, body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST /webhooks/github HTTP/1.1\r\n{head}\r\n".encode() + body


async def _sent(port: int, requests: Sequence[bytes], rate: float) -> Sample:
    connections = [await _Connection.open(port) for _ in range(CONNECTIONS)]
    milliseconds: list[float] = []
    late: list[float] = []
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    cpu, began = time.process_time(), time.perf_counter()
    if rate:
        await _steadily(connections, requests, rate, milliseconds, late)
    else:
        await _at_full_load(connections, requests, milliseconds)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return Sample(milliseconds, late, seconds, cpu, sum(map(len, requests)) / len(requests) / 1024)


async def _steadily(
    connections: Sequence["_Connection"],
    requests: Sequence[bytes],
    rate: float,
    milliseconds: list[float],
    late: list[float],
) -> None:
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)
    began = time.perf_counter()

    async def send(number: int, request: bytes) -> None:
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        late.append((time.perf_counter() - due) * 1000)
        connection = await free.get()
        await connection.send(request)
        free.put_nowait(connection)
        milliseconds.append((time.perf_counter() - due) * 1000)

    await asyncio.gather(*(send(number, request) for number, request in enumerate(requests)))


async def _at_full_load(
    connections: Sequence["_Connection"], requests: Sequence[bytes], milliseconds: list[float]
) -> None:
    waiting = list(requests)

    async def send_some(connection: _Connection) -> None:
        while waiting:
            started = time.perf_counter()
            await connection.send(waiting.pop())
            milliseconds.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*map(send_some, connections))


@dataclass(frozen=True, slots=True)
class _Connection:
    """HTTP as cheap as it can be: the machine has few cores, and the server needs them."""

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


if __name__ == "__main__":
    main()
