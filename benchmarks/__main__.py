"""`make bench`: a table, and `benchmarks/results.json`. Several runs of each; medians (memory: the peak)."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.changes import make_repository
from benchmarks.model import ZeroLatencyModel
from benchmarks.processes import median_run

BIN = Path(sys.executable).parent / "pr-reviewer"
CHANGES = {
    "50 lines, 3 files": (3, 50),
    "1 000 lines, 20 files": (20, 1_000),
    "10 000 lines, 60 files": (60, 10_000),
    "10 000 lines, 500 files": (500, 10_000),
}
ENGINE = (
    "import pr_reviewer.bootstrap, pr_reviewer.cli.review, pr_reviewer.workflows.review, pr_reviewer.llm.client, "
    "pr_reviewer.llm.tokens, pr_reviewer.patterns, pr_reviewer.report.text, pr_reviewer.report.markdown, openai, "
    "tiktoken, pydantic_settings, jinja2, rich.console, markdown_it, detect_secrets, tree_sitter, ast_grep_py"
)
# A name that no card knows has `models.default_window`: 128 000 tokens.
MODEL = "a-model-of-128k"
Row = dict[str, Any]


def main() -> None:
    """Measure everything, print the table, write the JSON file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--times", type=int, default=5, help="runs of each measurement (default: 5)")
    parser.add_argument("--github", action="store_true", help="only pull requests on GitHub; the other rows stay")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results.json"))
    parser.add_argument("--rules", action="store_true", help="only the choice of rules; the other rows stay")
    arguments = parser.parse_args()
    alone = "github: " if arguments.github else "rules: " if arguments.rules else ""
    rows = _rows_without(alone, arguments.output) if alone else []
    measurements: tuple[Callable[[Path, int], Iterable[Row]], ...] = {"github: ": (_github,), "rules: ": (_rules,)}.get(
        alone, (_start, _reviews, _plans, _rules, _tokenizer, _github)
    )
    with tempfile.TemporaryDirectory() as folder:
        for measurement in measurements:
            for row in measurement(Path(folder), arguments.times):
                rows.append(row)
                _print_row(row)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    arguments.output.write_text(
        json.dumps({"machine": machine, "times": arguments.times, "rows": rows}, indent=1) + "\n"
    )


def _rows_without(start: str, file: Path) -> list[Row]:
    rows: list[Row] = json.loads(file.read_text())["rows"]
    return [row for row in rows if not row["name"].startswith(start)]


def _start(folder: Path, times: int) -> list[Row]:
    env = _environment(folder)
    cases: dict[str, tuple[list[str], dict[str, float]]] = {
        "pr-reviewer --help": ([str(BIN), "--help"], {"cpu": 0.3, "peak_mb": 60}),
        "import the whole engine": ([sys.executable, "-P", "-c", ENGINE], {"cpu": 0.9}),
        "python -c pass (floor)": ([sys.executable, "-P", "-c", "pass"], {}),
    }
    rows = []
    for name, (command, goals) in cases.items():
        run = median_run(command, times=times, cwd=folder, env=env)
        rows.append(_row(name, goals, cpu=run.cpu, wall=run.wall, peak_mb=run.peak_mb))
    return rows


def _reviews(folder: Path, times: int) -> list[Row]:
    rows = []
    for name, (files, lines) in CHANGES.items():
        path = folder / name.replace(" ", "_")
        added = make_repository(path, files=files, changed_lines=lines)
        rows.append(_review(name, path, added, times))
    return rows


