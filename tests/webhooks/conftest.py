"""Fixtures that every test of the server may use."""

from tests.webhooks.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]
