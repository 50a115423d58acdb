import asyncio
import os
import subprocess
import time
from dataclasses import replace

import pytest

from pr_reviewer.git.run import Git, in_thread
from pr_reviewer.model.errors import GitError
from tests.git.builders import GitFolder


@pytest.fixture
def repo(tmp_path):
    repo = GitFolder.create(tmp_path / "repo")
    repo.commit({"a.txt": "a\n"})
    return repo


def program(folder, script):
    """A folder with a program called git in it."""
    folder.mkdir()
    path = folder / "git"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(folder)


def is_running(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False)
    return not state.stdout.startswith("Z") and bool(state.stdout.strip())


async def until(claim, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


def test_a_missing_git_is_named_with_what_to_do(repo, monkeypatch):
    monkeypatch.setenv("PATH", str(repo.path))
    with pytest.raises(GitError, match="git is not installed") as caught:
        Git.within(repo.path).run("version")
    assert "Install git" in caught.value.hint


def test_a_failing_command_says_which_one_and_what_git_said(repo):
    with pytest.raises(GitError, match="git cat-file failed: fatal: Not a valid object name nothing") as caught:
        Git.alone(repo.path / ".git").run("cat-file", "-t", "nothing")
    assert caught.value.stderr == "fatal: Not a valid object name nothing"


def test_exit_codes_can_be_answers(repo):
    assert Git.within(repo.path).run("config", "--get", "no.such", accept=(0, 1)) == b""


def test_an_argument_that_cannot_be_one_is_an_error_of_git(repo):
    with pytest.raises(GitError, match="cannot be started"):
        Git.within(repo.path).run("rev-parse", "a\0b")


def test_nothing_of_the_callers_environment_reaches_git(repo, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    git = Git.within(repo.path)
    assert git.run("rev-parse", "--git-dir") == b".git\n"
    assert not {"GIT_EXTERNAL_DIFF", "GIT_TRACE", "GIT_INDEX_FILE", "GITHUB_TOKEN"} & set(git.environment)
    assert not (tmp_path / "trace").exists()


def test_the_users_settings_apply_in_their_repository_and_not_in_ours(repo, settings_of_nobody):
    settings_of_nobody.write_text("[init]\n\tdefaultBranch = stem\n")
    question = ("config", "--get", "init.defaultBranch")
    assert Git.within(repo.path).run(*question) == b"stem\n"
    assert Git.alone(repo.path / ".git").run(*question, accept=(0, 1)) == b""


def test_credentials_are_not_in_the_representation(tmp_path):
    assert "s3cret" not in repr(Git.alone(tmp_path).set(GIT_CONFIG_VALUE_0="s3cret"))


def test_a_command_that_takes_too_long_is_stopped_with_all_that_it_started(repo, monkeypatch, tmp_path):
    monkeypatch.setenv(
        "PATH", f"{program(tmp_path / 'bin', f'sleep 60 & echo $! > {tmp_path}/pid; wait')}:/usr/bin:/bin"
    )
    with pytest.raises(GitError, match=r"git fetch took longer than 0.5 seconds"):
        replace(Git.within(repo.path), seconds=0.5).run("fetch")
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_a_command_that_prints_too_much_is_stopped(repo, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'bin', 'exec yes')}:/usr/bin:/bin")
    with pytest.raises(GitError, match="printed more than 1,000 bytes"):
        Git.within(repo.path).run("log", max_output=1000)


async def test_a_cancelled_caller_leaves_no_git_behind_and_starts_no_other(repo, monkeypatch, tmp_path):
    pids = tmp_path / "pids"
    pids.write_text("")
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'bin', f'echo $$ >> {pids}; exec sleep 60')}:/usr/bin:/bin")
    git = Git.within(repo.path)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work():
        try:
            for _ in range(2):
                with pytest.raises(GitError):
                    git.run("log")
        finally:
            loop.call_soon_threadsafe(ended.set)

    task = asyncio.create_task(in_thread(work))
    await until(pids.read_text)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(ended.wait(), 5)
    assert not any(is_running(int(pid)) for pid in pids.read_text().split())


async def test_pieces_of_work_are_cancelled_apart(repo, monkeypatch, tmp_path):
    ready = tmp_path / "ready"
    fast_script = f"while [ ! -e {tmp_path}/go ]; do sleep 0.01; done; echo done"
    script = f'case "$*" in *fast*) {fast_script};; *) touch {ready}; exec sleep 60;; esac'
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'bin', script)}:/usr/bin:/bin")
    git = Git.within(repo.path)
    slow = asyncio.create_task(in_thread(lambda: git.run("slow")))
    fast = asyncio.create_task(in_thread(lambda: git.run("fast")))
    await until(ready.exists)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    (tmp_path / "go").touch()
    assert await fast == b"done\n"


def test_much_input_and_much_output_at_once_do_not_block(repo):
    ids = f"{repo.id('HEAD:a.txt')}\n".encode() * 50_000
    output = Git.alone(repo.path / ".git").run("cat-file", "--batch-check", stdin=ids)
    assert output.count(b"\n") == 50_000
