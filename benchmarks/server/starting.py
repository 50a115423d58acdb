"""A cold start: from the command to the first `200` of /readyz, with a data folder that is not there yet."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.server.scale import Row, Scale, median
from benchmarks.server.stage import Town, staged
from benchmarks.server.usage import cpu_seconds
from tests.webhooks.postgres import PostgresServer


def cold_starts(folder: Path, scale: Scale, name: str, postgres: PostgresServer | None) -> Iterator[Row]:
    """One after the other, and what each used until then."""
    walls, cpus, megabytes = [], [], []
    for _ in range(scale.cold_starts):
        with staged(folder, Town(pulls=1, teams=1), postgres) as stage:
            began = time.perf_counter()
            server = stage.spawn("serve")
            stage.wait(lambda stage=stage, server=server: stage.is_ready() or not server.is_alive)  # type: ignore[misc]
            walls.append(time.perf_counter() - began)
            cpus.append(cpu_seconds(server.pid))
            megabytes.append(stage.resident_mb())
    yield {
        "name": name,
        "runs": scale.cold_starts,
        "wall_s": median(walls, 2),
        "worst_s": round(max(walls), 2),
        "cpu_s": median(cpus, 2),
        "mb": median(megabytes, 0),
    }
