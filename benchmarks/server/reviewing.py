"""Reviews: how soon one begins, how many a minute are done, and what memory is left of a thousand."""

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.server.load import quantile
from benchmarks.server.scale import Row, Scale, median, medians
from benchmarks.server.stage import Stage, Town, staged
from benchmarks.server.town import OPENED
from pr_reviewer.settings.load import load_settings
from tests.webhooks.postgres import PostgresServer

_AT_ONCE = {"PR_REVIEWER_SERVER__DEBOUNCE_SECONDS": "0"}
_SETTLED_SECONDS = 2.0


def starts(folder: Path, scale: Scale, name: str, postgres: PostgresServer | None) -> Iterator[Row]:
    """From the answer to a delivery to the beginning of its job, on a server that has nothing else to do."""
    chance = random.Random(7)  # noqa: S311 where between two looks into the queue a delivery comes
    with staged(folder, Town(pulls=scale.starts + 1), postgres) as stage:
        stage.start("serve", **_AT_ONCE)
        first, *others = stage.deliveries(OPENED)
        _start_seconds(stage, first)  # what is loaded once is loaded then
        seconds = []
        for told in others:
            time.sleep(chance.uniform(0.1, 0.4))
            seconds.append(_start_seconds(stage, told))
        yield {
            "name": name,
            "samples": len(seconds),
            "p50_s": median(seconds, 3),
            "p95_s": round(quantile(seconds, 0.95), 3),
            "worst_s": round(max(seconds), 3),
        }


def _start_seconds(stage: Stage, told: tuple[str, dict[str, object]]) -> float:
    job = stage.deliver(*told)
    answered = time.time()
    stage.wait(lambda: stage.records.times(job)[1] is not None)
    began, _ = stage.records.times(job)
    assert began is not None
    return began - answered


def throughput_alone(folder: Path, scale: Scale, name: str, postgres: PostgresServer | None) -> Iterator[Row]:
    """One process that serves and works."""
    yield _throughput(folder, scale, f"{name}: `serve`", postgres, [("serve",)])


def throughput_shared(folder: Path, scale: Scale, name: str, postgres: PostgresServer | None) -> Iterator[Row]:
    """One that serves, and workers."""
    for count in scale.workers:
        told = f"{name}: `serve --no-work`, {count} `worker`"
        yield _throughput(folder, scale, told, postgres, [("serve", "--no-work"), *[("worker",)] * count])


def _throughput(
    folder: Path, scale: Scale, name: str, postgres: PostgresServer | None, commands: Sequence[Sequence[str]]
) -> Row:
    """Batches of pull requests that are opened at once: from the first delivery to the last job's end."""
    town = Town(pulls=scale.times * scale.reviews, model=scale.model_seconds)
    with staged(folder, town, postgres) as stage:
        for command in commands:
            stage.start(*command, **_AT_ONCE)
        opened = stage.deliveries(OPENED)
        rates, cores = [], []
        for batch in range(scale.times):
            began = time.time()
            with stage.shares() as used:
                _review(stage, opened[batch * scale.reviews : (batch + 1) * scale.reviews], batch * scale.reviews)
            rates.append(60 * scale.reviews / (stage.records.last_end() - began))
            cores.append(used)
        assert set(stage.records.states()) == {"done"}, stage.records.states()
        return {
            "name": name,
            "reviews": scale.reviews,
            "model_seconds": scale.model_seconds,
            "concurrency": load_settings({}).settings.server.max_concurrent_reviews,
            "per_minute": median(rates, 0),
            "cores": medians(cores),
        }


def memory(folder: Path, scale: Scale, name: str, postgres: PostgresServer | None) -> Iterator[Row]:
    """Resident memory of one server: ready, and at rest after so many reviews."""
    with staged(folder, Town(pulls=scale.checkpoints[-1]), postgres) as stage:
        stage.start("serve", **_AT_ONCE)
        opened = stage.deliveries(OPENED)
        found = {"0": round(stage.resident_mb())}
        began, done = time.perf_counter(), 0
        for checkpoint in scale.checkpoints:
            _review(stage, opened[done:checkpoint], done)
            time.sleep(_SETTLED_SECONDS)
            found[str(checkpoint)] = round(stage.resident_mb())
            done = checkpoint
        assert set(stage.records.states()) == {"done"}, stage.records.states()
        yield {"name": name, "mb_after": found, "seconds": round(time.perf_counter() - began)}


def _review(stage: Stage, opened: Sequence[tuple[str, dict[str, object]]], before: int) -> None:
    """All of them, beside so many that have ended already."""
    for told in opened:
        stage.deliver(*told)
    stage.wait(lambda: stage.records.ended() == before + len(opened))
