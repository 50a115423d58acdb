"""What /improve offers as a patch, by real git: it applies, and the bytes are exactly those of the right edits."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.diff.unified import unified
from pr_reviewer.model.llm import Task
from pr_reviewer.workflows.improve import improve
from tests.applied.generator import VARIANTS, Variant, stored_as
from tests.applied.running import EMPTY, SETTINGS
from tests.applied.sources import SOURCES, Source
from tests.fakes.provider import FakeProvider
from tests.workflows.builders import ScriptedModel, confirmed, desk

ENV = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    done = subprocess.run(["git", *arguments], cwd=folder, env=ENV, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def apart(source: Source, variant: Variant):
    """The head, every edit that overlaps no other, and the file with all of them."""
    stored = stored_as(source, variant)
    kept, text = [], stored.text
    for edit in stored.edits:
        if not any(edit.old in other.old or other.old in edit.old for other in kept):
            kept.append(edit)
            whole = f"\n{text}\n".replace(f"\n{edit.old}\n", f"\n{edit.new}\n" if edit.new else "\n")
            text = whole[1:-1]
    return stored.bytes_of(stored.text), kept, stored.bytes_of(text)


def proposing(path, edits):
    """A model that proposes every edit, and confirms each."""

    def say(prompt):
        if prompt.task is Task.REVIEW:
            return EMPTY | {"places": [_place(path, edit) for edit in edits]}
        count = prompt.messages[-1].content.count("## Candidate ")
        proof = max((line for edit in edits for line in edit.old.split("\n")), key=len)
        return EMPTY | {"verdicts": [confirmed(number, proof, severity="note") for number in range(1, count + 1)]}

    return ScriptedModel(say)


def _place(path, edit):
    candidate = {"approach": "a", "risk": "none", "suggestion": edit.new}
    return {
        "path": path,
        "quote": edit.old,
        "first_line": 0,
        "last_line": 0,
        "why": "It can go.",
        "goal": "Remove what is too much",
        "candidates": [candidate],
        "ranking": [1],
        "theme": "simplicity",
        "impact": "low",
        "rule_id": None,
        "idea": None,
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here():
    async with desk({}, {}, None, rules=()) as opened:
        yield opened


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("variant", VARIANTS, ids=[variant.name for variant in VARIANTS])
@pytest.mark.parametrize("source", SOURCES, ids=[source.path for source in SOURCES])
async def test_git_applies_all_suggestions_at_once(here, source, variant, tmp_path):
    if variant.tabs and not source.takes_tabs:
        return
    head, edits, wanted = apart(source, variant)
    work = replace(here, source=FakeProvider({}, {source.path: head}), llm=proposing(source.path, edits))
    improved = await improve(
        work, SETTINGS.review, SETTINGS.improve.model_copy(update={"max_suggestions": 50}), SkipRules.compile()
    )
    assert len(improved.improvements.offers) == len(edits) >= 4

    patch = "".join(map(unified, improved.patch)).encode()
    file = tmp_path / source.path
    file.parent.mkdir(parents=True)
    file.write_bytes(head.encode())
    git(tmp_path, "init", "-q")
    git(tmp_path, "apply", "--check", "-", stdin=patch)
    git(tmp_path, "apply", "-", stdin=patch)
    assert file.read_bytes() == wanted.encode()
    git(tmp_path, "apply", "-R", "-", stdin=patch)
    assert file.read_bytes() == head.encode()
