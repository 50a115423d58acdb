"""Generated changes: real-looking Python packages, so many changed lines over so many files."""

import os
import subprocess
from pathlib import Path

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "bench",
    "GIT_AUTHOR_EMAIL": "bench@example.org",
    "GIT_COMMITTER_NAME": "bench",
    "GIT_COMMITTER_EMAIL": "bench@example.org",
}


def make_repository(path: Path, *, files: int, changed_lines: int) -> int:
    """A repository whose branch `work` changes that many lines against `main`; returns how many lines it adds.

    Half of the changed lines are rewritten in place (one removed, one added), half are new functions.
    """
    path.mkdir(parents=True)
    _git(path, "init", "-q", "-b", "main")
    _write(path, modules(files))
    _commit(path, "main")
    _git(path, "checkout", "-q", "-b", "work")
    _write(path, changed_modules(files, changed_lines))
    _commit(path, "work")
    return sum(int(row.split("\t")[0]) for row in _git(path, "diff", "--numstat", "main", "work").splitlines())


def modules(files: int) -> dict[str, str]:
    """So many files before the change: path → text."""
    return {path_of(number): _text(_module(number, functions=8)) for number in range(files)}


def changed_modules(files: int, changed_lines: int) -> dict[str, str]:
    """The same files after it, the changed lines shared out evenly."""
    each, rest = divmod(changed_lines, files)
    return {path_of(number): _text(_changed(number, each + (number < rest))) for number in range(files)}


def path_of(number: int) -> str:
    """Twenty modules a package."""
    return f"package_{number // 20}/orders_{number}.py"


def _function(module: int, number: int) -> list[str]:
    return [
        f"def total_of_order_{module}_{number}(items, discount=0.0):",
        f'    """Sum up the items of order {number} and take off the discount."""',
        "    amount = 0",
        "    for item in items:",
        f"        if item.kind == {number} and item.quantity > 0:",
        "            amount += item.price * item.quantity",
        f"    logger.debug('order %s of module {module}: %s', {number}, amount)",
        "    return round(amount * (1 - discount), 2)",
        "",
        "",
    ]


def _module(module: int, functions: int) -> list[str]:
    lines = ['"""Orders."""', "", "import logging", "", "logger = logging.getLogger(__name__)", "", ""]
    for number in range(functions):
        lines += _function(module, number)
    return lines


def _changed(module: int, changed: int) -> list[str]:
    lines = _module(module, functions=8)
    rewrites = changed // 4
    places = [index for index, line in enumerate(lines) if line.startswith("    ")][:rewrites]
    for place in places:
        lines[place] = lines[place] + "  # checked"
    extra: list[str] = []
    number = 100
    while len(extra) < changed - 2 * len(places):
        extra += _function(module, number)
        number += 1
    return lines + extra[: changed - 2 * len(places)]


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def _write(path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)


def _commit(path: Path, message: str) -> None:
    _git(path, "add", "-A")
    _git(path, "commit", "-q", "-m", message)


def _git(path: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=path, env=_ENVIRONMENT, check=True, capture_output=True, text=True)
    return done.stdout
