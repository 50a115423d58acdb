"""`pr-reviewer review URL [--post]`: GitHub's stand-in on one side, a scripted model on the other."""

import pytest

from tests.e2e.conftest import Run
from tests.e2e.models import NOTHING, confirming, finding, task_of
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelRequest, ModelServer

pytestmark = pytest.mark.e2e

BEFORE = "def total(items):\n    return sum(item.price for item in items)\n"
AFTER = "def total(items, discount):\n    amount = sum(item.price for item in items)\n    return amount / discount\n"
DIVISION = finding(
    "shop.py",
    "    return amount / discount",
    title="A discount of 0 divides by zero",
    suggestion="    return amount / (discount or 1)",
)


class Scene:
    """A pull request on the stand-in, and a token to review it with."""

    def __init__(self, server: GitHubServer, kind: str = "classic") -> None:
        self.server = server
        self.repository = server.repository("octo/shop", files={"shop.py": BEFORE})
        self.repository.commit("discounts", {"shop.py": AFTER})
        self.pull = self.repository.open_pull("discounts", title="Discounts")
        self.repository.grant("reviewer", "write")
        self.token = server.token(kind, user="reviewer", **self._options(kind))

    def _options(self, kind: str) -> dict:
        if kind == "classic":
            return {}
        writes = {"checks": "write", "contents": "read", "pull_requests": "write", "statuses": "write"}
        return {"permissions": writes, "repositories": [self.repository]}

    def env(self, model: ModelServer | None = None) -> dict[str, str]:
        asked = {"OPENAI_API_KEY": "sk-test-key", "OPENAI_BASE_URL": model.url} if model else {}
        return {
            "GITHUB_TOKEN": self.token,
            "GITHUB_API_URL": self.server.api_url,
            "GITHUB_SERVER_URL": self.server.url,
            **asked,
        }


@pytest.fixture(params=[False, True], ids=["github.com", "enterprise"])
def scene(request: pytest.FixtureRequest):
    with GitHubServer(enterprise=request.param) as server:
        yield Scene(server)
        assert server.violations == []


def test_a_pull_request_is_reviewed_and_only_printed(run: Run, scene: Scene, tmp_path):
    with ModelServer(confirming(DIVISION)) as model:
        result = run("review", scene.pull.url, "--format", "json", cwd=tmp_path, env=scene.env(model))
    assert result.code == 0, result.err
    (found,) = result.json["findings"]
    assert (found["path"], found["first_line"]) == ("shop.py", 3)
    assert result.json["head_sha"] == scene.pull.head_sha
    assert "Discounts" in model.requests[0].text
    assert scene.pull.comments() == []
    assert scene.pull.reviews() == []


def test_with_post_it_stands_on_its_line_with_a_summary_and_a_check(run: Run, scene: Scene, tmp_path):
    with ModelServer(confirming(DIVISION)) as model:
        result = run("review", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model))
    assert result.code == 0, result.err
    assert "Posted: " in result.err
    (thread,) = scene.pull.threads()
    assert scene.pull.line_of(thread) == 3
    assert "```suggestion\n    return amount / (discount or 1)\n```" in thread.comments[0].body
    (summary,) = scene.pull.comments()
    assert "A discount of 0 divides by zero" in summary.body
    assert f"{scene.server.url}/octo/shop/blob/{scene.pull.head_sha}/shop.py#L3)" in summary.body
    assert [status.state for status in scene.pull.statuses()][-1:] == ["success"]


