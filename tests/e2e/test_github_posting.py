"""`pr-reviewer review URL --post` when something is in the way: a refused comment, a draft, another run, a signal."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.conftest import BIN, Run
from tests.e2e.models import confirming, finding, task_of
from tests.e2e.test_github import DIVISION, Scene
from tests.e2e.test_process import heed_signals
from tests.fakes.github import GitHubServer
from tests.fakes.github.log import is_write
from tests.fakes.model_replies import Hang
from tests.fakes.model_server import ModelRequest, ModelServer

pytestmark = pytest.mark.e2e

CART = "def add(cart, item):\n    cart.append(item)\n    return cart[len(cart)]\n"
INDEX = finding("cart.py", "    return cart[len(cart)]", title="The last index is past the end")
# What GitHub is asked when the signal comes, and how many such calls go by first.
MOMENTS = {
    "the settings are fetched": ("GIT */git-upload-pack", 0),
    "it looks what stands": ("GRAPHQL *repository*", 1),
    "the review is posted": ("POST */reviews", 0),
    "a review is begun": ("GRAPHQL mutation addPullRequestReview", 0),
    "comments are added to it": ("GRAPHQL mutation addPullRequestReviewThread*", 0),
    "it is submitted": ("GRAPHQL mutation submitPullRequestReview", 0),
    "the summary is posted": ("POST */comments", 0),
}


class TwoFiles(Scene):
    """The pull request changes `shop.py` and adds `cart.py`, whose diff GitHub finds too large for comments."""

    def __init__(self, server: GitHubServer, kind: str = "classic", *, refuses: bool = True) -> None:
        super().__init__(server, kind)
        self.repository.commit("discounts", {"cart.py": CART})
        if refuses:
            self.pull.refuse_comments_on("cart.py")

    @property
    def said(self) -> list[tuple[str, str]]:
        """The file of each comment on a line, with its state of review."""
        return sorted((each.thread.place.path, each.review.state) for each in self.pull.review_comments())

    @property
    def verdict(self) -> str:
        """What the check or status says in the end; `in_progress` or `pending` while it is not concluded."""
        if checks := self.pull.checks():
            return checks[-1].conclusion or checks[-1].status
        return self.pull.statuses()[-1].state if self.pull.statuses() else "none"


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with GitHubServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def scene(server: GitHubServer) -> TwoFiles:
    return TwoFiles(server)


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer(confirming(DIVISION, INDEX)) as model:
        yield model


def test_one_comment_that_github_refuses_goes_into_the_summary_and_costs_no_other(
    run: Run, scene: TwoFiles, model: ModelServer, tmp_path: Path
):
    result = run("review", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model))
    assert result.code == 0, result.err
    assert scene.said == [("shop.py", "COMMENTED")]
    assert [review.state for review in scene.pull.reviews()] == ["COMMENTED"]
    (summary,) = scene.pull.comments()
    assert "The last index is past the end" in summary.body
    assert "takes no comment at this place" in summary.body
    calls = [exchange for exchange in scene.server.log.api if is_write(exchange)]
    assert [exchange.status for exchange in calls if exchange.path.endswith("/reviews")] == [422]
    assert [exchange.name.rpartition(" ")[2] for exchange in calls if "submit" in exchange.name] == [
        "submitPullRequestReview"
    ]
    assert scene.verdict == "success"


def test_a_draft_of_ones_own_is_left_alone_and_the_summary_says_why(
    run: Run, server: GitHubServer, model: ModelServer, tmp_path: Path
):
    scene = TwoFiles(server, refuses=False)
    scene.pull.review("reviewer", "my own thoughts", event=None)
    result = run("review", scene.pull.url, "--post", "--fail-on", "error", cwd=tmp_path, env=scene.env(model))
    assert result.code == 1, result.err
    assert [(review.state, review.body) for review in scene.pull.reviews()] == [("PENDING", "my own thoughts")]
    assert scene.said == []
    (summary,) = scene.pull.comments()
    assert "reviewer has a pending review on this pull request" in summary.body
    assert "A discount of 0 divides by zero" in summary.body
    assert "The last index is past the end" in summary.body
    assert scene.verdict == "failure"


@pytest.mark.parametrize("kind", ["classic", "actions"])
@pytest.mark.parametrize("refuses", [False, True], ids=["all accepted", "one refused"])
def test_two_reviewers_that_post_at_once_say_nothing_twice(
    server: GitHubServer, tmp_path: Path, kind: str, refuses: bool
):
    scene = TwoFiles(server, kind, refuses=refuses)
    together, answer = threading.Barrier(2), confirming(DIVISION, INDEX)

    def both_at_once(request: ModelRequest):
        if task_of(request) == "verify":
            together.wait(60)
        return answer(request)

    server.delay(0.02)
    with ModelServer(both_at_once) as model:
        runs = [started(scene, model, tmp_path / str(number)) for number in range(2)]
        ends = [(each.communicate(timeout=120)[1], each.returncode) for each in runs]
    assert [code for _, code in ends] == [0, 0], ends
    said = [("shop.py", "COMMENTED")] if refuses else [("cart.py", "COMMENTED"), ("shop.py", "COMMENTED")]
    assert scene.said == said
    assert len(scene.pull.comments()) == 1
    assert scene.verdict == "success"
    assert "pending" not in {review.state.lower() for review in scene.pull.reviews()}


@pytest.mark.parametrize("kind", ["classic", "actions"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_what_a_signal_interrupts_the_next_run_completes(
    run: Run, server: GitHubServer, model: ModelServer, tmp_path: Path, kind: str, moment: str
):
    scene = TwoFiles(server, kind)
    process: list[subprocess.Popen[str]] = []
    is_started = threading.Event()

    def stop(_request: object) -> None:
        is_started.wait(30)
        process[0].send_signal(signal.SIGTERM)

    pattern, skip = MOMENTS[moment]
    server.on(pattern, stop, skip=skip)
    process.append(started(scene, model, tmp_path / "first"))
    is_started.set()
    _, err = process[0].communicate(timeout=120)
    assert (process[0].returncode, err.strip().splitlines()[-1]) == (143, "stopped")
    assert scene.verdict in ("error", "failure")

    again = run("review", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model) | actions(kind))
    assert again.code == 0, again.err
    assert scene.said == [("shop.py", "COMMENTED")]
    assert len(scene.pull.comments()) == 1
    assert scene.verdict == "success"


def test_a_signal_while_the_model_thinks_posts_nothing_and_the_check_says_so(server: GitHubServer, tmp_path: Path):
    scene = TwoFiles(server, "actions")
    asked = threading.Event()

    def hang(_request: ModelRequest) -> Hang:
        asked.set()
        return Hang()

    with ModelServer(hang) as model:
        process = started(scene, model, tmp_path / "first")
        assert asked.wait(60)
        assert scene.verdict == "in_progress"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 143
    assert (scene.said, scene.pull.reviews(), scene.pull.comments()) == ([], [], [])
    (check,) = scene.pull.checks()
    assert (check.conclusion, check.title) == ("failure", "The review failed: it was stopped")


@pytest.mark.parametrize("kind", ["classic", "actions"])
def test_settings_that_are_broken_show_on_the_pull_request(
    run: Run, server: GitHubServer, model: ModelServer, tmp_path: Path, kind: str
):
    scene = TwoFiles(server, kind)
    scene.repository.commit("main", {".pr_reviewer.toml": '[paths]\nignored = ["shop.py"]\n'})
    result = run("review", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model) | actions(kind))
    assert result.code == 2
    assert scene.verdict in ("error", "failure")
    (shown,) = scene.pull.checks() or scene.pull.statuses()
    title = shown.title if kind == "actions" else shown.description
    assert title.startswith("The review failed: ")
    assert "paths.ignored" in title
    assert model.requests == []


def test_settings_that_are_broken_show_nowhere_without_post(
    run: Run, scene: TwoFiles, model: ModelServer, tmp_path: Path
):
    scene.repository.commit("main", {".pr_reviewer.toml": '[paths]\nignored = ["shop.py"]\n'})
    assert run("review", scene.pull.url, cwd=tmp_path, env=scene.env(model)).code == 2
    assert scene.verdict == "none"


def test_code_that_cannot_be_fetched_shows_on_the_pull_request_with_what_to_do(
    run: Run, server: GitHubServer, model: ModelServer, tmp_path: Path
):
    scene = TwoFiles(server, "actions")
    scene.repository.record.private = True
    server.on("GIT *", lambda _: server.world.tokens[scene.token].permissions.pop("contents"))
    result = run("review", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model) | actions("actions"))
    assert result.code == 3
    (check,) = scene.pull.checks()
    assert (check.status, check.conclusion) == ("completed", "failure")
    assert check.title.startswith("The review failed: cannot fetch")
    assert "contents: read" in check.summary


def actions(kind: str) -> Mapping[str, str]:
    return {"GITHUB_ACTIONS": "true"} if kind == "actions" else {}


def started(scene: TwoFiles, model: ModelServer, home: Path) -> subprocess.Popen[str]:
    """A run in the background, with a home of its own."""
    home.mkdir()
    kind = "actions" if scene.token.startswith("ghs_") else "classic"
    return subprocess.Popen(
        [BIN / "pr-reviewer", "review", scene.pull.url, "--post"],
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **scene.env(model), **actions(kind)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_signals,  # noqa: PLW1509 nothing here is waiting for a lock
    )
