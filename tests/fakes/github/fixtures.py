"""pytest fixtures: import them in a conftest. At the end of each test nothing may have broken GitHub's descriptions."""

from collections.abc import Iterator

import pytest

from tests.fakes.github.server import GitHubServer


@pytest.fixture
def github_server() -> Iterator[GitHubServer]:
    """github.com. A test that breaks a schema on purpose clears `violations` itself."""
    with GitHubServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture(params=[False, True], ids=["github.com", "enterprise"])
def any_github_server(request: pytest.FixtureRequest) -> Iterator[GitHubServer]:
    """Both editions, one after the other."""
    with GitHubServer(enterprise=request.param) as server:
        yield server
        assert server.violations == []
