"""Deliveries: how fast they are acknowledged while reviews run, and how many a second are on disk."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.server.load import quantile
from benchmarks.server.scale import Row, Scale, median, medians
from benchmarks.server.stage import Stage, Town, staged
from benchmarks.server.town import OPENED, PUSHED, write_deliveries
from tests.crash.shop import MODEL_CALLS, PATHS
from tests.webhooks.postgres import PostgresServer

GITHUB_SECONDS = 0.5
_LANES = 100  # pull requests that are pushed to while others are reviewed
_DRAINING_SECONDS = 10.0
_NEVER = "86400"  # seconds of debouncing: what is pushed is queued, and nothing begins

# Each of the six findings is verified by a call of its own, one after the other: a review lasts for minutes.
_LENGTHY = {
    "PR_REVIEWER_MODELS__DEFAULT_WINDOW": "6000",
    "PR_REVIEWER_MODELS__MAX_OUTPUT_TOKENS": "1000",
    "PR_REVIEWER_MODELS__MAX_CONCURRENCY": "1",
}


def acknowledgements(folder: Path, scale: Scale, name: str, postgres: PostgresServer | None) -> Iterator[Row]:
    """A constant rate of pushes, each of which becomes a job, while so many reviews are in progress."""
    town = Town(
        pulls=scale.in_progress + _LANES,
        teams=scale.in_progress,
        files=len(PATHS),
        github=GITHUB_SECONDS,
        model=scale.model_calls_seconds,
        spread=scale.model_calls_seconds / 2,
    )
    limits = {
        "PR_REVIEWER_SERVER__DEBOUNCE_SECONDS": "0",
        "PR_REVIEWER_SERVER__MAX_CONCURRENT_REVIEWS": str(scale.in_progress),
    }
    with staged(folder, town, postgres) as stage:
        stage.start("serve", **limits, **_LENGTHY)
        _let_reviews_run(stage, scale.in_progress)
        pushes = folder / "pushes.jsonl"
        write_deliveries(pushes, stage.deliveries(PUSHED)[scale.in_progress :])
        samples, cores = zip(
            *(stage.load(pushes, scale.rate * scale.seconds, scale.rate) for _ in range(scale.times)), strict=True
        )
        states = stage.records.states()
        assert states["running"] == scale.in_progress, states
        yield {
            "name": name,
            "rate": scale.rate,
            "seconds": scale.seconds,
            "in_progress": scale.in_progress,
            "model_calls": MODEL_CALLS,
            "model_seconds": scale.model_calls_seconds,
            "github_seconds": GITHUB_SECONDS,
            "kilobytes": round(samples[0].kilobytes),
            "p50_ms": median(each.quantile(0.5) for each in samples),
            "p99_ms": median(each.quantile(0.99) for each in samples),
            "worst_ms": round(max(max(each.milliseconds) for each in samples), 1),
            "sender_late_p99_ms": median(quantile(each.late, 0.99) for each in samples),
            "queued": states.get("queued", 0),
            "cores": medians(cores),
        }


def _let_reviews_run(stage: Stage, count: int) -> None:
    """Until each of them has asked the model at least once."""
    for told in stage.deliveries(OPENED)[:count]:
        stage.deliver(*told)
    stage.wait(lambda: stage.records.states().get("running", 0) == count and stage.records.replies() >= count)


def full_load(folder: Path, scale: Scale, name: str, postgres: PostgresServer | None) -> Iterator[Row]:
    """As many as are answered; and how many then become jobs. Each run begins on what the one before has left to do."""
    with staged(folder, Town(pulls=_LANES), postgres) as stage:
        stage.start("serve", PR_REVIEWER_SERVER__DEBOUNCE_SECONDS=_NEVER)
        pushes = folder / "pushes.jsonl"
        write_deliveries(pushes, stage.deliveries(PUSHED))
        samples, cores, queued = [], [], []
        for _ in range(scale.times):
            sample, used = stage.load(pushes, scale.at_full_load)
            samples.append(sample)
            cores.append(used)
            queued.append(_jobs_per_second(stage))
        yield {
            "name": name,
            "deliveries": scale.at_full_load,
            "per_second": median((each.per_second for each in samples), 0),
            "p99_ms": median((each.quantile(0.99) for each in samples), 0),
            "jobs_per_second": median(queued, 0),
            "cores": medians(cores),
        }


def _jobs_per_second(stage: Stage) -> float:
    """How many deliveries the job engine takes from the inbox, while nothing comes in."""
    before, began = stage.records.waiting(), time.perf_counter()
    until = began + _DRAINING_SECONDS
    stage.wait(lambda: stage.records.waiting() == 0 or time.perf_counter() > until)
    return (before - stage.records.waiting()) / (time.perf_counter() - began)
