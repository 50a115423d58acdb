"""The stand-in as a process of its own: seeded, killed, started again where it was."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.fakes.github.scenes import scene
from tests.fakes.github.server import GitHubServer

ROOT = Path(__file__).parents[2]
COMMENTS = "/repos/octo/demo/issues/1/comments"


def seed(server: GitHubServer) -> dict[str, str]:
    """What `--seed` names."""
    return {"token": scene(server).classic()}


@contextmanager
def process(state: Path, end: int = signal.SIGTERM) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.fakes.github", "--state", str(state), "--seed", f"{__name__}:seed"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield json.loads(running.stdout.readline())
        running.send_signal(end)


def test_a_killed_stand_in_goes_on_where_it_was(tmp_path: Path):
    with process(tmp_path, signal.SIGKILL) as first:
        headers = {"authorization": f"Bearer {first['seed']['token']}"}
        fault = {"match": "POST *", "kind": "502", "after": True}
        requests.post(f"{first['url']}/_stand-in/faults", json=fault, timeout=5)
        lost = requests.post(first["api_url"] + COMMENTS, json={"body": "kept"}, headers=headers, timeout=5)
        told = requests.get(f"{first['url']}/_stand-in", timeout=5).json()
    assert (lost.status_code, told["violations"]) == (502, [])
    assert [(row["name"], row["fault"]) for row in told["log"]] == [(f"POST {COMMENTS}", "502 after")]
    with process(tmp_path) as second:
        assert second["seed"] is None
        found = requests.get(second["api_url"] + COMMENTS, headers=headers, timeout=5).json()
    assert [row["body"] for row in found] == ["kept"]


def test_a_server_started_on_a_folder_finds_what_stood_there(tmp_path: Path):
    with GitHubServer(state=tmp_path) as first:
        head = scene(first).pull.head_sha
    with GitHubServer(state=tmp_path) as second:
        assert second.find("octo/demo").pull(1).head_sha == head
        assert not second.is_new
