"""What people see while the server works: the check's counts, and lines that a person can read."""

import os
import pty
import re
import signal
import subprocess
import threading

import pytest

from tests.e2e.conftest import BIN
from tests.e2e.models import confirming, task_of
from tests.e2e.test_github import DIVISION
from tests.fakes.model_server import ModelServer
from tests.serving.scene import Scene, Server

pytestmark = pytest.mark.e2e

SMALL = {
    "PR_REVIEWER_MODELS__REVIEW": "small",
    "PR_REVIEWER_MODELS__DEFAULT_WINDOW": "16000",
    "PR_REVIEWER_MODELS__MAX_OUTPUT_TOKENS": "2000",
}


def test_the_check_counts_the_answers_of_a_review_that_runs(github, tmp_path):
    scene = Scene(github)
    scene.repository.commit("discounts", {f"{name}.py": "value = 1234567\n" * 1200 for name in "abcdef"})
    go_on, asked = threading.Event(), []

    def pausing(request):
        asked.append(task_of(request))
        if len(asked) > 3:
            go_on.wait(60)
        return confirming(DIVISION)(request)

    with ModelServer(pausing) as model, Server(scene, model, tmp_path, **SMALL) as server:
        server.happened("opened")
        counted = re.compile(r"Reviewing: asking, 3 of (\d+) done")
        server.wait(lambda: bool(scene.pull.checks()) and bool(counted.fullmatch(scene.check.title or "")))
        assert int(counted.fullmatch(scene.check.title)[1]) > 3
        assert (scene.check.status, scene.check.conclusion) == ("in_progress", None)
        go_on.set()
        assert server.finished() == ["done"]
    assert scene.check.status == "completed"


def test_on_a_terminal_the_log_is_for_people(scene, model, tmp_path):
    server = Server(scene, model, tmp_path)
    ours, theirs = pty.openpty()
    command = [str(BIN / "pr-reviewer"), "serve", "--port", str(server.port)]
    process = subprocess.Popen(command, env=server.env | {"TERM": "xterm"}, stdout=theirs, stderr=theirs, cwd=tmp_path)
    os.close(theirs)
    try:
        read = b""
        while not re.search(rb"ready.*\n", read):
            read += os.read(ours, 4096)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        os.close(ours)
    line = next(each for each in plain(read).split("\n") if "ready" in each)
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z \[info *\] ready .*login=reviewer\[bot\]", line), line


def plain(written):
    """Without colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", written.decode()).replace("\r", "")
