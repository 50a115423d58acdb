"""What the doctor says of this machine."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from pr_reviewer.bootstrap import shipped_rules
from pr_reviewer.doctor.check import Check, State, examination, skipped
from pr_reviewer.doctor.machine import (
    check_git,
    check_patterns,
    check_repository,
    check_settings,
    check_tokenizers,
    machine_checks,
)
from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.settings.schema.problems import Problem
from tests.doctor.builders import line_of
from tests.e2e.conftest import Repo

NEEDED = "2.32 or newer is needed"


def fake_git(folder: Path, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git of another version, first on the PATH."""
    program = folder / "git"
    program.write_text(f"#!/bin/sh\necho {says}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize(
    ("says", "line"),
    [
        ("git version 2.47.1.windows.1", f"ok      git: 2.47.1.windows.1 ({NEEDED})"),
        ("git version 2.32.0", f"ok      git: 2.32.0 ({NEEDED})"),
        ("git version 2.31.9", "fail    git: 2.31.9 is too old -> Install git 2.32 or newer."),
        ("git version 1.99", "fail    git: 1.99 is too old -> Install git 2.32 or newer."),
        ("nonsense", f"warn    git: it says 'nonsense' of its version; {NEEDED}"),
    ],
)
def test_git_is_there_and_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, line: str):
    fake_git(tmp_path, says, monkeypatch)
    assert line_of(check_git(tmp_path)) == line


def test_no_git_at_all_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    check = check_git(tmp_path)
    assert (check.name, check.state, bool(check.todo)) == ("git", State.FAIL, True)


def test_no_repository_around_is_nothing_bad(tmp_path: Path):
    assert check_repository(tmp_path) == Check("repository", State.SKIPPED, f"none around {tmp_path}")


def test_a_repository_that_git_does_not_trust_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    repo = Repo(tmp_path / "shop")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\necho 'fatal: detected dubious ownership in repository' >&2\nexit 128\n")
    program.chmod(0o755)
    check = check_repository(repo.path)
    assert (check.state, "trust" in check.detail) == (State.FAIL, True)


def test_a_repository_says_what_would_be_compared(tmp_path: Path):
    repo = Repo(tmp_path / "shop")
    check = check_repository(repo.path)
    assert (check.state, check.detail) == (State.WARN, "no default branch was found in shop")
    repo.commit({"a": "1\n"})
    repo.branch("work")
    assert line_of(check_repository(repo.path)) == "ok      repository: shop, work is compared with main"
    repo.git("checkout", "-q", "--detach")
    assert check_repository(repo.path).detail == "shop, a detached HEAD is compared with main"
    repo.git("checkout", "-q", "--orphan", "fresh")
    assert line_of(check_repository(repo.path)) == (
        "warn    repository: shop has no commits yet -> Review with --staged or --uncommitted."
    )


def test_a_shallow_clone_is_worth_a_warning(tmp_path: Path):
    repo = Repo(tmp_path / "shop")
    repo.commit({"a": "1\n"})
    repo.commit({"a": "2\n"})
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{repo.path}", tmp_path / "clone"], check=True)
    check = check_repository(tmp_path / "clone")
    assert check.state is State.WARN
    assert check.detail.endswith("; the clone is shallow")
    assert "--unshallow" in check.todo


def test_each_mistake_in_the_settings_is_a_line():
    assert [line_of(check) for check in check_settings([Problem("a is wrong", "Set it."), Problem("b is wrong")])] == [
        "fail    settings: a is wrong -> Set it.",
        "fail    settings: b is wrong",
    ]


async def test_the_pattern_worker_parses_and_matches():
    check = await check_patterns(shipped_rules())
    assert check.state is State.OK
    assert f"knows {sum(rule.pattern is not None for rule in shipped_rules())} rules" in check.detail


async def test_a_worker_that_cannot_read_a_pattern_is_a_failure():
    broken = replace(shipped_rules()[0], pattern='{"kind": "no_such_kind"}', languages=("python",), paths=())
    check = await check_patterns((broken,))
    assert check.state is State.FAIL
    assert check.detail.startswith("the worker process fails: ")


async def test_a_worker_that_matches_nothing_is_a_failure():
    check = await check_patterns(())
    assert (check.state, check.detail) == (State.FAIL, "the worker process does not find what it should")
    assert "install pr-reviewer again" in check.todo


def test_a_damaged_tokenizer_is_a_failure():
    def damaged(name: str) -> bytes:
        raise ReviewerError(f"the tokenizer file of {name} is not the published one", hint="Install it again.")

    assert line_of(check_tokenizers({"o200k_base": ""}, damaged)) == (
        "fail    tokenizers: the tokenizer file of o200k_base is not the published one -> Install it again."
    )


async def test_parts_come_one_after_the_other(tmp_path: Path):
    async def more():
        for check in skipped(["x", "y"], "nobody looked"):
            yield check

    parts = (machine_checks(tmp_path, list, shipped_rules()), more())
    checks = [check async for check in examination(parts)]
    assert [(check.name, check.state.value) for check in checks] == [
        ("git", "ok"),
        ("repository", "skipped"),
        ("settings", "ok"),
        ("patterns", "ok"),
        ("tokenizers", "ok"),
        ("x", "skipped"),
        ("y", "skipped"),
    ]
