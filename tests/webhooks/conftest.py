"""Fixtures that every test of the server may use."""

import pytest

from tests.webhooks.postgres import postgres, postgres_url
from webhooks.store import Store

__all__ = ["postgres", "postgres_url", "store"]


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request, tmp_path):
    """An empty one of each kind."""
    is_file = request.param == "sqlite"
    opened = await Store.open(f"sqlite:///{tmp_path / 'db'}" if is_file else request.getfixturevalue("postgres_url"))
    yield opened
    await opened.close()
