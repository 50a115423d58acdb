"""`pr-reviewer doctor`, run as a user runs it."""

import re

import pytest

from tests.doctor.builders import KEY, healthy
from tests.e2e.conftest import Repo, Run
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelServer
from tests.providers.github.builders import TO_POST, scene

pytestmark = pytest.mark.e2e

HEALTHY = """\
ok       git             VERSION (2.32 or newer is needed)
ok       repository      repo, work is compared with main
ok       settings        no mistakes (`pr-reviewer config show` lists them)
ok       patterns        the worker parses and knows N rules (N s)
ok       tokenizers      cl100k_base and o200k_base are intact
ok       endpoint        HOST answers, and lists 1 model
ok       key             accepted
ok       model           gpt-6.1-sol answers
ok       JSON schema     strict mode is taken and enforced
ok       round trip      N s for 2,266 tokens and one word
ok       window          measured: 17,903 tokens were read; the rest is believed (--thorough measures it); its card says 272,000
ok       prompt caching  2,176 of 2,265 tokens of a repeated question came from the cache
ok       planted bug     found on line 4 and verified, quoted exactly · COST

13 checks: 13 ok.
"""  # noqa: E501 lines of a terminal


@pytest.fixture
def work(repo: Repo) -> Repo:
    repo.commit({"a.py": "x = 1\n"})
    repo.branch("work")
    return repo


def env_of(server: ModelServer, **more: str) -> dict[str, str]:
    return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url} | more


def blotted(text: str, server: ModelServer) -> str:
    text = text.replace(server.host, "HOST")
    blots = {r"· \d+ model calls[^\n]*": "· COST", r"\d+\.\d s": "N s", r"\d+ rules": "N rules"}
    for pattern, blot in (blots | {r"(git +)\S+": r"\1VERSION"}).items():
        text = re.sub(pattern, blot, text)
    return text


def test_a_healthy_installation_is_a_page_of_ok(run: Run, work: Repo):
    with ModelServer(healthy()) as server:
        done = run("doctor", cwd=work.path, env=env_of(server))
    assert (done.code, done.err) == (0, "")
    assert blotted(done.out, server) == HEALTHY


def test_a_failure_is_followed_by_what_to_do_and_by_exit_code_3(run: Run, work: Repo):
    with ModelServer(healthy(), keys=["another"]) as server:
        done = run("doctor", cwd=work.path, env=env_of(server))
    assert done.code == 3
    assert KEY not in done.out + done.err
    assert (
        "fail     key             HOST, model gpt-6.1-sol, answered 401: Incorrect API key provided: [redacted].\n"
        "                         → Check the key (OPENAI_API_KEY, or the Azure settings)"
    ) in done.out.replace(server.host, "HOST")
    assert done.out.endswith("\n13 checks: 6 ok, 1 fail, 6 skipped.\n")


def test_json_for_programs(run: Run, work: Repo):
    with ModelServer(healthy(), models=["another"]) as server:
        done = run("doctor", "--format", "json", "--model", "mine", cwd=work.path, env=env_of(server))
    assert done.code == 3
    assert (done.json["version"], done.json["ok"]) == (1, False)
    assert [check["name"] for check in done.json["checks"] if check["state"] == "fail"] == ["model"]
    (model,) = [check for check in done.json["checks"] if check["name"] == "model"]
    assert "model mine, answered 404" in model["detail"]
    assert model["todo"].endswith("The endpoint lists gpt-x.")
    assert {check["todo"] for check in done.json["checks"] if check["state"] == "ok"} == {None}


def test_without_an_endpoint_nothing_has_failed(run: Run, tmp_path):
    done = run("doctor", cwd=tmp_path)
    assert done.code == 0
    assert "warn     endpoint        none is set" in done.out
    assert "OPENAI_API_KEY" in done.out


def test_wrong_settings_are_named_and_no_endpoint_is_asked(run: Run, work: Repo):
    with ModelServer(healthy()) as server:
        done = run("doctor", cwd=work.path, env=env_of(server, PR_REVIEWER_MODELS__DEFAULT_WINDOW="big"))
    assert done.code == 3
    assert "fail     settings        " in done.out
    assert "skipped  endpoint        the settings are wrong" in done.out
    assert server.requests == []


def test_the_settings_of_the_repository_are_checked_too(run: Run, work: Repo):
    work.git("checkout", "-q", "main")
    work.commit({".pr_reviewer.toml": "[models]\nreview = 'mine'\n"})
    done = run("doctor", cwd=work.path)
    assert done.code == 3
    assert "fail     settings        .pr_reviewer.toml" in done.out


def test_colours_only_where_they_are_wanted(run: Run, tmp_path):
    assert "\x1b[" not in run("doctor", cwd=tmp_path).out
    assert "\x1b[32mok" in run("doctor", cwd=tmp_path, env={"FORCE_COLOR": "1"}).out


WRONG = [["--timeout", "0"], ["--format", "xml"], ["--nothing"], ["some/folder"], ["--post"]]


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_usage_is_exit_code_2(run: Run, tmp_path, arguments: list[str]):
    assert run("doctor", *arguments, cwd=tmp_path).code == 2


def test_the_access_to_a_pull_request_is_checked_and_nothing_is_posted(run: Run, tmp_path):
    with GitHubServer() as server:
        github = scene(server, private=True, title="Feature")
        env = {"GITHUB_API_URL": server.api_url, "GITHUB_SERVER_URL": server.url}
        good = run("doctor", github.pull.url, "--post", cwd=tmp_path, env=env | {"GITHUB_TOKEN": github.token()})
        reads = github.token("fine-grained", permissions=dict.fromkeys(TO_POST, "read"))
        bad = run("doctor", github.pull.url, "--post", cwd=tmp_path, env=env | {"GITHUB_TOKEN": reads})
        none = run("doctor", github.pull.url, cwd=tmp_path, env=env)
        assert github.pull.reviews() == []
        assert github.pull.comments() == []
        assert github.pull.statuses() == []
        assert server.violations == []
    assert (good.code, bad.code, none.code) == (0, 3, 3)
    assert "ok       comments        a review, and a summary, may be posted\n" in good.out
    assert "fail     comments        cannot post the review in octo/app: " in bad.out
    assert "fail     pull request    GITHUB_TOKEN is not set\n" in none.out
    assert "skipped  code            " in none.out
    assert reads not in bad.out


def test_a_pull_request_of_another_host_is_never_asked_for(run: Run, tmp_path):
    done = run("doctor", "https://git.elsewhere.example/o/r/pull/1", cwd=tmp_path, env={"GITHUB_TOKEN": "ghp_x"})
    assert done.code == 3
    assert "fail     pull request    the pull request is on https://git.elsewhere.example" in done.out
