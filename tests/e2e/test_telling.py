"""`pr-reviewer describe` and `pr-reviewer ask`: local ranges, diffs and pull requests."""

import json

import pytest

from tests.e2e.conftest import Run
from tests.e2e.test_github import AFTER, BEFORE, Scene
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelServer
from tests.report.schemas import valid

pytestmark = pytest.mark.e2e

DESCRIPTION = {
    "groups": [{"name": "Discounts", "files": [{"path": "shop.py", "change": "Divides by a `discount`."}]}],
    "summary": ["Totals are divided by a discount."],
    "kind": "feature",
    "title": "Divide totals by a discount",
    "labels": [],
}
ANSWER = {
    "citations": [{"path": "shop.py", "quote": "    return amount / discount", "line": 3}],
    "is_told": True,
    "text": "It divides [1].",
}


def say(request):
    return DESCRIPTION if "# Task: describe" in request.text else ANSWER


@pytest.fixture
def scene():
    with GitHubServer() as server:
        yield Scene(server)
        assert server.violations == []


@pytest.fixture
def model():
    with ModelServer(say, checks_replies=True) as model:
        yield model


@pytest.fixture
def local(repo, model):
    """A branch with a change, and the variables for a model."""
    repo.commit({"shop.py": BEFORE})
    repo.git("branch", "-M", "main")
    repo.git("checkout", "-q", "-b", "discounts")
    repo.commit({"shop.py": AFTER})
    return {"OPENAI_API_KEY": "sk-test-key", "OPENAI_BASE_URL": model.url}


def test_a_local_range_is_described(run: Run, repo, local):
    result = run("describe", "--base", "main", cwd=repo.path, env=local)
    assert result.code == 0, result.err
    assert "Suggested title: Divide totals by a discount" in result.out
    assert "shop.py: Divides by a `discount`" in result.out


def test_a_question_about_a_local_range_is_answered_with_path_and_line(run: Run, repo, local):
    result = run("ask", "What if it is 0?", "--base", "main", cwd=repo.path, env=local)
    assert result.code == 0, result.err
    assert "[1] shop.py:3  return amount / discount" in result.out


def test_json_and_markdown_and_a_diff(run: Run, repo, local):
    told = run("describe", "--base", "main", "--format", "json", cwd=repo.path, env=local)
    assert valid("describe", json.loads(told.out))["kind"] == "feature"
    marked = run("ask", "Why?", "--base", "main", "--format", "markdown", cwd=repo.path, env=local)
    assert marked.out.startswith("> Why?")
    diff = repo.git("diff", "main").encode()
    piped = run("ask", "Why?", "--diff", "-", "--format", "json", cwd=repo.path, env=local, stdin=diff)
    assert valid("ask", json.loads(piped.out))["citations"][0]["first_line"] == 3
    for command in (["describe"], ["ask", "Why?"]):
        dry = run(*command, "--base", "main", "--dry-run", "--format", "json", cwd=repo.path)
        assert valid(command[0], json.loads(dry.out))["prompts"][0]["task"] == command[0]


def test_a_dry_run_shows_every_byte_and_sends_nothing(run: Run, repo, local, model):
    for command in (["describe"], ["ask", "What if it is 0?"]):
        result = run(*command, "--base", "main", "--dry-run", cwd=repo.path, env=local)
        assert result.code == 0, result.err
        assert "nothing was sent" in result.out
        assert "+    return amount / discount" in result.out
    assert model.requests == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["describe", "--post"], "--post needs the URL"),
        (["describe", "--as-comment"], "--as-comment says how to --post"),
        (["describe", "--dry-run", "--record", "x"], "nothing to --record"),
        (["ask", " "], "there is no question"),
        (["ask", "Why?", "https://github.com/o/r/pull/1", "--staged"], "exclude each other"),
        (["ask", "Why?", "https://github.com/o/r/pull/1", "--post", "--dry-run"], "nothing to --post"),
        (["ask", "Why?", "--diff", "x", "--staged"], "exclude each other"),
    ],
)
def test_options_that_do_not_go_together_are_refused(run: Run, tmp_path, arguments, said):
    result = run(*arguments, cwd=tmp_path)
    assert (result.code, said in result.err) == (2, True), result.err


def test_an_empty_change_is_said_to_be_empty_and_costs_nothing(run: Run, repo, local, model):
    for command in (["describe"], ["ask", "Why?"], ["improve"]):
        result = run(*command, "--staged", cwd=repo.path, env=local)
        assert result.code == 0
        assert "Nothing to look at: Nothing is staged." in result.err
        assert "skipped" not in result.out
    assert model.requests == []


@pytest.mark.usefixtures("local")
def test_without_a_model_it_says_what_to_set(run: Run, repo):
    result = run("describe", "--base", "main", cwd=repo.path)
    assert result.code == 2
    assert "OPENAI_API_KEY" in result.err


def test_a_description_is_posted_below_the_authors_and_as_a_comment(run: Run, scene: Scene, model, tmp_path):
    scene.pull.record.body = "Mine.\r\n"
    for more in ([], [], ["--as-comment"]):
        result = run("describe", scene.pull.url, "--post", *more, cwd=tmp_path, env=scene.env(model))
        assert result.code == 0, result.err
        assert "Posted: " in result.err
    assert scene.pull.record.body.startswith("Mine.\r\n\n\n<!-- pr-reviewer:description v1 begin -->")
    assert scene.pull.record.body.count("What this changes") == 1
    (comment,) = scene.pull.comments()
    assert "What this changes" in comment.body


def test_an_answer_is_posted_once_for_each_question(run: Run, scene: Scene, model, tmp_path):
    for question in ("What if it is 0?", "What if it is 0?", "Who calls it?"):
        result = run("ask", question, scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model))
        assert result.code == 0, result.err
    first, second = (comment.body for comment in scene.pull.comments())
    assert first.startswith("> What if it is 0?")
    assert second.startswith("> Who calls it?")
    assert f"/blob/{scene.pull.head_sha}/shop.py#L3)" in first
