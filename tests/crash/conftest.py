"""Fixtures: the stand-ins, and a fleet of reviewers on SQLite or Postgres."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.crash.stage import Stage
from tests.fakes.github import GitHubServer
from tests.webhooks.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgres`, by parametrisation; the address of a database, "" for SQLite."""
    kind = getattr(request, "param", "sqlite")
    return str(request.getfixturevalue("postgres_url")) if kind == "postgres" else ""


@pytest.fixture
def stage(database, tmp_path) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(stack, stack.enter_context(GitHubServer()), tmp_path, database)
