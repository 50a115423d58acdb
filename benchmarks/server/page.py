"""`python -P -m benchmarks.server.page`: the server's tables of docs/performance.md anew, from benchmarks/server.json.

The words around them are people's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from benchmarks.server.__main__ import RESULTS, read_results

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
Rows = Sequence[Mapping[str, Any]]
Figures = Mapping[str, Rows]
_PARTS = ("pr-reviewer", "Postgres", "GitHub", "model", "load")
_PART_HEADS = ("pr-reviewer", "Postgres", "GitHub's stand-in", "the model's", "sender")


def page(text: str, results: Mapping[str, Any]) -> str:
    """The page with each of the tables as these results have it (see `read_results`), or that it was not measured."""
    text = _between("machine", _machine(results), text)
    figures = results["figures"]
    for name, (needed, table) in TABLES.items():
        text = _between(name, table(figures) if needed <= figures.keys() else "Not measured.", text)
    return text


def _between(name: str, made: str, text: str) -> str:
    between = re.compile(rf"(<!-- {name}: [^\n]* -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    text, count = between.subn(lambda match: f"{match[1]}\n{made}\n\n{match[2]}", text)
    assert count == 1, f"{PAGE.name} has no place for the table `{name}`"
    return text


def _machine(results: Mapping[str, Any]) -> str:
    """On what, and how quiet it was."""
    machine = results["machine"]
    loads = ", ".join(f"{name} {load}" for name, load in results["load_before"].items())
    return (
        f"Python {machine['python']} on {machine['cores']} cores ({machine['machine']}). The machine's load average "
        f"(one minute) just before each figure, of which the figure before has its part: {loads}."
    )


def _load(figures: Figures) -> str:
    """Acknowledgements while reviews run, and what is durable at full load."""
    acks, full = figures["acks"], figures["full"]
    first = acks[0]
    rate = f"{first['rate']} deliveries/s, {first['in_progress']} reviews in progress"
    rows = [
        _row(f"{rate}: p50 of the acknowledgement", [_ms(each["p50_ms"]) for each in acks]),
        _row("p99", [_ms(each["p99_ms"]) for each in acks], "≤ 50 ms", _all(acks, "p99_ms", most=50)),
        _row("the slowest of all runs", [_ms(each["worst_ms"]) for each in acks]),
        _row("what of p99 is the sender's own lateness", [_ms(each["sender_late_p99_ms"]) for each in acks]),
        _row(
            "64 connections at full load: durable deliveries/s",
            [_count(each["per_second"]) for each in full],
            "≥ 300",
            _all(full, "per_second", least=300),
        ),
        _row("p99 then", [_ms(each["p99_ms"]) for each in full]),
        _row("then put into the job queue, a second", [_count(each["jobs_per_second"]) for each in full]),
    ]
    return _table(["", *(each["name"] for each in acks), "goal", ""], rows)


def _cores(figures: Figures) -> str:
    """How many cores each process had."""
    named = {"acks": "steady load", "full": "full load"}
    rows = [
        [f"{each['name']}, {told}", *_shares(each["cores"], _PARTS)]
        for name, told in named.items()
        for each in figures[name]
    ]
    return _table(["cores of", *_PART_HEADS], rows)


def _start(figures: Figures) -> str:
    found = figures["start"]
    rows = [
        _row("p50", [_seconds(each["p50_s"]) for each in found]),
        _row(
            "p95", [_seconds(each["p95_s"]) for each in found], "≤ 0.3 s on SQLite", _all(found[:1], "p95_s", most=0.3)
        ),
        _row("the slowest", [_seconds(each["worst_s"]) for each in found]),
    ]
    return _table(["", *(each["name"] for each in found), "goal", ""], rows)


def _reviews(figures: Figures) -> str:
    rows = [
        [each["name"], _count(each["per_minute"]), *_shares(each["cores"], _PARTS[:-1])] for each in figures["reviews"]
    ]
    return _table(["", "reviews/minute", *(f"cores of {head}" for head in _PART_HEADS[:-1])], rows)


def _memory(figures: Figures) -> str:
    (found,) = figures["memory"]
    heads = [f"after {_count(int(number))} reviews" if number != "0" else "ready" for number in found["mb_after"]]
    return _table(["", *heads], [["resident memory", *(f"{mb} MB" for mb in found["mb_after"].values())]])


def _ready(figures: Figures) -> str:
    rows = [
        [each["name"], f"{each['wall_s']} s", f"{each['worst_s']} s", f"{each['cpu_s']} s", f"{each['mb']:.0f} MB"]
        for each in figures["ready"]
    ]
    return _table(["", "wall", "the slowest", "CPU", "resident memory then"], rows)


def _bodies(figures: Figures) -> str:
    rows = [[each["name"], f"{_count(each['kilobytes'])} KB", _ms(each["milliseconds"])] for each in figures["bodies"]]
    return _table(["", "size", "time"], rows)


TABLES: Mapping[str, tuple[AbstractSet[str], Callable[[Figures], str]]] = {
    "load": ({"acks", "full"}, _load),
    "cores": ({"acks", "full"}, _cores),
    "start": ({"start"}, _start),
    "reviews": ({"reviews"}, _reviews),
    "memory": ({"memory"}, _memory),
    "ready": ({"ready"}, _ready),
    "bodies": ({"bodies"}, _bodies),
}
"""Each table with the figures that it shows."""


def _row(name: str, cells: Sequence[str], goal: str = "", verdict: str = "") -> list[str]:
    return [name, *cells, goal, verdict]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |") for cells in (head, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]])


def _all(rows: Rows, key: str, *, most: float = float("inf"), least: float = 0) -> str:
    return "met" if all(least <= row[key] <= most for row in rows) else "**missed**"


def _shares(cores: Mapping[str, float], parts: Sequence[str]) -> list[str]:
    return [f"{cores[part]:.2f}" if part in cores else "" for part in parts]


def _ms(value: float) -> str:
    return f"{value:.1f} ms" if value < 10 else f"{value:.0f} ms"  # noqa: PLR2004 three digits would be noise


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


def _count(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), read_results(RESULTS)), encoding="utf-8")


if __name__ == "__main__":
    main()
