"""What a person at a real (pseudo-)terminal sees."""

import os
import pty
import re
import threading

import pytest

from tests.e2e.conftest import BIN, Repo
from tests.e2e.models import confirming, finding
from tests.fakes.model_server import ModelRequest, ModelServer

pytestmark = pytest.mark.e2e


def on_a_terminal(repo: Repo, env: dict[str, str], *arguments: str) -> str:
    """Everything that the terminal was sent."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(repo.path)
        os.execve(BIN / "pr-reviewer", ["pr-reviewer", "review", *arguments], env)
    seen = b""
    try:
        while piece := os.read(terminal, 65536):
            seen += piece
    except OSError:
        pass  # the other end has closed
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    return seen.decode()


def test_the_progress_line_names_each_step_and_goes_and_the_review_is_coloured(repo: Repo):
    repo.commit({"a.py": "def f(n):\n    return n\n"})
    repo.branch("work")
    repo.commit({"a.py": "def f(n):\n    return 1 / n\n"})
    shown = threading.Event()

    def patient(request: ModelRequest):
        shown.wait(0.5)  # long enough for the line to be drawn at least once
        return confirming(finding("a.py", "    return 1 / n", title="It divides by zero"))(request)

    with ModelServer(patient) as server:
        env = {"PATH": os.environ["PATH"], "HOME": str(repo.path.parent), "TERM": "xterm-256color", "COLUMNS": "100"}
        asked = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": server.url}
        seen = on_a_terminal(repo, env | asked)
        plain = on_a_terminal(repo, env | asked | {"NO_COLOR": "1"}, "--quiet")
    steps = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)
    assert re.search(r"asking 0/1 · \d+ s", steps)
    assert re.search(r"verifying 0/1 · \d+ s · [\d,]+ tokens · \$\d", steps)
    assert "\x1b[2K" in seen.rpartition("It divides by zero")[0]
    assert "\x1b[1;31merror:\x1b[0m" in seen
    assert "It divides by zero" in plain
    assert "asking" not in plain
    assert "\x1b[1;31m" not in plain
