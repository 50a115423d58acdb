"""`python -m tests.fakes.github --port 8080 --state DIR --seed tests.some.module:build`

A stand-in in a process of its own, for tests that kill things. `--seed` names a function that is given the server when
its state is new, and may return a JSON value. One line of JSON on standard output says that it serves: `url`,
`api_url`, and what the seed returned as `seed`. State is saved after every call; a server started on it goes on.
"""

import argparse
import importlib
import json
import signal
import sys
import threading
from pathlib import Path

from tests.fakes.github.server import GitHubServer


def main() -> None:
    options = _options()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with GitHubServer(enterprise=options.enterprise, port=options.port, state=options.state) as server:
        seed = _seeded(server, options.seed) if options.seed and server.is_new else None
        server.save()
        line = {"url": server.url, "api_url": server.api_url, "seed": seed}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        while not ended.wait(1.0):  # a signal that another thread gets wakes nobody
            pass


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.github", description="A stand-in for GitHub.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--state", type=Path, help="a folder that survives")
    parser.add_argument("--enterprise", action="store_true", help="play GitHub Enterprise Server")
    parser.add_argument("--seed", help="module:function that fills a new stand-in")
    return parser.parse_args()


def _seeded(server: GitHubServer, name: str) -> object:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)(server)


if __name__ == "__main__":
    main()
