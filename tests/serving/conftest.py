"""Fixtures: the stand-in, its scene, a model that finds one defect, and a running server."""

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import DIVISION
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelServer
from tests.serving.scene import Scene, Server


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
def server(scene, model, tmp_path):
    with Server(scene, model, tmp_path) as server:
        yield server
