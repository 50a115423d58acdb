import pytest

from tests.fakes.github import GitHubServer
from tests.git.settings import use_settings_of_nobody


@pytest.fixture(autouse=True)
def settings_of_nobody(tmp_path_factory, monkeypatch):
    return use_settings_of_nobody(tmp_path_factory, monkeypatch)


@pytest.fixture
def server():
    """A stand-in for GitHub; a test that breaks one of GitHub's own schemas fails."""
    with GitHubServer() as server:
        yield server
        assert server.violations == []
