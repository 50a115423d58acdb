"""Fixtures: the stand-in, its scene, a model that finds one defect, and a running server."""

from contextlib import ExitStack

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import DIVISION
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelServer
from tests.serving.scene import Scene, Server
from tests.webhooks.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]


@pytest.fixture
def github():
    with GitHubServer() as github:
        yield github
        assert github.violations == []


@pytest.fixture
def scene(github):
    return Scene(github)


@pytest.fixture
def model():
    with ModelServer(confirming(DIVISION)) as model:
        yield model


@pytest.fixture
def database(request):
    """Where the server keeps what it must not lose: SQLite files, unless a test asks for `BOTH`."""
    is_postgres = getattr(request, "param", "sqlite") == "postgres"
    return {"PR_REVIEWER_SERVER__DATABASE_URL": request.getfixturevalue("postgres_url")} if is_postgres else {}


@pytest.fixture
def serving(scene, tmp_path, database):
    """Start a server with a model and settings of one's own."""
    with ExitStack() as stack:
        yield lambda model, **settings: stack.enter_context(Server(scene, model, tmp_path, **database, **settings))


@pytest.fixture
def server(serving, model):
    return serving(model)
