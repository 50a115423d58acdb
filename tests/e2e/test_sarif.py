"""`--format sarif`, as somebody would upload it to code scanning."""

import pytest

from tests.e2e.conftest import Repo, Run
from tests.e2e.models import confirming, finding
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelServer
from tests.providers.github.builders import scene
from tests.report.test_sarif import check_for_code_scanning, valid

pytestmark = pytest.mark.e2e

BEFORE = "def total(items):\n    return sum(items)\n"
AFTER = "def total(items, discount):\n    amount = sum(items)\n    return amount / discount\n"
DIVISION = finding(
    "shöp/a b.py",
    "    return amount / discount",
    title="A discount of 0 divides by zero",
    suggestion="    return amount / (discount or 1)",
)


@pytest.fixture
def work(repo: Repo) -> Repo:
    repo.commit({"shöp/a b.py": BEFORE}, "start")
    repo.branch("work")
    repo.commit({"shöp/a b.py": AFTER, "uv.lock": "version = 1\n"}, "Discounts")
    return repo


def test_a_review_is_a_log_with_a_result_on_its_lines_and_its_fix(run: Run, work: Repo):
    with ModelServer(confirming(DIVISION)) as server:
        env = {"OPENAI_API_KEY": "sk-test-key", "OPENAI_BASE_URL": server.url}
        done = run("review", "--format", "sarif", cwd=work.path, env=env)
    assert done.code == 0, done.err
    (log_run,) = valid(done.json)["runs"]
    check_for_code_scanning(log_run)
    (result,) = log_run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "sh%C3%B6p/a%20b.py"
    assert (place["region"]["startLine"], place["region"]["endLine"]) == (3, 3)
    assert result["ruleId"] == "correctness"
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "endLine": 3},
            "insertedContent": {"text": "    return amount / (discount or 1)"},
        }
    ]
    assert log_run["automationDetails"]["id"] == f"pr-reviewer/{work.git('rev-parse', 'HEAD')}"
    (invocation,) = log_run["invocations"]
    assert invocation["executionSuccessful"] is True
    assert [note["level"] for note in invocation["toolExecutionNotifications"]] == ["note"]
    assert "python-tls-unverified" in [rule["id"] for rule in log_run["tool"]["driver"]["rules"]]


def test_a_pull_request_says_which_repository_and_commit_it_is_of(run: Run, tmp_path):
    with GitHubServer() as server:
        github = scene(server)
        env = {"GITHUB_API_URL": server.api_url, "GITHUB_SERVER_URL": server.url, "GITHUB_TOKEN": github.token()}
        done = run("review", f"{github.pull.url}/files", "--format", "sarif", cwd=tmp_path, env=env)
    (log_run,) = valid(done.json)["runs"]
    (source,) = log_run["versionControlProvenance"]
    assert source["repositoryUri"] == f"{server.url}/octo/app"
    assert source["revisionId"] == github.pull.head_sha


def test_without_a_model_the_log_is_no_success(run: Run, work: Repo):
    done = run("review", "--format", "sarif", cwd=work.path)
    (log_run,) = valid(done.json)["runs"]
    assert log_run["invocations"][0]["executionSuccessful"] is False


def test_a_dry_run_has_no_results_to_print(run: Run, work: Repo):
    done = run("review", "--format", "sarif", "--dry-run", cwd=work.path)
    assert (done.code, done.out) == (2, "")
    assert "--format json" in done.err
