"""How much is measured: as it stands in the documentation, or just enough to see that it can be."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Scale:
    """`times`: runs of a measurement. The others are counts, but for `seconds` of load and the model's `model_seconds`.

    `checkpoints` are the numbers of reviews after which memory is read, `workers` those of workers on one Postgres.
    """

    times: int = 3
    rate: int = 100
    seconds: int = 10
    in_progress: int = 50
    model_calls_seconds: float = 20.0
    at_full_load: int = 3_000
    starts: int = 30
    reviews: int = 40
    model_seconds: float = 2.0
    workers: tuple[int, ...] = (1, 2, 4)
    checkpoints: tuple[int, ...] = (100, 500, 1_000)
    cold_starts: int = 5


TINY = Scale(
    times=1,
    rate=20,
    seconds=1,
    in_progress=2,
    model_calls_seconds=3.0,
    at_full_load=64,
    starts=1,
    reviews=2,
    model_seconds=0.1,
    workers=(1,),
    checkpoints=(1, 2),
    cold_starts=1,
)


def median(values: Iterable[float], digits: int = 1) -> float:
    """Rounded."""
    return round(statistics.median(values), digits)


def medians(rows: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Of each of their figures."""
    found = list(rows)
    return {name: median((row[name] for row in found), 2) for name in found[0]}
