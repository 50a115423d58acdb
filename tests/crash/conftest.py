"""Fixtures: the stand-ins, and a fleet of reviewers on SQLite or Postgres."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crash.results import keep
from tests.crash.shop import MODEL_CALLS
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


_found: list[tuple[str, str]] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how each kill point went; with xdist, the reports of all workers come here."""
    if report.when == "call" and "test_kill_points.py::" in report.nodeid:
        told = dict(report.user_properties)
        again = int(told.get("asked", 0)) - MODEL_CALLS
        good = f"ok, {again} call again" if again else "ok"
        _found.append((report.nodeid.partition("[")[2].removesuffix("]"), good if report.passed else "failed"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = os.environ.get("CRASH_RESULTS")
    if path and _found and not hasattr(session.config, "workerinput"):
        keep(Path(path), _found)
