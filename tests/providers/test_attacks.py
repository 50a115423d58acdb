"""Nothing that a repository under review configures is run, and nothing that it says hides its code."""

import subprocess

import pytest

from pr_reviewer.providers.local import LocalRange
from tests.git.builders import GitFolder
from tests.providers.contract import diff_of

HOOKS = (
    "pre-commit",
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "pre-auto-gc",
    "fsmonitor-watchman",
)
SETTINGS = (
    *("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy"),
    *("core.alternateRefsCommand", "diff.external", "diff.evil.command", "diff.evil.textconv"),
    *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "gpg.program", "credential.helper"),
    *("sequence.editor", "interactive.diffFilter", "trace2.eventTarget", "uploadpack.packObjectsHook"),
)
MODES = ({}, {"base": "main", "head": "feature"}, {"staged": True}, {"uncommitted": True})


def arm(repo, program):
    """Point every setting and hook that can start a program at one that leaves a trace."""
    for name in SETTINGS:
        repo.git("config", name, f"{program} {name}")
    repo.git("config", "filter.evil.required", "true")
    repo.git("config", "log.showSignature", "true")
    repo.git("config", "diff.evil.binary", "true")
    hooks = program.parent / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_bytes(program.read_bytes())
        (hooks / name).chmod(0o755)
    repo.git("config", "core.hooksPath", str(hooks))


@pytest.fixture
def canary(tmp_path):
    return tmp_path / "canary"


@pytest.fixture
def program(tmp_path, canary):
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $1" >> {canary}\nexit 0\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def repo(tmp_path, program):
    inner = GitFolder.create(tmp_path / "inner")
    inner.commit({"inner.py": "x = 1\n"})
    repo = GitFolder.create(tmp_path / "repo")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    repo.commit({"a.py": "x = 1\n", "b.py": "x = 1\n"})
    repo.branch("feature")
    repo.commit({"a.py": "x = 2\n", ".gitattributes": "*.py diff=evil filter=evil\n"})
    repo.write({"b.py": "x = 3\n"})
    repo.git("add", "b.py")
    repo.write({"a.py": "x = 4\n", "c.py": "x = 5\n"})
    sub = GitFolder(repo.path / "sub")
    sub.write({"inner.py": "x = 2\n", ".gitattributes": "*.py diff=evil filter=evil\n"})
    arm(sub, program)
    arm(repo, program)
    return repo


@pytest.mark.parametrize("mode", MODES, ids=str)
async def test_no_program_of_the_repository_is_started(repo, canary, mode):
    provider = LocalRange(repo.path, **mode)
    found = await diff_of(provider)
    pull = await provider.pull_request()
    await provider.read_files(pull.head.sha, await provider.list_files(pull.head.sha))
    await provider.generated(pull.base.sha, ["a.py"])
    assert "+x = " in found
    assert not canary.exists(), canary.read_text()


def test_the_trap_works(repo, canary):
    unfiltered = ["-c", "filter.evil.process=", "-c", "filter.evil.smudge=", "-c", "filter.evil.required=false"]
    for command in (["status"], ["diff"], [*unfiltered, "diff", "main", "feature"], ["fetch", "ssh://x/y"]):
        subprocess.run(["git", "-C", str(repo.path), *command], capture_output=True, check=False)
    trace = canary.read_text()
    for name in ("core.fsmonitor", "filter.evil.process", "diff.evil.command", "core.sshCommand"):
        assert f"program {name}\n" in trace


@pytest.mark.parametrize("mode", MODES, ids=str)
async def test_no_attribute_of_the_change_hides_its_code(repo, mode):
    (repo.path / ".gitattributes").write_text("* binary\n*.py -diff linguist-generated\n")
    (repo.path / ".git" / "info" / "attributes").write_text("*.py -diff\n")
    repo.git("config", "--unset", "filter.evil.required")
    repo.git("config", "core.attributesFile", str(repo.path / ".gitattributes"))
    found = await diff_of(LocalRange(repo.path, **mode))
    assert "-x = 1\n+x = " in found or "-x = 2\n+x = " in found
    assert "Binary files" not in found


@pytest.mark.parametrize("mode", MODES, ids=str)
async def test_no_setting_of_the_repository_changes_the_diff(repo, mode):
    plain = await diff_of(LocalRange(repo.path, **mode))
    settings = {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.context": "0",
        "diff.interHunkContext": "99",
        "diff.algorithm": "patience",
        "diff.renames": "copies",
        "diff.orderFile": str(repo.path / "order"),
        "diff.submodule": "log",
        "diff.ignoreSubmodules": "all",
        "diff.suppressBlankEmpty": "true",
        "diff.wsErrorHighlight": "all",
        "color.ui": "always",
        "core.quotePath": "false",
        "core.abbrev": "4",
        "core.bigFileThreshold": "1",
        "core.whitespace": "cr-at-eol",
    }
    (repo.path / ".git" / "order").write_text("b.py\n")
    for name, value in settings.items():
        repo.git("config", name, value)
    assert await diff_of(LocalRange(repo.path, **mode)) == plain


async def test_an_object_that_was_replaced_is_read_as_it_was(repo):
    old, new = repo.id("main:a.py"), repo.id("feature:a.py")
    repo.git("replace", new, old)
    assert "-x = 1\n+x = 2\n" in await diff_of(LocalRange(repo.path))


async def test_a_link_in_the_working_tree_does_not_bring_in_what_it_points_to(repo, tmp_path):
    (tmp_path / "secret.txt").write_text("s3cret\n")
    (repo.path / "link.txt").symlink_to(tmp_path / "secret.txt")
    (repo.path / "folder").symlink_to(tmp_path)
    provider = LocalRange(repo.path, uncommitted=True)
    head = (await provider.pull_request()).head.sha
    assert "s3cret" not in await diff_of(provider)
    assert await provider.read_files(head, ["link.txt", "folder/secret.txt"]) == {}
