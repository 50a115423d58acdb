"""Processes that work on jobs, and what they have written down."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def worker(folder, executor, url, **limits):
    """A process that works; see `queue_process`."""
    command = [sys.executable, "-m", "tests.webhooks.queue_process", str(folder), executor, url, json.dumps(limits)]
    with (folder / f"{executor}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        until(lambda: f"ready {executor}" in notes(folder), folder / f"{executor}.log")
        yield process
    finally:
        process.kill()
        process.wait()


def notes(folder):
    path = folder / "notes"
    return path.read_text().splitlines() if path.exists() else []


def until(holds, log=None):
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, log.read_text() if log else ""
        time.sleep(0.02)


def begun(folder):
    return [line.split()[1] for line in notes(folder) if line.startswith("begin")]


def ended(folder):
    return [line.split()[1] for line in notes(folder) if line.startswith("end")]