def _review(name: str, path: Path, added: int, times: int) -> Row:
    model = ZeroLatencyModel()
    try:
        env = _environment(path.parent) | {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": model.url}
        command = [str(BIN), "review", "--format", "json", "--repo", str(path), "--model", MODEL]
        run = median_run(command, times=times, cwd=path, env=env)
        calls = len(model.requests) // times
        bodies = model.requests[-calls:]
    finally:
        model.close()
    goals = {"cpu": 1.5, "peak_mb": 150} if name.startswith("50 ") else {}
    dry = json.loads(median_run([*command, "--dry-run"], times=1, cwd=path, env=_environment(path.parent)).out)
    return _row(
        f"review: {name}",
        goals,
        cpu=run.cpu,
        wall=run.wall,
        peak_mb=run.peak_mb,
        calls=calls,
        prompt_tokens=sum(prompt["tokens"] for prompt in dry["prompts"]),
        shown=_shown(path, bodies) / added,
    )


def _shown(path: Path, bodies: list[dict[str, Any]]) -> int:
    """How many added lines the model was shown: each added line of `git diff`, looked for in the prompts as sent."""
    import subprocess

    seen: dict[str, int] = {}
    for body in bodies:
        for message in body["messages"]:
            for line in message["content"].split("\n"):
                text = line.split("+", 1)[-1].strip()
                seen[text] = seen.get(text, 0) + 1
    diff = subprocess.run(["git", "diff", "-U0", "main", "work"], cwd=path, check=True, capture_output=True, text=True)
    shown = 0
    for line in diff.stdout.split("\n"):
        if line.startswith("+") and not line.startswith("+++ "):
            text = line[1:].strip()
            shown += seen.get(text, 0) > 0
            seen[text] = seen.get(text, 0) - 1
    return shown


def _plans(folder: Path, times: int) -> list[Row]:
    """Planning alone, tokenizer loaded: what `plan_review` takes for the 10 000-line changes."""
    from benchmarks.plans import plan_seconds

    rows = []
    for name in [name for name in CHANGES if name.startswith("10 000")]:
        seconds = plan_seconds(folder / name.replace(" ", "_"), times)
        rows.append(_row(f"plan: {name}", {"wall": 0.6}, wall=seconds))
    return rows


def _rules(_: Path, times: int) -> list[Row]:
    """Choosing the rules of every changed file: what a review of 500 files pays for having 1 000 rules."""
    from benchmarks.rules import selection_seconds

    return [
        _row(f"rules: 1 000 over 500 files, {name}", {"cpu": 0.1}, cpu=seconds)
        for name, seconds in selection_seconds(times).items()
    ]


def _tokenizer(_: Path, times: int) -> list[Row]:
    from benchmarks.plans import tokenizer_figures

    return [_row(f"tokenizer: {name}", {}, **figures) for name, figures in tokenizer_figures(times).items()]


def _github(folder: Path, times: int) -> Iterator[Row]:
    """A pull request reviewed and posted, against a provider that takes 0.1 s for each answer."""
    from benchmarks.github import github_figures

    command = [str(BIN), "review", "--post", "--model", MODEL]
    figures = github_figures(folder, command, _environment(folder), times)
    for name, each in figures:
        yield _row(f"github: {name}", {"api_calls": 12}, **each)


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}


def _row(name: str, goals: dict[str, float], **figures: float) -> Row:
    missed = [key for key, goal in goals.items() if figures[key] > goal]
    return {"name": name, **{key: round(value, 3) for key, value in figures.items()}, "goals": goals, "missed": missed}


_COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "api_calls": ("API calls", "{:.0f}".format),
    "reads": ("reads", "{:.0f}".format),
    "writes": ("writes", "{:.0f}".format),
    "git_requests": ("git requests", "{:.0f}".format),
    "cpu": ("CPU", "{:.2f} s".format),
    "wall": ("wall", "{:.2f} s".format),
    "peak_mb": ("peak", "{:.0f} MB".format),
    "calls": ("model calls", "{:.0f}".format),
    "prompt_tokens": ("prompt tokens", "{:,.0f}".format),
    "shown": ("added lines shown", "{:.1%}".format),
    "mb_per_second": ("throughput", "{:.1f} MB/s".format),
}


def _print_row(row: Row) -> None:
    cells = [f"{label} {show(row[key])}" for key, (label, show) in _COLUMNS.items() if key in row]
    goals = [f"{_COLUMNS[key][0]} ≤ {_COLUMNS[key][1](goal)}" for key, goal in row["goals"].items()]
    verdict = f"   goal {', '.join(goals)}: {'MISSED' if row['missed'] else 'met'}" if goals else ""
    print(f"{row['name']:40} {' · '.join(cells)}{verdict}", flush=True)


main()