@pytest.mark.parametrize("who", ["a workflow", "an App", "an App, key in a file"])
def test_a_workflow_and_an_app_conclude_a_check_run(run: Run, tmp_path, who: str):
    with GitHubServer() as server, ModelServer(confirming(DIVISION)) as model:
        scene = Scene(server, "actions" if who == "a workflow" else "classic")
        env = scene.env(model) | {"GITHUB_ACTIONS": "true"}
        if who != "a workflow":
            app = server.app(permissions={"checks": "write", "contents": "read", "pull_requests": "write"})
            app.install("octo")
            key = tmp_path / "key.pem"
            key.write_text(app.private_key)
            env |= {"GITHUB_TOKEN": "", "PR_REVIEWER_GITHUB__APP_ID": str(app.id)}
            env["PR_REVIEWER_GITHUB__PRIVATE_KEY"] = str(key) if "file" in who else app.private_key
        result = run("review", scene.pull.url, "--post", "--fail-on", "error", cwd=tmp_path, env=env)
        (check,) = scene.pull.checks()
        assert server.violations == []
    assert result.code == 1, result.err
    assert (check.name, check.status, check.conclusion) == ("pr-reviewer", "completed", "failure")
    assert [(each["path"], each["start_line"]) for each in check.annotations] == [("shop.py", 3)]
    assert "at or above error" in check.title
    assert "model calls" in check.text
    assert len(scene.pull.threads()) == 1


def test_a_second_run_says_nothing_twice(run: Run, scene: Scene, tmp_path):
    with ModelServer(confirming(DIVISION)) as model:
        for _ in range(2):
            result = run("review", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model))
            assert result.code == 0, result.err
    assert len(scene.pull.threads()) == 1
    assert len(scene.pull.comments()) == 1
    assert len(scene.pull.reviews()) == 1


def test_a_head_that_moves_while_the_model_thinks_gets_nothing(run: Run, scene: Scene, tmp_path):
    def pushes_meanwhile(request: ModelRequest):
        if task_of(request) == "verify":
            scene.repository.commit("discounts", {"shop.py": AFTER + "\n"})
        return confirming(DIVISION)(request)

    with ModelServer(pushes_meanwhile) as model:
        result = run("review", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model))
    assert result.code == 3
    assert "moved" in result.err
    assert "A discount of 0 divides by zero" in result.out
    assert scene.pull.threads() == []
    assert scene.pull.comments() == []


def test_the_repositorys_settings_are_those_of_the_base_branch(run: Run, scene: Scene, tmp_path):
    scene.repository.commit("main", {".pr_reviewer.toml": '[paths]\nignore = ["shop.py"]\n'})
    scene.repository.commit("discounts", {".pr_reviewer.toml": "[paths]\nignore = []\n"})
    with ModelServer(lambda _: NOTHING) as model:
        result = run("review", scene.pull.url, "--format", "json", cwd=tmp_path, env=scene.env(model))
    assert result.code == 0, result.err
    reasons = {row["path"]: row["reason"] for row in result.json["coverage"]}
    assert "paths.ignore" in reasons["shop.py"]


def test_what_is_fetched_is_kept_under_the_cache_folder_without_the_token(run: Run, scene: Scene, tmp_path):
    env = scene.env() | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    result = run("review", scene.pull.url, "--format", "json", cwd=tmp_path, env=env)
    assert result.code == 0, result.err
    files = [path for path in (tmp_path / "cache" / "pr-reviewer" / "git").rglob("*") if path.is_file()]
    assert any(path.name == "HEAD" for path in files)
    assert all(scene.token.encode() not in path.read_bytes() for path in files)


def test_an_address_elsewhere_never_sees_the_token(run: Run, scene: Scene, tmp_path):
    result = run("review", "https://github.example/octo/shop/pull/1", cwd=tmp_path, env=scene.env())
    assert result.code == 2
    assert "github.example" in result.err
    assert scene.token not in result.err + result.out


def test_without_credentials_it_says_what_to_set(run: Run, scene: Scene, tmp_path):
    result = run("review", scene.pull.url, cwd=tmp_path, env=scene.env() | {"GITHUB_TOKEN": ""})
    assert result.code == 2
    assert "GITHUB_TOKEN" in result.err


@pytest.mark.parametrize("arguments", [["--post"], ["URL", "--staged"], ["URL", "--post", "--dry-run"]])
def test_contradictions_are_told(run: Run, scene: Scene, tmp_path, arguments: list[str]):
    given = [scene.pull.url if each == "URL" else each for each in arguments]
    result = run("review", *given, cwd=tmp_path, env=scene.env())
    assert result.code == 2
    assert "Traceback" not in result.err
