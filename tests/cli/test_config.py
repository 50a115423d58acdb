"""`pr-reviewer config`: which documents count, and what is wrong with them."""

import pytest
from click.testing import CliRunner

from pr_reviewer.cli.config import config
from tests.fakes.github import GitHubServer
from tests.git.builders import GitFolder
from tests.git.settings import use_settings_of_nobody


@pytest.fixture
def call(tmp_path, tmp_path_factory, monkeypatch):
    use_settings_of_nobody(tmp_path_factory, monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*arguments, **environ):
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(config, list(arguments), standalone_mode=False)

    return run


@pytest.fixture
def repo(tmp_path):
    folder = GitFolder.create(tmp_path / "app")
    folder.commit({".pr_reviewer.toml": "[rules]\npacks = ['core', 'pythn']\n"})
    return folder


def test_a_pack_that_does_not_exist_is_told_with_its_place(call, repo):
    result = call("check", "--repo", str(repo.path), "--base", "main")
    assert result.return_value == 2
    assert (
        "repository .pr_reviewer.toml:2: rules.packs: there is no pack 'pythn'. Did you mean python?" in result.stderr
    )


def test_a_file_on_disk_is_checked_for_its_packs_too(call, tmp_path):
    file = tmp_path / "new.toml"
    file.write_text("[rules]\npacks = ['typescript']\n")
    assert call("check", str(file)).return_value == 0
    file.write_text("[rules]\npacks = ['typscript']\n")
    assert f"repository {file}:2: rules.packs" in call("check", str(file)).stderr


def test_the_organisations_settings_are_shown_with_their_source(call, repo):
    with GitHubServer() as server:
        server.repository("octo/rules", files={".pr_reviewer.toml": "[review]\nmax_comments = 7\n"})
        places = {"GITHUB_SERVER_URL": server.url, "GITHUB_API_URL": server.api_url}
        named = {"PR_REVIEWER_RULES__ORGANISATION_REPOSITORY": "octo/rules"}
        result = call("show", "--repo", str(repo.path), "--base", "main", **places, **named)
    (row,) = [line for line in result.stdout.split("\n") if line.startswith("review.max_comments")]
    assert row.split() == ["review.max_comments", "7", "organisation", "octo/rules/.pr_reviewer.toml:2"]


def test_an_organisation_that_cannot_be_read_is_told_beside_the_settings(call, repo):
    with GitHubServer() as server:
        places = {"GITHUB_SERVER_URL": server.url, "GITHUB_API_URL": server.api_url}
        named = {"PR_REVIEWER_RULES__ORGANISATION_REPOSITORY": "octo/rules"}
        result = call("show", "--repo", str(repo.path), "--base", "main", **places, **named)
    assert result.stderr.startswith("octo/rules was not read: ")
    assert "review.max_comments" in result.stdout


def test_what_the_operator_did_wrong_is_told_before_anything_is_read(call, repo):
    result = call("check", "--repo", str(repo.path), PR_REVIEWER_REVIEW__MAX_COMMENTS="many")
    assert result.return_value == 2
    assert "PR_REVIEWER_REVIEW__MAX_COMMENTS" in result.stderr
