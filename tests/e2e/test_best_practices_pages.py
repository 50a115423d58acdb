"""The pages for tech leads: every file that they show is written, every command run, every rule checked.

`UPDATE_GOLDEN=1` writes the outputs into the page anew.
"""

import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pr_reviewer.rules.standing import parse_standings
from tests.e2e.conftest import Repo, Run

pytestmark = pytest.mark.e2e

DOCS = Path(__file__).parents[2] / "docs"
PAGE, EXAMPLES = DOCS / "best-practices.md", DOCS / "best-practices-examples.md"
_FENCE = re.compile(
    r'^(?P<ticks>`{3,})(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^(?P=ticks)$',
    re.MULTILINE | re.DOTALL,
)


def fences() -> Iterator[re.Match[str]]:
    return _FENCE.finditer(PAGE.read_text(encoding="utf-8"))


def test_every_command_on_the_page_says_what_the_page_says(run: Run, repo: Repo):
    text = PAGE.read_text(encoding="utf-8")
    for fence in fences():
        if fence["title"]:
            repo.commit({fence["title"]: fence["text"]})
        elif fence["language"] == "console":
            commands = re.findall(r"^\$ (.*)$", fence["text"], re.MULTILINE)
            shown = "\n".join(f"$ {command}\n{said(run, repo, command)}" for command in commands)
            text = text.replace(fence["text"], shown)
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


def said(run: Run, repo: Repo, command: str) -> str:
    """What somebody sees who runs a command in the repository: its commit and the packs' rules are not the point."""
    done = run(*command.split()[1:], cwd=repo.path, env={"COLUMNS": "110"})
    assert done.code in (0, 1), done.err
    out = done.out.replace(repo.git("rev-parse", "HEAD")[:12], "2f6c1d09be47")
    out = re.sub(r"^( *)(pack core · .*\n)(?:\1  .*\n)+", r"\1\2\1  …\n", out, flags=re.MULTILINE)
    out = re.sub(r"^(  pack core +)\d+ rules +", r"\1… rules   ", out, flags=re.MULTILINE)
    return f"{out}{done.err}"


@pytest.mark.parametrize("is_alone", [True, False], ids=["in a repository without rules", "in this one"])
def test_every_example_is_in_order(run: Run, tmp_path: Path, is_alone: bool):
    page = EXAMPLES
    if is_alone:
        page = tmp_path / EXAMPLES.name
        shutil.copy(EXAMPLES, page)
    done = run("rules", "check", "--strict", page.name, cwd=page.parent)
    assert (done.code, done.out) == (0, ""), done.out
    rules = int(re.findall(r"^(\d+) rules in 1 file: nothing is wrong$", done.err)[0])
    assert rules == len(re.findall(r"^### .*\{#[\w-]+\}$", EXAMPLES.read_text(encoding="utf-8"), re.MULTILINE))


def test_what_else_the_page_shows_can_be_read():
    for fence in fences():
        if fence["language"] == "toml":
            is_settings = "rules" in tomllib.loads(fence["text"])
            assert is_settings or not parse_standings(fence["text"]).problems
        elif fence["language"] == "yaml":
            yaml.safe_load(fence["text"])
