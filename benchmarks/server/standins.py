"""`python -P -m benchmarks.server.standins github|model …`: a stand-in as a process of its own.

It prints a line of JSON when it serves, and another one when SIGTERM has ended it. Its niceness lets the reviewers go
first: in the field GitHub and the model do not sit on the server's machine.
"""

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.model import ZeroLatencyModel
from benchmarks.server.town import fill, finds_the_defects
from tests.fakes.github import GitHubServer

NICENESS = 5


def main() -> None:
    """Serve until SIGTERM."""
    options = _options()
    os.nice(NICENESS)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    if options.kind == "github":
        _be_github(options, ended)
    else:
        _be_model(options, ended)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -P -m benchmarks.server.standins")
    parser.add_argument("kind", choices=("github", "model"))
    parser.add_argument("--seconds", type=float, default=0.0, help="before each answer")
    parser.add_argument("--spread", type=float, default=0.0, help="so much more or less, by chance")
    parser.add_argument("--folder", type=Path, default=Path(), help="where the deliveries go")
    for name in ("teams", "pulls", "files"):
        parser.add_argument(f"--{name}", type=int, default=1)
    return parser.parse_args()


def _be_github(options: argparse.Namespace, ended: threading.Event) -> None:
    with GitHubServer() as server:
        server.rules.requests_an_hour = 10**9
        app = fill(server, options.folder, teams=options.teams, pulls=options.pulls, files=options.files)
        server.delay(options.seconds)
        _say(app | {"url": server.url, "api_url": server.api_url})
        _wait(ended)
        _say({"violations": server.violations, "calls": len(server.log)})


def _be_model(options: argparse.Namespace, ended: threading.Event) -> None:
    chance = random.Random(7)  # noqa: S311 the same every time

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        time.sleep(max(0.0, options.seconds + options.spread * chance.uniform(-1, 1)))
        return finds_the_defects(body)

    model = ZeroLatencyModel(answer)
    _say({"url": model.url})
    _wait(ended)
    _say({"calls": len(model.requests)})
    model.close()


def _wait(ended: threading.Event) -> None:
    """Looking up now and then: a signal that another thread gets does not wake the one that would handle it."""
    while not ended.wait(0.2):
        pass


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
