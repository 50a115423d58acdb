"""`python -P -m benchmarks.server [FIGURE…]` measures, prints, and writes benchmarks/server.json.

With figures named, only those are measured, and the others stay as they are in the file. `python -P -m
benchmarks.server.page` then writes the tables of docs/performance.md anew.
"""

import argparse
import contextlib
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from benchmarks.server.bodies import reading
from benchmarks.server.loading import acknowledgements, full_load
from benchmarks.server.reviewing import memory, starts, throughput_alone, throughput_shared
from benchmarks.server.scale import TINY, Row, Scale
from benchmarks.server.starting import cold_starts
from tests.webhooks.postgres import PostgresServer, running_postgres

RESULTS = Path(__file__).parents[1] / "server.json"
Measure = Callable[[Path, Scale, str, PostgresServer | None], Iterator[Row]]
SQLITE, POSTGRES = "SQLite", "Postgres"
FIGURES: dict[str, tuple[tuple[str, Measure], ...]] = {
    "bodies": ((SQLITE, reading),),
    "ready": ((SQLITE, cold_starts), (POSTGRES, cold_starts)),
    "start": ((SQLITE, starts), (POSTGRES, starts)),
    "full": ((SQLITE, full_load), (POSTGRES, full_load)),
    "acks": ((SQLITE, acknowledgements), (POSTGRES, acknowledgements)),
    "reviews": ((SQLITE, throughput_alone), (POSTGRES, throughput_shared)),
    "memory": ((SQLITE, memory),),
}


def main() -> None:
    """Measure what is asked for, print a line for each, write the JSON file."""
    options = _options()
    scale = TINY if options.tiny else Scale(times=options.times)
    results = read_results(options.output)
    with tempfile.TemporaryDirectory(prefix="pr-reviewer-bench-", ignore_cleanup_errors=True) as folder:
        for name in options.figures or FIGURES:
            began, results["load_before"][name] = time.perf_counter(), round(os.getloadavg()[0], 1)
            results["figures"][name] = list(_measured(name, Path(folder), scale))
            print(f"({name}: {time.perf_counter() - began:.0f} s)", flush=True)
            _write(options.output, scale, results)


def read_results(file: Path) -> dict[str, Any]:
    """What was measured before: `figures` by name, and the machine's load average (one minute) just before each."""
    empty: dict[str, Any] = {"figures": {}, "load_before": {}}
    return empty | (json.loads(file.read_text(encoding="utf-8")) if file.exists() else {})


def _write(output: Path, scale: Scale, results: dict[str, Any]) -> None:
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    told: dict[str, Any] = {"machine": machine, "times": scale.times}
    for part in ("load_before", "figures"):
        told[part] = {name: results[part][name] for name in FIGURES if name in results[part]}
    output.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -P -m benchmarks.server")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)} (default: all)")
    parser.add_argument("--times", type=int, default=Scale().times, help="runs of each measurement (default: 3)")
    parser.add_argument("--tiny", action="store_true", help="only see whether it works: the figures say nothing")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    if unknown := set(options.figures) - set(FIGURES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    return options


def _measured(name: str, folder: Path, scale: Scale) -> Iterator[Row]:
    for database, measure in FIGURES[name]:
        with _postgres() if database == POSTGRES else contextlib.nullcontext() as postgres:
            for row in measure(folder, scale, database, postgres):
                print(f"{name}: " + " · ".join(f"{key} {value}" for key, value in row.items()), flush=True)
                yield row


def _postgres() -> AbstractContextManager[PostgresServer]:
    return running_postgres(durable=True)


if __name__ == "__main__":
    main()
