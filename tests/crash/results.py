"""Keeps the results of the kill points, and writes them into docs/reliability.md.

`CRASH_RESULTS=file.json pytest -m "long or not long" tests/crash/test_kill_points.py` keeps them;
`python -P -m tests.crash.results file.json` writes the page's table.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.crash.points import POINTS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_BEGIN, _END = "<!-- results: begin -->", "<!-- results: end -->"
COLUMNS = ("sqlite-alone", "sqlite-two", "postgres-alone", "postgres-two")
_HEADS = ("SQLite, alone", "SQLite, two", "Postgres, alone", "Postgres, two")

Results = Mapping[str, Mapping[str, str]]
"""For each point and column, how it went: the model's calls in all, of which were repeated, or what failed."""


def keep(path: Path, rows: Sequence[tuple[str, str]]) -> None:
    """Add to the file what was found: the name of each case, and how it went."""
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name, result in rows:
        column = next(each for each in COLUMNS if name.endswith(f"-{each}"))
        found.setdefault(name.removesuffix(f"-{column}"), {})[column] = result
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def table(results: Results) -> str:
    """In the order of a review's life."""
    lines = [f"| killed | {' | '.join(_HEADS)} |", f"|---|{'---|' * len(COLUMNS)}"]
    for point in POINTS:
        cells = [results.get(point.name, {}).get(column, "not run") for column in COLUMNS]
        lines.append(f"| {point.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    results = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(f"{before}{_BEGIN}\n{table(results)}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
